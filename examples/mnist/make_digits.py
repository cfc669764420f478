"""Make the files in digits/, once: `python make_digits.py` where scikit-learn is.

scikit-learn carries the UCI optical digits.  They are split at random into 1,437
training and 360 test images and written in MNIST's own file format.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TEST_IMAGES = 360


def write_idx(path: Path, values: np.ndarray) -> None:
    """Write unsigned bytes as idx: two zeros, type 8, rank, sizes, data."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    # Without a time stamp the same digits give the same file.
    with gzip.GzipFile(path, "wb", compresslevel=9, mtime=0) as file:
        file.write(header + values.astype(np.uint8).tobytes())


def main() -> None:
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.target))
    folder = Path(__file__).parent / "digits"
    folder.mkdir(exist_ok=True)
    parts = {"t10k": order[:TEST_IMAGES], "train": order[TEST_IMAGES:]}
    for name, part in parts.items():
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", digits.images[part])
        write_idx(folder / f"{name}-labels-idx1-ubyte.gz", digits.target[part])


if __name__ == "__main__":
    main()
