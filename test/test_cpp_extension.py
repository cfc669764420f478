"""torch.utils.cpp_extension: what it builds, finds, keeps and refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import torch

pytest.importorskip("setuptools")
from torch.utils import cpp_extension

INCLUDE = Path(cpp_extension.include_paths()[0])
needs_compiler = pytest.mark.skipif(
    shutil.which(os.environ.get("CXX", "c++")) is None
    or not (INCLUDE / "pybind11").exists(),
    reason="needs a compiler and the installed headers",
)
TWICE = "torch::Tensor twice(torch::Tensor x) { return x * 2; }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("extension")


@pytest.fixture(scope="module")
def module(folder: Path):
    source = (
        TWICE
        + """
        std::vector<at::Tensor> halves(const at::Tensor& x) {
          return {at::mul(x, 0.5), x.mul(0.5)};
        }
        at::Tensor same(at::Tensor x) { return x; }
        int64_t size(const at::Tensor& x) {
          TORCH_CHECK(x.dim() == 1, "expected a vector");
          return x.size(0);
        }
    """
    )
    functions = {"twice": "Double it.", "halves": "", "same": "", "size": ""}
    return cpp_extension.load_inline(
        "docs_ext", source, functions=functions, build_directory=str(folder)
    )


@needs_compiler
def test_function_takes_and_returns_tensors(module) -> None:
    assert torch.equal(module.twice(torch.ones(3)), torch.full((3,), 2.0))
    assert module.twice.__doc__.strip().endswith("Double it.")


@needs_compiler
def test_result_is_recorded_by_autograd(module) -> None:
    x = torch.ones(3, requires_grad=True)
    module.twice(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


@needs_compiler
def test_tensor_that_comes_back_is_the_same_object(module) -> None:
    x = torch.ones(2)
    assert module.same(x) is x


@needs_compiler
def test_lists_of_tensors(module) -> None:
    a, b = module.halves(torch.ones(2))
    assert torch.equal(a, b)


@needs_compiler
def test_check_becomes_a_runtime_error(module) -> None:
    with pytest.raises(RuntimeError, match="expected a vector"):
        module.size(torch.ones(2, 2))


@needs_compiler
def test_other_arguments_are_refused(module) -> None:
    with pytest.raises(TypeError, match="incompatible function arguments"):
        module.twice("text")


@needs_compiler
def test_second_load_compiles_nothing(module, folder: Path) -> None:
    before = (folder / "main.o").stat().st_mtime_ns
    cpp_extension.load(
        "docs_ext", str(folder / "main.cpp"), build_directory=str(folder)
    )
    assert (folder / "main.o").stat().st_mtime_ns == before


@needs_compiler
def test_library_registers_its_operators(tmp_path: Path) -> None:
    (tmp_path / "op.cpp").write_text(
        "#include <torch/library.h>\n#include <torch/types.h>\n"
        "at::Tensor thrice(const at::Tensor& x) { return at::mul(x, 3); }\n"
        'TORCH_LIBRARY(docs_ext, m) { m.def("thrice", &thrice); }\n'
    )
    source = str(tmp_path / "op.cpp")
    made = cpp_extension.load(
        "op", source, build_directory=str(tmp_path), is_python_module=False
    )
    assert made is None
    assert torch.ops.docs_ext.thrice(torch.ones(1)).item() == 3.0


@needs_compiler
def test_mistake_in_the_source_is_shown(tmp_path: Path) -> None:
    with pytest.raises(
        RuntimeError, match="(?s)Error building extension 'bad'.*nosuch"
    ):
        cpp_extension.load_inline(
            "bad",
            "int f() { return nosuch; }",
            build_directory=str(tmp_path),
            no_implicit_headers=True,
        )


def test_extension_for_setup_py_finds_torch() -> None:
    made = cpp_extension.CppExtension("ops", ["ops.cpp"], include_dirs=["mine"])
    assert made.include_dirs == ["mine", *cpp_extension.include_paths()]
    assert made.library_dirs == cpp_extension.library_paths()
    assert (made.language, made.libraries) == ("c++", ["torch"])


@pytest.mark.parametrize("device", ["cuda", "xpu"])
def test_other_devices_are_not_built(device: str) -> None:
    with pytest.raises(NotImplementedError):
        cpp_extension.include_paths(device)


def test_missing_ninja_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError) as info:
        cpp_extension.verify_ninja_availability()
    expected = "Ninja is required to load C++ extensions (pip install ninja to get it)"
    assert str(info.value) == expected


@pytest.mark.slow
@needs_compiler
def test_setup_py_builds_a_module(tmp_path: Path) -> None:
    (tmp_path / "ops.cpp").write_text(
        "#include <torch/extension.h>\n"
        f"{TWICE}\n"
        'PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("twice", &twice); }\n'
    )
    (tmp_path / "setup.py").write_text(
        "from setuptools import setup\n"
        "from torch.utils.cpp_extension import BuildExtension, CppExtension\n"
        "setup(name='ops', ext_modules=[CppExtension('ops', ['ops.cpp'])],\n"
        "      cmdclass={'build_ext': BuildExtension.with_options(use_ninja=False)})\n"
    )
    package = str(Path(torch.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": package}
    for command in (
        ["setup.py", "-q", "build_ext", "--inplace"],
        ["-c", "import torch, ops; print(ops.twice(torch.ones(2)))"],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == "tensor([2., 2.])\n"
