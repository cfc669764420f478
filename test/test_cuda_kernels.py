"""Every kernel stub has a CUDA kernel, or a reason for having none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if not (ROOT / "tools" / "lint").is_dir():
    pytest.skip("needs the source tree", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from tools.lint import check_cuda_kernels as check


def test_every_stub_has_a_kernel_or_a_reason():
    assert check.problems(check.declared(), check.registered(), check.ABSENT) == []


def test_stubs_are_found_in_headers():
    declared = check.declared()
    assert declared["add_stub"] == "csrc/aten/native/BinaryOps.h"
    assert len(declared) > 150


def test_a_pasted_name_is_found():
    text = (
        "#define KERNEL(types, name) \\\n"
        "  void name##_kernel(); \\\n"
        "  REGISTER_DISPATCH(name##_stub, name##_kernel);\n"
        "KERNEL(kAll, sin)\n"
        "KERNEL(f(a, b), cos)\n"
        "REGISTER_DISPATCH(tan_stub, tan_kernel<int, 2>);\n"
    )
    assert check.stubs(text, "REGISTER_DISPATCH", 0) == {
        "sin_stub",
        "cos_stub",
        "tan_stub",
    }


def test_a_commented_registration_does_not_count():
    text = "// REGISTER_DISPATCH(sin_stub, sin_kernel);\n"
    assert check.stubs(text, "REGISTER_DISPATCH", 0) == set()


def test_a_missing_kernel_is_reported():
    found = check.problems({"sin_stub": "UnaryMath.h"}, set(), {})
    assert found == ["UnaryMath.h: sin_stub has no CUDA kernel"]


@pytest.mark.parametrize("kernels", [{"sin_stub"}, set()])
def test_a_stale_reason_is_reported(kernels):
    declared = {"sin_stub": "UnaryMath.h"} if kernels else {}
    assert len(check.problems(declared, kernels, {"sin_stub": "why"})) == 1


def test_a_kernel_without_a_stub_is_reported():
    found = check.problems({}, {"sin_stub"}, {})
    assert found == ["sin_stub: registered for CUDA, but no such stub"]
