"""Wide networks in the live view: drawn through WebGPU, and by the kernel with one line where that fails."""

import numpy as np
import pytest

from explorer.fields import CPPN
from explorer.rendering import Renderer
from tests.browser.live_model import live_page
from tests.browser.live_page import until, watched
from tests.signals import music, write_wav

SIZE, T = (48, 27), 1.25
WIDE = CPPN(hidden=40, layers=2, gain=1.5, seed=2)
KEEP_DEVICE = """
const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...values) {
  return (window.device = await request.apply(this, values));
};
"""
PLAY = "() => views[0].el.querySelector('.explorer-live-play').click()"
NO_ADAPTER = "GPU.prototype.requestAdapter = async () => null;"
DAMAGED_CODE = """
const create = GPUDevice.prototype.createShaderModule;
GPUDevice.prototype.createShaderModule = function ({ code }) {
  return create.call(this, { code: code.replace("fn main", "fn main main") });
};
"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("live") / "song.wav", music(3.0, 22050), 22050)


def test_it_draws_a_wide_network_until_the_gpu_is_lost(webgpu_browser, song):
    track = WIDE.analyze(song)
    with (
        live_page(webgpu_browser, track, song, SIZE, KEEP_DEVICE) as page,
        Renderer(WIDE, track, SIZE) as renderer,
    ):
        page.open(WIDE, flash_limit=False)
        page.show(T)
        page.carry(kinds=("field",))
        page.wait_for_picture(T)
        difference = np.abs(page.pixels().astype(int) - renderer.frame(T)).max(axis=2)
        assert difference.max() <= 2
        limits = "maxComputeWorkgroupStorageSize", "maxComputeInvocationsPerWorkgroup"
        values = page.page.evaluate("(names) => names.map((name) => device.limits[name])", limits)
        assert values == [16384, 256]  # what every adapter has
        page.page.evaluate("() => views[0].model.receive({ kind: 'silent' }, [])")
        page.page.evaluate(PLAY)
        page.until(f"(el) => el.querySelector('canvas').dataset.t > {T}")
        assert page.text(".explorer-live-reason") == ""
        page.page.evaluate("() => device.destroy()")
        page.until("(el) => !el.querySelector('.explorer-live-reason').hidden")
        assert "this browser lost its GPU" in page.text(".explorer-live-reason")
        page.page.evaluate(PLAY)
        for _ in range(2):  # what moved, and what rests
            page.page.wait_for_function("() => views[0].model.sent.some(({ kind }) => kind === 'frame')")
            page.carry(kinds=("frame",))
        page.until("(el) => el.querySelector('canvas').dataset.quality === 'final'")
        page.views[0].load(WIDE.replace(seed=3))  # another field tries it again
        page.carry(kinds=("field",))
        page.until("(el) => el.querySelector('.explorer-live-reason').hidden")


@pytest.mark.parametrize(
    ("before", "words"),
    [(NO_ADAPTER, "has no GPU for it"), (DAMAGED_CODE, "the shader does not compile: ")],
)
def test_the_kernel_draws_where_webgpu_fails_and_the_corner_says_why(webgpu_browser, song, before, words):
    with live_page(webgpu_browser, WIDE.analyze(song), song, SIZE, before) as page:
        page.open(WIDE, flash_limit=False)
        page.carry()
        page.until("(el) => !el.querySelector('.explorer-live-reason').hidden")
        assert words in page.text(".explorer-live-reason")
        page.carry(kinds=("frame",))
        page.until("(el) => el.querySelector('canvas').dataset.quality === 'final'")


DRAW = """async (settings) => {
  const request = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({ settings });
  const network = await (await fetch("api/fields", { ...request, body })).json();
  await probe.scene.setField(network);
}"""


def test_the_live_page_draws_a_wide_network_and_says_when_the_gpu_is_lost(webgpu_browser, served):
    small = {"viewport": {"width": 160, "height": 120}}
    with watched(webgpu_browser, served.address, before=KEEP_DEVICE, **small) as page:
        until(page, "() => window.probe !== undefined")
        page.evaluate(DRAW, WIDE.model_dump(mode="json"))
        until(page, "() => probe.scene.frameCount > 10")
        assert page.evaluate("() => probe.scene.network !== null")
        page.evaluate("() => device.destroy()")
        until(page, "() => document.body.textContent.includes('this browser lost its GPU')")
        until(page, "() => probe.scene.network === null")  # the Julia set
