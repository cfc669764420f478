"""A headless Chromium for tests, driven over the DevTools pipe: `Chromium`.

The pipe carries JSON messages that end in a zero byte; no package is needed.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
# Counts pixels of given colours in a PNG; the browser is its own decoder.
COUNT_PIXELS = """
(async () => {
  const image = new Image();
  image.src = "data:image/png;base64,%s";
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  const counts = {};
  for (let i = 0; i < bytes.length; i += 4) {
    const colour = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    counts[colour] = (counts[colour] || 0) + 1;
  }
  return counts;
})()
"""


class Chromium:
    """One browser with one tab of 1200 x 900 pixels.

    Args:
        profile: an empty folder for the browser's files.
    """

    def __init__(self, profile: Path) -> None:
        assert PROGRAM is not None
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()
        command = [PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu"]
        command += ["--remote-debugging-pipe", f"--user-data-dir={profile}"]
        command += ["--window-size=1200,900", "about:blank"]
        # Chromium reads from descriptor 3 and answers on 4.
        wiring = f"exec {shlex.join(command)} 3<&{theirs_in} 4>&{theirs_out}"
        self.process = subprocess.Popen(
            ["bash", "-c", wiring],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.numbers = itertools.count(1)
        self.unread = b""
        self.session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=1200,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.to)
        try:
            self.process.wait(10)  # it ends when its pipe does
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.back)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def read(self) -> dict[str, Any]:
        """Return the next message, an answer or an event."""
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.back], [], [], 60)
            chunk = os.read(self.back, 1 << 16) if ready else b""
            if not chunk:
                raise TimeoutError("Chromium does not answer")
            self.unread += chunk
        first, _, self.unread = self.unread.partition(b"\0")
        return json.loads(first)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def open(self, page: Path, scheme: str = "light") -> None:
        """Load a file and wait until it calls itself ready."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        self.call("Page.navigate", url=page.as_uri())
        end = time.monotonic() + 60
        while not self.evaluate(
            f"location.href === {json.dumps(page.as_uri())} &&"
            " document.documentElement?.dataset.ready === 'true'"
        ):
            assert time.monotonic() < end, "the page does not become ready"
            time.sleep(0.05)

    def colours(self) -> dict[int, int]:
        """Take a screenshot; return how often each colour occurs in it."""
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        counts = self.evaluate(COUNT_PIXELS % picture)
        return {int(colour): count for colour, count in counts.items()}

    def mouse(self, kind: str, x: float, y: float, **params: Any) -> None:
        """Send a mouse event, such as mouseMoved or mouseWheel."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **params)
