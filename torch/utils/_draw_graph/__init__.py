"""Draw an autograd graph or a module tree: `draw_graph`.

Read in this order: `_graph.py` (what a drawing is), `_autograd.py` and
`_modules.py` (where it comes from), `_dot.py` (its looks), `_output.py` and
`page.*` (the files). Graphviz, as WebAssembly in viz-global.js, places the
nodes; d3.min.js zooms. Both are copies of their published packages.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Union

import torch

from ._autograd import autograd_graph
from ._graph import Graph
from ._modules import module_graph
from ._output import write

__all__ = ["draw_graph"]

Tensors = Union[torch.Tensor, Iterable[torch.Tensor], Mapping[str, torch.Tensor]]
Names = Union[torch.nn.Module, Mapping[str, torch.Tensor]]


def draw_graph(
    tensor_or_module: Tensors | torch.nn.Module,
    path: str | os.PathLike[str],
    params: Names | None = None,
    *,
    saved_tensors: bool = True,
) -> None:
    """Draw how a tensor was computed, or what a module consists of.

    A path ending in ``.html`` makes a page that needs no network: zoom, search,
    details of each node, light and dark. One ending in ``.svg`` makes a picture;
    that needs Graphviz's ``dot`` or ``node`` on the ``PATH``. Saved tensors are looked
    at: hooks that unpack them run, and a checkpointed part is computed once more.

    Args:
        tensor_or_module: a result whose graph is drawn (or several: a list, or a
            dict by name), or a module whose tree is drawn.
        path: the file to write.
        params: names for the leaves, as a module or a dict of tensors by name;
            unused for a module.
        saved_tensors: whether nodes list what they keep for backward, or, of a
            module, the shapes of its parameters. The page has a switch for it.

    Raises:
        RuntimeError: a tensor has no graph, or nothing that can draw an SVG
            was found.
        TypeError: there is neither a tensor nor a module to draw.
        ValueError: the path ends in neither ``.html`` nor ``.svg``.

    Example::

        >>> import os, tempfile
        >>> w = torch.ones(3, requires_grad=True)
        >>> file = os.path.join(tempfile.mkdtemp(), "graph.html")
        >>> torch.utils.draw_graph((w * 2).sum(), file, {"w": w})
        >>> "MulBackward0" in open(file).read()
        True
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix not in (".html", ".svg"):
        raise ValueError(
            f"draw_graph: expected a path ending in .html or .svg, but got '{path}'"
        )
    graph = _graph_of(tensor_or_module, params)
    write(graph, os.fspath(path), saved_tensors)


def _graph_of(subject: Tensors | torch.nn.Module, params: Names | None) -> Graph:
    if isinstance(subject, torch.nn.Module):
        return module_graph(subject)
    if isinstance(subject, torch.Tensor):
        outputs: dict[str, Any] = {"output": subject}
    elif isinstance(subject, Mapping):
        outputs = dict(subject)
    elif isinstance(subject, Iterable) and not isinstance(subject, (str, bytes)):
        outputs = {f"output {i}": item for i, item in enumerate(subject)}
    else:
        outputs = {"": subject}
    for item in outputs.values():
        if not isinstance(item, torch.Tensor):
            raise TypeError(
                "draw_graph: expected a Tensor, a collection of Tensors or a "
                f"Module, but got {type(item).__name__}"
            )
    if not outputs:
        raise TypeError("draw_graph: expected at least one Tensor, but got none")
    return autograd_graph(outputs, _names(params))


def _names(params: Names | None) -> dict[int, str]:
    """Names by the `id` of the tensor."""
    if params is None:
        return {}
    if isinstance(params, torch.nn.Module):
        named = [*params.named_parameters(), *params.named_buffers()]
    else:
        named = list(params.items())
    return {id(tensor): name for name, tensor in named}
