"""Train a network to read handwritten digits.

    python main.py                   # an MLP on the digits that ship with the example
    python main.py --model cnn --save checkpoint.pt --plot digits.png
    python main.py --data FOLDER     # on MNIST's idx files

Runs under any `torch`.  With one seed the losses printed are the same everywhere.
tqdm (progress bar) and matplotlib (`--plot`) are used only where they are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from data import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def build_mlp(height: int, width: int) -> nn.Module:
    """Two layers; images of 8x8 give 64 inputs."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(height * width, 256),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(256, 10),
    )


def build_cnn(height: int, width: int) -> nn.Module:
    """Two convolutions that keep the size, a pooling that halves it."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.Tanh(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.25),
        nn.Linear(32 * (height // 2) * (width // 2), 10),
    )


MODELS = {"mlp": build_mlp, "cnn": build_cnn}


def with_progress(loader: DataLoader, text: str):
    """The loader with a bar on the terminal, where there is one and tqdm is too."""
    if not sys.stderr.isatty():
        return loader
    try:
        from tqdm import tqdm
    except ImportError:
        return loader
    return tqdm(loader, desc=text, leave=False)


def train_epoch(model, loader, optimizer, device, text: str) -> float:
    """Go through the training set once; return the mean loss."""
    model.train()
    total = 0.0
    for images, labels in with_progress(loader, text):
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    return total / len(loader.dataset)


@torch.no_grad()
def evaluate(model, loader, device) -> tuple[float, float]:
    """Return mean loss and accuracy on the test set."""
    model.eval()
    total, correct = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        outputs = model(images)
        total += F.cross_entropy(outputs, labels, reduction="sum").item()
        correct += (outputs.argmax(1) == labels).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


def plot(path: Path, history: list, model, test: TensorDataset, device) -> None:
    """Draw the losses of all epochs and what the model reads in 40 test images."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    images, labels = test[:40]
    with torch.no_grad():
        read = model(images.to(device)).argmax(1).tolist()
    figure = plt.figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(2, 3))
    axes = left.subplots()
    epochs = range(1, len(history) + 1)
    axes.plot(epochs, [h[0] for h in history], label="training")
    axes.plot(epochs, [h[1] for h in history], label="test")
    axes.set(xlabel="epoch", ylabel="cross entropy", yscale="log")
    axes.locator_params(axis="x", integer=True)
    axes.legend()
    for i, cell in enumerate(right.subplots(5, 8).flat):
        cell.imshow(images[i, 0].numpy(), cmap="gray_r")
        is_right = read[i] == labels[i].item()
        cell.set_title(str(read[i]), color="black" if is_right else "red", pad=2)
        cell.axis("off")
    figure.savefig(path)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).parent
    parser.add_argument("--data", type=Path, default=here / "digits", metavar="FOLDER")
    parser.add_argument("--model", choices=MODELS, default="mlp")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.003, help="learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--save", type=Path, metavar="FILE", help="checkpoint to write")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="picture to write")
    args = parser.parse_args()
    if args.plot and importlib.util.find_spec("matplotlib") is None:
        sys.exit("--plot needs matplotlib: pip install matplotlib")
    return args


def main() -> None:
    args = parse_arguments()
    torch.manual_seed(args.seed)
    device = torch.device(args.device)
    train, test = load_digits(args.data)
    height, width = train[0][0].shape[1:]
    train_loader = DataLoader(train, args.batch_size, shuffle=True)
    test_loader = DataLoader(test, 500)

    model = MODELS[args.model](height, width).to(device)
    optimizer = torch.optim.Adam(model.parameters(), args.lr)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 10, gamma=0.3)
    history = []
    for epoch in range(1, args.epochs + 1):
        text = f"epoch {epoch:2}/{args.epochs}"
        train_loss = train_epoch(model, train_loader, optimizer, device, text)
        test_loss, accuracy = evaluate(model, test_loader, device)
        schedule.step()
        history.append((train_loss, test_loss))
        print(
            f"{text}  loss {train_loss:.5f}  test loss {test_loss:.5f}  "
            f"accuracy {accuracy:.2%}"
        )

    if args.save:
        torch.save({"model": model.state_dict(), "accuracy": accuracy}, args.save)
    if args.plot:
        plot(args.plot, history, model, test, device)


if __name__ == "__main__":
    main()
