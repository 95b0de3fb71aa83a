"""Take the screenshot of the panel in a real JupyterLab: python -m notebooks.images.screenshots

Run it in the root of the repository, with the extra [test] installed and a Chromium.
"""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from explorer.audio import DEMO_CLIP
from explorer.files import write_bytes
from tests.browser import jupyter
from tests.browser.conftest import FLAGS, chromium

HERE = Path(__file__).parent
WINDOW = {"width": 1320, "height": 1150}
COLORS = 256  # enough for a screenshot; the file is a quarter as large
CELL = 'import explorer as ex\n\nex.explore("tabla_loop.flac")'


def panel(page: Page) -> None:
    """The panel after it has played for a while, its diagnosis below."""
    page.wait_for_selector(".explorer-badge.explorer-alive")
    page.locator(".explorer-tools button", has_text="Live").click()
    page.wait_for_selector(".explorer-live[data-sound=yes]")
    page.evaluate("() => jupyterapp.shell.currentWidget.content.node.scrollTo(0, 0)")
    page.wait_for_function("() => document.querySelector('.explorer-live canvas').dataset.t > 6.5")
    page.locator(".explorer-live-play").click()
    page.wait_for_selector(".explorer-live canvas[data-quality=final]")
    save_screenshot(page, "panel.png")


def save_screenshot(page: Page, name: str) -> None:
    """Save the screen as a small PNG."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    palette = shot.quantize(COLORS)
    png = io.BytesIO()
    shot.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(png, "PNG", optimize=True)
    write_bytes(HERE / name, png.getvalue())
    print(f"{name}: {len(png.getvalue()) / 1000:.0f} kB")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    shutil.copyfile(DEMO_CLIP, folder / "tabla_loop.flac")
    jupyter.write_notebook(folder / "explore.ipynb", CELL)
    with sync_playwright() as playwright, jupyter.jupyterlab(folder) as address:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport=WINDOW)
        jupyter.open_notebook(page, address, "explore.ipynb")
        jupyter.run_all(page)
        panel(page)
        browser.close()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
