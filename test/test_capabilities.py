"""Every copy of the kernels gives PyTorch's answers.

The operator tests run on the best instruction set of the machine. Here they run
again on the lower ones, in processes of their own, since the choice is made once.
The vector types themselves: test/cpp/vectorized_test.cpp, compiled for each set.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import torch

HERE = Path(__file__).parent
SETS = ("DEFAULT", "AVX2", "AVX512")
BEST = torch.backends.cpu.get_cpu_capability()


def python(capability: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python with an instruction set at most as high as this."""
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": capability.lower()}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("capability", SETS)
def test_environment_lowers_the_instruction_set(capability):
    code = "import torch; print(torch.backends.cpu.get_cpu_capability())"
    asked = min(SETS.index(capability), SETS.index(BEST))
    assert python(capability, "-c", code).stdout.strip() == SETS[asked]


def test_unknown_instruction_set_is_ignored_with_a_warning():
    code = "import torch; print(torch.backends.cpu.get_cpu_capability())"
    result = python("sse9", "-c", code)
    assert result.stdout.strip() == BEST
    text = "UserWarning: ignoring invalid value for ATEN_CPU_CAPABILITY: sse9"
    assert text in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("capability", [s for s in SETS if s != BEST])
def test_operators_on_a_lower_instruction_set(capability):
    if SETS.index(capability) > SETS.index(BEST):
        pytest.skip(f"the machine has no {capability}")
    tests = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "ops")
    result = python(capability, *tests)
    assert result.returncode == 0, result.stdout[-4000:]
