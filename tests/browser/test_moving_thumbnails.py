"""A thumbnail that is pointed at moves, drawn by the page's FieldGrid; the next one takes its place."""

import base64
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.fields import CPPN
from explorer.notebook.live.live_view import MODULE
from explorer.notebook.live.moving_thumbnails import LISTENER, MovingThumbnails
from explorer.notebook.widgets import thumbnail_grid
from explorer.notebook.widgets.thumbnail_grid import ThumbnailCard, ThumbnailGrid, ThumbnailItem
from tests.browser.conftest import missing
from tests.browser.live_model import OPEN
from tests.notebook.fake_context import FakeContext

PATIENCE = 90
STYLE = Path(thumbnail_grid.__file__).with_name("panel.css")
FIELDS = [CPPN(hidden=8, layers=3, gain=2.0, seed=seed) for seed in (4, 5)]
CARDS = '<div class="explorer-thumb" style="width: 90px; height: 50px"></div>' * 2
CONTENT = f'<div class="explorer-thumbnails"><i></i>{CARDS}</div><p style="height: 90px">'
PIXELS = """(n) => {
  const canvas = document.querySelectorAll(".explorer-thumb")[n].querySelector("canvas");
  if (!canvas || canvas.parentElement.style.visibility !== "visible") return null;
  return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
}"""
LISTEN = """async (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const on = (_, receive) => (model.receive = receive), send = (message) => model.sent.push(message);
  const model = { sent: [], on, send };
  window.listener = model;
  (await import(url)).default.render({ model, el: document.querySelector(".explorer-thumbnails > i") });
}"""
MOVE = "() => views[0].el.remove() ?? document.querySelector('.explorer-thumbnails').append(views[0].el)"


def test_the_picture_that_is_pointed_at_moves(blank_page, tmp_path):
    if not MODULE.is_file():
        missing("the live view is not built (python -m pip install -e .)")
    context = FakeContext(tmp_path, seconds=5.0)
    picture = tmp_path / "picture.png"
    Image.new("RGB", (64, 36)).save(picture)
    cards = [ThumbnailCard(lambda _: None, context.handler) for _ in FIELDS]
    thumbnails = ThumbnailGrid(cards, context.handler)
    thumbnails.show([ThumbnailItem(str(n), picture, "", "", field) for n, field in enumerate(FIELDS)])
    moving = MovingThumbnails(thumbnails, context, lambda field: (field, 0.5))
    generations, sent = [], []
    moving.listener.send = lambda message, buffers=(): generations.append(message)
    page = blank_page
    page.set_content(CONTENT)
    page.add_style_tag(content=STYLE.read_text(encoding="utf-8"))
    page.evaluate(LISTEN, LISTENER.read_text(encoding="utf-8"))

    def point(n):
        """Point at a picture, and carry what page and kernel say."""
        page.locator(".explorer-thumb").nth(n).hover()
        page.wait_for_function("() => listener.sent.length > 0", timeout=1000 * PATIENCE)
        for message in page.evaluate("() => listener.sent.splice(0)"):
            moving.listener._handle_custom_msg(message, [])
        if not sent:
            open_grid()
        page.evaluate("(message) => listener.receive(message)", generations[-1])
        assert moving.grid.wait(PATIENCE)
        for message, buffers in sent:
            texts = [base64.b64encode(buffer).decode() for buffer in buffers]
            page.evaluate("(message) => views[0].model.receive(...message)", [message, texts])
        page.wait_for_function(f"(n) => ({PIXELS})(n) !== null", arg=n, timeout=1000 * PATIENCE)
        return page.evaluate(PIXELS, n)

    def open_grid():
        grid = moving.grid
        grid.send = lambda message, buffers=(): sent.append((message, list(buffers)))
        names = ("view", "count", "columns", "width", "height", "loop", "selected", "hovered")
        state = {name: getattr(grid, name) for name in names}
        page.evaluate(OPEN, [MODULE.read_text(encoding="utf-8"), state])
        page.evaluate(MOVE)
        grid._handle_custom_msg({"kind": "ready", "draws": True}, [])

    first = point(0)
    assert np.std(first) > 10
    page.wait_for_function(
        f"(first) => ({PIXELS})(0).some((level, n) => level !== first[n])", arg=first, timeout=1000 * PATIENCE
    )
    assert not np.array_equal(point(1), first)
    assert page.evaluate(PIXELS, 0) is None
    page.locator("p").hover()
    page.wait_for_function(f"() => ({PIXELS})(1) === null")
    moving.close()
