"""Record what examples/mnist/main.py prints under PyTorch.

    PYTHON_WITH_PYTORCH test/golden/record_mnist.py

writes test/golden/mnist_losses.json: per model the losses and accuracy of each epoch.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "examples" / "mnist" / "main.py"
EPOCH = re.compile(r"loss ([\d.]+)  test loss ([\d.]+)  accuracy ([\d.]+)%")


def run_example(*arguments: str) -> list[list[float]]:
    """Run the example; return training loss, test loss and accuracy per epoch.

    On one thread: more would only spin where test processes share the machine.
    """
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), *arguments],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return [[float(x) for x in found] for found in EPOCH.findall(done.stdout)]


def main() -> None:
    import torch

    if hasattr(torch.version, "pocket_version"):
        raise SystemExit("run this with PyTorch, not with Pocket Torch")
    recorded = {model: run_example("--model", model) for model in ("mlp", "cnn")}
    text = json.dumps(recorded).replace("]], ", "]],\n").replace("], [", "],\n[")
    (HERE / "mnist_losses.json").write_text(text + "\n")
    print({model: len(epochs) for model, epochs in recorded.items()})


if __name__ == "__main__":
    main()
