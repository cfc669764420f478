"""Check that every kernel stub has a CUDA kernel.

    python tools/lint/check_cuda_kernels.py

A stub is declared by DECLARE_DISPATCH in csrc/aten/native and filled for CUDA
by REGISTER_DISPATCH in csrc/aten/native/cuda, or in a file of
csrc/aten/native/pointwise that a CUDA file includes; both also through macros
that paste its name together. Stubs that need no CUDA kernel are listed below, with
the reason; one that is listed and has a kernel is an error too.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NATIVE = Path("csrc/aten/native")

# stub -> why it has no CUDA kernel
ABSENT = {
    "transpose_copy_stub": "the CPU's blocked transpose; CUDA's copy_stub tiles",
    "fused_adam_stub": "the YAML names a body for CUDA: FusedOptim.cu",
    "fused_sgd_stub": "the YAML names a body for CUDA: FusedOptim.cu",
    "channel_affine_stub": "of native_batch_norm_cpu; CUDA has Normalization.cu",
    "channel_combine_stub": "of native_batch_norm_cpu; CUDA has Normalization.cu",
    "channel_dots_stub": "of native_batch_norm_cpu; CUDA has Normalization.cu",
    "channel_moments_stub": "of native_batch_norm_cpu; CUDA has Normalization.cu",
    "log_softmax_backward_stub": "the YAML names a body for CUDA: SoftMax.cu",
    "log_softmax_stub": "the YAML names a body for CUDA: SoftMax.cu",
    "lstm_step_backward_stub": "of lstm_layer_cpu; CUDA composes its layers",
    "lstm_step_stub": "of lstm_layer_cpu; CUDA composes its layers",
    "softmax_backward_stub": "the YAML names a body for CUDA: SoftMax.cu",
    "softmax_stub": "the YAML names a body for CUDA: SoftMax.cu",
}

MACRO = re.compile(r"^#define (\w+)\(([^)]*)\)((?:.*\\\n)*.*)$", re.MULTILINE)


def arguments(text: str, start: int) -> list[str]:
    """The arguments of a call whose opening parenthesis is at `start`."""
    found, depth, last = [], 0, start + 1
    for i in range(start, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and text[i] == ","):
            found.append(text[last:i].strip())
            last = i + 1
        if depth == 0:
            break
    return found


def calls(text: str, name: str) -> list[list[str]]:
    """The arguments of each call of a function or macro."""
    pattern = re.compile(rf"\b{name}\s*\(")
    return [arguments(text, m.end() - 1) for m in pattern.finditer(text)]


def stubs(text: str, marker: str, position: int) -> set[str]:
    """Stub names in calls of `marker`, also through macros; they stand at
    `position` there."""
    text = re.sub(r"//[^\n]*", "", text)
    plain = MACRO.sub("", text)
    macros = [
        (m, [p.strip() for p in ps.split(",")], b) for m, ps, b in MACRO.findall(text)
    ]

    def uses(name: str) -> list[list[str]]:
        found = calls(plain, name)
        for macro, parameters, body in macros:
            for inner in calls(body, name):
                for outer in uses(macro):
                    given = dict(zip(parameters, outer))
                    found.append([expanded(argument, given) for argument in inner])
        return found

    return {use[position] for use in uses(marker)}


def expanded(text: str, given: dict[str, str]) -> str:
    """`text` of a macro's body with its parameters replaced and pasted."""
    text = re.sub(r"\w+", lambda m: given.get(m[0], m[0]), text)
    return re.sub(r"\s*##\s*", "", text)


def declared(root: Path = ROOT) -> dict[str, str]:
    """Stub -> header that declares it."""
    found = {}
    for path in sorted((root / NATIVE).rglob("*.h")):
        if path.name != "DispatchStub.h":
            for name in stubs(path.read_text(), "DECLARE_DISPATCH", 1):
                found[name] = path.relative_to(root).as_posix()
    return found


def registered(root: Path = ROOT) -> set[str]:
    """Stubs with a CUDA kernel."""
    found: set[str] = set()
    macros = root / NATIVE / "pointwise" / "Kernel.h"
    for path in sorted((root / NATIVE / "cuda").glob("*.cu")):
        text = path.read_text()
        for name in re.findall(r'#include "aten/native/(pointwise/\w+\.h)"', text):
            text += macros.read_text() + (root / NATIVE / name).read_text()
        found |= stubs(text, "REGISTER_DISPATCH", 0)
    return found


def problems(
    declarations: dict[str, str], kernels: set[str], absent: dict[str, str]
) -> list[str]:
    """What is wrong, a line each."""
    missing = declarations.keys() - kernels - absent.keys()
    return sorted(
        [f"{declarations[s]}: {s} has no CUDA kernel" for s in missing]
        + [
            f"{s}: has a CUDA kernel, but is listed as absent"
            for s in absent
            if s in kernels
        ]
        + [
            f"{s}: listed as absent, but no such stub"
            for s in absent
            if s not in declarations
        ]
        + [
            f"{s}: registered for CUDA, but no such stub"
            for s in kernels - declarations.keys()
        ]
    )


def main() -> int:
    declarations, kernels = declared(), registered()
    found = problems(declarations, kernels, ABSENT)
    for line in found:
        print(f"error: {line}")
    if not found:
        count = len(declarations) - len(ABSENT)
        print(f"CUDA kernels: {count} of {len(declarations)} stubs have one")
        for name, reason in sorted(ABSENT.items()):
            print(f"  {name}: {reason}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
