"""The renderer: a field and a track in, the frame at any time out, always the same bits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from explorer.audio import FeatureTrack
from explorer.errors import DeviceLost, Stopped, warn
from explorer.fields import FieldSettings, Grid
from explorer.fields.base import check_field_and_track
from explorer.fields.calm import calm_controls
from explorer.fields.light.lit import LitField
from explorer.fields.sequence.drawing import LitSequence
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.rendering.devices import Device, cpu_instead, resolve
from explorer.rendering.engines import engine_name, usable_device
from explorer.rendering.flash_limiter import NO_LIMIT, Exposure, FlashLimit, dim
from explorer.rendering.frames import Frame, Size, parse_size
from explorer.rendering.loop import Loop, blended
from explorer.rendering.sequence_drawer import Drawer, frame_drawer
from explorer.threads import usable_threads, use_single_torch_thread

TILES_PER_THREAD = 6  # in a frame: few enough to cost nothing, enough to even out
FRAMES_IN_FLIGHT = 2  # on a GPU: one is computed while the one before is read


class MomentStart(NamedTuple):
    """A moment that is drawn next; `flight` is what a GPU has started of it."""

    t: float
    limit: FlashLimit
    moments: LitField | LitSequence
    flight: Any


def _never() -> bool:
    return False


class Renderer:
    """Draws frames of one field, track and size; a context manager that owns its threads.

    A frame depends on the settings and its time alone: a tile is whole blocks, a block is drawn by one
    thread, and the kernel follows from the field's shape and the precision. `exposure` calms and dims each
    moment (see `Exposure`), `loop` blends the end of an excerpt with its beginning.
    """

    def __init__(
        self,
        field: FieldSettings,
        track: FeatureTrack,
        size: Size | Grid = "720p",
        *,
        device: str | Device = "auto",
        precision: str = "auto",
        threads: int | None = None,
        exposure: Exposure | None = None,
        loop: Loop | None = None,
    ) -> None:
        check_field_and_track(field, track)
        self._exposure, self._loop = exposure, loop
        self.field = field
        self.track = track
        self.grid = size if isinstance(size, Grid) else Grid(*parse_size(size))
        target = device if isinstance(device, Device) else resolve(device, precision, field)
        self.device = usable_device(target, field)
        self.lost_at: float | None = None  # seconds of the frame at which a GPU failed; the CPU draws since
        self.threads = threads or usable_threads()
        self._pool: ThreadPoolExecutor | None = None
        self._drawer = self._new_drawer()

    @property
    def kernel(self) -> str:
        """The kernel that draws, for the manifest."""
        return engine_name(self.device) or self._moments(0.0).prepared.kernel(self.device.dtype)

    def frame(self, t: float, stopped: Callable[[], bool] = _never, limit: FlashLimit | None = None) -> Frame:
        """The frame at `t` seconds, uint8 (height, width, 3). Raises Stopped when `stopped()` turns true.

        `limit` is what the flash limiter does, instead of what the renderer's exposure says.
        """
        return self._frame(self._starts(t, limit), stopped)

    def _frame(self, starts: list[MomentStart], stopped: Callable[[], bool]) -> Frame:
        """The frame of one moment, or the blend of two."""
        frame = self._draw(starts[0], stopped)
        for other in starts[1:]:
            assert self._loop
            frame = blended(frame, self._draw(other, stopped), self._loop.blend(starts[0].t).weight)
        return frame

    def _starts(self, t: float, limit: FlashLimit | None = None) -> list[MomentStart]:
        """What the frame at `t` is made of: its moment, and the one that a loop blends with it."""
        times = [t]
        if self._loop and (blend := self._loop.blend(t)).weight > 0:
            times.append(blend.t)
        return [self._start(t, limit) for t in times]

    def _start(self, t: float, limit: FlashLimit | None) -> MomentStart:
        if limit is None:
            limit = self._exposure.at(t) if self._exposure else NO_LIMIT
        moments = self._moments(t, limit.swing)
        with torch.inference_mode(), suppress(DeviceLost):  # `_draw` tries again, when it is its turn
            return MomentStart(t, limit, moments, self._drawer.start(moments, 0, t))
        return MomentStart(t, limit, moments, None)

    def _draw(self, start: MomentStart, stopped: Callable[[], bool]) -> Frame:
        t, limit, moments, flight = start
        out = np.empty((self.grid.height * self.grid.width, 3), np.uint8)
        work = partial(self._share, stopped)
        with torch.inference_mode():
            try:
                self._drawer.draw(moments, 0, t, out, work, flight if self.device.adapter else None)
            except DeviceLost as error:
                self._fall_back(t, error)
                self._drawer.draw(moments, 0, t, out, work)
        dim(out, limit.exposure)
        return out.reshape(self.grid.height, self.grid.width, 3)

    def _new_drawer(self) -> Drawer:
        return frame_drawer(self.field, self.grid, self.device, tiles=TILES_PER_THREAD * self.threads)

    def _fall_back(self, t: float, error: DeviceLost) -> None:
        """Draw on the CPU from now on, with one warning."""
        note = f"{self.device.name} failed at {t:.2f} s ({error}): the CPU draws the rest"
        warn(note)
        self.device, self.lost_at = cpu_instead(self.device, note), t
        self._drawer = self._new_drawer()

    def frames(self, times: Iterable[float]) -> Iterator[Frame]:
        """The frames at `times`, one after the other; memory does not grow with their number.

        While a frame is read back from a GPU, the next one is computed there.
        """
        waiting: deque[list[MomentStart]] = deque()
        for t in times:
            waiting.append(self._starts(float(t)))
            if len(waiting) == FRAMES_IN_FLIGHT or not self.device.adapter:
                yield self._frame(waiting.popleft(), _never)
        while waiting:
            yield self._frame(waiting.popleft(), _never)

    def close(self) -> None:
        """End the threads; a closed renderer starts them again when it is used."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _moments(self, t: float, swing: float = 1.0) -> LitField | LitSequence:
        times = np.array([t], dtype=np.float64)
        return lit_moments(self.field, calm_controls(self.field, self.track, times, swing))

    def _share(
        self, stopped: Callable[[], bool], function: Callable[[int], None], parts: Iterable[int]
    ) -> None:
        """Share parts of the work among the threads. Raises Stopped when `stopped()` turns true."""

        def draw(part: int) -> None:
            if stopped():
                raise Stopped("drawing was stopped")
            function(part)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, "explorer-draw", use_single_torch_thread)
        tasks = [self._pool.submit(draw, part) for part in parts]
        finished, rest = wait(tasks, return_when=FIRST_EXCEPTION)
        for task in rest:  # after a stop or an error nothing is drawn for a frame that nobody gets
            task.cancel()
        wait(rest)
        for task in finished:
            task.result()
