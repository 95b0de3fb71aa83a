"""The live page in a browser: sound comes in, the picture moves, and whatever fails is said kindly."""

import json
import re

import imageio_ffmpeg
import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.experiments.runs.run_folder import set_star
from explorer.fields import CPPN, Julia
from explorer.files import write_json
from tests.browser.live_page import MODELS, Served, until, watched, with_models
from tests.signals import music, write_wav

expect.set_options(timeout=60_000)  # a busy machine is not a broken page
RATE = 48000
MOVING = "() => { const { values } = probe.scene.motion; return [...values].join() }"
LOADED = "() => window.probe?.scene.hasModel"
HEARS = "() => probe.scene.listening && probe.scene.features.some((value) => value > 0)"
PLAY_BLOCKED = """const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("", "NotAllowedError"));
addEventListener("pointerdown", () => (HTMLMediaElement.prototype.play = play), true);"""
REFUSED = """navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("no", "{}"));"""
FAKE_MIDI = """const device = { name: "nanoKONTROL", state: "connected" };
const access = { inputs: new Map([["1", device]]) };
navigator.requestMIDIAccess = () => Promise.resolve(access);
window.turn = (number, value) => device.onmidimessage?.({ data: [0xb0, number, value] });
window.unplug = () => { device.state = "disconnected"; access.onstatechange(); };"""


@pytest.fixture
def page(browser, served):
    with watched(browser, served.address) as opened:
        until(opened, LOADED)
        yield opened


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("song") / "it's a <i>song.wav", music(20.0, RATE), RATE)


def play(page, song):
    page.get_by_label("sound file", exact=True).set_input_files(song)
    until(page, HEARS)


def test_a_microphone_moves_the_picture(page):
    rest = page.evaluate("() => [...probe.scene.parameters]")
    page.get_by_role("button", name="Microphone").click()
    until(page, HEARS)
    until(page, f"() => probe.scene.parameters.some((value, n) => Math.abs(value - {rest}[n]) > 0.01)")
    expect(page.get_by_text("listening to the microphone")).to_be_visible()
    before = page.evaluate("() => probe.scene.frameCount")
    until(page, f"() => probe.scene.frameCount > {before} + 3")
    page.get_by_role("button", name="Stop listening").press("Enter")
    expect(page.get_by_role("heading", name="Choose a sound")).to_be_visible()
    assert page.evaluate("() => probe.scene.listening") is False


def test_a_file_plays_pauses_and_is_named_as_it_is(page, song):
    play(page, song)
    expect(page.locator(".name")).to_have_text("it's a <i>song.wav")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Play").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_label("position").fill("12")
    expect(page.locator(".clock")).to_have_text(re.compile("0:1[2-9] / 0:20"))


def test_it_begins_with_the_sound_of_the_server_after_a_click_where_the_browser_wants_one(
    browser, song, tmp_path_factory
):
    server = Served(with_models(tmp_path_factory.mktemp("sound"), *MODELS), sound=song)
    try:
        with watched(browser, server.address) as page:
            until(page, LOADED)
            until(page, HEARS)
            expect(page.locator(".name")).to_have_text(song.name)
        with watched(browser, server.address, before=PLAY_BLOCKED) as page:
            expect(page.get_by_role("alert")).to_contain_text("only after a click")
            page.get_by_role("button", name=song.name).click()
            until(page, HEARS)
    finally:
        server.stop()


def test_meters_show_what_is_heard_and_what_is_made_of_it(page, song):
    play(page, song)
    page.keyboard.press("i")
    expect(page.locator(".bar.feature")).to_have_count(6)
    expect(page.locator(".bar.parameter")).to_have_count(7)
    until(page, "() => document.querySelectorAll('.bar.feature i')[2].style.transform.match(/0\\.[1-9]/)")
    expect(page.locator(".meters .quiet")).to_have_text(re.compile(r"\d+.\d+, \d+ fps, model [\d.]+ ms"))
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)


