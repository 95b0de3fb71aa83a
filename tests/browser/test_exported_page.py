"""An exported page, from disk: the frames of Python along its track, and it hears a file and a microphone."""

import base64

import numpy as np
import pytest

import explorer as ex
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.sketch.presets import shipped_sketch
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import NO_LIMIT
from explorer.shaders.export.page import PLAYER
from tests.browser.conftest import missing
from tests.browser.live_page import SLOW_SCREEN, until
from tests.signals import music, write_wav

SIZE, MOMENTS = (160, 90), (0.55, 3.2)
FINISH = {"grain": 0.0, "bloom": 0.8}
LIGHT = {"relief": 0.6, "rings": 0.8}
MOVING = ((1.0, {"gain": 3.0}), (3.0, {"gain": 5.0}))
FIELDS = {
    "network": CPPN(hidden=12, layers=3, gain=3.0, palette="ember", time_span=20.0, keyframes=MOVING),
    "lit network": CPPN(
        hidden=10, layers=3, gain=2.5, palette="lava", time_span=20.0, light=LIGHT, finish=FINISH
    ),
    "graph": GraphCPPN(seed=3, palette="gold", symmetry=5, light=LIGHT, finish=FINISH),
    "patterns": Patterns(weights=(0.2, 0.4, 0.4, 0.0), palette="aurora"),
    "Julia set": Julia(iterations=60, samples=1, audio_gain=0.5, start_angle=2.0, zoom=0.7),
    "sketch": shipped_sketch("weave").replace(turn=0.4, light=LIGHT, finish=FINISH),
}
PIXELS = """([[width, height], t]) => {
  Object.assign(document.querySelector("canvas"), { width, height });
  return btoa(Array.from(player.track.pixels(t), (level) => String.fromCharCode(level)).join(""));
}"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    if not PLAYER.is_file():
        missing("the script of exported pages is not built (python -m pip install -e .)")
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", music(6.0, 22050), 22050)


@pytest.mark.parametrize("name", FIELDS)
def test_it_draws_the_frames_of_python_along_its_track(visit, song, tmp_path, name):
    field = FIELDS[name]
    track = field.analyze(song)
    exported = ex.export_look(field, tmp_path / "look.html", track, name="<b>&amp;</script>")
    page = visit(exported.path)
    assert page.title() == "<b>&amp;</script>"
    with Renderer(field, track, SIZE, threads=1) as renderer:
        for t in MOMENTS:
            drawn = np.frombuffer(base64.b64decode(page.evaluate(PIXELS, [SIZE, t])), np.uint8)
            expected = renderer.frame(t, limit=NO_LIMIT)
            difference = np.abs(drawn.reshape(expected.shape).astype(int) - expected).max(axis=2)
            assert expected.std() > 10
            share = (difference > 2).mean()
            assert share <= 0.001, f"{t} s: {share:.3%}, up to {difference.max()} levels"


@pytest.mark.parametrize("name", ["Julia set", "sketch", "graph"])
def test_it_moves_with_a_file_and_with_a_microphone(visit, song, tmp_path, name):
    page = visit(ex.export_look(FIELDS[name], tmp_path / "look.html").path, before=SLOW_SCREEN)
    page.set_input_files("input", song)
    until(page, "() => player.scene?.listening && player.scene.features.some((value) => value > 0.1)")
    until(page, "() => document.querySelector('.welcome').hidden && player.scene.frameCount > 3")
    page.evaluate("player.stop()")
    page.get_by_text("Microphone").click()
    until(page, "() => player.scene.listening && document.querySelector('.welcome').hidden")
    assert page.inner_text(".message") == ""
    assert float(page.evaluate("player.scene.gain")) > 0
    seconds = page.evaluate("player.scene.fieldSeconds")
    until(page, f"() => player.scene.fieldSeconds > {seconds}")


def test_its_own_sound_plays_along_the_track(visit, song, tmp_path):
    field = FIELDS["sketch"]
    page = visit(ex.export_look(field, tmp_path / "look.html", song).path, before=SLOW_SCREEN)
    page.set_input_files("input", song)
    until(page, "() => player.track?.clock() > 0.3 && !player.scene")
    page.evaluate("player.stop()")
    page.get_by_text("Play the piece").click()
    until(page, "() => player.track.clock() > 0.1")
