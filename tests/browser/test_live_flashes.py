"""The page dims what would flash: it measures the very picture, and a pulsing sound is dimmed."""

import numpy as np
import pytest

from tests.browser.live_page import until, watched
from tests.signals import write_wav

RATE = 48000
# the picture is light while it is loud and dark while it is quiet, at once
FOLLOW = """() => {
  const { scene } = probe;
  const follow = () => {
    scene.motion.look.brightness = scene.features[2] > 0.5 ? 2 : 0.2;
    requestAnimationFrame(follow);
  };
  follow();
}"""


@pytest.mark.parametrize("angle", [1.15, 2.45, 4.2])
def test_the_light_that_is_judged_is_that_of_the_picture(parts, angle):
    whole, cells = parts.evaluate(
        """(angle) => {
      const { ShaderCanvas, JULIA, Motion, uniforms, luminance, cellLuminances } = probe;
      const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
      const screen = new ShaderCanvas(canvas, JULIA);
      const motion = new Motion();
      motion.look.start_angle = angle;
      const values = uniforms(motion.controls, 100, 2);
      screen.draw(values);
      const pixels = screen.readPixels(), rgba = new Uint8Array((4 * pixels.length) / 3);
      pixels.forEach((level, n) => (rgba[4 * Math.floor(n / 3) + (n % 3)] = level));
      const light = screen.sample({ ...values, samples: 1, detail_scale: 54 / 360 }, 96, 54);
      screen.draw(values);
      const again = screen.readPixels();
      if (again.some((level, n) => level !== pixels[n])) throw new Error("the picture itself has changed");
      return [[...luminance(rgba)], [...cellLuminances(light, 96)]];
    }""",
        angle,
    )
    picture = np.reshape(whole, (9, 20, 16, 20)).mean(axis=(1, 3))
    light = np.reshape(cells, (9, 16))[::-1]  # from the bottom row
    assert picture.max() - picture.min() > 0.1
    assert np.corrcoef(picture.ravel(), light.ravel())[0, 1] > 0.95
    assert abs(picture.mean() - light.mean()) < 0.02


@pytest.fixture(scope="module")
def pulse(tmp_path_factory):
    """A tone that is there five times a second."""
    time = np.arange(20 * RATE) / RATE
    tone = 0.9 * np.sin(2 * np.pi * 500 * time) * (time * 5 % 1 < 0.5)
    return write_wav(tmp_path_factory.mktemp("pulse") / "pulse.wav", tone.astype(np.float32), RATE)


def test_a_pulsing_sound_is_dimmed_until_that_is_switched_off(browser, served, pulse):
    with watched(browser, served.address) as page:
        until(page, "() => window.probe?.scene.hasModel")
        page.evaluate(FOLLOW)
        page.get_by_label("sound file", exact=True).set_input_files(pulse)
        until(page, "() => probe.scene.gain < 0.8 && Number(probe.scene.canvas.style.opacity) < 0.8")
        page.keyboard.press("i")
        page.get_by_label("limit flashes").uncheck()
        until(page, "() => probe.scene.gain === 1 && probe.scene.canvas.style.opacity === '1'")
        page.reload()
        until(page, "() => window.probe !== undefined")
        assert page.evaluate("() => probe.scene.limitFlashes")  # whoever comes next is safe
