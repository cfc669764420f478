"""Build with CMake and Ninja; setuptools only packs what CMake installs.

Switches, from the environment: DEBUG=1, CUDA=0|1, USE_MKL=0|1,
USE_ONEDNN=0|1, MAX_JOBS=n, SANITIZE=address,undefined, COVERAGE=1,
BUILD_DIR=folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent


def cmake_options() -> list[str]:
    """Return -D options for the switches that are set."""
    build_type = "Debug" if os.environ.get("DEBUG") == "1" else "Release"
    options = [
        f"-DCMAKE_BUILD_TYPE={build_type}",
        f"-DPython_EXECUTABLE={sys.executable}",
    ]
    ninja = shutil.which("ninja")
    if ninja:
        options.append(f"-DCMAKE_MAKE_PROGRAM={ninja}")
    for name in "CUDA USE_MKL USE_ONEDNN SANITIZE COVERAGE BUILD_TESTING".split():
        if name in os.environ:
            options.append(f"-D{name}={os.environ[name]}")
    return options


class CMakeBuild(build_ext):
    """Configure, build, and install into the package (or the source tree)."""

    def run(self) -> None:
        build = Path(os.environ.get("BUILD_DIR", ROOT / "build"))
        target = ROOT if self.inplace else Path(self.build_lib).resolve()
        configure = ["cmake", "-S", str(ROOT), "-B", str(build), "-G", "Ninja"]
        subprocess.run(configure + cmake_options(), check=True)
        command = ["cmake", "--build", str(build)]
        if "MAX_JOBS" in os.environ:
            command += ["-j", os.environ["MAX_JOBS"]]
        subprocess.run(command, check=True)
        # A debug build keeps its symbols.
        strip = [] if os.environ.get("DEBUG") == "1" else ["--strip"]
        install = ["cmake", "--install", str(build), "--prefix", str(target)]
        subprocess.run(install + strip, check=True)
        shutil.copytree(
            ROOT / "third_party" / "licenses",
            target / "torch" / "licenses",
            dirs_exist_ok=True,
        )

    def get_outputs(self) -> list[str]:
        return []

    def get_output_mapping(self) -> dict[str, str]:
        return {}


setup(
    packages=find_packages(include=["torch", "torch.*"]),
    package_data={
        "torch": ["py.typed", "*.pyi", "_C/*.pyi"],
        "torch.utils._draw_graph": ["*.js", "*.css", "page.html"],
    },
    ext_modules=[Extension("torch._C", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
    zip_safe=False,
)
