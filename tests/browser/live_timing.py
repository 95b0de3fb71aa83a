"""How long the page takes to hear, to answer and to draw: python -m tests.browser.live_timing

The Chromium of the tests draws in software; say so beside its numbers.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from explorer.fields.julia.model import SHIPPED_FOLDER
from tests.browser.conftest import FLAGS, chromium
from tests.browser.live_page import Served, until, watched

MEASURE = """async () => {
  probe.scene.close();
  const median = async (times, work) => {
    const taken = [];
    for (let n = 0; n < times; n++) {
      const start = performance.now();
      await work();
      taken.push(performance.now() - start);
    }
    return taken.sort((a, b) => a - b)[times >> 1];
  };
  const { metadata } = await (await fetch("api/models/default")).json();
  const bytes = await (await fetch("api/models/default/onnx")).arrayBuffer();
  const model = await probe.Model.load(metadata, bytes);
  const window = [new Float32Array(metadata.input_dim)];
  const hops = new Float32Array(10 * 800).map(() => Math.random());
  const analysis = new probe.LiveAnalysis();
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const screen = new probe.ShaderCanvas(canvas, probe.JULIA), motion = new probe.Motion();
  const draw = () => { screen.draw(probe.uniforms(motion.controls, 100, 1)); screen.readPixels(); };
  return {
    "ms for the features of a frame": (await median(50, () => analysis.push(hops))) / 10,
    "ms for an answer of the model": await median(1000, () => model.run(window)),
    "ms for a picture of 640x360": await median(9, draw),
  };
}"""


def main():
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(SHIPPED_FOLDER, folder / "shipped")
    server = Served(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with watched(browser, server.address) as page:
            until(page, "() => window.probe?.scene.hasModel")
            sys.stdout.write(json.dumps(page.evaluate(MEASURE), indent=2) + "\n")
        browser.close()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
