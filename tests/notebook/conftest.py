"""A small panel on a small sound."""

import itertools
import threading

import pytest
from ipywidgets import Widget

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.diagnostics import diagnose
from explorer.fields import CPPN
from explorer.notebook import explore
from explorer.notebook.panel.preview_pipeline import FRAME_CACHE_BYTES
from explorer.notebook.panel.undo_history import ABSwitch, UndoHistory
from explorer.notebook.widgets.lru_cache import LRUCache
from tests import signals
from tests.notebook.fake_context import FakeContext
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, CountingRenderer, shared_view


class SilentChannel:
    """To a page that nobody opens: widgets announce themselves and their changes to no one."""

    kernel = None
    numbers = itertools.count()

    def __init__(self):
        self.comm_id = f"model-{next(self.numbers)}"

    def on_msg(self, handle_msg):
        self.handle_msg = handle_msg

    def close(self):
        pass


@pytest.fixture(scope="module", autouse=True)
def _quick_widgets():
    """Without messages, which take half of the time of a panel to make.

    The names of what a widget sends are searched once per class, not once per widget.
    """
    search, names = Widget.traits, {}

    def open_channel(widget):
        if widget.comm is None:
            widget.comm = SilentChannel()

    def traits(widget, **metadata):
        if metadata != {"sync": True}:
            return search(widget, **metadata)
        if type(widget) not in names:
            names[type(widget)] = search(widget, sync=True)
        return names[type(widget)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Widget, "open", open_channel)
        patch.setattr(Widget, "traits", traits)
        yield


@pytest.fixture
def sound(tmp_path):
    return signals.write_wav(tmp_path / "music.wav", signals.music(2.0))


@pytest.fixture(scope="module")
def panel_of_module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("panel")
    song = signals.write_wav(folder / "music.wav", signals.music(2.0))
    with shared_view(folder, lambda: explore(song, FIELD, size=SIZE, explorations=folder / "runs")) as panel:
        yield panel


@pytest.fixture
def panel(panel_of_module):
    """That of the module, as if it were new: only known diagnoses and the runs stay."""
    panel = panel_of_module
    panel.load(FIELD, 0.5, as_reset_point=True)  # first: what is under way is of no interest
    panel.view_switch.button.value = panel.header.help_button.value = panel.toolbar.code_button.value = False
    panel.tabs.selected_index = 0
    panel.load(FIELD, 0.5, as_reset_point=True)
    panel.exporter.fields["flash_limit"].value = "calm"
    assert panel.wait(PATIENCE)
    panel.pipeline.close()
    panel.pipeline._frames = LRUCache(FRAME_CACHE_BYTES, lambda frame: frame.nbytes)
    panel.toolbar.__dict__.update(_history=UndoHistory(), _ab_switch=ABSwitch())
    panel._errors.clear()
    panel._request_picture()
    assert panel.wait(PATIENCE)
    return panel


@pytest.fixture
def new_panel(sound, tmp_path):
    with explore(sound, FIELD, size=SIZE, explorations=tmp_path / "runs") as panel:
        assert panel.wait(PATIENCE)
        yield panel


@pytest.fixture
def no_suggestions(monkeypatch):
    """Panels suggest nothing: that is a search, long for what stands still or flickers."""
    monkeypatch.setattr(pipeline_module, "suggest", lambda *_: None)


@pytest.fixture
def counting(monkeypatch):
    class Counting(CountingRenderer):
        entered = threading.Semaphore(0)

    monkeypatch.setattr(pipeline_module, "Renderer", Counting)
    return Counting


@pytest.fixture(scope="session")
def diagnosis(tmp_path_factory):
    track = FakeContext(tmp_path_factory.mktemp("song")).track
    return diagnose(CPPN(hidden=16, layers=3, gain=0.8), track, budget="draft")
