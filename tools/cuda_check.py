"""Compile the CUDA library and check what can be checked without a GPU.

    python tools/cuda_check.py [--build FOLDER] [--architectures "80;90"]

Every .cu file is compiled for each architecture with warnings as errors, then
the library must load on a machine without a driver, carry code for every
architecture, link no NVIDIA library, and torch must start with it and refuse
work in PyTorch's words. The last line counts; the exit status is 1 where
anything failed, and where there is no nvcc.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Callable

ROOT = Path(__file__).resolve().parents[1]
# A container of code for several architectures, version 1 with 16 bytes of header.
CONTAINER = bytes.fromhex("50ed55ba01001000")
MACHINE_CODE = 2

# Run by an interpreter of its own, in a staged tree. It prints what went wrong.
IMPORT_CHECK = """
import torch

def text(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"

problems = []
def expect(what, actual, expected):
    if actual != expected:
        problems.append(f"{what}: {actual!r}, expected {expected!r}")

expect("version.cuda", torch.version.cuda, VERSION)
expect("loaded by import", torch._C._cuda_isLoaded(), False)
torch.manual_seed(0)
expect("loaded by a seed", torch._C._cuda_isLoaded(), False)
expect("is_built", torch.backends.cuda.is_built(), True)
count = torch.cuda.device_count()
expect("is_available", torch.cuda.is_available(), count > 0)
expect("loaded", torch._C._cuda_isLoaded(), True)
if count == 0:
    refused = (
        "RuntimeError: Found no NVIDIA driver on your system. Please check that you "
        "have an NVIDIA GPU and installed a driver from "
        "http://www.nvidia.com/Download/index.aspx",
        "RuntimeError: No CUDA GPUs are available",
    )
    for name, call in {
        "factory": lambda: torch.ones(1, device="cuda"),
        "cuda()": lambda: torch.ones(1).cuda(),
        "to()": lambda: torch.ones(1).to("cuda:0"),
        "init()": torch.cuda.init,
        "current_device()": torch.cuda.current_device,
        "Stream()": torch.cuda.Stream,
    }.items():
        actual = text(call)
        if actual not in refused:
            problems.append(f"{name}: {actual}")
    expect("memory", torch.cuda.memory_allocated(), 0)
    expect("started", torch.cuda.is_initialized(), False)
expect("the CPU works", (torch.ones(2) + 1).tolist(), [2.0, 2.0])
print("\\n".join(problems))
"""


def run(command: list[str], **options: Any) -> subprocess.CompletedProcess:
    """Run a command and keep what it prints."""
    return subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )


def build(folder: Path, architectures: str) -> str | None:
    """Configure and compile; the end of the output where that fails."""
    configure = [
        "cmake",
        "-S",
        str(ROOT),
        "-B",
        str(folder),
        "-G",
        "Ninja",
        "-DCUDA=1",
        f"-DCUDA_ARCHITECTURES={architectures}",
        f"-DPython_EXECUTABLE={sys.executable}",
    ]
    compile_ = ["cmake", "--build", str(folder), "--target", "torch_cuda", "_C"]
    if "MAX_JOBS" in os.environ:
        compile_ += ["-j", os.environ["MAX_JOBS"]]
    for command in (configure, compile_):
        done = run(command)
        if done.returncode:
            return "\n".join(done.stdout.splitlines()[-40:])
    return None


def check_loads(library: Path) -> str:
    """The library loads by itself, without a driver."""
    code = f"import ctypes; ctypes.CDLL({str(library)!r})"
    return run([sys.executable, "-c", code]).stdout


def check_links(library: Path) -> str:
    """It needs no NVIDIA library."""
    lines = run(["readelf", "-d", str(library)]).stdout.splitlines()
    needed = [line for line in lines if "NEEDED" in line]
    if not needed:
        return "readelf printed no NEEDED line"
    return "\n".join(line for line in needed if "libcu" in line or "libnv" in line)


def kernel_files() -> int:
    """How many .cu files there are."""
    return len(list((ROOT / "csrc" / "aten" / "native" / "cuda").glob("*.cu")))


def machine_code(image: bytes) -> Counter[str]:
    """How many pieces of machine code nvcc put in for each architecture.

    A file's code is a container: magic, version and own size, size of the rest;
    then pieces, each with its kind (1 PTX, 2 machine code), header's and
    payload's size, and at byte 28 its architecture.
    """
    found: Counter[str] = Counter()
    at = image.find(CONTAINER)
    while at >= 0:
        header, size = struct.unpack_from("<HQ", image, at + 6)
        piece = at + header
        while piece < at + header + size:
            kind, own, payload = struct.unpack_from("<HxxIQ", image, piece)
            if kind == MACHINE_CODE:
                found[str(struct.unpack_from("<I", image, piece + 28)[0])] += 1
            piece += own + payload
        at = image.find(CONTAINER, piece)
    return found


def check_code(library: Path, architectures: str) -> str:
    """It carries code of every .cu file for every architecture."""
    code = machine_code(library.read_bytes())
    found = {a: code[a] for a in architectures.split(";")}
    few = {a: n for a, n in found.items() if n < kernel_files()}
    return f"pieces of code by architecture: {few}" if few else ""


def check_import(folder: Path, version: str) -> str:
    """torch starts from a staged tree and refuses work in PyTorch's words."""
    with tempfile.TemporaryDirectory() as stage:
        shutil.copytree(ROOT / "torch", Path(stage, "torch"))
        shutil.copytree(folder / "torch", Path(stage, "torch"), dirs_exist_ok=True)
        shutil.copy(folder / "version.py", Path(stage, "torch"))
        code = IMPORT_CHECK.replace("VERSION", repr(version))
        environment = {**os.environ, "PYTHONPATH": stage}
        done = run([sys.executable, "-c", code], cwd=stage, env=environment)
    return done.stdout.strip()


def cuda_version(nvcc: str) -> str:
    """ "13.0", as torch.version.cuda says it."""
    release = run([nvcc, "--version"]).stdout.split("release ")[1]
    return release.split(",")[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("BUILD_DIR", ROOT / "build")
    parser.add_argument("--build", type=Path, default=Path(default))
    parser.add_argument("--architectures", default="80;90")
    options = parser.parse_args()
    nvcc = shutil.which("nvcc")
    if nvcc is None:
        print("cuda-check: no nvcc found, nothing was checked")
        return 1
    started = time.time()
    problem = build(options.build, options.architectures)
    if problem is not None:
        print(problem)
        print("cuda-check: the CUDA library was not built")
        return 1
    library = options.build / "torch" / "lib" / "libtorch_cuda.so"
    checks: dict[str, Callable[[], str]] = {
        "loads without a driver": lambda: check_loads(library),
        "links no NVIDIA library": lambda: check_links(library),
        "code for every architecture": lambda: check_code(
            library, options.architectures
        ),
        "torch with it": lambda: check_import(options.build, cuda_version(nvcc)),
    }
    failed = 0
    for name, check in checks.items():
        problem = check()
        failed += bool(problem)
        print(f"{name}: {problem or 'ok'}")
    print(
        f"cuda-check: {kernel_files()} files for {options.architectures}, "
        f"{len(checks) - failed} passed, {failed} failed, "
        f"{time.time() - started:.0f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
