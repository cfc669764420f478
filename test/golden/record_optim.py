"""Record how PyTorch runs the cases of test/optim_cases.py.

    PYTHON_WITH_PYTORCH test/golden/record_optim.py

writes test/golden/optim.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import torch
from optim_cases import SCHEDULES, TRAININGS, scheduled, trained

if hasattr(torch.version, "pocket_version"):
    raise SystemExit("run this with PyTorch, not with Pocket Torch")
recorded = {
    "trainings": {name: trained(name) for name in TRAININGS},
    "schedules": {name: scheduled(name) for name in SCHEDULES},
}
(HERE / "optim.json").write_text(json.dumps(recorded) + "\n")
print(f"{len(TRAININGS)} trainings and {len(SCHEDULES)} schedules recorded")
