"""Breeding in a real JupyterLab: choose, breed twice, go back, star, and go on after a kernel restart."""

import json

import pytest

from explorer.notebook.live.field_board import FieldBoard
from tests.browser import jupyter
from tests.browser.jupyter import PATIENCE, execute
from tests.signals import music, write_wav

START = """import explorer as ex
field = ex.CPPN(hidden=8, layers=2)
view = ex.breed('song.wav', field, population=4, seconds=1.0, explorations='explorations')
view"""
RESUME = """import explorer as ex
from pathlib import Path
folder = sorted(Path('explorations').glob('breed_*'))[-1]
view = ex.breed(resume=folder, explorations='explorations')
view"""
STATE = """import json
assert view.wait(60) and not view.error, view.error
print(json.dumps({
    'screen': [one.key for one in view.individuals], 'shown': view.generation,
    'generations': len(view.breeding.generations), 'selection': view.selection,
    'stars': [one.key for one in view.breeding if one.starred],
}))"""

CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map(
  ({ model }) => [model.type, model.sharedModel.getSource()])"""
REWRITE = """(source) =>
  jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource(source)"""


MOVING = """() => {
  const overlays = [...document.querySelectorAll(".explorer-breeding .explorer-overlay")];
  const pixels = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return overlays.length === 4 && overlays.every((canvas) => new Set(pixels(canvas)).size > 40);
}"""  # every look is drawn by the page, and not black


@pytest.fixture(scope="module")
def page(lab):
    """A breeding of four looks on screen."""
    write_wav(lab.folder / "song.wav", music(4.0, 22050), 22050)
    with jupyter.notebook_page(lab, "breed.ipynb", START, 1000) as page:
        yield page


def state(page):
    """What the view shows, when everything is bred and moves."""
    return json.loads(execute(page, STATE).splitlines()[-1])


def tile(page, place):
    return page.locator(".explorer-breeding .explorer-item:visible").nth(place)


def breed(page, generations):
    """Press *Breed* and wait for the new generation."""
    page.locator(".explorer-breeding button", has_text="Breed").click()
    page.get_by_text(f"generation {generations} of {generations}").wait_for(timeout=PATIENCE * 1000)
    return state(page)


def test_somebody_breeds_twice_goes_back_stars_and_goes_on_after_a_restart(page):
    first = state(page)
    assert len(first["screen"]) == 4
    assert first["generations"] == 1
    page.wait_for_function(
        """() => [...document.querySelectorAll(".explorer-breeding .explorer-thumb img")]
          .filter((picture) => picture.offsetParent && picture.naturalWidth).length === 4"""
    )

    if FieldBoard.is_available():
        page.wait_for_function(MOVING, timeout=PATIENCE * 1000)

    tile(page, 1).locator(".explorer-thumb").click()
    page.get_by_text(f"chosen: {first['screen'][1]}").wait_for()
    second = breed(page, 1)
    assert second["generations"] == 2
    assert not set(second["screen"]) & set(first["screen"])

    tile(page, 0).locator(".explorer-thumb").click()  # the focus is in the view now
    page.keyboard.press("2")
    page.get_by_text(f"chosen: {', '.join(second['screen'][:2])}").wait_for()
    third = breed(page, 2)
    parents = execute(page, "print(json.dumps([one.parents for one in view.individuals]))")
    assert {key for pair in json.loads(parents) for key in pair} <= set(second["screen"][:2])

    page.keyboard.press("Backspace")
    page.get_by_text("generation 1 of 2").wait_for()
    assert state(page)["screen"] == second["screen"]
    tile(page, 3).get_by_title("give it a star").click()
    tile(page, 3).get_by_title("remove the star").wait_for()
    before = state(page)
    assert before["stars"] == [second["screen"][3]]

    assert page.evaluate(CELLS) == [["code", START]]  # no key reached the notebook
    page.evaluate(REWRITE, RESUME)
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.wait_for_function(jupyter.IDLE, timeout=PATIENCE * 1000)
    jupyter.run_all(page)
    after = state(page)
    assert after["generations"] == 3
    assert after["screen"] == third["screen"]
    assert after["stars"] == before["stars"]
