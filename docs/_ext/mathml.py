"""Shows formulas as MathML, which browsers draw by themselves: no script, no
font and no network, unlike MathJax. docutils does the conversion."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml


def _mathml(node: nodes.Element, as_block: bool) -> str:
    # Names in TeX's \text{} need no escape here.
    text = node.astext().replace(r"\_", "_")
    return latex2mathml.tex2mathml(text, as_block=as_block)


def visit_inline(self: Any, node: nodes.math) -> None:
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True}
