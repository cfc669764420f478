"""Writes docs/api: one page per public module, from the names it has.

A module with many names gets a page per section instead. Sections of operators
are the topics of csrc/aten/ops, titled by the first sentence of their files;
those of Python names are the files that define them.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
# In reading order.
MODULES = {
    "torch": "Tensors, functions of tensors, switches",
    "torch.Tensor": "The tensor's methods",
    "torch.nn": "Layers, containers and losses as modules",
    "torch.nn.functional": "The same as functions",
    "torch.nn.init": "Initial values of parameters",
    "torch.nn.parameter": "Tensors that a module registers",
    "torch.nn.modules.lazy": "Modules whose shapes the first input decides",
    "torch.nn.modules.utils": "Tools for state dicts",
    "torch.nn.utils": "Tools for parameters",
    "torch.nn.utils.rnn": "Sequences of different lengths",
    "torch.nn.utils.parametrize": "Parameters computed from parameters",
    "torch.optim": "Optimizers",
    "torch.optim.optimizer": "What all optimizers share",
    "torch.optim.adam": "Adam as a function",
    "torch.optim.adamw": "AdamW as a function",
    "torch.optim.sgd": "SGD as a function",
    "torch.optim.lr_scheduler": "Learning rates over time",
    "torch.utils.data": "Data sets and loaders",
    "torch.autograd": "Derivatives",
    "torch.autograd.function": "Differentiable functions of your own",
    "torch.autograd.gradcheck": "Derivatives against finite differences",
    "torch.autograd.functional": "Jacobians, Hessians and products with them",
    "torch.autograd.graph": "The graph that backward walks",
    "torch.linalg": "Linear algebra",
    "torch.special": "Special functions",
    "torch.random": "Generators and seeds",
    "torch.cuda": "CUDA devices",
    "torch.cuda.nvtx": "Marks for a profiler",
    "torch.accelerator": "The machine's accelerator, whichever it is",
    "torch.backends": "Libraries below the operators",
    **{
        f"torch.backends.{name}": f"What there is of {title}"
        for name, title in (
            ("cpu", "the CPU's instruction sets"),
            ("cuda", "CUDA"),
            ("cudnn", "cuDNN"),
            ("mkl", "MKL"),
            ("mkldnn", "oneDNN"),
            ("mps", "Apple's GPUs"),
            ("openmp", "OpenMP"),
        )
    },
    "torch.serialization": "What save and load may see",
    "torch.utils": "Tools",
    "torch.utils.hooks": "Handles of hooks",
    "torch.utils.backend_registration": "Name and methods of an extension's device",
    "torch.utils.dlpack": "Tensors of other libraries",
    "torch.utils.checkpoint": "Recompute instead of remember",
    "torch.utils.cpp_extension": "C++ extensions",
    "torch.library": "Operators defined in Python",
    "torch.overrides": "Tensor-like classes",
    "torch.testing": "Comparing tensors in tests",
    "torch.multiprocessing": "Tensors between processes",
}
# More names than this, and every section has its own page.
MOST_ON_A_PAGE = 60


@dataclass
class Section:
    file: str
    title: str
    names: list[str] = field(default_factory=list)


def topics() -> tuple[dict[str, str], dict[str, str]]:
    """Topic of each function, title of each topic."""
    sys.path.insert(0, str(ROOT))
    from tools.codegen.load import load

    model = load(ROOT)
    by_name = {o.cpp_name: o.entry.topic for o in model.operators}
    titles = {}
    for topic in model.topics:
        first = re.match(r"# (.*?)[.:](\s|$)", (ROOT / topic.path).read_text(), re.S)
        assert first, f"{topic.path}: no opening sentence"
        titles[topic.name] = re.sub(r"\s+#?\s*", " ", first[1])
    return by_name, titles


def public_names(owner: Any) -> list[str]:
    names = getattr(owner, "__all__", None) or [n for n in dir(owner) if n[0] != "_"]
    return [n for n in dict.fromkeys(names) if not n.startswith("_")]


def member(owner: Any, name: str) -> Any:
    """What the name means; of a class the descriptor, not its value."""
    if isinstance(owner, ModuleType):
        return getattr(owner, name)
    return inspect.getattr_static(owner, name)


def is_attribute(value: Any) -> bool:
    """Computed when it is read, in Python or in C++."""
    return isinstance(value, property) or inspect.isgetsetdescriptor(value)


def documented(owner: Any, full: str) -> Iterator[tuple[str, Any]]:
    """(name, object) of what belongs on the page of `owner`."""
    for name in public_names(owner):
        value = member(owner, name)
        has_page = f"{full}.{name}" in MODULES and not isinstance(value, type)
        if isinstance(value, ModuleType) or has_page:
            continue
        home = str(getattr(value, "__module__", None) or "torch")
        if is_attribute(value) or callable(value) and home.startswith("torch"):
            yield name, value


def sections(owner: Any, full: str, found: tuple[dict, dict]) -> list[Section]:
    by_name, titles = found
    result: dict[str, Section] = {}
    for name, value in documented(owner, full):
        if isinstance(value, type) and full == "torch":
            key, title = "classes", "Classes"
        elif is_attribute(value):
            key, title = "attributes", "Attributes"
        elif inspect.isroutine(value) and not inspect.isfunction(value):
            key = by_name.get(name) or by_name.get(f"{full.split('.')[-1]}_{name}")
            title = titles[key] if key else "More functions"
        else:
            home = _home(value)
            key, title = getattr(home, "__name__", ""), _file_title(home, full)
        file = (key or "more").rpartition(".")[2].lstrip("_")
        # Activation.yaml and activation.py are one subject.
        subject = file.replace("_", "").lower()
        result.setdefault(subject, Section(file, title)).names.append(name)
    return sorted(result.values(), key=lambda s: s.title.lower())


def _home(value: Any) -> ModuleType | None:
    """The file that a Python object is written in; __module__ may say another."""
    try:
        path = inspect.getsourcefile(inspect.unwrap(value))
    except TypeError:
        path = None
    named = sys.modules.get(getattr(value, "__module__", None) or "")
    files = {getattr(m, "__file__", None): m for m in list(sys.modules.values())}
    return files.get(path, named) if path else named


def _file_title(home: ModuleType | None, full: str) -> str:
    """The file's purpose: the first sentence of its docstring."""
    text = inspect.getdoc(home) if home else None
    if home is None or not text or home.__name__ == full:
        return "In this module"
    first = re.split(r"[.:;](\s|$)", text, maxsplit=1)[0]
    return first.replace("\n", " ").replace("`", "")


