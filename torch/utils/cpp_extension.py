"""Build C++ extensions: `load`, `load_inline`, `CppExtension`, `BuildExtension`.

An extension includes `torch/extension.h` and links with libtorch. `load` compiles
sources when the program runs and keeps what it built; `CppExtension` is for a
setup.py. docs/tutorials/add_a_device.md builds one.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from setuptools import Extension
from setuptools.command.build_ext import build_ext

import torch

__all__ = [
    "BuildExtension",
    "CppExtension",
    "get_default_build_root",
    "include_paths",
    "is_ninja_available",
    "library_paths",
    "load",
    "load_inline",
    "verify_ninja_availability",
]

_PACKAGE = Path(torch.__file__).resolve().parent
# What libtorch.so was compiled with; an extension may ask for more.
_FLAGS = ["-std=c++17", "-fPIC", "-O2"]


def include_paths(device_type: str = "cpu", torch_include_dirs: bool = True) -> list:
    """Return the folders that a C++ extension's compiler has to search.

    Args:
        device_type: `"cpu"`; others need libraries that are not built here.
            Default: `"cpu"`
        torch_include_dirs: whether torch's own headers are among them.
            Default: `True`

    Returns:
        Paths as text.

    Raises:
        NotImplementedError: another device.

    Example:
        >>> from torch.utils.cpp_extension import include_paths
        >>> len(include_paths())
        1
    """
    _check_device(device_type)
    return [str(_PACKAGE / "include")] if torch_include_dirs else []


def library_paths(
    device_type: str = "cpu",
    torch_include_dirs: bool = True,
    cross_target_platform: str | None = None,
) -> list:
    """Return the folders in which the linker finds libtorch.

    Args:
        device_type: as in `include_paths`. Default: `"cpu"`
        torch_include_dirs: whether libtorch's folder is among them. Default: `True`
        cross_target_platform: not supported. Default: `None`

    Returns:
        Paths as text.

    Raises:
        NotImplementedError: another device or platform.

    Example:
        >>> from torch.utils.cpp_extension import library_paths
        >>> len(library_paths())
        1
    """
    _check_device(device_type)
    if cross_target_platform is not None:
        raise NotImplementedError("cross compilation of extensions is not supported")
    return [str(_PACKAGE / "lib")] if torch_include_dirs else []


def _check_device(device_type: str) -> None:
    if device_type != "cpu":
        raise NotImplementedError(f"extensions for {device_type} are not supported")


def is_ninja_available() -> bool:
    """Tell whether the ninja build tool can be run; `load` does without it.

    Example:
        >>> from torch.utils.cpp_extension import is_ninja_available
        >>> is_ninja_available() in (True, False)
        True
    """
    return shutil.which("ninja") is not None


def verify_ninja_availability() -> None:
    """Raise RuntimeError where the ninja build tool cannot be run."""
    if not is_ninja_available():
        raise RuntimeError(
            "Ninja is required to load C++ extensions (pip install ninja to get it)"
        )


def get_default_build_root() -> str:
    """Return the folder below which `load` keeps what it built.

    `TORCH_EXTENSIONS_DIR` names another one.
    """
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    return os.path.join(cache, "torch_extensions")


def load(
    name: str,
    sources: str | Sequence[str],
    extra_cflags: Sequence[str] | None = None,
    extra_cuda_cflags: Sequence[str] | None = None,
    extra_ldflags: Sequence[str] | None = None,
    extra_include_paths: Sequence[str] | None = None,
    build_directory: str | None = None,
    verbose: bool = False,
    with_cuda: bool | None = None,
    is_python_module: bool = True,
    is_standalone: bool = False,
    keep_intermediates: bool = True,
) -> ModuleType | str | None:
    """Compile C++ sources, unless that was done before, and load the result.

    Args:
        name: of the extension; of the module, which the sources call
            `TORCH_EXTENSION_NAME`.
        sources: paths of C++ files.
        extra_cflags: further options of the compiler, after ours.
        extra_cuda_cflags, with_cuda: CUDA sources are not supported.
        extra_ldflags: further options of the linker.
        extra_include_paths: further folders with headers.
        build_directory: where objects and the library go. Default: a folder of this
            name, interpreter and version below `get_default_build_root`.
        verbose: print the commands. Default: `False`
        is_python_module: whether the library is a Python module; else it registers
            operators by itself, as `TORCH_LIBRARY` does. Default: `True`
        is_standalone: build a program instead of a library. Default: `False`
        keep_intermediates: keep object files. Default: `True`

    Returns:
        The module; `None` for a library that is none; a program's path.

    Raises:
        RuntimeError: the compiler refuses; its messages are in the text.
        NotImplementedError: sources of another language than C++.
    """
    if with_cuda or extra_cuda_cflags:
        raise NotImplementedError("CUDA extensions are not supported")
    sources = [sources] if isinstance(sources, str) else list(sources)
    folder = Path(build_directory or _build_folder(name))
    folder.mkdir(parents=True, exist_ok=True)
    build = _Build(name, folder, verbose, is_standalone)
    build.flags += [f"-I{path}" for path in extra_include_paths or ()]
    build.flags += extra_cflags or ()
    path = build.run([Path(s).resolve() for s in sources], list(extra_ldflags or ()))
    if not keep_intermediates:
        for made in folder.glob("*.o"):
            made.unlink()
    if is_standalone:
        return str(path)
    if not is_python_module:
        torch.ops.load_library(path)
        return None
    return _import(name, path)


def _build_folder(name: str) -> Path:
    root = os.environ.get("TORCH_EXTENSIONS_DIR") or get_default_build_root()
    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    return Path(root) / f"{version}_{torch.version.pocket_version}" / name


class _Build:
    """Compiles each source that changed, links, and remembers what it did."""

    def __init__(self, name: str, folder: Path, verbose: bool, program: bool) -> None:
        self.folder, self.verbose, self.program = folder, verbose, program
        self.compiler = os.environ.get("CXX", "c++")
        self.target = folder / (name if program else f"{name}.so")
        python = sysconfig.get_paths()["include"]
        self.flags = [*_FLAGS, f"-DTORCH_EXTENSION_NAME={name}", f"-isystem{python}"]
        self.flags += [f"-isystem{path}" for path in include_paths()]

    def run(self, sources: list[Path], link_flags: list[str]) -> Path:
        objects = [self._compile(source) for source in sources]
        lib = library_paths()[0]
        shared = [] if self.program else ["-shared"]
        command = [self.compiler, *shared, *map(str, objects), "-o", str(self.target)]
        command += [f"-L{lib}", "-ltorch", f"-Wl,-rpath,{lib}", *link_flags]
        newest = max(o.stat().st_mtime_ns for o in objects)
        self._once(self.target, command, str(newest))
        return self.target

    def _compile(self, source: Path) -> Path:
        made = self.folder / f"{source.stem}.o"
        command = [self.compiler, *self.flags, "-c", str(source), "-o", str(made)]
        self._once(made, command, source.read_text())
        return made

    def _once(self, made: Path, command: list[str], inputs: str) -> None:
        """Run the command, unless it ran on the same inputs before."""
        text = "\0".join([*command, inputs, str(_libtorch_time())])
        digest = hashlib.sha256(text.encode()).hexdigest()
        stamp = made.with_name(f"{made.name}.stamp")
        if made.exists() and stamp.exists() and stamp.read_text() == digest:
            return
        if self.verbose:
            print(" ".join(command))
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(
                f"Error building extension '{self.target.stem}':\n{done.stderr}"
            )
        stamp.write_text(digest)


@functools.cache
def _libtorch_time() -> int:
    """Another libtorch may have other headers."""
    return (_PACKAGE / "lib" / "libtorch.so").stat().st_mtime_ns


def _import(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_inline(
    name: str,
    cpp_sources: str | Sequence[str],
    cuda_sources: str | Sequence[str] | None = None,
    functions: Sequence[str] | dict[str, str] | str | None = None,
    extra_cflags: Sequence[str] | None = None,
    extra_cuda_cflags: Sequence[str] | None = None,
    extra_ldflags: Sequence[str] | None = None,
    extra_include_paths: Sequence[str] | None = None,
    build_directory: str | None = None,
    verbose: bool = False,
    with_cuda: bool | None = None,
    is_python_module: bool = True,
    with_pytorch_error_handling: bool = True,
    keep_intermediates: bool = True,
    use_pch: bool = False,
    no_implicit_headers: bool = False,
) -> ModuleType | str | None:
    """Compile C++ given as text and load the result; see `load`.

    Args:
        name: of the extension.
        cpp_sources: the text, or several to be joined.
        cuda_sources: not supported.
        functions: names to bind, or a dictionary of names and docstrings.
        with_pytorch_error_handling, use_pch: accepted; exceptions of extensions
            become Python's in any case, and headers are not precompiled.
        no_implicit_headers: do not include `torch/extension.h` first.
            Default: `False`
        extra_cflags, extra_cuda_cflags, extra_ldflags, extra_include_paths,
            build_directory, verbose, with_cuda, is_python_module,
            keep_intermediates: as in `load`.

    Returns:
        As `load`.

    Raises:
        RuntimeError: the compiler refuses; its messages are in the text.
        NotImplementedError: sources of another language than C++.

    Example:
        >>> from torch.utils.cpp_extension import load_inline
        >>> source = "torch::Tensor twice(torch::Tensor x) { return x * 2; }"
        >>> twice = load_inline("twice", source, functions="twice")  # doctest: +SKIP
        >>> twice.twice(torch.ones(2))  # doctest: +SKIP
        tensor([2., 2.])
    """
    if cuda_sources:
        raise NotImplementedError("CUDA extensions are not supported")
    parts = [cpp_sources] if isinstance(cpp_sources, str) else list(cpp_sources)
    if not no_implicit_headers:
        parts.insert(0, "#include <torch/extension.h>")
    if functions is not None:
        parts.append(_bindings(functions))
    folder = Path(build_directory or _build_folder(name))
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "main.cpp"
    source.write_text("\n".join(parts))
    return load(
        name,
        [str(source)],
        extra_cflags,
        extra_cuda_cflags,
        extra_ldflags,
        extra_include_paths,
        str(folder),
        verbose,
        with_cuda,
        is_python_module,
        keep_intermediates=keep_intermediates,
    )


def _bindings(functions: Sequence[str] | dict[str, str] | str) -> str:
    """The pybind11 module that binds the functions."""
    if isinstance(functions, str):
        functions = [functions]
    named = functions if isinstance(functions, dict) else {f: f for f in functions}
    lines = [f'  m.def("{f}", &{f}, "{text}");' for f, text in named.items()]
    return "\n".join(["PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {", *lines, "}", ""])


def CppExtension(name: str, sources: Sequence[str], *args: Any, **kwargs: Any) -> Any:
    """Describe a C++ extension to setuptools.

    Args:
        name: the module's full name.
        sources: paths of C++ files.
        args, kwargs: what `setuptools.Extension` takes.

    Returns:
        A `setuptools.Extension` that finds torch's headers and libtorch.

    Example:
        >>> from torch.utils.cpp_extension import CppExtension
        >>> CppExtension("my_ops", ["my_ops.cpp"]).libraries
        ['torch']
    """
    for key, ours in (
        ("include_dirs", include_paths()),
        ("library_dirs", library_paths()),
        ("runtime_library_dirs", library_paths()),
        ("libraries", ["torch"]),
    ):
        kwargs[key] = [*kwargs.get(key, []), *ours]
    kwargs["language"] = "c++"
    return Extension(name, sources, *args, **kwargs)


class BuildExtension(build_ext):
    """The `build_ext` command of a setup.py that has `CppExtension`s.

    Example:
        >>> from torch.utils.cpp_extension import BuildExtension
        >>> commands = {"build_ext": BuildExtension}  # setup(cmdclass=commands)
    """

    @classmethod
    def with_options(cls, **options: Any) -> type:
        """Return the class; options of PyTorch such as `use_ninja` change nothing."""
        return cls

    def build_extensions(self) -> None:
        """Compile each extension as C++17, under its own module name."""
        for extension in self.extensions:
            last = extension.name.rpartition(".")[2]
            extension.define_macros.append(("TORCH_EXTENSION_NAME", last))
            given = extension.extra_compile_args
            given = given.get("cxx", []) if isinstance(given, dict) else given
            extension.extra_compile_args = ["-std=c++17", *given]
        super().build_extensions()
