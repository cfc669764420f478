"""Write a `Graph` in Graphviz's DOT language, and its colours as CSS.

Light colours stand in the DOT source, so any viewer shows them; `dark_css`
overrides them where a reader prefers dark.
"""

from __future__ import annotations

import dataclasses
from html import escape

from ._graph import Graph, Node

# Graphviz knows the widths of this font, and of its bold, without having it.
FONT = "Helvetica"


@dataclasses.dataclass(frozen=True)
class Colours:
    """Fill and line of a node, on a light and on a dark page."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str


KINDS = {
    "function": Colours("#ffffff", "#c3cad6", "#20262f", "#454f5e"),
    "custom": Colours("#f5effe", "#b79ae0", "#2c2440", "#7e63ad"),
    "parameter": Colours("#eaf2fe", "#8db4ec", "#1a2b45", "#44699f"),
    "leaf": Colours("#fef5e5", "#e2b566", "#382c16", "#91703a"),
    "output": Colours("#e8f7ee", "#7cc598", "#17321f", "#43855c"),
    "container": Colours("#f4f6f9", "#c3cad6", "#262c36", "#454f5e"),
    "module": Colours("#eaf2fe", "#8db4ec", "#1a2b45", "#44699f"),
}
# Light colour of a text or line -> the same on a dark page.
INK, MUTED, RULE, ARROW = "#1c2430", "#687284", "#d5dae3", "#98a2b3"
DARK = {INK: "#e8ebf0", MUTED: "#9aa5b5", RULE: "#3c4552", ARROW: "#6d7889"}
# Page behind the drawing, light and dark.
PAPER, DARK_PAPER = "#fafbfc", "#14181e"


def dot(graph: Graph, with_rows: bool) -> str:
    """Return DOT source; `with_rows` draws the rows of the nodes, too."""
    # In a tree from left to right arrows leave and enter at the sides.
    is_tree = graph.direction == "LR"
    ports = "tailport=e headport=w " if is_tree else ""
    lines = [
        "digraph {",
        f'graph [rankdir={graph.direction} bgcolor="{PAPER}" pad=0.3 '
        f'nodesep=0.3 ranksep={0.8 if is_tree else 0.38} fontname="{FONT}"]',
        f'node [shape=box style="rounded,filled" margin="0.1,0.06" '
        f'height=0.4 fontname="{FONT}" fontsize=12 fontcolor="{INK}"]',
        f'edge [{ports}color="{ARROW}" arrowsize=0.7 fontname="{FONT}" '
        f'fontsize=9 fontcolor="{MUTED}"]',
    ]
    for i, node in enumerate(graph.nodes):
        colours = KINDS[node.kind]
        lines.append(
            f'n{i} [id=n{i} class={node.kind} fillcolor="{colours.fill}" '
            f'color="{colours.line}" tooltip="{_quoted(_tooltip(node))}" '
            f"label=<{_label(node, with_rows)}>]"
        )
    for edge in graph.edges:
        label = f' label="{_quoted(edge.label)}"' if edge.label else ""
        lines.append(f'n{edge.source} -> n{edge.target} [tooltip=" "{label}]')
    return "\n".join(lines + ["}"]) + "\n"


def dark_css() -> str:
    """Rules that turn a drawing dark, for a style sheet to wrap."""
    rules = [f".graph > polygon {{ fill: {DARK_PAPER}; }}"]
    for kind, colours in KINDS.items():
        rules.append(
            f".node.{kind} > g > a > path, .node.{kind} > path "
            f"{{ fill: {colours.dark_fill}; stroke: {colours.dark_line}; }}"
        )
    for light, dark in DARK.items():
        rules.append(f'[fill="{light}"] {{ fill: {dark}; }}')
        rules.append(f'[stroke="{light}"] {{ stroke: {dark}; }}')
    return "\n".join(rules)


def _label(node: Node, with_rows: bool) -> str:
    cells = [f"<TR><TD><B>{escape(node.title)}</B></TD></TR>"]
    if node.subtitle:
        cells.append(f"<TR><TD>{_small(node.subtitle)}</TD></TR>")
    if with_rows and node.rows:
        cells.append("<HR/>")
        cells += [
            f"<TR><TD>{_small(f'{name} {shape}')}</TD></TR>"
            for name, shape in node.rows
        ]
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" '
        f'COLOR="{RULE}">{"".join(cells)}</TABLE>'
    )


def _small(text: str) -> str:
    return f'<FONT POINT-SIZE="10" COLOR="{MUTED}">{escape(text)}</FONT>'


def _tooltip(node: Node) -> str:
    lines = [node.title] + [f"{label}: {value}" for label, value in node.details]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
