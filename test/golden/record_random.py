"""Writes random.json: what PyTorch draws for the calls of random_calls.py.

    python test/golden/record_random.py

Needs PyTorch. Run it again after a change to random_calls.py.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import torch
from random_calls import CASES, run


def main() -> None:
    warnings.simplefilter("ignore")
    rows = [[*case, *run(torch, *case)] for case in CASES]
    path = Path(__file__).with_name("random.json")
    path.write_text(
        "[\n"
        + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        + "\n]\n"
    )
    print(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    main()
