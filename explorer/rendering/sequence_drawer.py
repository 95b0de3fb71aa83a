"""Whole frames of any field: of a sequence the frames of its looks, faded in linear light."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from explorer.fields import FieldSettings, Grid, Sequence
from explorer.fields.mix.kernel import mix_bytes
from explorer.fields.sequence.drawing import LitSequence, LookMoment
from explorer.rendering.devices import Device
from explorer.rendering.engines import PendingFrame
from explorer.rendering.frame_drawer import FrameDrawer, Work, in_this_thread

MAX_DRAWERS = 3  # of looks, that are kept: two fade, and one is next


@runtime_checkable
class Drawer(Protocol):
    """Draws whole frames."""

    def start(self, moments: Any, moment: int, t: float) -> Any:
        """See `FrameDrawer.start`."""
        ...

    def draw(
        self,
        moments: Any,
        moment: int,
        t: float,
        out: UInt8[np.ndarray, "points 3"],
        work: Work = ...,
        flight: Any = ...,
    ) -> None:
        """See `FrameDrawer.draw`."""
        ...


class SequenceDrawer:
    """Draws frames of one sequence, grid and device."""

    def __init__(self, field: Sequence, grid: Grid, device: Device, **options: Any) -> None:
        self._new_drawer = {
            name: partial(FrameDrawer, part, grid, device, **options) for name, part in field.parts.items()
        }
        self._drawers: OrderedDict[str, FrameDrawer] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, moments: LitSequence, moment: int, t: float) -> PendingFrame | list[PendingFrame | None]:
        """See `FrameDrawer.start`: a fade of two looks, or a frame for each look that is seen."""
        looks = moments.looks(moment)
        if len(looks) == 2:
            before, after = looks
            if faded := self._started_fade(before, after, t):
                return faded
        return [self._drawer(name).start(lit, row, t) for name, lit, row, _ in looks]

    def _started_fade(self, before: LookMoment, after: LookMoment, t: float) -> PendingFrame | None:
        """One frame of two looks on a GPU; None where the CPU fades."""
        fade = self._drawer(before.name).fade(before.lit, before.row, after.share)
        return self._drawer(after.name).start(after.lit, after.row, t, fade) if fade else None

    def draw(
        self,
        moments: LitSequence,
        moment: int,
        t: float,
        out: UInt8[np.ndarray, "points 3"],
        work: Work = in_this_thread,
        flight: PendingFrame | list[PendingFrame | None] | None = None,
    ) -> None:
        """Fill a frame with a moment, `t` seconds after the start; see `FrameDrawer.draw`."""
        flight = flight or self.start(moments, moment, t)
        if not isinstance(flight, list):
            flight.read(out)
            return
        before: UInt8[np.ndarray, "points 3"] | None = None
        for (name, lit, row, share), look in zip(moments.looks(moment), flight, strict=True):
            self._drawer(name).draw(lit, row, t, out, work, look)
            if before is not None:
                mix_bytes(before, out, np.full(len(out), share, np.float32), out)
            before = out.copy() if share < 1 else None

    def _drawer(self, name: str) -> FrameDrawer:
        """That of a look; the ones that were used last are kept."""
        with self._lock:
            if name not in self._drawers:
                self._drawers[name] = self._new_drawer[name]()
            self._drawers.move_to_end(name)
            while len(self._drawers) > MAX_DRAWERS:
                self._drawers.popitem(last=False)
            return self._drawers[name]


def frame_drawer(field: FieldSettings, grid: Grid, device: Device, **options: Any) -> Drawer:
    """What draws the frames of a field; options are those of `FrameDrawer`."""
    drawer: Any = SequenceDrawer if isinstance(field, Sequence) else FrameDrawer
    result: Drawer = drawer(field, grid, device, **options)
    return result
