"""What is drawn: nodes and edges with text, free of tensors.

`_autograd.py` and `_modules.py` make a `Graph`, `_dot.py` lays it out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass
class Node:
    """A box: a name, a line below it, and rows under a rule.

    Args:
        kind: a key of ``_dot.KINDS``, which gives the colours.
        title: the name, in bold.
        subtitle: the shape, or the class of a module.
        rows: (name, shape) of saved tensors, or of a module's own tensors.
        details: (label, value) lines of the tooltip.
    """

    kind: str
    title: str
    subtitle: str = ""
    rows: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    details: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Edge:
    """An arrow from one node to another, by their places in the list."""

    source: int
    target: int
    label: str = ""


@dataclasses.dataclass
class Graph:
    """A whole drawing.

    Args:
        title: what the page is called.
        summary: one line of counts.
        direction: Graphviz's ``rankdir``.
        rows: what the rows of its nodes are, as the page's switch names them.
    """

    title: str
    summary: str
    direction: str
    rows: str
    nodes: list[Node]
    edges: list[Edge]


def shape_text(shape: Iterable[int]) -> str:
    """``(20, 784)``, and ``scalar`` for no dimensions."""
    sizes = tuple(shape)
    return f"({', '.join(map(str, sizes))})" if sizes else "scalar"


def bytes_text(count: int) -> str:
    """Write a number of bytes with a fitting unit."""
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} GiB"


def tensor_text(tensor: Any) -> str:
    """Shape, dtype, size and place of a tensor."""
    dtype = str(tensor.dtype).replace("torch.", "")
    size = bytes_text(tensor.numel() * tensor.element_size())
    return f"{shape_text(tensor.shape)} {dtype}, {size}, {tensor.device}"


def counted(count: int, word: str) -> str:
    """``1 node``, ``2,000 nodes``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