def test_sliders_change_the_look_and_are_remembered(page):
    page.keyboard.press("i")
    page.get_by_label("hue", exact=False).last.fill("0.75")
    assert page.evaluate("() => probe.scene.motion.look.hue") == 0.75
    page.reload()
    until(page, "() => window.probe?.scene.motion.look.hue === 0.75")
    page.keyboard.press("i")
    page.get_by_role("button", name="charcoal").click()
    until(page, f"() => probe.scene.motion.look.hue === {Julia.preset('charcoal').hue}")
    page.keyboard.press("l")  # a lit one
    relief = Julia.preset("ammonite").light.relief
    until(page, f"() => probe.scene.juliaSurface.light.relief === {relief}")
    page.get_by_label("light film").fill("0.5")
    until(page, "() => probe.scene.juliaSurface.light.film === 0.5")
    levels = page.evaluate(
        "() => { probe.scene.tick(performance.now()); return [...probe.scene.shaderCanvas.readPixels()]; }"
    )
    assert np.std(levels) > 10
    page.get_by_role("button", name="amethyst").click()
    expect(page.get_by_role("button", name="amethyst")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")  # after the last comes the first
    until(page, "() => !probe.scene.juliaSurface.light.on")
    until(page, f"() => probe.scene.motion.look.hue === {Julia.preset('dahlia').hue}")


def test_knobs_of_a_controller_are_learned_kept_and_move_the_picture(browser, served):
    with watched(browser, served.address, before=FAKE_MIDI) as page:
        until(page, LOADED)
        page.keyboard.press("i")
        page.get_by_role("button", name="MIDI", exact=True).click()
        expect(page.get_by_text("MIDI: nanoKONTROL")).to_be_visible()
        page.get_by_role("button", name="Learn", exact=True).click()
        page.evaluate("turn(7, 0)")
        expect(page.get_by_text("cc 7, channel 1: first touch the slider")).to_be_visible()
        page.locator("[data-setting=hue] input").fill("0.5")
        expect(page.get_by_text("it will move hue")).to_be_visible()
        page.evaluate("turn(7, 0)")
        until(page, "() => probe.scene.motion.look.hue === 0")
        page.reload()  # listens again, to what it learned
        until(page, LOADED)
        until(page, "() => { turn(7, 127); return probe.scene.motion.look.hue === 1 }")
        page.evaluate("unplug()")
        expect(page.locator(".notice")).to_contain_text("nanoKONTROL is gone, the sliders work as before")
        page.keyboard.press("i")
        page.locator("[data-setting=hue] input").fill("0.25")
        until(page, "() => probe.scene.motion.look.hue === 0.25")
        page.get_by_role("button", name="let cc 7, channel 1 move nothing").click()
        assert json.loads(page.evaluate("localStorage.controllers")) == {"format": 1, "controllers": {}}


def test_a_knob_turns_a_setting_of_a_field_without_gaps_for_the_server(browser, served):
    kept = {"format": 1, "controllers": {"cc 8, channel 1": "gain"}}
    stored = json.dumps(json.dumps(kept))
    before = f"localStorage.midi = true; localStorage.controllers = {stored};{FAKE_MIDI}"
    with watched(browser, served.address, before=before) as page:
        until(page, LOADED)
        page.get_by_label("picture", exact=True).select_option("look:orchid")
        until(page, "() => probe.scene.field !== null")
        page.evaluate(
            """() => {
              const gains = new Set();
              let value = 0;
              const timer = setInterval(() => { // without a pause, until it is drawn while it turns
                turn(8, (value = (value + 6) % 127));
                if (gains.add(probe.scene.field.settings.gain).size < 4) return;
                clearInterval(timer);
                turn(8, 127);
              }, 16);
            }"""
        )
        until(page, f"() => probe.scene.field.settings.gain === {CPPN.knobs()['gain'].slider[1]}")


def test_another_model_is_chosen_and_answers(page, song):
    chooser = page.get_by_label("picture", exact=True)
    expect(chooser.locator("option[value^=model]")).to_have_count(2)
    expect(chooser).to_have_value(f"model:{MODELS[0]}")  # none is better than the first
    play(page, song)
    chooser.select_option(f"model:{MODELS[1]}")
    expect(page.locator(".chooser")).to_have_attribute("data-ready", "true")
    before = page.evaluate(MOVING)
    until(page, f"() => ({MOVING})() !== '{before}'")
    expect(page.locator(".notice")).to_have_count(0)


def test_a_network_is_drawn_turned_and_linked(page, song, browser, served, tmp_path):
    chooser = page.get_by_label("picture", exact=True)
    chooser.select_option("look:orchid")
    until(page, "() => probe.scene.field?.settings.palette === 'aurora'")
    play(page, song)
    before = page.evaluate("() => probe.scene.frameCount")
    until(page, f"() => probe.scene.frameCount > {before} + 3")
    page.keyboard.press("i")
    page.get_by_label("seed").fill("41")
    until(page, "() => probe.scene.field.settings.seed === 41")
    expect(chooser).to_have_value("own")
    link = page.evaluate("location.hash")
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps({"field": CPPN.preset("mandala").model_dump(mode="json")}))
    page.get_by_label("sound file", exact=True).set_input_files(recipe)
    until(page, "() => probe.scene.field.settings.symmetry === 8")
    chooser.select_option(f"model:{MODELS[0]}")
    until(page, "() => probe.scene.field === null")
    with watched(browser, served.address, path="/" + link) as other:
        expect(other.get_by_label("picture", exact=True)).to_have_value("own")
        expect(other.locator(".notice")).to_have_count(0)


