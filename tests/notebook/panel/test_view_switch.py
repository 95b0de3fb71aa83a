"""The live.live_view takes the place of the still picture, and gives it back at the same moment."""

import ipywidgets as widgets
import pytest
import traitlets

from explorer.notebook import live
from explorer.notebook.panel.view_switch import ViewSwitch
from tests.notebook.panel_stand_in import FIELD, PanelContext

SIZE = (96, 54)


class View(widgets.HTML):
    """What the stage asks of a live.live_view."""

    t = traitlets.Float()

    def __init__(self, track, audio_path, field, *, size, device):
        super().__init__()
        self.made = (track, audio_path, size, device)
        self.track, self.field, self.closed = track, field, False

    def load(self, field):
        self.field = field

    def close(self):
        self.closed = True
        super().close()


@pytest.fixture
def context(tmp_path):
    return PanelContext(tmp_path)


@pytest.fixture
def turned():
    return []


@pytest.fixture
def stage(context, turned, monkeypatch):
    monkeypatch.setattr(live, "LiveView", View)
    stage = ViewSwitch(context, [widgets.Image(), widgets.FloatSlider()], turned.append, SIZE)
    yield stage
    stage.close()


def test_the_view_is_made_when_it_is_needed_with_what_is_shown(stage, context, turned):
    assert not stage.live
    stage.load(FIELD.replace(gain=9))  # nothing to tell
    stage.button.value = True
    assert stage.live
    assert stage.widget.children == (stage.view,)
    assert stage.view.made == (context.track, context.audio, SIZE, "cpu")
    assert (stage.view.field, stage.view.t, turned) == (FIELD, 0.5, [0.5])


def test_it_follows_the_field(stage):
    stage.button.value = True
    stage.load(FIELD.replace(gain=9))
    assert stage.view.field == FIELD.replace(gain=9)


def test_turning_it_off_closes_it_and_tells_the_moment_that_it_showed(stage, context, turned):
    still = stage.widget.children
    stage.button.value = True
    view, context.t = stage.view, 1.25
    stage.button.value = False
    assert (view.closed, stage.live, stage.widget.children, turned) == (True, False, still, [0.5, 1.25])


def test_what_fails_is_told_and_the_still_picture_stays(stage, context, monkeypatch):
    def fail(*_, **__):
        raise OSError("no sound card")

    monkeypatch.setattr(live, "LiveView", fail)
    still = stage.widget.children
    stage.button.value = True
    assert context.told == ["no sound card"]
    assert (stage.widget.children, stage.live) == (still, False)
    stage.button.value = False
    assert context.told == ["no sound card"]
