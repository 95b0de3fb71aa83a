"""The page and Python agree: what is heard, what the model answers, what is drawn."""

import base64

import numpy as np
import pytest
import torch

from explorer.audio.live import live_features, live_windows
from explorer.fields import CPPN, Controls, Grid, Julia
from explorer.fields.julia.model import load_model
from explorer.fields.julia.parameters import PARAMETERS
from explorer.fields.julia.timeline import CONTROL_NAMES
from explorer.fields.light.columns import DELAYS, NAMES
from explorer.fields.light.lit import LitField
from explorer.rendering.devices import resolve
from explorer.rendering.frame_drawer import FrameDrawer
from tests.browser.live_page import MODELS, UNPACK, packed
from tests.signals import click_track, music, noise, tone

RATE = 48000
SIZE = (160, 90)
SOUNDS = {
    "music": music(2.0, RATE),
    "noise": noise(0.5, RATE),
    "quiet": tone(440, 0.5, RATE, amplitude=2e-6),
    "clicks": click_track([0.1, 0.25, 0.3], 0.5, RATE),
    "low": tone(30, 0.5, RATE),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_the_page_hears_the_same_numbers(parts, name):
    heard = parts.evaluate(
        f"""(text) => {{
          {UNPACK}
          return new probe.LiveAnalysis().push(unpack(text)).map((row) => [...row]);
        }}""",
        packed(SOUNDS[name]),
    )
    np.testing.assert_allclose(heard, live_features(SOUNDS[name]), atol=1e-4, rtol=0)


def test_and_so_does_its_audio_worklet(parts):
    sound = SOUNDS["music"]
    heard = parts.evaluate(
        f"""async (text) => {{
          {UNPACK}
          return (await probe.analyzeOffline(unpack(text))).map((row) => [...row]);
        }}""",
        packed(sound),
    )
    np.testing.assert_allclose(heard, live_features(sound)[: len(heard)], atol=1e-4, rtol=0)
    assert len(heard) == len(live_features(sound))


@pytest.mark.parametrize("name", MODELS)
def test_its_models_answer_the_same(parts, served, name):
    folder = served.folder / "runs" / name
    model = load_model(str(folder))
    features = live_features(SOUNDS["music"])
    facts = {key: model.metadata[key] for key in ("window_frames", "include_delta", "include_delta_delta")}
    windows = live_windows(features, **facts)
    answers = parts.evaluate(
        f"""async ([name, text]) => {{
          {UNPACK}
          const metadata = (await (await fetch(`api/models/${{name}}`)).json()).metadata;
          const bytes = await (await fetch(`api/models/${{name}}/onnx`)).arrayBuffer();
          const model = await probe.Model.load(metadata, bytes);
          const windows = new probe.FeatureWindows(metadata);
          const flat = unpack(text), rows = [];
          for (let n = 0; n < flat.length; n += 6) rows.push(windows.add(flat.slice(n, n + 6)));
          return [rows.map((row) => [...row]), (await model.run(rows)).map((row) => [...row])];
        }}""",
        [name, packed(features)],
    )
    np.testing.assert_allclose(answers[0], windows, atol=1e-6, rtol=0)
    span = np.array([said.high - said.low for said in PARAMETERS])
    np.testing.assert_allclose(answers[1] / span, model(windows) / span, atol=1e-5, rtol=0)


def drawn(page, controls, iterations, samples):
    """The picture of the page, uint8 (height, width, 3)."""
    said = page.evaluate(
        """([size, controls, iterations, samples]) => {
          const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
          const screen = new probe.ShaderCanvas(canvas, probe.JULIA);
          screen.draw(probe.uniforms(controls, iterations, samples));
          const pixels = screen.readPixels();
          // there are only so many contexts
          canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
          return btoa(String.fromCharCode(...pixels));
        }""",
        [SIZE, controls, iterations, samples],
    )
    return np.frombuffer(base64.b64decode(said), np.uint8).reshape(SIZE[1], SIZE[0], 3)


NARROW = {  # light has tests of its own
    name: look for name, look in CPPN.presets().items() if look.hidden <= 32 and not look.light.on
}
NARROW["a path of colors"] = CPPN.preset("orchid").replace(palette="nightfall")


@pytest.mark.parametrize("name", NARROW)
def test_it_draws_the_same_networks(parts, name):
    field = NARROW[name]
    row = np.array([[0.3, *np.linspace(-1, 1, len(field.features))]], np.float32)
    grid = Grid(*SIZE)
    prepared = field.prepare(Controls(row, ("time", *field.features)))
    colours = prepared.colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    said = parts.evaluate(
        """async ([settings, size, time, features]) => {
          const asked = { method: "POST", headers: { "content-type": "application/json" } };
          const body = JSON.stringify({ settings });
          const network = await (await fetch("api/fields", { ...asked, body })).json();
          const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
          const screen = new probe.ShaderCanvas(canvas, probe.cppnShader(network));
          screen.setTexture(probe.packWeights(network));
          screen.draw(probe.momentUniforms(network, time, features));
          const pixels = screen.readPixels();
          // there are only so many contexts
          canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
          return btoa(String.fromCharCode(...pixels));
        }""",
        [field.model_dump(mode="json"), SIZE, float(row[0, 0]), row[0, 1:].tolist()],
    )
    picture = np.frombuffer(base64.b64decode(said), np.uint8).reshape(-1, 3)
    assert np.abs(picture - np.rint(255 * colours)).max() <= 2


HITS = np.exp(-(((DELAYS - 0.4) / 0.1) ** 2)) + 0.3 * np.exp(-DELAYS / 0.2)
LIGHT_MOMENT = {"loud": 0.7, "hits": HITS.tolist(), "swell": 0.6}


def drawn_by_python(field, size, columns):
    """A frame with the light of LIGHT_MOMENT, uint8 (points, 3)."""
    light = dict(zip(NAMES, (LIGHT_MOMENT["loud"], *HITS, LIGHT_MOMENT["swell"]), strict=True))
    values = {**columns, **light}
    controls = Controls(np.array([list(values.values())], np.float32), tuple(values))
    frame = np.empty((size[0] * size[1], 3), np.uint8)
    FrameDrawer(field, Grid(*size), resolve("cpu")).draw(LitField(field, controls), 0, 0.0, frame)
    return frame


def assert_same_picture(said, expected, name=""):
    """At most two levels of difference at 99.9 % of the pixels."""
    picture = np.frombuffer(base64.b64decode(said), np.uint8).reshape(-1, 3)
    difference = np.abs(picture.astype(int) - expected).max(axis=1)
    assert expected.std() > 10, name
    share = (difference > 2).mean()
    assert share <= 0.001, f"{name}: {share:.3%} of the pixels differ, by at most {difference.max()} levels"


LIGHTS = {  # settings of light and of finish, size of the frame
    "light": (True, False, SIZE),
    "light and finish": (True, {"grain": 0}, SIZE),
    "every part": ({"film": 0.6, "lines": 3, "rings": 2, "focus_x": 0.4}, {"grain": 0, "samples": 2}, SIZE),
    "finish": (False, {"grain": 0, "bloom": 1.5, "exposure": 2}, SIZE),
    "reduced glow": ({"rings": 0}, {"grain": 0, "bloom": 1.5, "threshold": 0.1}, (480, 352)),
}


@pytest.mark.parametrize("name", LIGHTS)
def test_it_draws_the_same_light(parts, name):
    light, finish, size = LIGHTS[name]
    field = CPPN.preset("orchid").replace(light=light, finish=finish)
    features = np.linspace(-1, 1, len(field.features)).tolist()
    expected = drawn_by_python(field, size, {"time": 0.3, **dict(zip(field.features, features, strict=True))})
    said = parts.evaluate(
        """async ([settings, size, time, features, light]) => {
          const asked = { method: "POST", headers: { "content-type": "application/json" } };
          const body = JSON.stringify({ settings });
          const network = await (await fetch("api/fields", { ...asked, body })).json();
          const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
          const screen = new probe.ShaderCanvas(canvas, probe.cppnShader(network));
          screen.setTexture(probe.packWeights(network));
          const moment = probe.momentUniforms(network, time, features);
          screen.draw({ ...moment, ...probe.networkLight(network, light, 0, ...size) });
          const pixels = screen.readPixels();
          // there are only so many contexts
          canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
          return btoa(Array.from(pixels, (level) => String.fromCharCode(level)).join(""));
        }""",
        [field.model_dump(mode="json"), size, 0.3, features, LIGHT_MOMENT],
    )
    assert_same_picture(said, expected)


# as a rule within two levels; next to the set a last bit decides how often a point turns before it escapes
LOOKS = [
    {"angle": 1.3, "distance": 1.04, "hue": 0.5, "saturation": 0.7, "brightness": 0.7},
    {
        "angle": 4.2,
        "distance": 1.01,
        "zoom": 1.8,
        "rotation": 2.0,
        "hue": 0.1,
        "saturation": 1.0,
        "brightness": 1.0,
    },
    {"angle": 0.4, "distance": 1.08, "zoom": 0.6, "rotation": -1.0, "hue": 0.9, "brightness": 0.2},
    {"angle": 2.9, "distance": 1.06, "saturation": 0.0},
]
REST = {
    "angle": 0.0,
    "rotation": 0.0,
    "distance": 1.04,
    "zoom": 1.0,
    "hue": 0.5,
    "saturation": 0.7,
    "brightness": 0.7,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("samples", [1, 2])
def test_it_draws_the_same_picture(parts, look, samples):
    controls = {**REST, **look}
    field = Julia(samples=samples)
    row = np.array([[0.0, *(controls[name] for name in CONTROL_NAMES)]], np.float32)
    grid = Grid(*SIZE)
    prepared = field.prepare(Controls(row, ("time", *CONTROL_NAMES)))
    colours = prepared.colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    expected = np.rint(255 * colours).reshape(SIZE[1], SIZE[0], 3)
    picture = drawn(parts, controls, field.iterations, samples)
    difference = np.abs(picture - expected).max(axis=2)
    assert difference.mean() < 0.05
    assert (difference <= 2).mean() > 0.999


JULIA_LIGHTS = {  # light, finish, samples of the set, controls
    "light": ({"relief": 0.3}, False, LOOKS[0]),
    "another place": (True, False, LOOKS[1]),
    "finish": (False, {"grain": 0, "bloom": 1.5}, LOOKS[0]),
    "every part": (
        {"film": 0.6, "lines": 3, "rings": 1, "swell": 0.5, "relief": 0.2},
        {"grain": 0, "samples": 2},
        LOOKS[0],
    ),
    "ammonite": ("ammonite", None, {"angle": 4.2, "distance": 1.06, "zoom": 1.7, "hue": 0.6}),
    "amethyst": ("amethyst", None, {"angle": 1.15, "distance": 1.05, "zoom": 1.7, "hue": 0.9}),
}


def test_it_lights_julia_sets_in_the_same_way(parts):
    for name, (light, finish, look) in JULIA_LIGHTS.items():
        field = Julia.preset(light) if finish is None else Julia(light=light, finish=finish)
        if field.finish.on:
            field = field.replace(finish=field.finish.replace(grain=0.0))
        # a last bit of c decides when points near the set escape
        controls = {name: float(np.float32(value)) for name, value in {**REST, **look}.items()}
        expected = drawn_by_python(field, SIZE, {"time": 0.0, **{n: controls[n] for n in CONTROL_NAMES}})
        said = parts.evaluate(
            """([size, light, finish, controls, iterations, samples, moment]) => {
              const canvas = document.createElement("canvas");
              [canvas.width, canvas.height] = size;
              const screen = new probe.ShaderCanvas(canvas, probe.juliaShader(light, finish));
              screen.draw({
                ...probe.uniforms(controls, iterations, samples),
                ...probe.surfaceUniforms(light, finish, probe.accent(controls), moment, 0, ...size),
              });
              const pixels = screen.readPixels();
              canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
              return btoa(String.fromCharCode(...pixels));
            }""",
            [
                *(SIZE, field.light.model_dump() if field.light.on else None),
                *(field.finish.model_dump() if field.finish.on else None, controls),
                *(field.iterations, field.samples, LIGHT_MOMENT),
            ],
        )
        assert_same_picture(said, expected, name)
