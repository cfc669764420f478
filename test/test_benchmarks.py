"""The programs in benchmarks/: that they run, and that their checks can fail.

Times are not asserted: a clock on a shared machine proves nothing. What is
asserted is the count of instructions, which does not depend on the load.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def load(name: str) -> ModuleType:
    """Import benchmarks/<name>.py without putting the source tree on sys.path."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


instruction_counts = load("instruction_counts")


class TestInstructionCounts:
    RECORDED = {
        "python": "another build",
        "counts": {"a + b": {"ours": 1000.0, "total": 1500.0}},
    }

    def grown(self, python: str, ours: float, total: float) -> list[str]:
        recorded = {**self.RECORDED, "python": python}
        counts = {"a + b": {"ours": ours, "total": total}}
        return instruction_counts.grown(counts, recorded)

    def test_gate_no_count_grew(self):
        reason = instruction_counts.unable()
        if reason:
            pytest.skip(reason)
        counts = instruction_counts.count()
        recorded = instruction_counts.load()[instruction_counts.compiler()]
        assert set(counts) == set(recorded["counts"])
        assert min(row["ours"] for row in counts.values()) > 100
        assert instruction_counts.grown(counts, recorded) == []

    def test_growth_within_tolerance_passes(self):
        assert self.grown(sys.version, 1049, 1574) == []

    def test_growth_of_ours_is_named(self):
        assert self.grown("another build", 1051, 1500) == ["a + b: ours 1000 -> 1051"]

    def test_growth_of_total_counts_for_the_same_interpreter(self):
        assert self.grown(sys.version, 1000, 1600) == ["a + b: total 1500 -> 1600"]

    def test_growth_of_total_of_another_interpreter_is_ignored(self):
        assert self.grown("another build", 1000, 1600) == []

    def test_cost_by_object_leaves_out_inclusive_costs(self, tmp_path):
        dump = tmp_path / "dump"
        dump.write_text(
            "events: Ir\nsummary: 15\n\nob=/lib/libtorch.so\nfn=f\n10 5\n"
            "cob=/lib/libc.so\ncfn=g\ncalls=1 20\n11 7\n\n"
            "ob=/lib/libc.so\nfn=g\n20 7\n\nob=/lib/libtorch.so\nfn=h\n30 3\n"
        )
        costs = instruction_counts.cost_by_object(dump)
        assert costs == {"libtorch.so": 8, "libc.so": 7}
