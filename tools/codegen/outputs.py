"""The set of generated files: `outputs(model, root)` maps path to text."""

from __future__ import annotations

from pathlib import Path

from . import emit_python
from .emit_autograd import autograd_header, autograd_source
from .emit_native import cuda_slot, cuda_source, native_header, native_source
from .emit_ops import functions_header, ops_header, tensor_methods
from .emit_register import index_source, register_source
from .model import Model, Topic


def topic_outputs(topic: Topic, model: Model) -> dict[str, str]:
    name = topic.name
    files = {
        f"ops/{name}.h": ops_header(topic),
        f"native/{name}.h": native_header(topic),
        f"native/{name}.cpp": native_source(topic),
        f"register/{name}.cpp": register_source(topic),
        f"autograd/{name}.h": autograd_header(topic),
        f"autograd/{name}.cpp": autograd_source(topic, model),
    }
    cuda = cuda_source(topic)
    if cuda:
        files[f"cuda/{name}.cpp"] = cuda
    return files


def outputs(model: Model, root: Path) -> dict[str, str]:
    files = {
        "ops/Functions.h": functions_header(model),
        "ops/TensorMethods.inc": tensor_methods(model),
        "register/Index.cpp": index_source(model),
    }
    for topic in model.topics:
        files.update(topic_outputs(topic, model))
    files.update(emit_python.outputs(model, root))
    return files


def list_outputs(model: Model, kind: str) -> list[str]:
    """Paths below build/generated; `kind` cpu: sources of libtorch.so."""
    names = ["ops/Functions.h", "ops/TensorMethods.inc", "register/Index.cpp"]
    for t in model.topics:
        names += [f"{d}/{t.name}.h" for d in ("ops", "native", "autograd")]
        names += [f"{d}/{t.name}.cpp" for d in ("native", "register", "autograd")]
        if any(cuda_slot(op) for op in t.operators):
            names.append(f"cuda/{t.name}.cpp")
    names += emit_python.list_outputs(model)
    chosen = {
        "all": lambda n: True,
        "cpu": lambda n: n.startswith(("native/", "register/", "autograd/")),
        "cuda": lambda n: n.startswith("cuda/"),
        "python": lambda n: n.startswith("python/"),
        "stubs": lambda n: n.endswith(".pyi"),
    }[kind]
    sources_only = kind in ("cpu", "cuda", "python")
    return [n for n in names if chosen(n) and (not sources_only or n.endswith(".cpp"))]


def write_if_changed(out: Path, files: dict[str, str]) -> int:
    """Write the files whose text differs; return their number."""
    written = 0
    for name, text in files.items():
        path = out / name
        if path.exists() and path.read_text() == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written += 1
    return written


def remove_stale(out: Path, files: dict[str, str]) -> None:
    """Remove generated files below `out`, a folder of our own, not in `files`."""
    for folder in ("ops", "native", "register", "autograd", "cuda"):
        for path in (out / folder).glob("*"):
            if f"{folder}/{path.name}" not in files:
                path.unlink()
