"""Losses: Loss."""

from __future__ import annotations

from harness import FLOAT, Op, OpTests, S

REDUCTIONS = ("none", "mean", "sum")


def element_wise(m):
    return [S(m(3, 4), m(3, 4), reduction=r) for r in REDUCTIONS]


def unit(m, *shape):
    """Probabilities, away from zero and one."""
    return m(*shape, low=0.1, high=0.9)


def loss(name, samples, **options):
    return Op(f"nn.functional.{name}", samples, FLOAT, method=False, **options)


def weighted(name, samples, **options):
    """Samples with weights, which have no gradient: not for gradcheck."""
    label = f"{name}, weighted"
    return loss(name, samples, grad=False, label=label, **options)


def classes(m):
    target = m.index(3, high=4)
    return [S(m(3, 4), target, reduction=r) for r in REDUCTIONS] + [
        S(m(3, 4), target, ignore_index=int(target[0])),
        S(m(4), m.index(1, high=4)[0]),
        S(m(3, 4, 2), m.index(3, 2, high=4)),
        S(m(3, 4, 2, 2), m.index(3, 2, 2, high=4)),
        S(m(3, 4, 2, 2, 2), m.index(3, 2, 2, 2, high=4), reduction="none"),
    ]


def weighted_classes(m):
    return [
        S(m(3, 4), m.index(3, high=4), unit(m, 4)),
        S(m(3, 4), m.index(3, high=4), unit(m, 4), reduction="sum"),
        S(m(3, 4, 2, 2), m.index(3, 2, 2, high=4), unit(m, 4)),
    ]


class TestLoss(OpTests):
    golden = "loss"
    ops = [
        loss("mse_loss", element_wise, errors=lambda m: [S(m(3).long(), m(3).long())]),
        loss("l1_loss", element_wise),
        loss(
            "smooth_l1_loss",
            lambda m: [*element_wise(m), S(m(3, 4), m(3, 4), beta=0.3)],
            errors=lambda m: [S(m(3), m(3), beta=-1.0)],
        ),
        loss(
            "huber_loss",
            lambda m: [*element_wise(m), S(m(3, 4), m(3, 4), delta=0.3)],
            errors=lambda m: [S(m(3), m(3), delta=0.0)],
        ),
        loss(
            "binary_cross_entropy",
            lambda m: [
                S(unit(m, 3, 4), unit(m, 3, 4), reduction=r) for r in REDUCTIONS
            ],
            meta=False,
            errors=lambda m: [S(m(3) + 3, m(3)), S(unit(m, 3), unit(m, 3).double())],
        ),
        weighted(
            "binary_cross_entropy",
            lambda m: [S(unit(m, 3, 4), unit(m, 3, 4), unit(m, 4))],
            meta=False,
        ),
        loss(
            "binary_cross_entropy_with_logits",
            lambda m: [
                *[S(m(3, 4), unit(m, 3, 4), reduction=r) for r in REDUCTIONS],
                S(m(3, 4) * 200, unit(m, 3, 4), reduction="sum"),
            ],
        ),
        weighted(
            "binary_cross_entropy_with_logits",
            lambda m: [
                S(m(3, 4), unit(m, 3, 4), unit(m, 4)),
                S(m(3, 4), unit(m, 3, 4), pos_weight=unit(m, 4)),
            ],
        ),
        loss(
            "nll_loss",
            classes,
            meta=False,
            errors=lambda m: [
                S(m(3, 4), m.index(2, high=4)),
                S(m(3, 4), m.index(3, high=4) + 4),
                S(m(3, 4), m(3)),
                S(m(3, 4), m.index(3, 1, high=4)),
                S(m(3, 4), m.index(3, high=4), m(3)),
                S(m(3, 4, 2), m.index(3, 3, high=4)),
                S(m(3, 4, 2, 2), m.index(3, 2, high=4)),
                S(m(3, 4, 2, 2), m.index(3, 2, 3, high=4)),
                S(m(3, 4).long(), m.index(3, high=4)),
            ],
        ),
        weighted("nll_loss", weighted_classes, meta=False),
        loss(
            "cross_entropy",
            lambda m: [
                *classes(m),
                *[S(m(3, 4), unit(m, 3, 4), reduction=r) for r in REDUCTIONS],
                *[
                    S(m(3, 4), m.index(3, high=4), reduction=r, label_smoothing=0.1)
                    for r in REDUCTIONS
                ],
                S(m(3, 4, 2), m.index(3, 2, high=4), label_smoothing=0.2),
            ],
            meta=False,
            errors=lambda m: [
                S(m(3, 4), m.index(2, high=4)),
                S(m(3, 4), m.index(3, 4, high=4)),
                S(m(3, 4), m.index(3, high=4), label_smoothing=1.5),
                S(m(3, 4), m(3, 4), ignore_index=2),
                S(m(3, 4), m(3, 4), m(3)),
                S(m(4), m.index(3, high=4)),
                S(m(3, 4, 5), m.index(3, 4, high=4)),
            ],
        ),
        weighted(
            "cross_entropy",
            lambda m: [
                *weighted_classes(m),
                S(m(3, 4), m.index(3, high=4), unit(m, 4), label_smoothing=0.2),
                S(m(3, 4), unit(m, 3, 4), unit(m, 4), label_smoothing=0.2),
            ],
            meta=False,
        ),
    ]
