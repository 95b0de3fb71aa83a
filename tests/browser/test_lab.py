"""The panel and the live view in a real JupyterLab: what hands do to them, and what is kept."""

import base64
import io
import json
import time

import numpy as np
import pytest
from PIL import Image

import explorer as ex
from explorer.fields import CPPN
from tests.browser import jupyter
from tests.browser.jupyter import PATIENCE, execute
from tests.signals import music, write_wav

PANEL = """import explorer as ex
panel = ex.explore('song.wav', ex.CPPN.preset('molten'), size='320x180')
panel"""
LIVE = """import explorer as ex
from explorer.notebook.live import LiveView
live = LiveView(ex.analyze('song.wav'), 'song.wav', ex.CPPN.preset('molten'), size='160x90')
live.t = 0.5
live"""
TRAINING = """import sys
from pathlib import Path
from explorer.learn.subprocess_training import TrainingProcess
from explorer.learn.settings import TrainSettings
from explorer.notebook.training.training_view import TrainingView
from tests.learn import fake_trainer
child = TrainingProcess(Path('runs').resolve(), (sys.executable, fake_trainer.__file__, 'long'))
view = TrainingView('nowhere.wav', TrainSettings(), child)
view"""
BUSY = f"""import os, time
end = time.monotonic() + {PATIENCE}
while not os.path.exists('enough') and time.monotonic() < end:
    time.sleep(0.05)"""
DRAGGING = 3.0  # seconds
LENGTH = 20.0  # seconds of sound: long enough that no slow machine hears its end

