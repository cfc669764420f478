"""The programs in benchmarks/: that they run, and that their checks can fail.

Times are not asserted: a clock on a shared machine proves nothing. What is
asserted is the count of instructions, which does not depend on the load.
"""

from __future__ import annotations

import base64
import math
import sys
from pathlib import Path

import numpy as np
import pytest

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import compare_with_pytorch
import instruction_counts
from compare_with_pytorch import Process, Row
from workloads import WORKLOADS


class TestInstructionCounts:
    RECORDED = {
        "python": "another build",
        "counts": {"a + b": {"ours": 1000.0, "total": 1500.0}},
    }

    def grown(self, python: str, ours: float, total: float) -> list[str]:
        recorded = {**self.RECORDED, "python": python}
        counts = {"a + b": {"ours": ours, "total": total}}
        return instruction_counts.grown(counts, recorded)

    @pytest.mark.skipif(
        sys.gettrace() is not None, reason="a tracer, coverage's say, is counted too"
    )
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


def result(*values: float) -> dict:
    array = np.array(values, dtype=np.float64)
    data = base64.b64encode(array.tobytes()).decode()
    return {"shape": list(array.shape), "data": data}


class Scripted:
    """A side that answers what it was told to."""

    def __init__(self, prepared: dict, times: list[float]) -> None:
        self.prepared, self.times = prepared, iter(times)

    def ask(self, prepare: str | None = None, time: float = 0) -> dict:
        return self.prepared if prepare else {"best": next(self.times)}


@pytest.fixture
def real_sides():
    sides = [Process(sys.executable, "cpu", 1) for _ in range(2)]
    yield sides
    for side in sides:
        side.stop()


class TestCompare:
    def compare(self, ours: Scripted, theirs: Scripted, rounds: int = 3) -> Row:
        return compare_with_pytorch.compare("g/w", [ours, theirs], rounds, 0.0)

    def test_ratio_is_their_time_over_ours_round_by_round(self):
        ours = Scripted(result(1), [1.0, 2.0, 4.0])
        theirs = Scripted(result(1), [2.0, 8.0, 4.0])
        assert self.compare(ours, theirs).ratios == [2.0, 4.0, 1.0]

    def test_different_results_are_not_timed(self):
        row = self.compare(Scripted(result(1, 2), []), Scripted(result(1, 2.5), []))
        assert (row.ratios, row.error) == ([], "results differ by up to 0.5")

    def test_different_shapes_are_not_timed(self):
        row = self.compare(Scripted(result(1), []), Scripted(result(1, 1), []))
        assert row.error == "shape [1], PyTorch has [2]"

    def test_results_within_tolerance_are_equal(self):
        close = result(1 + 5e-4, math.nan), result(1, math.nan)
        assert compare_with_pytorch.difference(*close) == ""

    def test_error_of_a_side_is_told(self):
        row = self.compare(Scripted({"error": "E: no"}, []), Scripted(result(1), []))
        assert row.error == "ours: E: no"
        assert "| failed | ours: E: no |" in compare_with_pytorch.line(row)

    def test_median_and_quartiles(self):
        row = Row("g/w", [1.0, 5.0, 2.0, 4.0, 3.0])
        assert (row.median, row.spread) == (3.0, (2.0, 4.0))

    def test_summary_counts_what_is_slower_and_what_failed(self):
        rows = [Row("g/a", [2.0]), Row("g/b", [0.5]), Row("g/c", [], "no")]
        last = compare_with_pytorch.summary(rows).splitlines()[-1]
        assert last == "| g | 2 of 3 | 1.00 | 0.50 (`b`) | 1 |"

    def test_two_processes_agree_with_themselves(self, real_sides):
        row = compare_with_pytorch.compare("calls/add", real_sides, 2, 0.01)
        assert row.error == "" and len(row.ratios) == 2 and min(row.ratios) > 0

    def test_process_that_died_is_started_anew(self, real_sides):
        side = real_sides[0]
        side.process.kill()
        side.process.wait()
        assert "died with status -9" in side.ask(prepare="calls/add")["error"]
        assert "data" in side.ask(prepare="calls/add")

    def test_plot_is_written(self, tmp_path):
        pytest.importorskip("matplotlib")
        rows = [Row("g/a", [2.0, 3.0]), Row("h/b", [0.5])]
        compare_with_pytorch.plot(rows, tmp_path / "plot.png")
        assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", WORKLOADS)
def test_workload_repeats_its_answer(name):
    def third() -> torch.Tensor:
        torch.manual_seed(0)
        step = WORKLOADS[name]("cpu")
        step(), step()
        return step().detach().double()

    try:
        first = third()
    except AttributeError as error:
        assert "has no attribute" in str(error)
        pytest.skip(f"not built yet: {error}")
    assert first.numel() > 0 and first.isfinite().all()
    assert torch.equal(first, third())
