"""Record PyTorch's answers for test/ops.

    PYTHON_WITH_PYTORCH test/golden/record_ops.py [topic ...]

Writes test/golden/ops/<topic>.npz (values) and .json (dtypes, exceptions).
Refuses to run under Pocket Torch: an answer of ours proves nothing.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ops"))

import numpy as np
from harness import GOLDEN, OpTests, cases, outputs, to_numpy

import torch


def record(topic: type[OpTests]) -> None:
    """Run every sample of a topic and save what came."""
    arrays, facts = {}, {}
    for case in cases(topic.ops, lambda op: op.dtypes):
        sample = case.sample()
        results = outputs(case.op.function(*sample.args, **sample.kwargs))
        facts[case.key] = {"dtypes": [str(r.dtype) for r in results]}
        for k, result in enumerate(results):
            arrays[f"{case.key}/{k}"] = to_numpy(result)
    for op in topic.ops:
        for i, sample in enumerate(op.make("float32", "errors") if op.errors else []):
            try:
                op.function(*sample.args, **sample.kwargs)
            except Exception as error:
                fact = [type(error).__name__, str(error)]
                facts[f"{op.label}/errors/{i}"] = fact
            else:
                raise SystemExit(f"{op.label}: error sample {i} raises nothing")
    GOLDEN.mkdir(exist_ok=True)
    np.savez_compressed(GOLDEN / f"{topic.golden}.npz", **arrays)
    text = json.dumps(facts, indent=0, sort_keys=True)
    (GOLDEN / f"{topic.golden}.json").write_text(text + "\n")
    print(f"{topic.golden}: {len(facts)} answers")


def main(names: list[str]) -> None:
    if hasattr(torch.version, "pocket_version"):
        raise SystemExit("run this with PyTorch, not with Pocket Torch")
    for path in sorted((HERE.parent / "ops").glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, OpTests):
                if value is not OpTests and (not names or value.golden in names):
                    record(value)


if __name__ == "__main__":
    main(sys.argv[1:])
