"""The MNIST example: the losses PyTorch prints, accuracy, reading, saving, plotting."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import torch
from golden.record_mnist import EXAMPLE, run_example

RECORDED = json.loads(
    (Path(__file__).parent / "golden" / "mnist_losses.json").read_text()
)
ENOUGH = 97.0  # per cent of the test images


def example_module(name: str):
    spec = importlib.util.spec_from_file_location(name, EXAMPLE.parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_losses_are_pytorchs_to_five_digits(model):
    epochs = run_example("--model", model)
    assert len(epochs) == len(RECORDED[model])
    for own, recorded in zip(epochs, RECORDED[model]):
        # Five digits are printed; sums of another order may turn the last one.
        assert own[:2] == pytest.approx(recorded[:2], abs=1.01e-5)
        assert own[2] == recorded[2]
    assert epochs[-1][2] >= ENOUGH


def test_checkpoint_holds_the_trained_model(tmp_path):
    path = tmp_path / "checkpoint.pt"
    ((_, _, accuracy),) = run_example("--epochs", "1", "--save", str(path))
    saved = torch.load(path)
    assert round(100 * saved["accuracy"], 2) == accuracy
    assert list(saved["model"]) == ["1.weight", "1.bias", "4.weight", "4.bias"]


def test_plot_is_drawn_or_says_what_it_needs(tmp_path):
    path = tmp_path / "digits.png"
    command = [sys.executable, str(EXAMPLE), "--epochs", "1", "--plot", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if importlib.util.find_spec("matplotlib"):
        assert path.read_bytes()[:4] == b"\x89PNG"
    else:
        assert done.returncode == 1
        assert done.stderr.strip() == "--plot needs matplotlib: pip install matplotlib"


def test_shipped_digits():
    train, test = example_module("data").load_digits(EXAMPLE.parent / "digits")
    assert (len(train), len(test)) == (1437, 360)
    image, label = train[0]
    assert image.shape == (1, 8, 8) and image.dtype == torch.float32
    assert label.dtype == torch.int64
    images, labels = train[:]
    assert (images.min().item(), images.max().item()) == (0, 1)
    assert set(labels.tolist()) == set(range(10))


def test_read_idx_plain_and_gzipped(tmp_path):
    read_idx = example_module("data").read_idx
    content = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)])
    (tmp_path / "plain").write_bytes(content)
    with gzip.open(tmp_path / "packed.gz", "wb") as file:
        file.write(content)
    for name in ("plain", "packed"):
        assert np.array_equal(read_idx(tmp_path / name), [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize(
    "content, message",
    [
        (b"no idx", "is no idx file of unsigned bytes"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]), r"should hold \(9,\) bytes"),
    ],
)
def test_read_idx_refuses_other_files(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        example_module("data").read_idx(tmp_path / "file")


def test_missing_data_is_named():
    with pytest.raises(RuntimeError, match="train-images-idx3-ubyte"):
        run_example("--data", "nowhere")
