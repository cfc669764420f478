"""One side of a comparison: answers requests about workloads on a pipe.

compare_with_pytorch.py starts it in each interpreter. A request is a line
of JSON on stdin, {"prepare": name} or {"time": seconds}; the answer is one
on the descriptor that `--answers` gives.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from workloads import WORKLOADS, Step

import torch

# Steps before the result that is compared: of a training, its third loss.
WARM_UP = 3
# A sample repeats the step until it is long against the clock's own cost.
SAMPLE = 1e-3


class Side:
    """The workload at hand."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.step: Step | None = None
        self.repeats = 1

    def finish(self) -> None:
        if self.device.startswith("cuda"):
            torch.cuda.synchronize()

    def prepare(self, name: str) -> dict[str, Any]:
        """Build a workload and return what its third step computes."""
        torch.manual_seed(0)
        self.step = WORKLOADS[name](self.device)
        for _ in range(WARM_UP):
            result = self.step()
        array = result.detach().cpu().double().contiguous().numpy()
        self.repeats = 1
        while self.sample() * self.repeats < SAMPLE:
            self.repeats *= 2
        data = base64.b64encode(array.tobytes()).decode()
        return {"shape": array.shape, "data": data}

    def sample(self) -> float:
        """Seconds of one step, over `repeats` of them."""
        assert self.step is not None
        self.finish()
        start = time.perf_counter()
        for _ in range(self.repeats):
            self.step()
        self.finish()
        return (time.perf_counter() - start) / self.repeats

    def best(self, seconds: float) -> dict[str, float]:
        """The fastest sample: what disturbs a run only makes it slower."""
        end = time.perf_counter() + seconds
        best = self.sample()
        while time.perf_counter() < end:
            best = min(best, self.sample())
        return {"best": best}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    answers = os.fdopen(options.answers, "w")
    side = Side(options.device)
    hello = {"version": torch.__version__, "names": list(WORKLOADS)}
    print(json.dumps(hello), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                answer = side.prepare(request["prepare"])
            else:
                answer = side.best(request["time"])
        except Exception as error:  # told to the other end, which shows it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
