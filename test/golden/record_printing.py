"""Record how PyTorch prints the cases of test/printing_cases.py.

    PYTHON_WITH_PYTORCH test/golden/record_printing.py

writes test/golden/printing.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import torch
from printing_cases import CASES, shown

if hasattr(torch.version, "pocket_version"):
    raise SystemExit("run this with PyTorch, not with Pocket Torch")
recorded = {name: shown(case) for name, case in CASES.items()}
(HERE / "printing.json").write_text(json.dumps(recorded, indent=0) + "\n")
print(f"{len(recorded)} texts recorded")
