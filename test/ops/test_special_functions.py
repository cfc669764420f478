"""Special functions: SpecialFunctions."""

from __future__ import annotations

from harness import FLOAT, Op, OpTests, S


def within(low, high):
    return lambda m: [S(m(2, 3, low=low, high=high)), S(m(37, low=low, high=high))]


class TestSpecialFunctions(OpTests):
    golden = "special_functions"
    ops = [
        Op(
            "digamma",
            within(0.3, 6.0),
            FLOAT,
            inplace=True,
            out=True,
            gradgrad=False,
            aliases=("special.digamma", "special.psi"),
        ),
        Op(
            "erfinv",
            within(-0.9, 0.9),
            FLOAT,
            inplace=True,
            out=True,
            aliases=("special.erfinv",),
        ),
        Op(
            "sinc",
            within(0.1, 2.0),
            FLOAT,
            inplace=True,
            out=True,
            aliases=("special.sinc",),
        ),
        Op("i0", within(-3.0, 3.0), FLOAT, out=True, aliases=("special.i0",)),
        Op(
            "logit",
            lambda m: [*within(0.1, 0.9)(m), S(m(9, low=-0.5, high=1.5), 0.2)],
            FLOAT,
            inplace=True,
            gradgrad=False,
            aliases=("special.logit",),
        ),
        *(
            Op(f"special.{name}", within(0.1, 3.0), FLOAT, method=False, gradgrad=False)
            for name in ("i0e", "i1", "erfcx", "ndtr", "log_ndtr", "entr")
        ),
        Op("special.i1e", within(0.1, 3.0), FLOAT, method=False, grad=False),
        Op("special.ndtri", within(0.1, 0.9), FLOAT, method=False),
        Op(
            "special.zeta",
            lambda m: [S(m(7, low=1.5, high=4.0), m(7, low=0.5, high=9.0))],
            FLOAT,
            method=False,
            grad=False,
        ),
        Op(
            "special.polygamma",
            lambda m: [S(n, m(7, low=0.5, high=5.0)) for n in (0, 1, 2)],
            FLOAT,
            method=False,
            gradgrad=False,
        ),
        Op(
            "polygamma",
            lambda m: [S(1, m(7, low=0.5, high=5.0))],
            FLOAT,
            method=False,
            gradgrad=False,
        ),
        Op(
            "mvlgamma",
            lambda m: [S(m(5, low=2.0, high=5.0), 3)],
            FLOAT,
            gradgrad=False,
            aliases=("special.multigammaln",),
        ),
    ]