def test_light_follows_the_sound_and_its_sliders(page, song):
    page.get_by_label("picture", exact=True).select_option("look:magma")
    until(page, "() => probe.scene.field?.light != null")
    play(page, song)
    page.keyboard.press("i")
    expect(page.get_by_text("the last 10 seconds")).to_be_visible()
    until(page, "() => probe.scene.lightLevels.now.hits.some((hit) => hit > 0)")
    page.get_by_label("light film").fill("0.5")
    until(page, "() => probe.scene.field.light.film === 0.5")
    levels = page.evaluate(
        "() => { probe.scene.tick(performance.now()); return [...probe.scene.shaderCanvas.readPixels()]; }"
    )
    assert np.std(levels) > 10
    page.get_by_label("light", exact=True).uncheck()
    until(page, "() => probe.scene.field.light === null")
    expect(page.get_by_label("light film")).to_have_count(0)
    expect(page.locator(".notice.wrong")).to_have_count(0)


def test_graphs_and_patterns_are_drawn_and_follow_the_sound(page, song):
    chooser = page.get_by_label("picture", exact=True)
    chooser.select_option("look:obsidian")
    until(page, "() => probe.scene.field?.kind === 'graph'")
    play(page, song)
    until(
        page, "() => probe.scene.graphMotion.curve(probe.scene.field.settings).some((heard) => heard > 0.3)"
    )
    page.keyboard.press("i")
    expect(page.get_by_text("Sections need the whole song")).to_be_visible()
    page.get_by_label("warp").fill("0.5")
    until(page, "() => probe.scene.field.settings.warp === 0.5")
    expect(chooser).to_have_value("own")
    assert "#graph=" in page.url
    chooser.select_option("look:music")
    until(page, "() => probe.scene.field.kind === 'patterns'")
    expect(page.get_by_text("the last 60 seconds")).to_be_visible()
    until(page, "() => probe.scene.patternMotion.motion > 0")
    until(page, "() => probe.scene.patternMotion.selection.family !== 1")  # it is not silent
    levels = page.evaluate(
        "() => { probe.scene.tick(performance.now()); return [...probe.scene.shaderCanvas.readPixels()]; }"
    )
    assert np.std(levels) > 10
    expect(page.locator(".notice.wrong")).to_have_count(0)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("#cppn=%7B%22hidden%22%3A500%7D", "needs WebGPU"),
        ("#cppn=%7B%22hidden%22%3A5", "cut or damaged"),
        ("#model=train_nothing", "does not know #model=train_nothing"),
        ("#garbage", "#garbage"),
    ],
)
def test_a_link_that_cannot_be_drawn_is_told(browser, served, link, words):
    with watched(browser, served.address, path=f"/{link}") as page:
        expect(page.locator(".notice")).to_contain_text(words)


