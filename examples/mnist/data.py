"""Read handwritten digits from MNIST's idx files: `load_digits(folder)`.

A folder holds `train-` and `t10k-images-idx3-ubyte` and `-labels-idx1-ubyte`, gzipped
(`.gz`) or not.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

import torch
from torch.utils.data import TensorDataset

UNSIGNED_BYTES = 8


def read_idx(path: Path) -> np.ndarray:
    """Read an idx file of bytes into an array of its shape.

    Args:
        path: The file without `.gz`; where it is not there, the one with `.gz`.

    Raises:
        FileNotFoundError: There is neither.
        ValueError: It is no idx file of bytes, or one cut short.
    """
    if path.exists():
        content = path.read_bytes()
    else:
        with gzip.open(f"{path}.gz") as file:
            content = file.read()
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTES]):
        raise ValueError(f"{path} is no idx file of unsigned bytes")
    rank = content[3]
    begin = 4 + 4 * rank
    shape = struct.unpack(f">{rank}I", content[4:begin])
    if len(content) != begin + int(np.prod(shape)):
        raise ValueError(f"{path} should hold {shape} bytes, but holds another number")
    return np.frombuffer(content, np.uint8, offset=begin).reshape(shape)


def load_digits(folder: Path) -> tuple[TensorDataset, TensorDataset]:
    """Read the training and the test set.

    Args:
        folder: Where the files are.

    Returns:
        Two datasets of ``(image, label)``; images are float32 of shape (1, H, W),
        their pixels scaled to [0, 1] by the brightest of the training set.
    """
    parts = []
    brightest = None
    for name in ("train", "t10k"):
        images = read_idx(folder / f"{name}-images-idx3-ubyte")
        labels = read_idx(folder / f"{name}-labels-idx1-ubyte")
        brightest = brightest or float(images.max())
        pixels = images[:, None].astype(np.float32) / np.float32(brightest)
        parts.append(
            TensorDataset(
                torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64))
            )
        )
    return parts[0], parts[1]
