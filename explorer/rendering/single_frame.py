"""`render_frame`: one frame of a field, quick to call again: renderers are kept for a while."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.fields.base import check_field_and_track, track_for
from explorer.rendering.devices import Device, resolve
from explorer.rendering.flash_limiter import Exposure
from explorer.rendering.frames import FlashMode, Frame, Size, parse_flash_limit, parse_size
from explorer.rendering.renderer import Renderer
from explorer.threads import usable_threads

MAX_RENDERERS = 4  # that are kept
MAX_CACHED_PIXELS = 4_000_000  # of all of them together; a large one is not kept


def render_frame(
    field: FieldSettings,
    track: FeatureTrack,
    t: float,
    size: Size = "360p",
    *,
    device: str = "auto",
    precision: str = "auto",
    threads: int | None = None,
    flash_limit: bool | str = "calm",
) -> Frame:
    """One frame of a field at `t` seconds of a track: uint8 (height, width, 3).

    `size` is a name such as '720p', 'WIDTHxHEIGHT' or a pair, `device` 'auto', 'cpu', 'gpu', 'gpu:NAME' (a
    part of the name of a GPU) or 'cuda'. `flash_limit` is that of a video: 'calm' or True, 'dim', 'off' or
    False. Features that the field needs and the track lacks are measured from the track's `source`. Raises
    SettingsError for what is not allowed.

    Threads, and what is known about flashes, are kept for more frames of the same field and track.
    """
    check_field_and_track(field, track)
    track = track_for(field, track)
    key = RendererKey(
        field,
        track,
        parse_size(size),
        resolve(device, precision, field),
        threads or usable_threads(),
        parse_flash_limit(flash_limit),
    )
    with _cache.renderer(key) as renderer:
        return renderer.frame(t)


@dataclass(frozen=True)
class RendererKey:
    """What a renderer is made of; tracks are the same when they are one object."""

    field: FieldSettings
    track: FeatureTrack
    size: tuple[int, int]
    device: Device
    threads: int
    flash_limit: FlashMode

    @property
    def pixels(self) -> int:
        """Of a frame."""
        return self.size[0] * self.size[1]

    def build(self) -> Renderer:
        """A new renderer."""
        exposure = None
        if self.flash_limit != "off":
            exposure = Exposure(self.field, self.track, self.size, self.threads, self.flash_limit)
        return Renderer(
            self.field, self.track, self.size, device=self.device, threads=self.threads, exposure=exposure
        )


class RendererCache:
    """Keeps the renderers that were used last, for any thread.

    A renderer is out of the cache while it draws, so that nobody closes it meanwhile; two threads that ask
    for the same one at once get one each.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[RendererKey, Renderer] = OrderedDict()

    @contextmanager
    def renderer(self, key: RendererKey) -> Iterator[Renderer]:
        """A renderer for the caller alone; it is closed when drawing fails."""
        with self._lock:
            renderer = self._idle.pop(key, None)
        renderer = renderer or key.build()
        try:
            yield renderer
        except BaseException:
            renderer.close()
            raise
        for surplus in self._put(key, renderer):
            surplus.close()

    def clear(self) -> None:
        """Close all that are not drawing."""
        with self._lock:
            renderers, self._idle = list(self._idle.values()), OrderedDict()
        for renderer in renderers:
            renderer.close()

    def forget(self) -> None:
        """Drop all without closing: in a process that was forked, their threads do not exist."""
        self._lock, self._idle = threading.Lock(), OrderedDict()

    def __len__(self) -> int:
        return len(self._idle)

    def _put(self, key: RendererKey, renderer: Renderer) -> list[Renderer]:
        """Keep a renderer; returns those that there is no room for."""
        surplus = []
        with self._lock:
            if key in self._idle:
                surplus.append(self._idle.pop(key))
            self._idle[key] = renderer
            while len(self._idle) > MAX_RENDERERS or sum(k.pixels for k in self._idle) > MAX_CACHED_PIXELS:
                surplus.append(self._idle.popitem(last=False)[1])
        return surplus


_cache = RendererCache()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_cache.forget)