def test_while_a_picture_is_built_that_is_told(browser, served):
    slow = """() => {
      const { shaderCanvas } = probe.scene;
      const late = () => new Promise((go) => (window.go = go));
      shaderCanvas.useAsync = (shader) => late().then(() => shaderCanvas.use(shader));
    }"""
    with watched(browser, served.address) as page:
        until(page, "() => window.probe?.scene.hasModel")
        page.evaluate(slow)
        page.get_by_label("picture", exact=True).select_option("look:orchid")
        expect(page.get_by_text("Building the picture")).to_be_visible()
        assert page.evaluate("() => probe.scene.field") is None  # what was there is still drawn
        until(page, "() => window.go !== undefined")
        page.evaluate("() => go()")
        until(page, "() => probe.scene.field?.settings.palette === 'aurora'")
        expect(page.get_by_text("Building the picture")).to_have_count(0)


@pytest.mark.parametrize("back", ["by itself", "by the button"])
def test_a_picture_that_the_graphics_dropped_comes_back(page, back):
    page.get_by_label("picture", exact=True).select_option("look:orchid")
    until(page, "() => probe.scene.field !== null")
    page.evaluate(
        "() => (window.loss = probe.scene.shaderCanvas.gl.getExtension('WEBGL_lose_context')).loseContext()"
    )
    again = page.get_by_role("button", name="Draw again")
    expect(again).to_be_visible()
    drawn = page.evaluate("() => probe.scene.frameCount")
    if back == "by itself":
        page.evaluate("() => loss.restoreContext()")
    else:
        again.click()
    expect(again).to_have_count(0)
    until(page, f"() => probe.scene.frameCount > {drawn} + 2")
    levels = page.evaluate(
        "() => { probe.scene.tick(performance.now()); return [...probe.scene.shaderCanvas.readPixels()]; }"
    )
    assert np.std(levels) > 10  # and not one colour
    page.get_by_label("picture", exact=True).select_option(f"model:{MODELS[0]}")
    until(page, "() => probe.scene.field === null")


def test_the_recipe_of_a_julia_set_sets_the_look_and_what_is_none_is_told(page, tmp_path):
    def give(text):
        (tmp_path / "recipe.json").write_text(text)
        page.get_by_label("sound file", exact=True).set_input_files(tmp_path / "recipe.json")

    page.get_by_label("picture", exact=True).select_option("look:orchid")
    until(page, "() => probe.scene.field !== null")
    julia = Julia(model=MODELS[0], hue=0.3, zoom=2.5, motion_smoothing=0.6)
    give(json.dumps({"field": julia.model_dump(mode="json")}))
    until(page, "() => probe.scene.field === null")
    until(page, "() => probe.scene.motion.look.hue === 0.3 && probe.scene.motion.look.zoom === 2.5")
    until(page, "() => probe.scene.smoothing === 0.6")
    expect(page.get_by_label("picture", exact=True)).to_have_value(f"model:{MODELS[0]}")
    expect(page.locator(".notice")).to_have_count(0)
    for text, words in {
        json.dumps({"field": {"kind": "mix"}}): "it draws mix",
        '{"field": {"kind': "cut or damaged",
        "[1, 2]": "no field in it",
        json.dumps(julia.replace(model="train_x").model_dump(mode="json")): "train_x is not here",
    }.items():
        give(text)
        expect(page.locator(".notice")).to_contain_text(words)
    page.get_by_label("picture", exact=True).select_option("look:orchid")
    give(json.dumps(julia.model_dump(mode="json")))
    expect(page.locator(".notice")).to_have_count(0)


