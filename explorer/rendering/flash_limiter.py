"""The flash limiter: how far each moment is dimmed so that no second flashes more than three times.

A small picture of the field is drawn `SAMPLE_RATE` times a second, and its flashes are counted as `flashes`
does, at several exposures at once: light dimmed by a factor has its changes dimmed by the same factor. Where
the second that ends at a moment would hold more than three, the largest exposure that passes is needed for
all of that second. The exposure is the lowest that any second around it needs, with slow ramps between, so
it depends on the three seconds around a moment alone.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from explorer.audio import FeatureTrack
from explorer.audio.cache import cache_folder, load_array, save_array
from explorer.fields import FieldSettings, Grid
from explorer.fields.light.lit import LitField
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear
from explorer.progress import Progress, silent
from explorer.rendering.devices import resolve
from explorer.rendering.flashes import MAX_DARK_LUMINANCE, MAX_FLASHES, MIN_CHANGE, CellGrid, LuminanceTurns
from explorer.rendering.frame_drawer import MIN_WIDTH, FrameDrawer
from explorer.threads import usable_threads, use_single_torch_thread

VERSION = 3  # raise it whenever the same field and track give other exposures
STEP = "looking for flashes"
SAMPLE_RATE = 30  # small pictures a second
CELL_SAMPLES = 2  # points along a side of a cell
EXPOSURES = np.geomspace(1, 0.08, 16).astype(np.float32)  # that are tried; the last passes always
SAFETY = 0.92  # of the smallest change that counts: the frame is larger, and the encoder adds to it
PART = 4 * SAMPLE_RATE  # moments that are judged together, whichever of them is needed
LEAD = 2 * SAMPLE_RATE  # moments before a part whose luminance is followed first
SECOND = SAMPLE_RATE
RAMP = SAMPLE_RATE // 2  # moments of a ramp to either side
REACH = 2 * RAMP  # moments before, and with SECOND after, that an exposure depends on
MAX_VISIBLE_EXPOSURE = 0.995  # above, dimming changes no level by one

HANN = np.hanning(2 * RAMP + 3)[1:-1] / np.hanning(2 * RAMP + 3).sum()


class Exposure:
    """The exposures of one field, track and frame shape, computed part by part as they are needed.

    They are the same for every device and precision: the small pictures are those of a CPU draft.
    """

    def __init__(
        self, field: FieldSettings, track: FeatureTrack, size: tuple[int, int], threads: int | None = None
    ) -> None:
        self.field, self.track = field, track
        self._threads = threads or usable_threads()
        rows, columns = CellGrid(size).shape
        samples = CELL_SAMPLES
        if field.light.on or field.finish.on:
            samples = max(samples, -(-MIN_WIDTH // columns))
        self._grid = Grid(columns * samples, rows * samples)
        self._pixel = Grid(*size).pixel  # of the frame: samples are not softened by their own size
        self._cells = CellGrid((self._grid.width, self._grid.height))  # of the small pictures
        self._file = self._cache_file()
        self._required = self._load()

    def at(self, t: float, progress: Progress = silent) -> float:
        """The factor by which the light of moment `t` is dimmed, 0.08 to 1."""
        first = self._index(t)
        self._judge(first - REACH, first + 2 + SECOND + REACH, progress)
        return self._between(first, t)

    def cached_at(self, t: float) -> float:
        """The same without waiting: 1 where it has not been computed yet."""
        return self._between(self._index(t), t) if self.is_cached(t) else 1.0

    def is_cached(self, t: float) -> bool:
        """Whether `at` returns at once."""
        first = self._index(t)
        return not np.isnan(self._required[max(0, first - REACH) : first + 2 + SECOND + REACH]).any()

    def prepare(self, begin: float, end: float, progress: Progress = silent) -> None:
        """Compute all exposures from `begin` to `end` seconds, and cache them on disk."""
        self._judge(self._index(begin) - REACH, self._index(end) + 2 + SECOND + REACH, progress)
        save_array(self._file, self._required)

    def summary(self, times: Float64[np.ndarray, " frames"]) -> dict[str, float]:
        """For a manifest: the lowest exposure at these times, and the share of them that are dimmed."""
        exposures = np.array([self.cached_at(float(t)) for t in times])
        return {
            "least_exposure": round(float(exposures.min()), 3),
            "dimmed": round(float((exposures < MAX_VISIBLE_EXPOSURE).mean()), 4),
        }

    def _index(self, t: float) -> int:
        return min(max(0, int(round(t * SAMPLE_RATE, 6))), len(self._required) - 1)

    def _between(self, first: int, t: float) -> float:
        """The ramped exposure at `t`, linear between the moments `first` and the next."""
        span = np.arange(first - REACH, first + 2 + SECOND + REACH)
        inside = (span >= 0) & (span < len(self._required))
        required = np.where(inside, self._required[span.clip(0, len(self._required) - 1)], 1)
        lowest = np.lib.stride_tricks.sliding_window_view(required, 2 * RAMP + SECOND + 1).min(axis=1)
        left, right = np.lib.stride_tricks.sliding_window_view(lowest, 2 * RAMP + 1) @ HANN
        share = min(max(0.0, round(t * SAMPLE_RATE, 6) - first), 1.0)
        return float(left + (right - left) * share)

    def _judge(self, first: int, last: int, progress: Progress) -> None:
        """Judge every part that touches the moments from `first` to before `last`."""
        first, last = max(0, first), min(last, len(self._required))
        missing = [
            begin for begin in range(first // PART * PART, last, PART) if np.isnan(self._required[begin])
        ]
        if not missing:
            return
        with ThreadPoolExecutor(self._threads, "explorer-flashes", use_single_torch_thread) as pool:
            for n, begin in enumerate(missing):
                progress(STEP, n, len(missing))
                end = min(begin + PART, len(self._required))
                luminances = self._luminances(np.arange(max(0, begin - LEAD), end), pool)
                self._required[begin:end] = required_exposures(luminances, self._cells)[begin - end :]
        progress(STEP, len(missing), len(missing))

    def _luminances(
        self, moments: Int64[np.ndarray, " moments"], pool: ThreadPoolExecutor
    ) -> Float32[np.ndarray, "moments rows columns"]:
        """Maps of luminance of the small pictures."""
        drawer = FrameDrawer(self.field, self._grid, resolve("cpu", "draft"), pixel=self._pixel)
        lit = LitField(self.field, self.field.controls(self.track, moments / SAMPLE_RATE))

        def draw(n: int) -> Float32[np.ndarray, "rows columns"]:
            out: UInt8[np.ndarray, "points 3"] = np.empty((self._grid.height * self._grid.width, 3), np.uint8)
            drawer.draw(lit, n, moments[n] / SAMPLE_RATE, out)
            return self._cells.luminance(out.reshape(self._grid.height, self._grid.width, 3))

        return np.stack(list(pool.map(draw, range(len(moments)))))

    def _load(self) -> Float32[np.ndarray, " moments"]:
        count = max(1, int(np.ceil(self.track.duration * SAMPLE_RATE)) + 1)
        cached = load_array(self._file)
        return (
            cached if cached is not None and cached.shape == (count,) else np.full(count, np.nan, np.float32)
        )

    def _cache_file(self) -> Path:
        facts = {
            "version": VERSION,
            "field": self.field.model_dump(mode="json"),
            "track": [
                self.track.fps,
                self.track.duration,
                hashlib.sha256(self.track.values.tobytes()).hexdigest(),
            ],
            "grid": [self._grid.width, self._grid.height, self._pixel],
        }
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:40]
        return cache_folder().parent / "exposures" / f"{digest}.npy"


def required_exposures(
    luminances: Float32[np.ndarray, "moments rows columns"], cells: CellGrid
) -> Float32[np.ndarray, " moments"]:
    """The largest of `EXPOSURES` at which the second that ends at each moment flashes three times at most."""
    scale = EXPOSURES[:, None, None]
    turns = LuminanceTurns(
        luminances[0], np.float32(SAFETY * MIN_CHANGE) / scale, np.float32(MAX_DARK_LUMINANCE) / scale
    )
    changes = np.stack([turns.take(now) for now in luminances])
    counts = changes.cumsum(axis=0, dtype=np.int16)
    counts[SECOND:] -= counts[:-SECOND].copy()
    required = np.ones(len(luminances), np.float32)
    many = counts > 2 * MAX_FLASHES
    for n in np.flatnonzero(many.any(axis=(1, 2, 3))):
        fails = np.flatnonzero(cells.fills(many[n]))
        if len(fails):
            required[n] = EXPOSURES[min(fails[-1] + 1, len(EXPOSURES) - 1)]
    return required


def dim(frame: UInt8[np.ndarray, "*shape 3"], exposure: float) -> None:
    """Dim the light of a frame in place: sRGB levels, changed so that relative luminance is multiplied."""
    if exposure >= MAX_VISIBLE_EXPOSURE:
        return
    levels = linear_to_srgb(exposure * srgb_to_linear(np.arange(256) / 255))
    np.take(np.round(255 * levels).astype(np.uint8), frame, out=frame, mode="clip")
