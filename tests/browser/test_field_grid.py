"""FieldGrid in a browser: fields move in one context, clicks select, frames of the kernel fill the gaps."""

import base64

import numpy as np

import explorer as ex
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.notebook.live.live_view import MODULE
from tests.browser.conftest import missing
from tests.browser.live_model import OPEN
from tests.tracks import made_up_track

FIELDS = [CPPN.preset("orchid"), GraphCPPN(light=True), Patterns.preset("silk"), Julia()]
FIELDS.append(CPPN(hidden=40, layers=2))  # too wide for the page
SIZE, PATIENCE = (96, 54), 60
RENDERED = "() => Number(views[0].el.querySelector('.explorer-grid').dataset.painted) === 4"
BUSY = """() => {
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(receive) { super((entries) => receive([{ isIntersecting: false }, ...entries])); }
  };
}"""  # as on a busy page: what was seen before the grid was attached comes together with what is seen now
TILE = """(n) => {
  const canvas = views[0].el.querySelector("canvas"), [left, top] = [(n % 3) * 100, Math.floor(n / 3) * 58];
  return [...canvas.getContext("2d").getImageData(left, top, 96, 54).data];
}"""


def test_fields_move_in_one_context_and_clicks_select(blank_page):
    if not MODULE.is_file():
        missing("the live view is not built (python -m pip install -e .)")
    grid = ex.FieldGrid(FIELDS, made_up_track(4.0), columns=3, loop=(1.0, 2.0), size=SIZE)
    sent = []
    grid.send = lambda message, buffers=(): sent.append((message, list(buffers)))
    page = blank_page
    page.evaluate(BUSY)
    names = ("view", "count", "columns", "width", "height", "loop", "selected", "hovered")
    page.evaluate(OPEN, [MODULE.read_text(encoding="utf-8"), {name: getattr(grid, name) for name in names}])

    def carry():
        for message in page.evaluate("() => views[0].model.sent.splice(0)"):
            grid._handle_custom_msg(message, [])
        assert grid.wait(PATIENCE)
        for message, buffers in sent[:]:
            texts = [base64.b64encode(buffer).decode() for buffer in buffers]
            page.evaluate("(message) => views[0].model.receive(...message)", [message, texts])
        sent.clear()

    carry()
    page.wait_for_function(RENDERED, timeout=1000 * PATIENCE)
    page.wait_for_function("() => views[0].model.sent.some((message) => message.kind === 'frames')")
    carry()
    page.wait_for_function("() => views[0].el.querySelectorAll('small')[4].textContent === 'kernel'")
    before = page.evaluate(TILE, 0)
    page.wait_for_function(f"(before) => ({TILE})(0).some((level, n) => level !== before[n])", arg=before)
    for n in range(len(FIELDS)):
        assert np.std(page.evaluate(TILE, n)) > 10, FIELDS[n]
    page.evaluate("() => [2, 0, 2, 4].forEach((n) => views[0].el.querySelectorAll('button')[n].click())")
    assert page.evaluate("() => views[0].model.get('selected')") == [0, 4]
    grid.close()
