"""Take screenshots of the panel and the timeline in a real JupyterLab: python -m notebooks.images.screenshots

The names `explore` and `timeline` after it take one of them. Run it in the root of the repository, with
the extra [test] installed and a Chromium.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from explorer.audio import DEMO_CLIP
from explorer.files import write_bytes
from tests.benchmarks.songs import write
from tests.browser import jupyter
from tests.browser.conftest import FLAGS, chromium

HERE = Path(__file__).parent
WINDOW = {"width": 1320, "height": 1150}
COLORS = 256  # enough for a screenshot; the file is a quarter as large
CELL = 'import explorer as ex\n\nex.explore("tabla_loop.flac")'
TIMELINE_CELL = 'import explorer as ex\n\ntimeline = ex.timeline("song.flac")\ntimeline'
TIMELINE_STEPS = """
for start, _ in timeline.structure.sections[1:]:
    timeline.step("merge_section", start)
for start, name in ((16.0, "verse"), (32.0, "chorus"), (48.0, "verse"), (60.0, "break"), (69.0, "chorus")):
    timeline.step("split_section", start, name)
timeline.step("rename_section", 0.0, "intro")
for start, name in ((0.0, "anemone"), (32.0, "gilt"), (60.0, "frond")):
    timeline.step("place_look", start, name)
for at, value in ((27.9, 2.0), (30.8, 5.0), (33.7, 3.0)):
    beat = min(timeline.structure.beats, key=lambda each: abs(each.time - at)).time
    look = "anemone" if at < 32 else "gilt"
    timeline.step("set_keyframe", beat, look, "audio_gain", value)
beat = min(timeline.structure.beats, key=lambda each: abs(each.time - 35)).time
timeline.step("move_beat", beat, beat + 0.06)
"""


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


def timeline(page: Page) -> None:
    """Some bars of a song on the timeline, with a beat that was moved."""
    page.wait_for_selector(".explorer-timeline[data-sound=yes]")
    print(jupyter.execute(page, TIMELINE_STEPS), end="")
    page.locator(".explorer-timeline-summary", has_text="1 beat moved").wait_for()
    canvas = page.locator(".explorer-timeline canvas")
    area = canvas.bounding_box()
    assert area is not None
    page.mouse.click(area["x"] + 74 + (area["width"] - 74) * 31 / 90, area["y"] + 60)
    for key in ("+", "+", "+", *["ArrowRight"] * 9):
        page.keyboard.press(key)
    page.get_by_text("bar 18.3").wait_for()
    save_screenshot(page, "timeline.png", page.locator(".jp-OutputArea-output").first)


def save_screenshot(page: Page, name: str, part: Locator | None = None) -> None:
    """Save the screen, or a part of it, as a small PNG."""
    shot = Image.open(io.BytesIO((part or page).screenshot())).convert("RGB")
    palette = shot.quantize(COLORS)
    png = io.BytesIO()
    shot.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(png, "PNG", optimize=True)
    write_bytes(HERE / name, png.getvalue())
    print(f"{name}: {len(png.getvalue()) / 1000:.0f} kB")


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    shutil.copyfile(DEMO_CLIP, folder / "tabla_loop.flac")
    shutil.copyfile(write("rock", folder), folder / "song.flac")
    shots = {"explore": (CELL, panel), "timeline": (TIMELINE_CELL, timeline)}
    names = sys.argv[1:] or list(shots)
    with sync_playwright() as playwright, jupyter.jupyterlab(folder) as address:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in names:
            cell, shoot = shots[name]
            jupyter.write_notebook(folder / f"{name}.ipynb", cell)
            page = browser.new_page(viewport=WINDOW)
            jupyter.open_notebook(page, address, f"{name}.ipynb")
            jupyter.run_all(page)
            shoot(page)
            page.close()
        browser.close()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
