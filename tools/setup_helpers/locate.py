"""Print where the files of a pip-installed C++ library are, for CMake.

    python locate.py mkl|onednn      ->  LIBRARY;INCLUDE_FOLDER, or nothing
    python locate.py cublas|cudnn    ->  INCLUDE_FOLDER, or nothing

A library installed by pip, also in an isolated build environment, knows its
files through its metadata; sys.prefix does not lead there.
"""

from __future__ import annotations

import os
import sys
from importlib import metadata

# name -> (package, file in it), for the library and for a header
PACKAGES = {
    "mkl": (("mkl-static", "/libmkl_core.a"), ("mkl-include", "include/mkl.h")),
    "onednn": (
        ("onednn-cpu-gomp", "/libdnnl.so.3"),
        ("onednn-devel-cpu-gomp", "include/oneapi/dnnl/dnnl.hpp"),
    ),
}
# name -> a header; the library is opened at run time
HEADERS = {
    "cublas": ("nvidia-cublas", "include/cublas_v2.h"),
    "cudnn": ("nvidia-cudnn-cu13", "include/cudnn.h"),
}


def locate(package: str, suffix: str) -> str | None:
    """Return the real path of the package's file that ends in suffix."""
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if str(file).endswith(suffix):
            return os.path.realpath(file.locate())
    return None


def main(name: str) -> int:
    if name in HEADERS:
        print(os.path.dirname(locate(*HEADERS[name]) or ""))
        return 0
    (lib_package, lib), (inc_package, header) = PACKAGES[name]
    library, include = locate(lib_package, lib), locate(inc_package, header)
    if library and include:
        folder = include[: -len(header.split("include", 1)[1])]
        print(os.path.dirname(library) if name == "mkl" else library, folder, sep=";")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
