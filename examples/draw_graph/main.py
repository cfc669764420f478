"""Draw a small classifier: its modules, and the graph of one loss.

    python examples/draw_graph/main.py [--folder .] [--svg]

Writes modules and autograd, as pages to open in a browser, or as pictures
with --svg. The one function to read is `torch.utils.draw_graph`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn
from torch.utils import draw_graph


class Classifier(nn.Module):
    """Two convolutions, one of them beside a shortcut, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.block = nn.Sequential(nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        x = x + self.block(x)
        return self.head(self.pool(x).flatten(1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("."))
    parser.add_argument("--svg", action="store_true", help="pictures, not pages")
    options = parser.parse_args()
    suffix = "svg" if options.svg else "html"

    model = Classifier()
    images, labels = torch.rand(4, 1, 28, 28), torch.tensor([3, 1, 4, 1])
    loss = nn.functional.cross_entropy(model(images), labels)
    draw_graph(model, options.folder / f"modules.{suffix}")
    draw_graph({"loss": loss}, options.folder / f"autograd.{suffix}", model)
    print(f"wrote modules.{suffix} and autograd.{suffix} in {options.folder}")


if __name__ == "__main__":
    main()
