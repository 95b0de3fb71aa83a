"""preview.jpg: what the model makes of a few moments while it learns, under what it made of them at first."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from explorer.audio.live import LIVE_FPS
from explorer.files import atomic_path
from explorer.learn.dataset import Track
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.plots import LENGTH, MOMENTS, moments, sheet_times
from explorer.learn.settings import PREVIEW

SIZE = (200, 150)
LETTERS = 26  # pixels
SHARE = 0.03  # of the time of a training, at most


class Preview:
    """Draws the loudest seconds of a track with the real renderer. Nothing here changes what is learned.

    A model that was not trained yet gives the first row. An epoch is passed over where pictures after every
    one would take more than `SHARE` of the time.
    """

    def __init__(self, folder: Path, track: Track, model: AudioToVisualModel) -> None:
        self._path = folder / PREVIEW
        first = round(sheet_times(track)[0] * LIVE_FPS)
        self._excerpt = Track(track.name, "", track.values[first : first + round(LENGTH * LIVE_FPS)])
        self._before = self._drawn(model)
        self._ended, self._took = time.monotonic(), 0.0
        self._write(self._before, "not trained yet")

    def update(self, model: AudioToVisualModel, epoch: int) -> None:
        """Show the model as it is after an epoch, if there is time for that."""
        began = time.monotonic()
        if began - self._ended < self._took / SHARE:
            return
        self._write(self._drawn(model), f"after epoch {epoch}")
        self._ended = time.monotonic()
        self._took = self._ended - began

    def _drawn(self, model: AudioToVisualModel) -> list[UInt8[np.ndarray, "height width 3"]]:
        with tempfile.TemporaryDirectory() as place:
            save_model(Path(place), model)
            return moments(Path(place), self._excerpt, SIZE)

    def _write(self, now: list[UInt8[np.ndarray, "height width 3"]], words: str) -> None:
        from explorer.video.sheet import contact_sheet

        labels = ["untrained", *[""] * (MOMENTS - 1), words, *[""] * (MOMENTS - 1)]
        sheet = contact_sheet([*self._before, *now], MOMENTS, labels, letters=LETTERS)
        with atomic_path(self._path) as part:
            Image.fromarray(sheet).save(part, format="JPEG", quality=85)
