"""The live page in a frame, as a cell has it: what it is told it tells; a kernel that is gone."""

import json

import pytest
from playwright.sync_api import expect

from explorer.fields import CPPN, Julia
from tests.browser.live_page import MODELS, SLOW_SCREEN, Served, until, watched, with_models
from tests.browser.pages import empty_page
from tests.web.model_files import make_model

expect.set_options(timeout=60_000)
SECRET = "s3cret"
AROUND = """<body style="margin: 0"><iframe src="{page}" style="width: 100%; height: 480px; border: 0">
</iframe>
<script>
window.told = [];
addEventListener("message", ({ data }) => {
  if (data.kind === "field") told.push(data);
  if (data.kind === "ready") show({settings});
});
const frame = document.querySelector("iframe");
const show = (settings) => frame.contentWindow.postMessage({ kind: "show", settings }, "*");
</script>"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = with_models(tmp_path_factory.mktemp("framed"), *MODELS)
    make_model(folder / "shipped", seed=5)
    server = Served(folder, secret=SECRET)
    yield server
    server.stop()


@pytest.fixture
def framed(browser, server):
    """Open the page in a notebook of ours that begins with some field; the page around, and the frame."""
    notebook = server.address
    size, rest = {"width": 900, "height": 500}, f"{notebook}/icon.svg"
    with empty_page(browser, size, before=SLOW_SCREEN, rest=rest) as page:

        def frame(settings):
            around = AROUND.replace("{settings}", json.dumps(settings))
            around = around.replace("{page}", f"{notebook}/{SECRET}/?notebook={notebook}#probe")
            page.set_default_timeout(60_000)
            page.route(f"{notebook}/lab", lambda route: route.fulfill(body=around, content_type="text/html"))
            page.goto(f"{notebook}/lab")
            return page, page.frames[1]

        yield frame


@pytest.mark.parametrize(
    "field",
    [
        Julia.preset("seahorse"),  # which says no model
        Julia.preset("seahorse").replace(model="default"),
        Julia(model=MODELS[0], motion_smoothing=0.3),
        CPPN.preset("orchid"),
    ],
)
def test_a_field_that_is_given_is_told_as_it_is(framed, field):
    given = field.model_dump(mode="json")
    page, _ = framed(given)
    until(page, "() => told.length")
    for told in page.evaluate("told"):
        assert {**given, **told["settings"]} == given


def test_a_field_without_a_model_is_moved_by_the_one_that_ships_until_another_is_chosen(framed):
    page, frame = framed(Julia.preset("seahorse").model_dump(mode="json"))
    chooser = frame.get_by_label("picture", exact=True)
    expect(chooser).to_have_value("model:default")
    chooser.select_option(f"model:{MODELS[0]}")
    until(page, f"() => told.at(-1)?.settings.model === '{MODELS[0]}'")


def test_a_slider_that_moves_on_and_on_is_told_meanwhile(framed):
    page, frame = framed(Julia(model="default").model_dump(mode="json"))
    until(page, "() => told.length")
    frame.get_by_role("button", name="Audio features").press("Enter")
    hue = frame.locator("label", has_text="hue").get_by_role("slider")
    hue.evaluate("""(slider) => new Promise((done) => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
      let moves = 0;
      const move = () => {
        set.call(slider, 0.2 + 0.01 * moves);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        if (++moves < 60) setTimeout(move, 20); // it never rests
        else done();
      };
      move();
    })""")
    until(page, "() => told.at(-1).settings.hue > 0.78")
    assert page.evaluate("new Set(told.map(({ settings }) => settings.hue)).size") > 4


def test_a_kernel_that_is_gone_is_told_beside_the_sources(browser, tmp_path):
    make_model(tmp_path / "shipped", seed=5)
    server = Served(tmp_path, secret=SECRET)
    around = AROUND.replace("{settings}", "{}")
    around = around.replace("{page}", f"{server.address}/{SECRET}/?notebook={server.address}")
    with watched(browser, server.address, path="/lab", viewport={"width": 900, "height": 480}) as page:
        page.route("**/lab", lambda route: route.fulfill(body=around, content_type="text/html"))
        page.goto(f"{server.address}/lab")
        frame = page.frames[1]
        expect(frame.get_by_label("picture", exact=True)).to_have_value("model:default")
        server.stop()
        notice = frame.get_by_text("The kernel was restarted or stopped: run this cell again.")
        expect(notice).to_be_visible()
        top = notice.bounding_box()["y"]
        for button in frame.locator(".ways button").all():
            box = button.bounding_box()
            assert box["y"] + box["height"] <= top
