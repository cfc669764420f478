"""Build the site: `python docs/build.py` writes docs/_build/html.

Needs a built torch and the `docs` group of pyproject.toml; `make docs` sees to
both. Nothing is fetched while it runs, and a warning is an error. DOCS_OUT
names another folder than docs/_build.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

DOCS = Path(__file__).resolve().parent
OUT = Path(os.environ.get("DOCS_OUT", DOCS / "_build"))


def main(arguments: list[str]) -> int:
    sys.path.append(str(DOCS.parent))
    options = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(OUT / "doctrees")]
    status = build_main([*options, *arguments, str(DOCS), str(OUT / "html")])
    if status == 0:
        print(f"open {OUT / 'html' / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