# Where each Python object was described first: it may have several names.
_described: dict[int, str] = {}


def entry(owner: str, name: str, value: Any) -> str:
    full = f"{owner}.{name}"
    first = _described.setdefault(id(value), full)
    if callable(value) and first != full:
        kind = "class" if isinstance(value, type) else "function"
        return f".. py:{kind}:: {full}\n\n   The same as :py:obj:`{first}`.\n"
    if isinstance(value, type):
        members = "" if full == "torch.Tensor" else "   :members:\n"
        return f".. autoclass:: {full}\n{members}"
    if owner == "torch.Tensor":
        return _method(name, value)
    if callable(value):
        text = "" if inspect.getdoc(value) else "\n   Not described yet.\n"
        return f".. autofunction:: {full}\n{text}"
    return f".. autodata:: {full}\n   :no-value:\n"


def _method(name: str, value: Any) -> str:
    kind = "autoattribute" if is_attribute(value) else "automethod"
    if not inspect.getdoc(value):
        import torch

        base = name.rstrip("_")
        known = hasattr(torch, base)
        text = f"See :func:`torch.{base}`." if known else "Not described yet."
        return f".. py:{kind[4:]}:: torch.Tensor.{name}\n\n   {text}\n"
    return f".. {kind}:: torch.Tensor.{name}\n"


def heading(text: str, mark: str) -> str:
    return f"{text}\n{mark * len(text)}\n\n"


def body(owner: Any, full: str, section: Section) -> str:
    return "\n".join(entry(full, n, member(owner, n)) for n in section.names)


def pages(full: str, title: str, found: tuple[dict, dict]) -> dict[str, str]:
    """File name to text of a module's pages."""
    parent, _, last = full.rpartition(".")
    owner = (
        getattr(importlib.import_module(parent), last)
        if full == "torch.Tensor"
        else importlib.import_module(full)
    )
    parts = sections(owner, full, found)
    top = heading(full, "=") + f"{title}.\n\n"
    if sum(len(s.names) for s in parts) <= MOST_ON_A_PAGE:
        text = "\n\n".join(heading(s.title, "-") + body(owner, full, s) for s in parts)
        return {full: top + text}
    result, listed = {}, []
    for s in parts:
        file = f"{full}/{s.file}"
        assert file not in result, file
        result[file] = heading(s.title, "=") + body(owner, full, s)
        names = ", ".join(f":py:obj:`{n} <{full}.{n}>`" for n in s.names)
        listed.append((file, f"- :doc:`{s.title} <{full}/{s.file}>`: {names}\n"))
    return {full: top + linked(listed), **result}


def linked(listed: list[tuple[str, str]]) -> str:
    """Points that lead to pages, and the tree of those pages for the side bar."""
    tree = "".join(f"   {file}\n" for file, _ in listed)
    points = "".join(point for _, point in listed)
    return f"{points}\n.. toctree::\n   :hidden:\n\n{tree}"


def write_pages(app: Any) -> None:
    found = topics()
    texts: dict[str, str] = {}
    listed = []
    for full, title in MODULES.items():
        try:
            texts.update(pages(full, title, found))
        except ModuleNotFoundError as error:
            if error.name != full:
                raise
            continue  # a module of the list that is not built yet
        listed.append((full, f"- :doc:`{full}`: {title}\n"))
    texts["index"] = heading("Reference", "=") + linked(listed)
    folder = DOCS / "api"
    for path in folder.rglob("*.rst"):
        if str(path.relative_to(folder).with_suffix("")) not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / f"{name}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
