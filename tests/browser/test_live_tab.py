"""The sound of another tab, whose features are known: it is one sine."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FLAGS, chromium
from tests.browser.live_page import until, watched

expect.set_options(timeout=60_000)  # a busy machine is not a broken page
# what a browser gives for a tab that was chosen: a picture, and its sound where that was ticked
SHARED = """navigator.mediaDevices.getDisplayMedia = async (asked) => {
  window.asked = asked;
  const picture = document.createElement("canvas");
  picture.getContext("2d");
  const tab = new MediaStream(picture.captureStream().getVideoTracks());
  if (!SOUND) return window.tab = tab;
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  window.tone = new OscillatorNode(context, { frequency: 1000 });
  tone.connect(out);
  tone.start();
  await context.resume();
  out.stream.getAudioTracks().forEach((track) => tab.addTrack(track));
  return window.tab = tab;
};"""
NYQUIST = 24000
TONE = """<title>the tone</title><body>press<script>onclick = () => {
  const tone = new OscillatorNode(new AudioContext(), { frequency: 1000 });
  tone.connect(tone.context.destination);
  tone.start();
}</script>"""


def near(name, value):
    """Whether a feature heard last is close to a value."""
    number = ["centroid", "flux", "rms", "zcr", "onset", "rolloff"].index(name)
    return f"() => Math.abs(probe.scene.features[{number}] - {value}) < 0.01"


def test_a_real_tab_is_heard(browser, served, tmp_path):
    (tmp_path / "tone.html").write_text(TONE)
    flags = [flag for flag in FLAGS if "fake" not in flag]
    flags.append("--auto-select-tab-capture-source-by-title=the tone")
    # muted as Playwright wants it, there would be nothing to hear
    sounding = browser.browser_type.launch(
        executable_path=chromium(), args=flags, ignore_default_args=["--mute-audio"]
    )
    try:
        context = sounding.new_context()
        tone = context.new_page()
        tone.goto((tmp_path / "tone.html").as_uri())
        tone.locator("body").click()
        page = context.new_page()
        page.goto(f"{served.address}/#probe")
        page.get_by_role("button", name="Browser tab").click()
        expect(page.get_by_text("listening to the tab")).to_be_visible()
        until(page, near("centroid", 1000 / NYQUIST))
        until(page, near("zcr", 1000 / NYQUIST))
    finally:
        sounding.close()


@pytest.fixture
def tab(browser, served):
    with watched(browser, served.address, before=SHARED.replace("SOUND", "true")) as page:
        until(page, "() => window.probe?.scene.hasModel")
        page.get_by_role("button", name="Browser tab").click()
        expect(page.get_by_text("listening to the tab")).to_be_visible()
        yield page


def test_a_tone_of_a_tab_has_the_features_of_a_tone(tab):
    assert tab.evaluate("asked.audio.echoCancellation") is False
    for frequency in (1000, 4000):
        tab.evaluate(f"() => {{ tone.frequency.value = {frequency} }}")
        until(tab, near("centroid", frequency / NYQUIST))
        until(tab, near("zcr", frequency / NYQUIST))
        until(tab, near("rolloff", frequency / NYQUIST))
        until(tab, near("rms", 1 - 3.01 / 80))  # a full sine is 3 dB below full scale
    tab.keyboard.press("i")
    bar = "document.querySelectorAll('.bar.feature i')[2]"
    until(tab, f"() => {bar}.style.transform.startsWith('scaleX(0.96')")


def test_the_end_of_a_tab_is_told(tab):
    tab.evaluate("() => window.tab.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
    expect(tab.get_by_role("alert")).to_have_text("The tab sound ended.")
    assert tab.evaluate("() => window.tab.getTracks().every((track) => track.readyState === 'ended')")


def test_a_tab_shared_without_its_sound_is_told_and_let_go(browser, served):
    with watched(browser, served.address, before=SHARED.replace("SOUND", "false")) as page:
        page.get_by_role("button", name="Browser tab").click()
        expect(page.get_by_role("alert")).to_contain_text("without its sound")
        assert page.evaluate("() => window.tab.getTracks().every((track) => track.readyState === 'ended')")
