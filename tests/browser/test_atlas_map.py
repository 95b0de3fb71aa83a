"""The map of an atlas in a real JupyterLab: the pointer lets a look move, a click opens it, a box selects."""

import json

import pytest

from tests.browser import jupyter
from tests.browser.jupyter import PATIENCE, execute
from tests.signals import music, write_wav

START = """import explorer as ex
field = ex.CPPN.preset('compact-4x3').replace(time_span=10.0, gain=2.5)
atlas = ex.atlas(field, 'song.wav', evaluations=8, size=(32, 18), cells=4, workers=1, explorations='atlases')
view = ex.atlas_map(atlas)
view"""
STATE = """import json
assert not view.error, view.error
print(json.dumps({
    'cells': {key: [int(row['column']), int(row['row'])] for key, row in atlas.elites.iterrows()},
    'key': view.key, 'selection': sorted(view.selection), 'is_open': view.panel is not None,
}))"""
CELLS = 4


@pytest.fixture(scope="module")
def page(lab):
    """The map of a small atlas on screen."""
    write_wav(lab.folder / "song.wav", music(2.0, 22050), 22050)
    with jupyter.notebook_page(lab, "atlas.ipynb", START, 1400) as page:
        yield page


def state(page):
    return json.loads(execute(page, STATE).splitlines()[-1])


def center(page, cell):
    """Where the middle of a cell is on the page."""
    area = page.locator(".explorer-atlas-map").bounding_box()
    column, row = cell
    return (
        area["x"] + (column + 0.5) / CELLS * area["width"],
        area["y"] + (1 - (row + 0.5) / CELLS) * area["height"],
    )


def test_the_pointer_moves_a_look_a_box_selects_and_a_click_opens(page):
    page.locator(".explorer-atlas-map img").wait_for()
    page.wait_for_function("() => document.querySelector('.explorer-atlas-map img').naturalWidth > 0")
    page.locator(".explorer-atlas-map").scroll_into_view_if_needed()
    start = state(page)
    other = next(key for key in start["cells"] if key != start["key"])

    page.mouse.move(*center(page, start["cells"][other]))
    page.locator("b", has_text=other).wait_for()
    assert state(page)["key"] == other
    page.locator(".explorer-atlas-hovered").wait_for()

    page.mouse.move(*center(page, (0, 0)))
    page.mouse.down()
    page.mouse.move(*center(page, (1, 1)), steps=4)
    page.mouse.move(*center(page, (CELLS - 1, CELLS - 1)), steps=4)
    page.mouse.up()
    page.get_by_text("selected").wait_for()
    assert state(page)["selection"] == sorted(start["cells"])
    assert page.locator(".explorer-atlas-selected").count() == len(start["cells"])

    page.mouse.click(*center(page, start["cells"][other]))
    page.locator(".explorer-panel .explorer-panel").first.wait_for(timeout=PATIENCE * 1000)
    assert state(page)["is_open"]
