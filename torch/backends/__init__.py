"""Switches and questions about the libraries behind the operators."""

from __future__ import annotations

from torch.backends import cpu, cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
