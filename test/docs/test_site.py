"""docs/: the site builds without a warning, and its docstring reader works."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from docstrings import inline, to_rst

# Modules whose names are described elsewhere, or that hold none to call.
WITHOUT_PAGE = {
    "torch.types",
    "torch.storage",
    "torch.return_types",
    "torch.functional",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c", "a ``b``\\  c"),
        ("see `torch.add`", "see :py:obj:`torch.add`\\ "),
        ("of $x_1$", "of :math:`x_1`\\ "),
        ("*args and foo_", "\\*args and foo\\_"),
        ("snake_case stays", "snake_case stays"),
    ],
)
def test_marks_become_rst(text: str, expected: str) -> None:
    assert inline(text) == expected


def test_sections_become_fields() -> None:
    lines = ["Add.", "", "Args:", "    a: one", "        more: of it", "    b: two"]
    assert to_rst(lines) == [
        "Add.",
        "",
        ":Args:",
        "   - **a** -- one more: of it",
        "   - **b** -- two",
        "",
    ]


def test_examples_become_code() -> None:
    text = to_rst(["Add.", "", "Example:", "    >>> 1 + 1", "    2"])
    assert text[2:] == [
        ".. rubric:: Example",
        "",
        ".. code-block:: pycon",
        "",
        "   >>> 1 + 1",
        "   2",
        "",
    ]


def test_section_on_one_line_ends_at_the_blank() -> None:
    text = to_rst(["Shape: as", "    the input.", "", "Dtype: real."])
    assert text == [
        ":Shape:",
        "   as the input.",
        "",
        "",
        ":Dtype:",
        "   real.",
        "",
        "",
    ]


def test_minus_at_the_start_of_a_line_is_no_point() -> None:
    assert to_rst(["The length is `a", "- b`."])[0] == "The length is ``a - b``\\ ."
    assert to_rst(["Two:", "- a", "- b"])[2:] == ["- a", "- b", ""]


def test_several_equations_are_aligned() -> None:
    text = to_rst(["$$", r"a &= b \\", "c &= d", "$$"])
    assert r"   \begin{aligned} a &= b \\ c &= d \end{aligned}" in text


def public_modules() -> list[str]:
    """Modules of torch that are no file of a described package."""
    pytest.importorskip("yaml")
    found = []
    for info in pkgutil.walk_packages(torch.__path__, "torch."):
        parts = info.name.split(".")
        if not any(p.startswith("_") for p in parts[1:]):
            found.append(info.name)
    return found


def test_every_public_name_has_a_page() -> None:
    """A name of `__all__` is in a listed module, or one there is the same."""
    pages = importlib.import_module("api_pages")
    described = set()
    for full in pages.MODULES:
        if full != "torch.Tensor":
            try:
                module = importlib.import_module(full)
            except ModuleNotFoundError:
                continue
            described |= {id(getattr(module, n)) for n in pages.public_names(module)}
    missing = [
        f"{name}.{n}"
        for name in public_modules()
        if name not in WITHOUT_PAGE
        for module in [importlib.import_module(name)]
        for n in getattr(module, "__all__", ())
        if n[0] != "_"
        and callable(getattr(module, n))
        and id(getattr(module, n)) not in described
    ]
    assert missing == []


@pytest.mark.slow
def test_site_builds_without_a_warning(tmp_path: Path) -> None:
    for needed in ("sphinx", "furo", "myst_parser", "yaml"):
        pytest.importorskip(needed)
    # The network is out of reach: what the build fetched would be an error.
    offline = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build.py")],
        env={**os.environ, **offline, "DOCS_OUT": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "html" / "api" / "torch.nn" / "linear.html").read_text()
    assert 'id="torch.nn.Linear"' in html
    for page in (tmp_path / "html").rglob("*.html"):
        loaded = re.findall(r'(?:src|<link[^>]*href)="(https?:[^"]*)', page.read_text())
        assert loaded == [], page
