"""Take the screenshot of the live page for the guide: python -m notebooks.images.live_page

Run it in the root of the repository, with the page built, the extra [test] installed and a Chromium.
"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from explorer.audio import DEMO_CLIP
from explorer.fields.julia.model import SHIPPED_FOLDER
from explorer.files import write_bytes
from tests.browser.conftest import FLAGS, chromium
from tests.browser.live_page import Served, until, watched

HERE = Path(__file__).parent
WINDOW = {"width": 1280, "height": 760}
QUALITY = 82
# one frame at full resolution, because drawing in software is too slow to reach it
FINE = """() => {
  const { scene } = probe;
  scene.close();
  scene.quality.level = 5;
  scene.resize();
  scene.shaderCanvas.draw(scene.juliaUniforms());
}"""


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(SHIPPED_FOLDER, folder / "shipped")
    server = Served(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with watched(browser, server.address, viewport=WINDOW) as page:
            until(page, "() => window.probe?.scene.hasModel")
            page.get_by_label("sound file", exact=True).set_input_files(DEMO_CLIP)
            until(page, "() => document.querySelector('.clock')?.textContent.startsWith('0:04')")
            page.keyboard.press("i")
            until(page, "() => probe.scene.features[2] > 0.6")
            page.evaluate(FINE)
            page.wait_for_timeout(1000)
            write_bytes(HERE / "live.jpg", page.screenshot(type="jpeg", quality=QUALITY, timeout=120_000))
        browser.close()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