def test_the_keys_are_written_on_the_page(page):
    page.keyboard.press("?")
    listed = page.locator(".keys kbd").all_inner_texts()
    known = page.evaluate("""() => [...document.querySelectorAll("[aria-keyshortcuts]")].map(
      (button) => button.getAttribute("aria-keyshortcuts"))""")
    assert {key.lower() for key in known} - {"escape"} <= set(listed)
    page.keyboard.press("?")
    expect(page.locator(".keys")).to_have_count(0)


def test_the_first_press_of_a_key_asks_for_a_file(browser, served):
    notes = "HTMLInputElement.prototype.click = function () { window.asked = this.type; };"
    with watched(browser, served.address, before=notes) as page:
        expect(page.get_by_role("heading", name="Choose a sound")).to_be_visible()
        page.keyboard.press("o")
        until(page, "() => window.asked === 'file'")


def test_it_begins_with_a_finished_training_that_has_a_star(browser, tmp_path):
    server = Served(with_models(tmp_path, *MODELS))
    for name, status in zip(MODELS, ("done", "stopped"), strict=True):
        write_json(tmp_path / "runs" / name / "manifest.json", {"status": status})
        set_star(tmp_path / "runs" / name)
    try:
        with watched(browser, server.address) as page:
            chooser = page.get_by_label("picture", exact=True)
            expect(chooser).to_have_value(f"model:{MODELS[0]}")
            expect(chooser.locator(f"option[value='model:{MODELS[1]}']")).to_contain_text("unfinished")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "does not allow the microphone"),
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "Another program"),
        ("StrangeError", "cannot be opened"),
    ],
)
def test_without_a_microphone_the_page_says_what_to_do(browser, served, name, words):
    with watched(browser, served.address, before=REFUSED.replace("{}", name)) as page:
        page.get_by_role("button", name="Microphone").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Sound file")).to_be_enabled()


def test_a_file_that_is_no_sound_is_told(page, tmp_path):
    (tmp_path / "notes.wav").write_text("not a sound")
    page.get_by_label("sound file", exact=True).set_input_files(tmp_path / "notes.wav")
    expect(page.get_by_role("alert")).to_contain_text("cannot play that file")


def test_without_webgl2_the_page_says_so(browser, served):
    with watched(
        browser, served.address, before="HTMLCanvasElement.prototype.getContext = () => null"
    ) as page:
        expect(page.get_by_role("heading", name="No picture here")).to_be_visible()
        expect(page.get_by_text("WebGL2")).to_be_visible()


def test_without_any_model_the_picture_rests_and_training_is_named(browser, tmp_path):
    server = Served(tmp_path)
    try:
        with watched(browser, server.address) as page:
            expect(page.get_by_text("There is no model yet")).to_be_visible()
            page.get_by_role("button", name="Microphone").click()
            until(page, HEARS)
            assert page.evaluate("() => probe.scene.hasModel") is False
    finally:
        server.stop()


def test_a_lost_server_is_told_and_found_again(browser, tmp_path, song):
    server = Served(with_models(tmp_path, MODELS[0]))
    try:
        with watched(browser, server.address) as page:
            until(page, "() => window.probe?.scene.hasModel")
            play(page, song)
            server.stop()
            expect(page.get_by_text("The server does not respond")).to_be_visible()
            drawn = page.evaluate("() => probe.scene.frameCount")
            until(page, f"() => probe.scene.frameCount > {drawn}")  # what plays goes on
            server = Served(tmp_path, port=server.port)
            expect(page.get_by_text("The server does not respond")).to_have_count(0)
    finally:
        server.stop()


