"""Record the schemas of PyTorch's operators into schemas.txt.gz.

Run with an interpreter that has PyTorch: `python test/golden/record_schemas.py`.
test_codegen.py compares the definitions in csrc/aten/ops with them.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import torch


def main() -> None:
    schemas = {
        str(schema)[len("aten::") :]
        for schema in torch._C._jit_get_all_schemas()
        if schema.name.startswith("aten::")
    }
    text = "\n".join(sorted(schemas)) + "\n"
    path = Path(__file__).with_name("schemas.txt.gz")
    # No time stamp: the file changes only when the schemas do.
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        file.write(text.encode())


if __name__ == "__main__":
    main()
