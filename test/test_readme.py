"""README.md: its program runs, what it points to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import torch

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def test_program_learns_and_writes_its_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (program,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(program, "README.md", "exec"), names)
    assert names["loss"].item() < 0.02
    assert list(torch.load("model.pt")) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert "MseLossBackward0" in Path("loss.html").read_text()


def test_program_has_about_twenty_lines():
    assert len(blocks("python")[0].splitlines()) <= 20


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_link_leads_somewhere(target):
    assert (ROOT / target).exists()


FOLDERS = "csrc|torch|test|docs|examples|benchmarks"


@pytest.mark.parametrize("name", re.findall(rf"`((?:{FOLDERS})/[\w/.]*)`", README))
def test_path_is_there(name):
    assert (ROOT / name).exists()