# notes when the picture of the panel changes
WATCH = """() => {
  window.shown = 0;
  const picture = document.querySelector(".explorer-picture");
  new MutationObserver(() => (window.shown += 1)).observe(picture, { attributeFilter: ["src"] });
}"""
BYTES = """async (picture) => {
  const bytes = new Uint8Array(await (await fetch(picture.src)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""

FAKE_MIDI = """() => {
  const device = { name: "nanoKONTROL", state: "connected" };
  const access = { inputs: new Map([["1", device]]) };
  navigator.requestMIDIAccess = () => Promise.resolve(access);
  window.turn = (number, value) => device.onmidimessage({ data: [0xb0, number, value] });
  window.unplug = () => { device.state = "disconnected"; access.onstatechange(); };
}"""

UNNAMED = """() => [...document.querySelectorAll(".explorer-live :is(button, [tabindex], canvas)")].filter(
  (element) => !(element.textContent.trim() || element.getAttribute("aria-label"))).map((e) => e.outerHTML)"""


@pytest.fixture(scope="module")
def notebooks(lab):
    """The folder of JupyterLab with our notebooks in it."""
    folder = lab.folder
    write_wav(folder / "song.wav", music(LENGTH, 22050), 22050)
    jupyter.write_notebook(folder / "panel.ipynb", PANEL)
    jupyter.write_notebook(folder / "many.ipynb", PANEL)
    jupyter.write_notebook(folder / "training.ipynb", TRAINING)
    (folder / "runs").mkdir()
    return folder


@pytest.fixture(scope="module")
def opened(lab, notebooks, browser):
    """Opens a notebook of the lab and runs it from top to bottom; once, then gives the same page again."""
    pages, wrong = {}, []

    def open_and_run(name):
        if name not in pages:
            pages[name] = page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(40_000)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            jupyter.open_notebook(page, lab.address, name)
            jupyter.run_all(page)
        return pages[name]

    yield open_and_run
    for page in pages.values():
        page.close()
    assert wrong == []


@pytest.fixture(scope="module")
def live(lab, notebooks):
    """A page with the live view."""
    with jupyter.notebook_page(lab, "live.ipynb", LIVE, 900) as page:
        yield page


def control(page, name):
    """The row of a setting in the panel."""
    label = page.locator(".widget-label").get_by_text(name, exact=True)
    return page.locator(".explorer-control").filter(has=label).first


def value(row):
    return float(row.locator("input[type=number]").input_value())


def picture(page):
    data = base64.b64decode(page.locator(".explorer-picture").first.evaluate(BYTES))
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def until(true, what):
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.mark.slow
def test_a_slider_dragged_hard_ends_at_the_picture_that_the_controls_say(opened, notebooks):
    page = opened("panel.ipynb")
    gain = control(page, "gain")
    handle = gain.locator(".noUi-handle")
    handle.scroll_into_view_if_needed()
    box, track = handle.bounding_box(), gain.locator(".noUi-base").bounding_box()
    page.evaluate(WATCH)
    before, moves, end = value(gain), 0, time.monotonic() + DRAGGING
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    while time.monotonic() < end or moves <= 20:  # far more than pictures
        moves += 1
        page.mouse.move(track["x"] + track["width"] * (0.1 + 0.07 * (moves % 7)), box["y"] + 3)
    page.mouse.move(track["x"] + track["width"] * 0.4, box["y"] + 3)
    page.mouse.up()
    let_go = page.evaluate("shown")

    ends = json.loads(execute(page, "assert panel.wait(60); print(panel.field.model_dump_json())"))
    t = float(execute(page, "print(panel.t)"))
    track = ex.analyze(notebooks / "song.wav")
    expected = ex.render_frame(CPPN(**ends), track, t, size=(320, 180))
    until(lambda: np.array_equal(picture(page), expected), "the picture is not what the controls say")
    assert ends["gain"] == value(gain) != before
    # at most a draft and a full frame that were on their way, and the last draft and full frame
    assert page.evaluate("shown") - let_go <= 4


def test_groups_of_features_open_and_close_with_the_keyboard(opened):
    page = opened("panel.ipynb")
    chroma = page.locator(".explorer-fold", has_text="chroma")
    note = page.get_by_label("chroma_cs", exact=True)
    assert (chroma.get_attribute("aria-expanded"), note.is_visible()) == ("false", False)
    chroma.press("Enter")
    note.wait_for(state="visible")
    until(lambda: chroma.get_attribute("aria-expanded") == "true", "nobody is told that it is open")
    chroma.press("Space")
    note.wait_for(state="hidden")


def test_the_picture_stays_in_sight_and_no_label_is_cut(opened):
    page = opened("panel.ipynb")
    notebook = page.locator(".jp-WindowedPanel-outer").first
    notebook.evaluate("node => node.scrollTo(0, 0)")
    before = page.locator(".explorer-head").first.bounding_box()["y"]
    notebook.evaluate("node => node.scrollTo(0, 250)")
    assert page.locator(".explorer-head").first.bounding_box()["y"] == before - 250
    picture = page.locator(".explorer-picture").first.bounding_box()
    assert picture["y"] >= notebook.bounding_box()["y"] - 1
    notebook.evaluate("node => node.scrollTo(0, 0)")
    cut = "labels => labels.filter(each => each.scrollWidth > each.clientWidth + 1).map(l => l.textContent)"
    assert page.locator(".explorer-form .widget-label").evaluate_all(cut) == []


def test_a_midi_knob_is_learned_and_moves_a_setting(opened, notebooks):
    page = opened("panel.ipynb")
    execute(page, f"import os; os.environ['EXPLORER_CONTROLLERS'] = {str(notebooks / 'controllers.json')!r}")
    page.evaluate(FAKE_MIDI)
    for name in ("Perform", "MIDI", "Learn"):
        page.locator(".explorer-panel button", has_text=name).click()
    page.get_by_text("touch a slider, then turn").wait_for()
    zoom = control(page, "coord scale")
    zoom.locator("input[type=number]").fill("1.5")
    zoom.locator("input[type=number]").press("Enter")
    page.get_by_text("it will move coord scale").wait_for()
    page.evaluate("turn(7, 0)")
    page.get_by_text("cc 7, channel 1 moves coord scale").wait_for()
    for number in range(128):
        page.evaluate(f"turn(7, {number})")
    end = float(execute(page, "print(panel.controls['coord_scale'].slider_values[-1])"))
    until(lambda: value(zoom) == end, "the slider is not where the knob is")
    page.evaluate("unplug()")
    page.get_by_text("nanoKONTROL is gone, the sliders work as before").wait_for()


def test_a_group_that_is_off_shows_its_switch_alone(opened):
    page = opened("panel.ipynb")
    card = page.locator(".explorer-switched", has_text="finish")
    rows = card.locator(".explorer-row")
    assert rows.count() > 3
    was_on = rows.first.locator("input").is_checked()
    rows.first.locator("input").set_checked(False)
    until(lambda: not rows.nth(1).is_visible(), "the other settings are hidden")
    rows.first.locator("input").set_checked(True)
    until(lambda: rows.nth(1).is_visible(), "they are back")
    rows.first.locator("input").set_checked(was_on)


@pytest.mark.slow
def test_a_sweep_shows_its_pictures_as_they_come_and_stops(opened):
    page = opened("many.ipynb")
    page.get_by_role("tab", name="Sweep", exact=True).click()
    run = page.get_by_role("button", name="Run sweep")
    card = page.locator(".explorer-card").filter(has=run)
    card.locator("select").first.select_option(label="seed")
    values = card.locator("input[type=text]").first
    values.fill(", ".join(map(str, range(100, 160))))
    values.press("Tab")
    card.get_by_text("60 points").wait_for()
    run.click()
    pictures = card.locator("img:visible")
    until(lambda: pictures.count() >= 1, "no picture of a point appeared")
    card.locator("button", has_text="Stop").click()
    card.locator("button", has_text="Resume").wait_for()
    card.locator(".explorer-thumb button:visible").first.click()
    until(lambda: 100 <= json.loads(execute(page, "print(panel.field.seed)")) < 160, "no point was loaded")
    statuses = execute(page, "print(ex.runs(panel.explorations)['status'].tolist())")
    assert "running" not in statuses
    assert 1 <= statuses.count("done") < 60


@pytest.mark.slow
def test_a_training_is_started_watched_and_stopped(opened):
    page = opened("training.ipynb")
    button = lambda name: page.locator(".explorer-head button", has_text=name)  # noqa: E731
    button("Start").click()
    page.get_by_role("alert").get_by_text("nowhere.wav").wait_for()
    source = page.locator(".explorer-head input")
    source.fill("song.wav")
    source.press("Tab")
    button("Start").click()
    page.get_by_role("status").get_by_text("training, epoch").wait_for()
    picture = page.locator(".explorer-card img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    until(lambda: picture.get_attribute("src") != before, "the picture does not change")
    page.get_by_role("alert").wait_for(state="detached")
    button("Stop").click()
    page.get_by_text("stopped, saved in").wait_for()
    button("Resume").wait_for()
    assert (
        page.locator(".explorer-code textarea").input_value().startswith("ex.explore('song.wav', ex.Julia(")
    )


def test_a_saved_notebook_keeps_a_picture_and_the_panel_survives_a_reload(opened, notebooks):
    page = opened("panel.ipynb")
    page.wait_for_selector(".explorer-panel")
    execute(page, "panel.load(panel.field.replace(gain=3.5)); panel.wait(60)")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    kept = json.loads((notebooks / "panel.ipynb").read_text(encoding="utf-8"))
    outputs = [output.get("data", {}) for cell in kept["cells"] for output in cell["outputs"]]
    assert any("image/jpeg" in data for data in outputs)
    assert "widgets" not in kept["metadata"]

    page.reload()
    page.wait_for_function(jupyter.IDLE)
    page.wait_for_selector(".explorer-panel", timeout=PATIENCE * 1000)  # hundreds of controls come back
    assert value(control(page, "gain")) == 3.5

    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.reload()
    page.wait_for_selector("img[src^='data:image/jpeg']")
    assert page.locator(".explorer-panel").count() == 0


def state(page):
    """What the live.live_view shows: the moment of its frame, the quality, the position of the sound."""
    canvas, wave = page.locator(".explorer-live canvas"), page.locator(".explorer-live-wave")
    return (
        float(canvas.get_attribute("data-t")),
        canvas.get_attribute("data-quality"),
        float(wave.get_attribute("aria-valuenow")),
    )


def prepared(page):
    """Wait for the sound and the first full frame."""
    page.wait_for_selector(".explorer-live[data-sound=yes]")
    page.wait_for_selector(".explorer-live canvas[data-quality=final]")


def test_the_picture_plays_with_the_sound_and_rests_in_full_quality(live):
    page = live
    prepared(page)
    play = page.locator(".explorer-live-play")
    assert play.get_attribute("aria-label") == "play"
    until(lambda: state(page) == (0.5, "final", 0.5), "the picture of 0.5 s does not come")
    assert page.evaluate(UNNAMED) == []
    play.click()
    until(lambda: state(page)[2] > 1.0, "the sound does not play")
    page.wait_for_function("() => document.querySelector('.explorer-live canvas').dataset.t > 1")
    assert "fps" in page.inner_text(".explorer-live-facts")
    play.click()
    page.wait_for_selector(".explorer-live canvas[data-quality=final]")
    until(lambda: "fps" not in page.inner_text(".explorer-live-facts"), "the numbers still run")
    until(lambda: abs(state(page)[0] - state(page)[2]) < 0.1, "the last frame is not the moment of the pause")
    paused = state(page)[2]
    assert 1.0 < paused < LENGTH
    until(
        lambda: float(execute(page, "print(live.t)")) == pytest.approx(paused, abs=0.1),
        "the kernel does not know where the page is",
    )
    assert execute(page, "print(live.playing)").strip() == "False"
    execute(page, "live.t = 0.25")
    until(lambda: state(page)[0] == 0.25, "setting t in Python moves the page")


def test_the_browser_plays_on_while_a_cell_keeps_the_kernel_busy(live, notebooks):
    page = live
    prepared(page)
    page.locator(".explorer-live-play").click()
    until(lambda: state(page)[1] == "this browser", "the browser does not draw")
    page.evaluate(
        """(code) => {
      const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
      const cell = kernel.requestExecute({ code });
      window.cell = { begun: false, ended: false };
      cell.onIOPub = (message) => { window.cell.begun ||= message.header.msg_type === "execute_input"; };
      cell.done.then(() => { window.cell.ended = true; });
    }""",
        BUSY,
    )
    page.wait_for_function("() => cell.begun")
    before = state(page)[0]
    until(lambda: state(page)[0] > before + 1, "the picture stands still")
    assert (page.evaluate("() => cell.ended"), state(page)[1]) == (False, "this browser")
    page.locator(".explorer-live-play").click()
    (notebooks / "enough").touch()
    page.wait_for_function("() => cell.ended")
    page.wait_for_function(jupyter.IDLE)


def test_hands_and_keys_scrub_loop_and_stay_out_of_the_notebook(live):
    page = live
    prepared(page)
    wave = page.locator(".explorer-live-wave")
    wave.scroll_into_view_if_needed()
    box = wave.bounding_box()
    x, y = lambda share: box["x"] + share * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x(0.2), y)
    page.mouse.down()
    page.mouse.move(x(0.5), y, steps=5)
    page.mouse.up()
    until(lambda: state(page)[0] == pytest.approx(LENGTH / 2, abs=0.03), "a drag on the waveform leads there")

    page.keyboard.down("Shift")
    page.mouse.move(x(1 / LENGTH), y)
    page.mouse.down()
    page.mouse.move(x(2 / LENGTH), y, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert page.locator(".explorer-live-loop").is_visible()
    until(lambda: state(page)[0] == pytest.approx(1.0, abs=0.03), "a loop elsewhere leads to its start")
    wave.focus()
    page.keyboard.press("Space")
    moments = []
    until(
        lambda: moments.append(state(page)[0]) or moments[-1] < max(moments) - 0.3,
        "it does not begin again at the end of the loop",
    )
    assert all(0.9 < t < 2.3 for t in moments)
    page.keyboard.press("Space")

    page.keyboard.press("l")  # loop, which was from and to: off
    assert not page.locator(".explorer-live-loop").is_visible()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("m")
    until(lambda: state(page)[0] == 1.0, "home and one second on")
    cells = "() => jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type)"
    assert page.evaluate(cells) == ["code"]  # for the notebook, m would have meant: make this markdown

    threads = "import threading; print([t.name for t in threading.enumerate()])"
    assert "explorer-live" in execute(page, threads)
    execute(page, "live.close()")
    page.wait_for_selector(".explorer-live", state="detached")
    assert "explorer-live" not in execute(page, threads)
