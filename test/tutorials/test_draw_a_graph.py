"""docs/tutorials/draw_a_graph.md, followed in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tutorial import Reader, steps


def test_following_the_tutorial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path)
    for step in steps("draw_a_graph.md"):
        reader.follow(step)
    assert "AddmmBackward0" in Path("autograd.html").read_text()
    assert "ReLU" in Path("modules.html").read_text()
