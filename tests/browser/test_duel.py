"""Duels in a real JupyterLab: a key prefers the left look, a click the right one, Down skips."""

import json

import pytest

from tests.browser import jupyter
from tests.browser.jupyter import PATIENCE, execute
from tests.signals import music, write_wav

START = """import os
os.environ['EXPLORER_TASTE'] = os.path.abspath('taste')
import explorer as ex
field = ex.CPPN(hidden=8, layers=2)
view = ex.duel('song.wav', field, seconds=1.0, seed=3, explorations='duels')
view"""
STATE = """import json
from explorer.evolution.taste import judgements
assert view.wait(60) and not view.error, view.error
duels = list(judgements.read_duels(judgements.taste_folder()))
left, right = (features.round(6).tolist() for _, features in view.duel.looks)
print(json.dumps({
    'left': left, 'right': right, 'fields': repr(view.duel.fields),
    'winners': [duel.winners[0].tolist() for duel in duels],
    'losers': [duel.losers[0].tolist() for duel in duels],
    'count': len(ex.Taste(sources='duels')),
}))"""
GRID = ".explorer-grid"
PICTURES = f"""() => {{
  const canvas = document.querySelector("{GRID} canvas");
  if (!canvas?.width) return [0];
  const [half, pixels] = [canvas.width >> 1, canvas.getContext("2d")];
  return [0, half].map((left) => new Set(pixels.getImageData(left, 0, half, canvas.height).data).size);
}}"""  # how many levels the left and the right picture have


@pytest.fixture(scope="module")
def page(lab):
    """A duel on screen."""
    write_wav(lab.folder / "song.wav", music(2.0, 22050), 22050)
    with jupyter.notebook_page(lab, "duel.ipynb", START, 1000) as page:
        yield page


def state(page):
    return json.loads(execute(page, STATE).splitlines()[-1])


def next_pair(page, judgement_count):
    """What the view holds when it has so many judgements and the next pair is on screen."""
    word = "judgement" if judgement_count == 1 else "judgements"
    page.get_by_text(f"{judgement_count} {word}:").wait_for(timeout=PATIENCE * 1000)
    page.wait_for_function("() => !document.querySelector('.explorer-keys button:disabled')")
    return state(page)


def test_a_key_prefers_the_left_look_a_click_the_right_one_and_taste_counts_them(page):
    first = state(page)
    assert first["count"] == 0
    page.get_by_text("no judgements yet").wait_for()
    page.wait_for_function(f"() => Math.min(...({PICTURES})()) > 40")

    page.locator(".explorer-keys").first.click(position={"x": 5, "y": 5})  # the focus is in the view now
    page.keyboard.press("ArrowLeft")
    second = next_pair(page, 1)
    assert second["count"] == 1
    assert second["winners"] == [first["left"]]
    assert second["losers"] == [first["right"]]
    assert second["fields"] != first["fields"]

    page.locator(f"{GRID} button").nth(1).click()
    third = next_pair(page, 2)
    assert third["count"] == 2
    assert second["right"] in third["winners"]
    assert second["left"] in third["losers"]

    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => !document.querySelector('.explorer-keys button:disabled')")
    skipped = state(page)
    assert skipped["count"] == 2
    assert skipped["fields"] != third["fields"]
    cells = page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")
    assert cells == 1  # no key reached the notebook
