"""Sphinx's settings: furo, Markdown pages, the reference from docstrings.

Everything the pages need is in the output: no fonts, scripts or formulas come
from the network. `python docs/build.py` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import torch

project = "Pocket Torch"
copyright = "the Pocket Torch authors"
release = torch.version.pocket_version

extensions = ["myst_parser", "sphinx.ext.autodoc", "docstrings", "mathml", "api_pages"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 80
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "Pocket Torch"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"
