"""Panels for tests: what they show, and a renderer that counts."""

import io
import threading
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from explorer.fields import CPPN
from explorer.notebook.widgets import cells
from explorer.rendering import Renderer, render_frame, single_frame

PATIENCE = 60
SIZE = (96, 54)
FIELD = CPPN(hidden=8, layers=2, gain=4.0, seed=10)  # alive, without flashes: these take a search


@contextmanager
def shared_view(folder, make):
    """A panel or another view for all tests of a module, with a cache and looks of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        patch.setenv("EXPLORER_LOOKS", str(folder / "looks"))
        view = make()
        assert view.wait(PATIENCE)
    cells.unregister(view)  # or the next view of a test would close it
    with view:
        yield view


def expected_frame(panel):
    return render_frame(panel.field, panel.track, panel.t, SIZE)


def displayed_frame(panel):
    return np.asarray(Image.open(io.BytesIO(panel.preview_view.image.value)).convert("RGB"))


def settle(panel):
    assert panel.wait(PATIENCE)


def explorer_threads():
    """Those of panels: what `render_frame` keeps for the next frame is closed first."""
    single_frame._cache.clear()
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("explorer")]


class CountingRenderer(Renderer):
    """Counts frames in flight; draws only when `gate` lets it, where there is one."""

    running = most = count = 0
    gate = None
    entered = threading.Semaphore(0)

    def frame(self, t, stopped=lambda: False, limit=None):
        cls = type(self)
        cls.running += 1
        cls.count += 1
        cls.most = max(cls.most, cls.running)
        try:
            cls.entered.release()
            if cls.gate:
                assert cls.gate.acquire(timeout=PATIENCE)
            return super().frame(t, stopped, limit)
        finally:
            cls.running -= 1
