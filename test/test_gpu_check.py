"""tools/gpu_check.py without a GPU: its report, its order, its one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT))

from tools import gpu_check
from tools.gpu_check import Clock, Report, Stage, run_stages


def report_of(tmp_path, *names):
    stages = [Stage(name) for name in names]
    return Report(tmp_path / "page.md", "CUDA on X", ["driver: 1"], stages)


def test_report_lists_every_stage(tmp_path):
    report = report_of(tmp_path, "first", "second")

    def fine(stage, limit):
        stage.outcome = "ok"
        stage.details = ["a line"]

    assert run_stages(report, {"first": fine, "second": fine}, Clock(100))
    text = report.path.read_text()
    assert text.startswith("# CUDA on X\n\n- driver: 1\n")
    assert "| first | ok | 0 |" in text and "| second | ok | 0 |" in text
    assert "## first\n\n```\na line\n```" in text


def test_report_survives_a_cut(tmp_path):
    report = report_of(tmp_path, "first", "second")
    seen = []

    def first(stage, limit):
        stage.outcome = "ok"

    def second(stage, limit):
        seen.append(report.path.read_text())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_stages(report, {"first": first, "second": second}, Clock(100))
    assert "| first | ok |" in seen[0] and "| second | cut |" in seen[0]
    assert report.path.read_text() == seen[0]


def test_a_stage_that_breaks_does_not_stop_the_next(tmp_path):
    report = report_of(tmp_path, "first", "second")

    def broken(stage, limit):
        raise ValueError("no")

    def fine(stage, limit):
        stage.outcome = "3 passed, 0 failed, 1 skipped"

    assert not run_stages(report, {"first": broken, "second": fine}, Clock(100))
    text = report.path.read_text()
    assert "| first | failed: ValueError: no |" in text
    assert "| second | 3 passed, 0 failed, 1 skipped |" in text


def test_nothing_starts_when_the_time_is_over(tmp_path):
    report = report_of(tmp_path, "first")
    assert not run_stages(report, {"first": pytest.fail}, Clock(1))
    assert "| first | not run |" in report.path.read_text()


def test_a_failed_build_ends_the_run(tmp_path):
    report = report_of(tmp_path, "build", "after")

    def broken(stage, limit):
        stage.outcome = "failed: cmake"

    assert not run_stages(report, {"build": broken, "after": pytest.fail}, Clock(100))
    assert "| after | not run |" in report.path.read_text()


@pytest.mark.parametrize(
    "text, expected",
    [
        ("....\n4 passed in 0.1s\n", "4 passed, 0 failed, 0 skipped"),
        (
            "F.s\n1 failed, 2 passed, 3 skipped, 1 error in 9.00s (0:00:09)",
            "2 passed, 2 failed, 3 skipped",
        ),
        ("Fatal Python error", "0 passed, 0 failed, 0 skipped"),
    ],
)
def test_counts(text, expected):
    assert gpu_check.counts(text) == expected


def test_ratios_pair_lines_by_name():
    mine = "device x\nadd 1 GiB     10.00 us\nonly ours  1.00 us\n"
    theirs = "add 1 GiB     25.00 us\n"
    [line] = gpu_check.ratios(mine, theirs)
    assert line.split() == ["add", "1", "GiB", "10.0", "us", "25.0", "us", "x2.50"]


def test_a_command_over_its_limit_keeps_its_output():
    code = "import time; print('begun', flush=True); time.sleep(60)"
    status, text = gpu_check.run([sys.executable, "-c", code], 1)
    assert status == 124 and text == "begun\n"


def test_file_name():
    assert gpu_check.file_name("NVIDIA H200 (SXM)") == "cuda-nvidia-h200-sxm.md"


@pytest.mark.skipif(gpu_check.find_gpu() is not None, reason="there is a GPU")
def test_without_a_gpu_it_says_so(tmp_path):
    command = [sys.executable, "tools/gpu_check.py", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and not list(tmp_path.iterdir())
    assert done.stdout == "gpu-check: no GPU found (nvidia-smi names none)\n"
