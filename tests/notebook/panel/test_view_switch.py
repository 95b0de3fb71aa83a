"""The live.live_view takes the place of the still picture, and gives it back at the same moment."""

import ipywidgets as widgets
import pytest
import traitlets

from explorer.notebook import live
from explorer.notebook.panel.view_switch import ViewSwitch
from tests.notebook.fake_context import FIELD, FakeContext

SIZE = (96, 54)


class View(widgets.HTML):
    """What the switch asks of a live.live_view."""

    t = traitlets.Float()

    def __init__(self, track, audio_path, field, *, size, device, flash_limit, autoplay, t):
        super().__init__(t=t)
        self.made = (track, audio_path, size, device, autoplay)
        self.track, self.field, self.closed = track, field, False
        self.flash_limit = flash_limit

    def load(self, field):
        self.field = field

    def close(self):
        self.closed = True
        super().close()


@pytest.fixture
def context(tmp_path):
    return FakeContext(tmp_path)


@pytest.fixture
def switches():
    return []


@pytest.fixture
def switch(context, switches, monkeypatch):
    monkeypatch.setattr(live, "LiveView", View)
    switch = ViewSwitch(context, [widgets.Image(), widgets.FloatSlider()], switches.append, SIZE)
    yield switch
    switch.close()


def test_the_view_is_made_when_it_is_needed_with_what_is_shown(switch, context, switches):
    assert not switch.is_live
    switch.load(FIELD.replace(gain=9))  # there is no live view
    switch.button.value = True
    assert switch.is_live
    assert switch.widget.children == (switch.live_view,)
    assert switch.live_view.made == (context.track, context.audio, SIZE, "cpu", True)
    assert (switch.live_view.field, switch.live_view.t, switches) == (FIELD, 0.5, [0.5])


def test_it_follows_the_field(switch):
    switch.button.value = True
    switch.load(FIELD.replace(gain=9))
    assert switch.live_view.field == FIELD.replace(gain=9)


def test_turning_it_off_closes_it_and_returns_its_moment(switch, context, switches):
    still = switch.widget.children
    switch.button.value = True
    view, context.t = switch.live_view, 1.25
    switch.button.value = False
    assert (view.closed, switch.is_live, switch.widget.children, switches) == (
        True,
        False,
        still,
        [0.5, 1.25],
    )


def test_an_error_appears_and_the_still_picture_stays(switch, context, monkeypatch):
    def fail(*_, **__):
        raise OSError("no sound card")

    monkeypatch.setattr(live, "LiveView", fail)
    still = switch.widget.children
    switch.button.value = True
    assert context.messages == ["no sound card"]
    assert (switch.widget.children, switch.is_live) == (still, False)
    switch.button.value = False
    assert context.messages == ["no sound card"]
