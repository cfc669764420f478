"""Train a small classifier, save it and load it again."""

from __future__ import annotations

import io

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def make_data(count: int) -> TensorDataset:
    x = torch.randn(count, 8)
    y = (x.sum(dim=1) > 0).long()
    return TensorDataset(x, y)


def train(model: nn.Module, loader: DataLoader[tuple[Tensor, ...]]) -> list[float]:
    optimizer = optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-4)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    losses: list[float] = []
    for _ in range(2):
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            total += loss.item() * len(x)
        scheduler.step()
        losses.append(total)
    return losses


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    model.eval()
    predicted: Tensor = model(x).argmax(dim=1)
    return (predicted == y).float().mean().item()


def main() -> None:
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = nn.Sequential(
        nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2)
    )
    model.to(device)
    data = make_data(64)
    losses = train(model, DataLoader(data, batch_size=16, shuffle=True))
    assert len(losses) == 2
    x, y = data[:]
    assert 0.0 <= accuracy(model, x, y) <= 1.0
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    model.load_state_dict(torch.load(file, weights_only=True))


if __name__ == "__main__":
    main()
