"""Wide networks that a page computes through WebGPU are those of Python's CPU kernels."""

import numpy as np
import pytest

from explorer.fields import CPPN
from tests.browser.live_page import until, watched
from tests.browser.test_live_parity import LIGHT_MOMENT, assert_same_picture, drawn_by_python

SIZE = (96, 54)
PICTURE = """async ([settings, size, time, features, light]) => {
  const request = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ settings });
  const network = await (await fetch("api/fields", { ...request, body })).json();
  const computed = await probe.ComputedNetwork.open(network);
  const numbers = await computed.compute(probe.firstBias(network, time, features), ...size);
  computed.close();
  const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
  const screen = new probe.ShaderCanvas(canvas, probe.texelShader(network));
  screen.setTexture(numbers);
  screen.draw(probe.networkLight(network, light, 0, ...size));
  const pixels = screen.readPixels();
  canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
  return btoa(Array.from(pixels, (level) => String.fromCharCode(level)).join(""));
}"""
LIGHT = {"relief": 0.3, "rings": 1, "film": 0.4}
FIELDS = {
    "64x4": CPPN(hidden=64, gain=1.0, seed=3),
    "256x4, gain 5": CPPN(seed=6),
    "uneven": CPPN(hidden=37, layers=2, gain=2.0, palette="nightfall", features=("bass",)),
    "deep": CPPN(hidden=6, layers=14, gain=1.2, palette="copper"),
    "folded": CPPN(hidden=40, layers=3, gain=1.5, symmetry=5, radius=True),
    "mirrored": CPPN(hidden=40, layers=3, gain=1.5, symmetry=1),
    "lit": CPPN(hidden=64, layers=3, gain=1.2, light=LIGHT, finish={"grain": 0}),
    "two samples": CPPN(hidden=40, layers=2, gain=1.2, light=LIGHT, finish={"grain": 0, "samples": 2}),
    "finish": CPPN(hidden=64, layers=3, gain=1.2, finish={"grain": 0, "bloom": 1.5, "exposure": 2}),
}


@pytest.fixture(scope="module")
def webgpu_parts(webgpu_browser, served):
    """A live page with WebGPU that shows its parts."""
    with watched(webgpu_browser, served.address) as page:
        until(page, "() => window.probe !== undefined")
        page.evaluate("() => probe.scene.close()")  # its picture takes time
        yield page


@pytest.mark.parametrize("name", FIELDS)
def test_the_page_computes_the_same_pictures(webgpu_parts, name):
    field = FIELDS[name]
    features = np.linspace(-1, 1, len(field.features)).tolist()
    expected = drawn_by_python(field, SIZE, {"time": 0.3, **dict(zip(field.features, features, strict=True))})
    settings = field.model_dump(mode="json")
    said = webgpu_parts.evaluate(PICTURE, [settings, SIZE, 0.3, features, LIGHT_MOMENT])
    assert_same_picture(said, expected, name)
