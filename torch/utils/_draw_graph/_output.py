"""Write a drawing to a file: `write`.

The page carries DOT source and lays it out itself. For SVG the same source
goes to Graphviz's `dot`, or to the bundled viz-global.js under `node`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

from ._dot import DARK_PAPER, FONT, PAPER, dark_css, dot
from ._graph import Graph

HERE = Path(__file__).parent
# Reads DOT from stdin, writes SVG; the library is the first argument.
NODE_PROGRAM = """
const Viz = require(process.argv[1]);
const source = require("fs").readFileSync(0, "utf8");
Viz.instance().then((viz) => {
  process.stdout.write(viz.renderString(source, { format: "svg" }));
});
"""


def write(graph: Graph, path: str, with_rows: bool) -> None:
    """Write `graph` as a page or a picture, by the suffix of `path`."""
    is_page = path.lower().endswith(".html")
    text = page(graph, with_rows) if is_page else svg(dot(graph, with_rows))
    Path(path).write_text(text, encoding="utf-8")


def svg_style() -> str:
    """The style sheet of a picture: dark where its reader prefers dark."""
    font = f"text {{ font-family: {FONT}, Arial, sans-serif; }}"
    dark = f"@media (prefers-color-scheme: dark) {{\n{dark_css()}\n}}"
    return f"<style>\n{font}\n{dark}\n</style>\n"


def svg(source: str) -> str:
    """Lay out DOT source and return an SVG document."""
    if shutil.which("dot"):
        command = ["dot", "-Tsvg"]
    elif shutil.which("node"):
        command = ["node", "-e", NODE_PROGRAM, str(HERE / "viz-global.js")]
    else:
        raise RuntimeError(
            "draw_graph: an SVG file needs Graphviz's `dot` (for example "
            "`apt install graphviz`) or `node`; without them write an .html file "
            "and save the picture from its page"
        )
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"draw_graph: {command[0]} failed: {done.stderr.strip()}")
    head, start, rest = done.stdout.partition("<g ")
    return head + svg_style() + start + rest


def page(graph: Graph, with_rows: bool) -> str:
    """Return a web page that needs nothing beside itself."""
    data = {
        "plain": dot(graph, False),
        "rows": dot(graph, True),
        "withRows": with_rows,
        "direction": graph.direction,
        "svgStyle": svg_style(),
        "nodes": [
            {"kind": n.kind, "title": n.title, "details": n.details}
            for n in graph.nodes
        ],
        "edges": [[e.source, e.target] for e in graph.edges],
    }
    parts = {
        "title": escape(graph.title),
        "summary": escape(graph.summary),
        "switch": escape(graph.rows),
        "paper": PAPER,
        "dark_paper": DARK_PAPER,
        "dark": dark_css(),
        "script": _read("page.js"),
        "d3": _read("d3.min.js"),
        "viz": _read("viz-global.js"),
        # `<` would let a name close the script element.
        "data": json.dumps(data).replace("<", "\\u003c"),
    }
    parts["style"] = _filled(_read("page.css"), parts)
    return _filled(_read("page.html"), parts)


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _filled(template: str, parts: dict[str, str]) -> str:
    """Replace each `{=name}`, once: what is put in is not looked at."""
    return re.sub(r"\{=(\w+)\}", lambda match: parts[match[1]], template)
