"""Products of matrices and vectors: LinearAlgebra."""

from __future__ import annotations

from harness import FLOAT, INT, LOW, Op, OpTests, S

NUMBERS = FLOAT + INT[:2] + LOW


class TestLinearAlgebra(OpTests):
    golden = "linear_algebra"
    ops = [
        Op(
            "mm",
            lambda m: [
                S(m(3, 4), m(4, 2)),
                S(m(4, 3).t(), m(2, 4).t()),
                S(m(1, 5), m(5, 1)),
                S(m(0, 3), m(3, 2)),
                S(m(2, 0), m(0, 3)),
                S(m(17, 33), m(33, 19)),
            ],
            NUMBERS,
            out=True,
            errors=lambda m: [
                S(m(2, 3), m(2, 3)),
                S(m(2), m(2, 3)),
                S(m(2, 3), m(3)),
                S(m(2, 3), m(3, 2).double()),
                S(m(2, 2).bool(), m(2, 2).bool()),
            ],
        ),
        Op(
            "addmm",
            lambda m: [
                S(m(3, 2), m(3, 4), m(4, 2)),
                S(m(2), m(3, 4), m(4, 2), beta=2, alpha=3),
                S(m(3, 1), m(3, 4), m(2, 4).t(), beta=0),
                S(m(2, 3).t(), m(3, 4), m(4, 2), alpha=2),
            ],
            NUMBERS,
            out=True,
            inplace=True,
            errors=lambda m: [
                S(m(3), m(2, 3), m(3, 4)),
                S(m(4), m(2, 3), m(2, 4)),
                S(m(4), m(2, 3), m(3)),
                S(m(2, 2, 2), m(2, 3), m(3, 4)),
                S(m(4).double(), m(2, 3), m(3, 4)),
            ],
        ),
        Op(
            "bmm",
            lambda m: [
                S(m(2, 3, 4), m(2, 4, 2)),
                S(m(2, 4, 3).transpose(1, 2), m(2, 2, 4).transpose(1, 2)),
                S(m(4, 2, 3).permute(1, 2, 0), m(2, 4, 2)),
                S(m(0, 3, 4), m(0, 4, 2)),
            ],
            NUMBERS,
            out=True,
            errors=lambda m: [
                S(m(2, 3), m(2, 3, 4)),
                S(m(2, 3, 4), m(2, 3, 4)),
                S(m(2, 3, 4), m(3, 4, 4)),
            ],
        ),
        Op(
            "baddbmm",
            lambda m: [
                S(m(2, 3, 2), m(2, 3, 4), m(2, 4, 2)),
                S(m(3, 1), m(2, 3, 4), m(2, 4, 2), beta=2, alpha=3),
            ],
            NUMBERS,
            out=True,
            inplace=True,
            errors=lambda m: [S(m(2, 3), m(2, 3, 4), m(2, 4, 5))],
        ),
        Op(
            "addbmm",
            lambda m: [
                S(m(3, 2), m(2, 3, 4), m(2, 4, 2)),
                S(m(2), m(2, 3, 4), m(2, 4, 2), beta=2, alpha=3),
            ],
            FLOAT + INT[:1],
            out=True,
            inplace=True,
            errors=lambda m: [S(m(3, 5), m(2, 3, 4), m(2, 3, 5))],
        ),
        Op(
            "mv",
            lambda m: [S(m(3, 4), m(4)), S(m(4, 3).t(), m(4)), S(m(3, 0), m(0))],
            NUMBERS,
            out=True,
            errors=lambda m: [S(m(2, 3), m(2)), S(m(3), m(3))],
        ),
        Op(
            "addmv",
            lambda m: [
                S(m(3), m(3, 4), m(4)),
                S(m(1), m(3, 4), m(4), beta=2, alpha=3),
                S(m(3), m(3, 4), m(4), beta=0),
            ],
            FLOAT + INT[:1],
            out=True,
            errors=lambda m: [S(m(3), m(2, 3), m(3)), S(m(2), m(2, 3), m(3).double())],
        ),
        Op(
            "addr",
            lambda m: [S(m(3, 2), m(3), m(2)), S(m(2), m(3), m(2), beta=2, alpha=3)],
            FLOAT + INT[:1],
            out=True,
            inplace=True,
            errors=lambda m: [S(m(2, 3), m(2, 2), m(3))],
        ),
        Op(
            "dot",
            lambda m: [S(m(5), m(5)), S(m(40), m(40)), S(m(0), m(0))],
            FLOAT + INT,
            out=True,
            errors=lambda m: [
                S(m(2), m(3)),
                S(m(2, 2), m(2, 2)),
                S(m(2), m(2).double()),
            ],
        ),
        Op("vdot", lambda m: [S(m(5), m(5))], FLOAT + INT[:1], out=True),
        Op(
            "matmul",
            lambda m: [
                S(m(3), m(3)),
                S(m(2, 3), m(3)),
                S(m(3), m(3, 2)),
                S(m(2, 3), m(3, 2)),
                S(m(2, 4, 3), m(3, 2)),
                S(m(2, 4, 3), m(3)),
                S(m(3), m(2, 3, 4)),
                S(m(4, 3), m(2, 3, 4)),
                S(m(2, 4, 3), m(1, 3, 4)),
                S(m(5, 2, 4, 3), m(2, 3, 4)),
                S(m(2, 1, 4, 3), m(3, 3, 4)),
            ],
            FLOAT + INT[:1],
            out=True,
            errors=lambda m: [
                S(m(), m(3)),
                S(m(3), m(4)),
                S(m(2, 3), m(4)),
                S(m(3), m(4, 3)),
                S(m(2, 3, 4), m(3, 4, 5)),
                S(m(2, 3, 4), m(5)),
            ],
        ),
        Op(
            "nn.functional.linear",
            lambda m: [
                S(m(2, 3), m(4, 3), m(4)),
                S(m(2, 3), m(4, 3)),
                S(m(5, 2, 3), m(4, 3), m(4)),
                S(m(3), m(4, 3), m(4)),
                S(m(2, 5, 3).transpose(0, 1), m(4, 3), m(4)),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(2, 3), m(4, 2)),
                S(m(2, 3), m(4, 2), m(4)),
                S(m(2, 3), m(4, 3), m(3)),
                S(m(5, 2, 3), m(4, 2), m(4)),
            ],
        ),
        Op(
            "outer",
            lambda m: [S(m(3), m(4))],
            FLOAT + INT[:1],
            out=True,
            errors=lambda m: [S(m(2, 2), m(2)), S(m(2), m(2, 2))],
        ),
        Op("ger", lambda m: [S(m(3), m(4))], FLOAT),
        Op(
            "inner",
            lambda m: [S(m(2, 3), m(4, 3)), S(m(3), m(3)), S(m(), m(3))],
            FLOAT,
            out=True,
            errors=lambda m: [S(m(2, 3), m(2, 4))],
        ),
        Op(
            "einsum",
            lambda m: [
                S("ij,jk->ik", m(2, 3), m(3, 4)),
                S("ij,jk", m(2, 3), m(3, 4)),
                S("bij,bjk->bik", m(2, 3, 4), m(2, 4, 2)),
                S("ii->i", m(3, 3)),
                S("ij->", m(2, 3)),
                S("i,j->ij", m(2), m(3)),
                S("...ij,...j->...i", m(2, 3, 4), m(4)),
                S("ij,jk,kl->il", m(2, 3), m(3, 2), m(2, 4)),
                S("bhid,bhjd->bhij", m(2, 2, 3, 4), m(2, 2, 5, 4)),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S("ij,jk", m(2, 3), m(4, 5)),
                S("ij,jk->il", m(2, 3), m(3, 5)),
                S("ij", m(2, 3), m(3, 5)),
                S("i1", m(2, 3)),
                S("ij,jk->ii", m(2, 3), m(3, 5)),
                S("ijk", m(2, 3)),
                S("i.j", m(2, 3)),
                S("ij->i.j", m(2, 3)),
            ],
        ),
        Op(
            "tensordot",
            lambda m: [
                S(m(2, 3), m(3, 4), 1),
                S(m(2, 3, 4), m(4, 3, 2), ([1, 2], [1, 0])),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [S(m(2, 3), m(4, 4), ([1], [0]))],
        ),
        Op(
            "bilinear",
            lambda m: [
                S(m(2, 3), m(2, 4), m(5, 3, 4)),
                S(m(3), m(4), m(5, 3, 4), m(5)),
            ],
            FLOAT,
            method=False,
            errors=lambda m: [
                S(m(2), m(2, 3), m(4, 2, 3)),
                S(m(2, 3), m(3, 3), m(4, 3, 3)),
                S(m(2, 3), m(2, 3), m(4, 2, 3)),
                S(m(2, 3), m(2, 3), m(4, 3, 3), m(5)),
            ],
        ),
    ]
