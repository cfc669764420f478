"""Record PyTorch's answers for test/ops.

    PYTHON_WITH_PYTORCH test/golden/record_ops.py [topic ...]

Writes test/golden/ops/<topic>.npz (values) and .json (dtypes, shapes, strides,
exceptions).
Refuses to run under Pocket Torch: an answer of ours proves nothing.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "ops"))

from harness import (
    Case,
    OpTests,
    cases,
    describe,
    other_dtypes,
    outputs,
    to_numpy,
    write_recorded,
)

import torch


def record(topic: type[OpTests]) -> None:
    """Run every sample of a topic and save what came."""
    arrays: dict[str, list] = {}
    facts: dict[str, list] = {}
    labels = [op.label for op in topic.ops]
    assert len(set(labels)) == len(labels), "two operators share a label"
    refused = []
    others = [Case(op, d, 0) for op in topic.ops for d in other_dtypes(op)]
    for case in [*cases(topic.ops, lambda op: op.dtypes), *others]:
        try:
            results = outputs(case.op.apply(case.sample()))
        except Exception as error:
            if case in others:
                facts[case.refused_key] = [type(error).__name__, str(error)]
            else:
                refused.append(f"{case}: {error}")
            continue
        facts[case.key] = [describe(result) for result in results]
        for fact, result in zip(facts[case.key], results):
            arrays.setdefault(fact[0], []).append(to_numpy(result))
    for op in topic.ops:
        for i, sample in enumerate(op.make("float32", "errors") if op.errors else []):
            try:
                op.apply(sample)
            except Exception as error:
                fact = [type(error).__name__, str(error)]
                facts[f"{op.label}/errors/{i}"] = fact
            else:
                refused.append(f"{op.label}: error sample {i} raises nothing")
    if refused:
        raise SystemExit("\n".join([f"{topic.golden}: nothing written", *refused]))
    write_recorded(topic.golden, facts, arrays)
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
