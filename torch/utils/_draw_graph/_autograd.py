"""Turn a recorded computation into a `Graph`: `autograd_graph`.

The drawing follows the forward pass: leaves on top, the result below. Nodes
come from walking `grad_fn.next_functions`, saved tensors from `_saved_*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from ._graph import Edge, Graph, Node, bytes_text, counted, shape_text, tensor_text

# A size_t attribute that holds a negative number, such as ignore_index.
_TWO_63 = 1 << 63


def autograd_graph(
    outputs: Mapping[str, torch.Tensor], names: Mapping[int, str]
) -> Graph:
    """Collect everything that leads to the outputs.

    Args:
        outputs: what was computed, by name.
        names: names of tensors, by their ``id``.
    """
    walk = _Walk(names)
    for name, tensor in outputs.items():
        walk.add_output(name, tensor)
    parts = [
        counted(len(walk.nodes), "node"),
        counted(walk.leaf_elements, "element") + " in leaves",
        f"{bytes_text(sum(walk.storages.values()))} saved for backward",
    ]
    return Graph(
        title=", ".join(outputs),
        summary=" · ".join(parts),
        direction="TB",
        rows="saved tensors",
        nodes=walk.nodes,
        edges=walk.edges,
    )


class _Walk:
    """The nodes and edges met so far."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = names
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.leaf_elements = 0
        self.storages: dict[int, int] = {}  # address -> bytes kept alive
        # The functions are kept: a freed one would hand its id to another.
        self.seen: dict[int, tuple[int, Any]] = {}

    def add_output(self, name: str, tensor: torch.Tensor) -> None:
        if not tensor.requires_grad:
            raise RuntimeError(
                f"draw_graph: {name} does not require grad and has no graph"
            )
        shape = shape_text(tensor.shape)
        details = [("value", tensor_text(tensor))]
        root = tensor.grad_fn
        if root is None:  # a leaf: its node alone is the graph
            self.leaf(tensor)
            return
        self.nodes.append(Node("output", name, shape, details=details))
        target = len(self.nodes) - 1
        self.edges.append(Edge(self.visit(root), target))

    def visit(self, root: Any) -> int:
        """Add `root` and all before it; return its place."""
        first = self.place(root)
        stack = [root]
        done: set[int] = set()
        while stack:
            function = stack.pop()
            target, _ = self.seen[id(function)]
            if target in done:
                continue
            done.add(target)
            for source, output in function.next_functions:
                if source is None:
                    continue
                if id(source) not in self.seen:
                    self.place(source)
                    stack.append(source)
                label = f"output {output}" if output else ""
                self.edges.append(Edge(self.seen[id(source)][0], target, label))
        return first

    def place(self, function: Any) -> int:
        """Return where the function's node is, adding it when it is new."""
        if id(function) in self.seen:
            return self.seen[id(function)][0]
        variable = getattr(function, "variable", None)
        if variable is not None:
            index = self.leaf(variable)
        else:
            self.nodes.append(self.function_node(function))
            index = len(self.nodes) - 1
        self.seen[id(function)] = (index, function)
        return index

    def leaf(self, variable: torch.Tensor) -> int:
        is_parameter = isinstance(variable, torch.nn.Parameter)
        kind = "parameter" if is_parameter else "leaf"
        title = self.names.get(id(variable), kind)
        self.leaf_elements += variable.numel()
        details = [
            ("value", tensor_text(variable)),
            ("class", type(variable).__name__),
            ("grad", "none yet" if variable.grad is None else "present"),
        ]
        self.nodes.append(
            Node(kind, title, shape_text(variable.shape), details=details)
        )
        return len(self.nodes) - 1

    def function_node(self, function: Any) -> Node:
        custom = hasattr(function, "_forward_cls")
        node = Node("custom" if custom else "function", function.name())
        outputs = list(function._input_metadata)
        shapes = [shape_text(output.shape) for output in outputs]
        node.subtitle = " ".join(shapes[:3]) + (" ..." if len(shapes) > 3 else "")
        for i, output in enumerate(outputs):
            dtype = str(output.dtype).replace("torch.", "")
            label = "output" if len(outputs) == 1 else f"output {i}"
            node.details.append((label, f"{shapes[i]} {dtype}, {output.device}"))
        for name, value in _saved(function):
            self.add_saved(node, name, value)
        return node

    def add_saved(self, node: Node, name: str, value: Any) -> None:
        if not isinstance(value, torch.Tensor):
            if isinstance(value, int) and value >= _TWO_63:
                value -= 2 * _TWO_63
            node.details.append((name, str(value)))
            return
        known = self.names.get(id(value))
        label = f"{name} = {known}" if known else name
        node.rows.append((label, shape_text(value.shape)))
        node.details.append((f"saved {label}", tensor_text(value)))
        storage = value.untyped_storage()
        self.storages[storage.data_ptr()] = storage.nbytes()


def _saved(function: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of what a function keeps for its backward."""
    names = [name for name in dir(function) if name.startswith("_saved_")]
    if hasattr(function, "_forward_cls"):  # a custom Function
        names.append("saved_tensors")
    for name in names:
        short = name[len("_saved_") :] if name.startswith("_saved_") else "tensor"
        try:
            value = getattr(function, name)
        except RuntimeError:
            yield short, "freed by backward"
            continue
        if value is None:
            continue
        if isinstance(value, (tuple, list)) and any(
            isinstance(item, torch.Tensor) for item in value
        ):
            yield from ((f"{short}[{i}]", item) for i, item in enumerate(value))
        else:
            yield short, value
