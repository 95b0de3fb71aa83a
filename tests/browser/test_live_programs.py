"""Graphs and patterns on the page: the pictures of Python, for many settings in one page."""

import numpy as np
import pytest
import torch

from explorer.fields import Controls, GraphCPPN, Grid, Patterns
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import DELAYS, delay_columns
from explorer.fields.patterns.selection import FAMILIES
from tests.browser.test_live_parity import LIGHT_MOMENT, assert_same_picture, drawn_by_python

SIZE = (160, 90)
CLOCKS = {"time": 0.4, "motion": 3.1, "rotation": 0.7}
SOUND = {"bass": 0.2, "mid": -0.4, "treble": 0.7}
DRAW = """async ([settings, size, inputs, curve, moment]) => {
  const body = JSON.stringify({ settings });
  const headers = { "content-type": "application/json" };
  const field = await (await fetch("api/fields", { method: "POST", headers, body })).json();
  if (!field.code) return JSON.stringify(field);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = size;
  const screen = new probe.ShaderCanvas(canvas, probe.programShader(field));
  screen.setTexture(probe.packPalettes(field));
  if (curve) screen.setTextureRow(0, probe.soundCurve(...curve));
  else inputs = { ...inputs, ...probe.shareInputs(inputs.shares) };
  screen.draw(probe.programUniforms(field, inputs, moment, 0, ...size));
  const pixels = screen.readPixels();
  canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
  return btoa(Array.from(pixels, (level) => String.fromCharCode(level)).join(""));
}"""


def expected_frame(field, columns):
    """The frame of Python; without light and finish the reference, whose rounding is that of the page."""
    if field.light.on or field.finish.on:
        return drawn_by_python(field, SIZE, columns)
    controls = Controls(np.array([list(columns.values())], np.float32), tuple(columns))
    grid = Grid(*SIZE)
    colors = field.prepare(controls).colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    return np.rint(255 * colors).astype(int)


def compared(page, field, columns, inputs, curve, name):
    if field.finish.on:
        field = field.replace(finish=field.finish.replace(grain=0.0))
    field = field.replace(sections=False)
    arguments = [field.model_dump(mode="json"), SIZE, inputs, curve, LIGHT_MOMENT]
    assert_same_picture(page.evaluate(DRAW, arguments), expected_frame(field, columns), name)


def float32(values):
    return {name: float(np.float32(value)) for name, value in values.items()}


GRAPHS = {
    **{f"look {name}": GraphCPPN.preset(name) for name in ("obsidian", "soap", "contour", "filament")},
    "flat": GraphCPPN(seed=3),
    "flat zoom": GraphCPPN(seed=3, symmetry=5, form={"zoom_rate": -0.3}),
    "many nodes": GraphCPPN(seed=5, nodes=40, symmetry=3, warp=0.6, contrast=2.0),
    "no delay": GraphCPPN(seed=8, sound_speed=0.0, audio_gain=2.0, light=True, finish={"samples": 2}),
    "no sound": GraphCPPN(seed=9, features=("rms",), palette="ember", zoom=0.6),
    "no nodes": GraphCPPN(nodes=0, finish={"filmic": False}),
}


def test_graphs(parts):
    past = {name: 0.5 + 0.5 * np.sin(np.arange(DELAYS) / (3 + n)) for n, name in enumerate(SOUND_INPUTS)}
    for name, field in GRAPHS.items():
        sounds = [sound for sound in SOUND_INPUTS if sound in field.features]
        clocks, sound = float32(CLOCKS), {key: SOUND[key] for key in sounds}
        delayed = {key: value for s in sounds for key, value in zip(delay_columns(s), past[s], strict=True)}
        levels = [(SOUND[s] + 1) / 2 if s in sounds else 0 for s in SOUND_INPUTS]
        history = [past[s].tolist() if s in sounds else [0] * DELAYS for s in SOUND_INPUTS]
        curve = [levels, history, field.audio_gain]
        inputs = {**clocks, "bass": levels[0]}
        compared(parts, field, {**clocks, **sound, **delayed}, inputs, curve, name)


PATTERNS = {
    **{name: Patterns.preset(name) for name in ("coral", "lava", "silk", "facets", "bronze")},
    "strata": Patterns.preset("strata"),
    "a mixture": Patterns(weights=(0.3, 0.2, 0.4, 0.1), seed=4),
    "another mixture": Patterns(weights=(0.001, 0.5, 0, 0.499), seed=7, palette="aurora", light=True),
    "three colors": Patterns(family="fractal", palette="#101830-#c05a20-#ffe8a0", fractal_arms=7, zoom=1.4),
    "a path": Patterns(family="flowing", palette="lava", flowing_layers=6, finish={"bloom": 1.0}),
    "squares": Patterns(family="geometric", geometric_sides=3, geometric_lines=2.0, light={"film": 0.7}),
    "many blobs": Patterns(family="organic", organic_blobs=40, palette="rgb", light=True, finish=True),
    "deaf": Patterns(family="organic", features=("rms",), audio_gain=3.0),
}
FEATURES = {
    "bass": 0.2,
    "mid": -0.4,
    "treble": 0.7,
    "rms": 0.1,
    "centroid": 0.3,
    "onset": 0.5,
    "flatness": -0.2,
}


def test_patterns(parts):
    for name, field in PATTERNS.items():
        if field.weights:
            shares = np.array(field.weights) / sum(field.weights)
        elif field.family in FAMILIES:
            shares = np.eye(4)[FAMILIES.index(field.family)]
        else:
            shares = np.array([0.25, 0.0, 0.6, 0.15])
        clocks = float32({key: CLOCKS[key] for key in ("time", "motion")})
        features = {key: value for key, value in float32(FEATURES).items() if key in field.features}
        levels = {
            key: value if key in ("centroid", "flatness") else (value + 1) / 2
            for key, value in float32(FEATURES).items()
        }
        columns = {**clocks, **dict(zip(FAMILIES, shares, strict=True)), **features}
        compared(parts, field, columns, {**clocks, **levels, "shares": shares.tolist()}, None, name)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (GraphCPPN(nodes=200).model_dump(mode="json"), "up to 64 nodes"),
        (GraphCPPN.preset("calla").model_dump(mode="json"), "without a figure"),
        ({"kind": "mix"}, "not 'mix'"),
    ],
)
def test_what_the_page_cannot_draw_is_said_in_a_line(parts, settings, words):
    answer = parts.evaluate(DRAW, [settings, SIZE, {}, None, LIGHT_MOMENT])
    assert words in answer
