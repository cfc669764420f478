"""Turn a module into a `Graph` of its submodules: `module_graph`."""

from __future__ import annotations

import torch

from ._graph import Edge, Graph, Node, bytes_text, counted, shape_text, tensor_text


def module_graph(root: torch.nn.Module) -> Graph:
    """Collect the tree; a module that is used twice is one node."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    places: dict[int, int] = {}

    def add(module: torch.nn.Module, name: str) -> int:
        places[id(module)] = len(nodes)
        nodes.append(_node(module, name))
        return places[id(module)]

    stack = [root]
    add(root, type(root).__name__)
    while stack:
        parent = stack.pop()
        for name, child in parent._modules.items():
            if child is None:
                continue
            if id(child) not in places:
                add(child, name)
                stack.append(child)
                label = ""
            else:
                label = f"also {name}"
            edges.append(Edge(places[id(parent)], places[id(child)], label))
    tensors = list(root.parameters()) + list(root.buffers())
    size = sum(t.numel() * t.element_size() for t in tensors)
    parts = [
        counted(len(nodes), "module"),
        counted(_count(root), "parameter"),
        bytes_text(size),
    ]
    return Graph(
        title=type(root).__name__,
        summary=" · ".join(parts),
        direction="LR",
        rows="shapes",
        nodes=nodes,
        edges=edges,
    )


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _node(module: torch.nn.Module, name: str) -> Node:
    own = [(n, p) for n, p in module._parameters.items() if p is not None]
    buffers = [(n, b) for n, b in module._buffers.items() if b is not None]
    class_name = type(module).__name__
    total = _count(module)
    lines = [] if name == class_name else [class_name]
    if total:
        lines.append(counted(total, "parameter"))
    node = Node(
        kind="container" if module._modules else "module",
        title=name,
        subtitle=" · ".join(lines),
        rows=[(n, shape_text(t.shape)) for n, t in own + buffers],
    )
    node.details.append(("class", f"{type(module).__module__}.{class_name}"))
    extra = module.extra_repr()
    if extra:
        node.details.append(("arguments", extra))
    for kind, tensors in (("parameter", own), ("buffer", buffers)):
        for n, tensor in tensors:
            frozen = kind == "parameter" and not tensor.requires_grad
            text = tensor_text(tensor) + (", frozen" if frozen else "")
            node.details.append((f"{kind} {n}", text))
    node.details.append(("mode", "training" if module.training else "evaluation"))
    return node
