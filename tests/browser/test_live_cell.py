"""The live page in a cell of a real JupyterLab: it hears, and the field goes to it and comes back."""

import io
import json
import time

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import jupyter
from tests.browser.conftest import missing
from tests.browser.jupyter import PATIENCE, execute

CELL = """import explorer as ex
from explorer.notebook.live.page_server import page_server
view = ex.live(ex.CPPN.preset('orchid'), explorations='live-runs', height=420)
view"""


@pytest.fixture(scope="module")
def page(lab):
    pytest.importorskip("fastapi")
    from explorer.web.static_page import is_built

    if not is_built():
        missing("the live page is not built (python -m pip install -e .)")
    wrong = []
    policy = lambda said: wrong.append(said.text) if "Content Security" in said.text else None  # noqa: E731
    lab.page.on("console", policy)
    with jupyter.notebook_page(lab, "live-cell.ipynb", CELL, 900) as page:
        yield page
    lab.page.remove_listener("console", policy)
    assert wrong == []


@pytest.fixture
def cell(page):
    """The live page in the cell."""
    return page.frame_locator("iframe.explorer-live-page")


def until(page, true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        page.wait_for_timeout(100)


def field(page):
    return json.loads(execute(page, "print(view.field.model_dump_json())"))


def show_sliders(cell):
    """Open the panel with the sliders, unless another test did."""
    button = cell.get_by_role("button", name="Audio features")
    if button.get_attribute("aria-pressed") != "true":
        button.press("Enter")  # it may have faded, but not for the keyboard


def test_it_begins_with_the_field_hears_and_draws(page, cell):
    expect(cell.get_by_label("picture", exact=True)).to_have_value("look:orchid", timeout=1000 * PATIENCE)
    cell.get_by_role("button", name="Microphone").click()
    expect(cell.get_by_text("listening to the microphone")).to_be_visible(timeout=1000 * PATIENCE)
    picture = np.asarray(Image.open(io.BytesIO(cell.locator("canvas.picture").screenshot())).convert("RGB"))
    assert picture.mean() > 20
    assert picture.std() > 10  # and not one colour
    assert page.locator(".explorer-live-page-note").is_hidden()


def test_sliders_of_the_page_move_the_field_in_python(page, cell):
    show_sliders(cell)
    cell.get_by_label("seed").fill("41")
    until(page, lambda: field(page)["seed"] == 41, "the slider did not reach the kernel")
    assert field(page)["kind"] == "cppn"


def test_a_field_set_in_python_is_shown_and_comes_back_changed(page, cell):
    execute(page, "view.field = ex.Julia(model='default', hue=0.75, iterations=60)")
    expect(cell.get_by_label("picture", exact=True)).to_have_value("model:default", timeout=1000 * PATIENCE)
    show_sliders(cell)
    hue = cell.locator("label", has_text="hue").get_by_role("slider")
    expect(hue).to_have_value("0.75", timeout=1000 * PATIENCE)
    hue.fill("0.25")
    until(page, lambda: field(page)["hue"] == 0.25, "the slider did not reach the kernel")
    assert field(page)["iterations"] == 60  # which the page has no slider for
    assert "the live page draws CPPN" in execute(page, "view.field = ex.Mix(ex.Julia(), ex.Patterns())")
    assert field(page)["hue"] == 0.25


def test_the_server_ends_with_the_kernel(page):
    server = psutil.Process(int(execute(page, "print(page_server('live-runs')._process.pid)")))
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    until(page, lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, "it goes on")
