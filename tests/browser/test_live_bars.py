"""Bars in the live view: lines, the position at the playhead, and a loop that snaps to them."""

import pytest

from explorer.fields import CPPN
from explorer.notebook.live.live_view import MODULE, UNBUILT_MODULE
from tests.browser.live_model import live_page
from tests.signals import music, write_wav
from tests.tracks import track_with_beats

SECONDS = 8.0  # beats at 0.25, 0.75, ...; bars of four at 0.25, 2.25, ...
LOOP = "(el) => ['left', 'width'].map((side) => el.querySelector('.explorer-live-loop').style[side])"


def loop_of(page):
    left, width = page.page.evaluate(f"() => ({LOOP})(views[0].el)")
    return float(left.rstrip("%")) * SECONDS / 100, float(width.rstrip("%")) * SECONDS / 100


def press(page, key):
    page.page.evaluate("() => views[0].el.querySelector('.explorer-live-wave').focus()")
    page.page.keyboard.press(key)


@pytest.mark.parametrize("module", [MODULE, UNBUILT_MODULE], ids=["built", "unbuilt"])
def test_the_loop_snaps_to_bars_until_that_is_switched_off(browser, tmp_path, module):
    song = write_wav(tmp_path / "song.wav", music(SECONDS, 22050), 22050)
    with live_page(browser, track_with_beats(SECONDS), song, (64, 36)) as page:
        page.open(CPPN(hidden=8, layers=1), module=module)
        assert page.page.evaluate("() => views[0].el.querySelectorAll('.explorer-live-bars i').length") == 4
        page.show(3.4)
        assert page.text(".explorer-live-position") == "bar 2.3"
        press(page, "l")
        page.show(6.0)
        press(page, "l")
        assert loop_of(page) == pytest.approx((4.25, 2.0), abs=0.01)
        press(page, "l")
        press(page, "b")
        page.show(3.4)
        press(page, "l")
        page.show(6.0)
        press(page, "l")
        assert loop_of(page) == pytest.approx((3.4, 2.6), abs=0.01)
        press(page, "b")  # what is there snaps, too
        assert loop_of(page) == pytest.approx((4.25, 2.0), abs=0.01)


def test_without_bars_there_is_no_switch(browser, tmp_path):
    song = write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050)
    field = CPPN(hidden=8, layers=1)
    with live_page(browser, field.analyze(song), song, (64, 36)) as page:
        page.open(field)
        assert page.page.evaluate("() => views[0].el.querySelectorAll('.explorer-live-bars i').length") == 0
        page.until("(el) => [...el.querySelectorAll('button')].find((b) => b.innerText === 'bars').hidden")
