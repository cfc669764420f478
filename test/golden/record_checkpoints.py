"""Record the checkpoints that PyTorch writes for test/checkpoint_cases.py.

    PYTHON_WITH_PYTORCH test/golden/record_checkpoints.py

writes test/golden/checkpoints.zip: per case the ZIP format (<name>.pt), the stream from
before 1.6 (<name>.legacy) and what comes out of loading them (<name>.json).
"""

from __future__ import annotations

import io
import json
import sys
import warnings
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import torch
from checkpoint_cases import CASES, described

if hasattr(torch.version, "pocket_version"):
    raise SystemExit("run this with PyTorch, not with Pocket Torch")
warnings.simplefilter("ignore")
with zipfile.ZipFile(HERE / "checkpoints.zip", "w", zipfile.ZIP_DEFLATED) as recorded:
    for name, build in CASES.items():
        for suffix, new in (("legacy", False), ("pt", True)):
            stream = io.BytesIO()
            torch.save(build(), stream, _use_new_zipfile_serialization=new)
            recorded.writestr(f"{name}.{suffix}", stream.getvalue())
        stream.seek(0)
        loaded = torch.load(stream, weights_only=False)
        recorded.writestr(f"{name}.json", json.dumps(described(loaded)))
print(f"{len(CASES)} checkpoints recorded")
