"""Exported shaders in hosts of their uniforms: the frames of Python, and they follow a sound."""

import numpy as np
import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.sketch.field import sketch_of
from explorer.fields.sketch.presets import shipped_sketch
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import NO_LIMIT
from explorer.shaders.export.isf import isf_file
from explorer.shaders.export.look_program import LookProgram
from explorer.shaders.export.shadertoy import shadertoy_file
from explorer.shaders.export.sound_code import STATE_COLUMNS
from explorer.shaders.export.touchdesigner import touchdesigner_file
from tests.browser.conftest import missing
from tests.browser.shader_hosts import (
    isf_modules,
    open_host,
    picture,
    state_rows,
    uniforms,
)
from tests.fields.sketch.texts import text_of
from tests.signals import music, write_wav

SIZE, MOMENT = (240, 180), 3.2  # from 180 rows on the glow is that of Python
FINISH = {"grain": 0.0, "bloom": 0.8}
LIGHT = {"relief": 0.6, "rings": 0.8}
FIELDS = {
    "network": CPPN(hidden=12, layers=3, gain=3.0, palette="ember", time_span=20.0),
    "symmetric network": CPPN(hidden=16, layers=2, gain=2.0, palette="copper", symmetry=3, time_span=20.0),
    "lit network": CPPN(
        hidden=10, layers=3, gain=2.5, palette="lava", time_span=20.0, light=LIGHT, finish=FINISH
    ),
    "graph": GraphCPPN(seed=3, palette="gold", symmetry=5, light=LIGHT, finish=FINISH),
    "patterns": Patterns(weights=(0.2, 0.4, 0.4, 0.0), palette="aurora"),
    "Julia set": Julia(iterations=60, samples=1, audio_gain=0.5, start_angle=2.0, zoom=0.7),
    "lit Julia set": Julia(iterations=60, start_angle=2.0, zoom=0.7, light=LIGHT, finish=FINISH),
    "sketch": shipped_sketch("weave").replace(turn=0.4, light=LIGHT, finish=FINISH),
}


def cases(*names):
    """All fields; those that are not named take long in a browser that draws in software."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=[pytest.mark.slow] * (name not in names)) for name in FIELDS]
    )


GLOW_FRAMES = 3  # the glow is one frame late
ISF_FRAMES = 6  # the package draws each pass one frame late


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", music(6.0, 22050), 22050)


@pytest.fixture
def blank(visit, tmp_path):
    """An empty page."""
    path = tmp_path / "blank.html"
    path.write_text("<!doctype html><title>host</title><body></body>")
    return visit(path)


def compare(drawn, field, track):
    """The share of the inner pixels that differ by more than two levels."""
    with Renderer(field, track, SIZE, threads=1) as renderer:
        expected = renderer.frame(MOMENT, limit=NO_LIMIT)
    assert expected.std() > 10
    difference = np.abs(drawn.astype(int) - expected).max(axis=2)
    inner = difference[1:-1, 1:-1]  # the outermost pixels have no neighbors to take slopes from
    return (inner > 2).mean(), difference.max()


@cases("lit network", "patterns", "lit Julia set", "sketch")
def test_shadertoy_draws_the_frames_of_python(blank, song, name):
    field = FIELDS[name]
    track, program = field.analyze(song), LookProgram(name, field, ())
    open_host(blank, "Shadertoy", shadertoy_file(program), SIZE)
    picture(blank, SIZE, 1)
    blank.evaluate("(rows) => host.state(rows)", state_rows(program, field, track, MOMENT))
    share, largest = compare(picture(blank, SIZE, GLOW_FRAMES), field, track)
    assert share <= 0.001, f"{share:.3%}, up to {largest} levels"


@pytest.fixture(scope="module")
def isf(tmp_path_factory):
    """The host of ISF files."""
    return isf_modules(tmp_path_factory.mktemp("isf")) or missing("the npm registry cannot be reached")


@cases("lit network")
def test_isf_draws_the_frames_of_python(blank, isf, song, name):
    field = FIELDS[name]
    track, program = field.analyze(song), LookProgram(name, field, ())
    open_host(blank, "Isf", isf_file(program), SIZE, isf)
    blank.evaluate("(rows) => host.state(rows)", state_rows(program, field, track, MOMENT))
    share, largest = compare(picture(blank, SIZE, ISF_FRAMES), field, track)
    assert share <= 0.001, f"{share:.3%}, up to {largest} levels"


def test_isf_follows_the_spectrum_of_its_host(blank, isf):
    field = sketch_of(text_of("return 2 * bass - 1", "x, bass")).replace(palette="#000000-#808080-#ffffff")
    size, hertz = (32, 18), (np.arange(512) + 0.5) * 22050 / 512
    open_host(blank, "Isf", isf_file(LookProgram("bass", field, ())), size, isf)

    def brightness(low, high):
        spectrum = np.where((hertz >= low) & (hertz < high), 0.9, 0.0).tolist()
        blank.evaluate("(numbers) => host.sound(numbers)", spectrum)
        return picture(blank, size, 60).mean()

    silent, low, high = brightness(0, 0), brightness(30, 240), brightness(4000, 9000)
    assert low > max(silent, high) + 50


@cases("graph")
def test_touchdesigner_draws_the_frames_of_python(blank, song, name):
    field = FIELDS[name]
    field = field.replace(**{"finish.bloom": 0.0}) if field.finish.on else field
    if isinstance(field, Julia):  # what smooths its motion stands before the program
        field = field.replace(motion_smoothing=0.0)
    track, program = field.analyze(song), LookProgram(name, field, ())
    open_host(blank, "TouchDesigner", touchdesigner_file(program), SIZE)
    blank.evaluate("(values) => host.set(values)", uniforms(field, track, MOMENT))
    share, largest = compare(picture(blank, SIZE, 1), field, track)
    assert share <= 0.001, f"{share:.3%}, up to {largest} levels"


def spectrum(low, high):
    """A spectrum and a wave of Shadertoy, with sound between two frequencies alone."""
    hertz = np.arange(512) * 24000 / 1024
    return np.where((hertz >= low) & (hertz < high), 0.9, 0.0).tolist() + [0.5] * 512


def test_shadertoy_follows_a_sound(blank):
    program = LookProgram("graph", FIELDS["graph"], ())
    size = STATE_COLUMNS, program.state_rows  # no larger than the state
    open_host(blank, "Shadertoy", shadertoy_file(program), size)

    def columns(frames):
        picture(blank, size, frames)
        values = blank.evaluate("host.columns()")
        return dict(zip(program.columns, values, strict=False))

    silent = columns(30)
    assert silent["bass"] == silent["treble"] == -1
    assert silent["loud"] == 0.5
    assert silent["motion"] == 0 < silent["time"]
    blank.evaluate("(numbers) => host.sound(numbers)", spectrum(30, 300))
    hit = columns(4)
    assert hit["hit"] > 0.3
    low = columns(60)
    assert low["bass"] > 0.9
    assert low["treble"] < -0.9
    assert low["loud"] > 0.9
    assert low["motion"] > 0
    blank.evaluate("(numbers) => host.sound(numbers)", spectrum(4000, 9000))
    high = columns(60)
    assert high["treble"] > 0.9
    assert high["bass"] < -0.9
    assert high["motion"] > low["motion"]
