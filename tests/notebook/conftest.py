"""A small panel on a small sound."""

import threading

import comm
import pytest
from ipywidgets import Widget

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.diagnostics import diagnose
from explorer.fields import CPPN
from explorer.notebook import explore
from tests import signals
from tests.notebook.fake_context import FakeContext
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, CountingRenderer


@pytest.fixture(autouse=True)
def _without_initial_state(monkeypatch):
    """Widgets announce themselves without their state, which takes half of the time of a panel to make."""

    def open_channel(widget):
        if widget.comm is None:
            widget.comm = comm.create_comm(target_name="jupyter.widget", comm_id=widget._model_id)

    monkeypatch.setattr(Widget, "open", open_channel)


@pytest.fixture(autouse=True)
def _one_list_of_keys_per_class(monkeypatch):
    """The names of what a widget sends are searched once per class, not once per widget."""
    search, names = Widget.traits, {}

    def traits(widget, **metadata):
        if metadata != {"sync": True}:
            return search(widget, **metadata)
        if type(widget) not in names:
            names[type(widget)] = search(widget, sync=True)
        return names[type(widget)]

    monkeypatch.setattr(Widget, "traits", traits)


@pytest.fixture
def sound(tmp_path):
    return signals.write_wav(tmp_path / "music.wav", signals.music(2.0))


@pytest.fixture
def panel(sound, tmp_path):
    with explore(sound, FIELD, size=SIZE, explorations=tmp_path / "runs") as panel:
        assert panel.wait(PATIENCE)
        yield panel


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
