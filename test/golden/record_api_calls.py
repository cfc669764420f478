"""Record what the programs of test/programs do under PyTorch.

PYTHON_WITH_PYTORCH test/golden/record_api_calls.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import torch
from api_calls import CALLS, run

if hasattr(torch.version, "pocket_version"):
    raise SystemExit("run this with PyTorch, not with Pocket Torch")
recorded = {name: run(code) for name, code in CALLS.items()}
lines = (f"{json.dumps(name)}: {json.dumps(what)}" for name, what in recorded.items())
text = ",\n".join(lines)
(HERE / "api_calls.json").write_text(f"{{\n{text}\n}}\n")
print(f"{len(recorded)} programs")
