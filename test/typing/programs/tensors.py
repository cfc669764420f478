"""Arithmetic, indexing, shapes, reductions, dtypes, devices and NumPy."""

from __future__ import annotations

import numpy as np

import torch
from torch import Tensor


def arithmetic(a: Tensor, b: Tensor) -> Tensor:
    c = a + b * 2 - 1 / (b + 3) ** 2
    c += 1
    c = -c.abs() @ b.T
    c = torch.add(c, a @ b.transpose(0, 1), alpha=2)
    return torch.where(c > 0, c, 0.0).clamp(min=-1, max=1)


def indexing(x: Tensor) -> list[Tensor]:
    x[0, 1:] = 0.0
    x[..., -1] = torch.tensor([7.0, 8.0])
    rows = torch.tensor([1, 0])
    return [x[0], x[:, None], x[x > 0], x[rows, :2], x[[0, 1]], x.index_select(0, rows)]


def shapes(x: Tensor) -> tuple[int, ...]:
    y = x.view(3, 2).reshape(-1).unsqueeze(0).expand(2, -1)
    first, *rest = y.shape
    assert y.size(1) == rest[0] and x.dim() == 2 and x.numel() == 6
    z = torch.cat([y, y], dim=1).permute(1, 0).contiguous()
    stacked = torch.stack((z, z)).flatten(start_dim=1)
    left, right = stacked.chunk(2, dim=1)
    assert left.shape == right.shape and first == 2
    return tuple(torch.zeros(2, 3, dtype=torch.int64).shape)


def reductions(x: Tensor) -> float:
    values, indices = x.max(dim=1)
    ordered = torch.sort(x, dim=1, descending=True)
    assert torch.equal(ordered.values[:, 0], values) and indices.dtype == torch.int64
    top = x.topk(2)
    assert top.indices.shape == (2, 2)
    mean: Tensor = x.mean(dim=(0, 1), keepdim=True)
    return float(x.norm()) + mean.item() + torch.linalg.vector_norm(x, ord=1).item()


def conversions(x: Tensor) -> np.ndarray:
    half = x.to(torch.float16).to(device="cpu", dtype=torch.float32)
    copied = torch.as_tensor(np.ones((2, 3)), dtype=torch.float32) + half
    assert bool(torch.allclose(copied - 1, x, atol=1e-2)) and x.is_floating_point()
    array: np.ndarray = copied.detach().cpu().numpy()
    return array


def main() -> None:
    generator = torch.Generator().manual_seed(0)
    a = torch.rand(2, 3, generator=generator)
    assert arithmetic(a, a).shape == (2, 2)
    assert len(indexing(a.clone())) == 6
    assert shapes(a) == (2, 3)
    assert reductions(a) > 0.0
    assert conversions(a).shape == (2, 3)
    assert torch.einsum("ij,kj->ik", a, a).shape == (2, 2)
    assert torch.arange(0, 1, 0.25).tolist() == [0.0, 0.25, 0.5, 0.75]
    assert torch.special.expit(torch.zeros(1)).item() == 0.5
    assert torch.finfo(torch.float32).eps < 1e-6
    labels: Tensor = torch.LongTensor([0, 1])
    assert isinstance(labels, torch.LongTensor)


if __name__ == "__main__":
    main()