def test_training_is_started_watched_and_stopped_from_the_page(browser, tmp_path):
    server = Served(with_models(tmp_path, MODELS[0]))
    try:
        with watched(browser, server.address, viewport={"width": 900, "height": 700}) as page:
            page.get_by_role("button", name="Training").click()
            page.get_by_label("folder of sounds").fill("../elsewhere")
            page.get_by_role("button", name="Train", exact=True).click()
            expect(page.get_by_role("alert")).to_contain_text("below the one the server was started in")
            page.get_by_label("folder of sounds").fill("data/audio")
            page.get_by_label("epochs").fill("7")
            page.get_by_role("button", name="Train", exact=True).click()
            progress = page.locator(".progress")
            expect(progress).to_have_attribute("data-status", "running")
            expect(progress).to_contain_text(re.compile("epoch [1-9]"))
            expect(progress).to_contain_text("loss 0.")
            button = page.get_by_role("button", name="Training", exact=True)
            ink, ground = (
                button.evaluate(f"(element) => getComputedStyle(element).{name}")
                for name in ("color", "backgroundColor")
            )
            assert ink != ground  # or its icon could not be seen
            expect(page.get_by_role("img", name="loss over the epochs")).to_be_visible()
            page.get_by_role("button", name="Stop and keep").click()
            expect(progress).to_have_attribute("data-status", "stopped")
    finally:
        server.stop()


def test_the_picture_is_recorded_with_its_sound(page, song):
    play(page, song)
    with page.expect_download() as saved:
        page.keyboard.press("r")
        expect(page.locator(".notice")).to_contain_text(re.compile("Recording at 1280.854, enlarged from "))
        before = page.evaluate("() => probe.scene.frameCount")
        until(page, f"() => probe.scene.frameCount > {before} + 5")
        page.get_by_role("button", name="Stop recording").press("Enter")
    film = saved.value
    assert re.fullmatch(r"explorer_\d{8}T\d{6}Z\.(webm|mp4)", film.suggested_filename)
    assert film.path().stat().st_size > 1000
    frames = imageio_ffmpeg.read_frames(str(film.path()))
    width, height = next(frames)["size"]
    frames.close()
    assert (width, height) == (1280, 854)  # the window is 480 x 320 and drawn coarser yet


def test_controls_fade_while_it_plays_and_come_back(page, song):
    play(page, song)
    expect(page.locator(".page.idle")).to_have_count(1)
    expect(page.locator(".dock")).to_have_css("opacity", "0")
    page.mouse.move(100, 100)
    expect(page.locator(".dock")).to_have_css("opacity", "1")


def test_less_motion_where_that_is_wanted(browser, served):
    with watched(browser, served.address, reduced_motion="reduce") as page:
        until(page, "() => window.probe?.scene.reducedMotion")
        before = page.evaluate("() => probe.scene.motion.controls.angle")
        drawn = page.evaluate("() => probe.scene.frameCount")
        until(page, f"() => probe.scene.frameCount > {drawn} + 5")
        assert page.evaluate("() => probe.scene.motion.controls.angle") == before


def test_everything_fits_on_a_phone_and_has_a_name(browser, served):
    with watched(
        browser, served.address, viewport={"width": 360, "height": 640}, context={"has_touch": True}
    ) as page:
        until(page, "() => window.probe?.scene.hasModel")
        for panel in ("", "i", "t"):
            if panel:
                page.keyboard.press(panel)
            beyond = """() => [...document.querySelectorAll("button, select, input:not([hidden])")].filter(
              (element) => { const { left, right } = element.getBoundingClientRect();
                             return left < 0 || right > innerWidth; }).map((element) => element.outerHTML)"""
            assert page.evaluate(beyond) == []
            unnamed = """() => [...document.querySelectorAll("button, select, input")].filter((element) =>
              !(element.textContent.trim() || element.getAttribute("aria-label") || element.labels?.length))
              .map((element) => element.outerHTML)"""
            assert page.evaluate(unnamed) == []


def test_the_link_with_the_token_opens_the_page_and_a_cookie_keeps_it(browser, tmp_path):
    served = Served(with_models(tmp_path, MODELS[0]), token="s3cret")
    try:
        with watched(browser, served.address, path="/?token=s3cret#probe") as page:
            until(page, "() => window.probe?.scene.hasModel")
            assert page.evaluate("() => location.search") == ""  # the address may be sent to others
            assert page.evaluate("() => document.cookie") == ""
            page.reload()
            until(page, "() => window.probe?.scene.hasModel")
            page.keyboard.press("t")
            expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
        with watched(browser, served.address) as page:
            expect(page.get_by_role("heading", name="A token is needed")).to_be_visible()
    finally:
        served.stop()
