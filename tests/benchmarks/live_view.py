"""The live view drawn by browser and by kernel: python -m tests.benchmarks.live_view [SOUND] [--looks ...]

In a real JupyterLab under Chromium, which draws in software on the same cores: frames a second while nothing
else runs and while a cell keeps the kernel busy, how far the picture is from the sound, bytes a second on the
wire, and the time from a changed setting to the first changed picture.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import jupyter
from tests.browser.conftest import FLAGS, WEBGPU_FLAGS, chromium
from tests.signals import music, write_wav

LOOKS = {
    "magma, lit": "ex.CPPN.preset('magma')",
    "silk": "ex.Patterns.preset('silk')",
    "dahlia": "ex.Julia.preset('dahlia')",
    "64x4": "ex.CPPN(hidden=64, gain=2.0)",  # through WebGPU
    "256x4": "ex.CPPN(gain=2.0)",
}
SIZE, SECONDS, SETTINGS = "640x360", 8, 5
CELL = """import explorer as ex
from explorer.notebook.live import LiveView
field = {look}
track = field.analyze('song.wav')
live = LiveView(track, 'song.wav', field, size='{size}')
live"""
BUSY = "import time; end = time.time() + {seconds}\nwhile time.time() < end: sum(range(1000))"
NO_WEBGL = """const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl2" ? null : getContext.call(this, kind, ...rest);
};"""
# counts pictures, their pixels, and how far they are from the sound
WATCH = """() => {
  const canvas = document.querySelector(".explorer-live canvas");
  window.seen = { pictures: 0, behind: [], kinds: {} };
  window.observer?.disconnect();
  window.observer = new MutationObserver(() => {
    const { behind, quality } = canvas.dataset;
    seen.pictures += 1;
    seen.behind.push(Math.abs(Number(behind)));
    seen.kinds[quality] = (seen.kinds[quality] ?? 0) + 1;
    seen.last = performance.now();
  });
  observer.observe(canvas, { attributeFilter: ["data-behind"] });
}"""
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
CHANGE = f"""async (code) => {{
  const start = performance.now();
  seen.last = 0;
  {KERNEL}.requestExecute({{ code }});
  while (!seen.last) await new Promise((resolve) => setTimeout(resolve, 1));
  return seen.last - start;
}}"""
READY = ".explorer-live[data-sound=yes]"


class Wire:
    """Bytes that the websockets of a page carry."""

    def __init__(self, page):
        self.bytes = 0
        page.on("websocket", self._listen)

    def _listen(self, socket):
        for event in ("framereceived", "framesent"):
            socket.on(event, self._add)

    def _add(self, payload):
        self.bytes += len(payload)


def measure(page, wire, busy=False):
    """Numbers of some seconds of playing."""
    if busy:
        code = BUSY.format(seconds=SECONDS + 1)
        page.evaluate(f"(code) => void {KERNEL}.requestExecute({{ code }})", code)
        page.wait_for_timeout(500)
    page.evaluate(WATCH)
    before = wire.bytes
    page.wait_for_timeout(1000 * SECONDS)
    seen = page.evaluate("() => seen")
    behind = statistics.median(seen["behind"]) if seen["behind"] else float("nan")
    return {
        "frames/s": round(seen["pictures"] / SECONDS, 1),
        "kB/s": round((wire.bytes - before) / SECONDS / 1000, 1),
        "ms from the sound": round(behind),
        "size": page.inner_text(".explorer-live-facts").split(" · ")[-1],
        "by": seen["kinds"],
    }


def one_look(browser, address, name, before=None):
    """Idle, busy, and changed settings, of one notebook."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    if before:
        page.add_init_script(before)
    wire = Wire(page)
    try:
        page.set_default_timeout(1000 * jupyter.PATIENCE)
        jupyter.open_notebook(page, address, name)
        jupyter.run_all(page)
        page.wait_for_selector(READY)
        page.locator(".explorer-live-play").click()
        page.wait_for_timeout(4000)  # sizes settle
        idle = measure(page, wire)
        busy = measure(page, wire, busy=True)
        page.wait_for_function(jupyter.IDLE)
        page.locator(".explorer-live-play").click()
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        code = "live.load(live.field.replace(audio_gain=live.field.audio_gain * 1.01))"
        delays = [page.evaluate(CHANGE, code) for _ in range(SETTINGS)]
        return {"idle": idle, "busy": busy, "ms to a changed picture": round(statistics.median(delays))}
    finally:
        context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sound", nargs="?")
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=list(LOOKS))
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sound = Path(options.sound).read_bytes() if options.sound else None
        if sound:
            (folder / "song.wav").write_bytes(sound)
        else:
            write_wav(folder / "song.wav", music(75.0, 22050), 22050)
        address = stack.enter_context(jupyter.jupyterlab(folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *WEBGPU_FLAGS])
        stack.callback(browser.close)
        for n, look in enumerate(options.looks):
            for who, before in (("browser", None), ("kernel", NO_WEBGL)):
                name = f"look-{n}-{who}.ipynb"
                jupyter.write_notebook(folder / name, CELL.format(look=LOOKS[look], size=SIZE))
                result = {"look": look, "drawn by": who, **one_look(browser, address, name, before)}
                sys.stdout.write(json.dumps(result) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
