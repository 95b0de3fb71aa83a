"""From what somebody asks for to the specification of a sweep, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.audio import AnalysisSettings
from explorer.audio.cache import content_hash
from explorer.audio.load import existing_file
from explorer.errors import SettingsError
from explorer.experiments.runs.recipe import AudioSource, Recipe
from explorer.experiments.sweeps.parameter_paths import changed
from explorer.experiments.sweeps.ready import ready_made
from explorer.experiments.sweeps.sampling import Span
from explorer.experiments.sweeps.specification import Clip, Drawn, Specification, draw_points
from explorer.fields import FieldSettings
from explorer.rendering import FrameSettings, parse_size, resolve
from explorer.rendering.frames import MIN_SIDE, Size

ROWS = 360  # of a point's frames
MOMENTS = 3
CLIP_WIDEST = 320  # pixels, the longer side of a clip unless told otherwise

Duration = Callable[[Recipe], float]


@dataclass(frozen=True)
class Asked:
    """The settings of a sweep as they were given; None for what was not said."""

    field: FieldSettings | None = None
    vary: Any = None
    ready: str | None = None
    sampler: str | None = None
    samples: int | None = None
    sampler_seed: int | None = None
    size: Size | None = None
    fps: Any = None
    start: float | None = None
    duration: float | None = None
    analysis: dict[str, Any] | None = None
    moments: int | Sequence[float] | None = None
    thumb: int | None = None
    clips: bool | None = None
    clip_seconds: float | None = None
    clip_size: Size | None = None
    precision: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing was said at all."""
        return self == Asked()


def specify(
    asked: Asked, sound: Path, duration: Duration, stored: Specification | None = None
) -> Specification:
    """The specification of what is asked for; `stored` says the rest when a sweep is resumed.

    Names and values are checked first, before `duration(recipe)`, which may analyse the sound. Raises
    SettingsError.
    """
    base = _base(asked, sound, stored)
    drawn = _draw(asked, base, stored)
    seconds = duration(base)
    _check_spans(base, drawn, seconds)
    values: dict[str, Any] = {
        "base": base,
        "vary": drawn.vary,
        "ranges": drawn.ranges,
        "points": drawn.points,
        "sampler": drawn.sampler,
        "samples": drawn.samples,
        "sampler_seed": drawn.sampler_seed,
        "moments": _moments(asked, base, seconds, stored),
        "clip": _clip(asked, base.frames, stored),
    }
    thumb = asked.thumb or (stored.thumb if stored else None)
    return Specification(**values, **({"thumb": thumb} if thumb else {}))


def source_of(sound: Path) -> AudioSource:
    """Name and hash of a sound file. Raises SoundError when there is none."""
    path = existing_file(sound)
    return AudioSource(name=path.name, sha256=content_hash(path))


def _base(asked: Asked, sound: Path, stored: Specification | None) -> Recipe:
    source = source_of(sound)
    if stored is not None:
        old = stored.base
        if source.sha256 != old.audio.sha256:
            raise SettingsError(f"{sound} has other content than the sweep's sound '{old.audio.name}'")
    elif asked.field is None:
        raise SettingsError("say which field to draw, as in sweep(CPPN(), 'song.ogg', vary={'gain': [1, 5]})")
    else:
        frames = small_frames(asked.field)
        old = Recipe(audio=source, analysis=AnalysisSettings(), field=asked.field, frames=frames)
    changes: dict[str, Any] = {
        name: value for name in ("fps", "start", "duration") if (value := getattr(asked, name)) is not None
    }
    if asked.size is not None:
        changes["width"], changes["height"] = parse_size(asked.size)
    update: dict[str, Any] = {
        "frames": old.frames.replace(**changes),
        "analysis": old.analysis.replace(**(asked.analysis or {})),
        "field": asked.field or old.field,
    }
    if asked.precision is not None:
        update["precision"] = "draft" if resolve("auto", asked.precision).draft else "fp32"
    return old.model_copy(update=update)


def small_frames(field: FieldSettings) -> FrameSettings:
    """The frames of a point unless told otherwise: in the field's shape, 360 rows high."""
    width, height = field.frame_size
    return FrameSettings(width=round(ROWS * width / height / 2) * 2, height=ROWS)


def _draw(asked: Asked, base: Recipe, stored: Specification | None) -> Drawn:
    ready = ready_made(asked.ready) if asked.ready else None
    vary = {**(ready.vary if ready else {}), **(asked.vary or {})}
    sampler = asked.sampler or (ready.sampler if ready else None)
    if stored is None:
        return draw_points(base, vary, sampler or "grid", asked.samples, asked.sampler_seed or 0)
    spans = {name: Span(*ends) for name, ends in stored.ranges.items()}
    seed = stored.sampler_seed if asked.sampler_seed is None else asked.sampler_seed
    samples = asked.samples or (stored.samples if sampler in (None, stored.sampler) else None)
    return draw_points(base, vary or {**stored.vary, **spans}, sampler or stored.sampler, samples, seed)


def _check_spans(base: Recipe, drawn: Drawn, seconds: float) -> None:
    """Refuse an excerpt that starts after the end of the sound."""
    for frames in dict.fromkeys(changed(base, params).frames for _, params in drawn.points):
        frames.span(seconds)


def _moments(asked: Asked, base: Recipe, seconds: float, stored: Specification | None) -> tuple[float, ...]:
    """Seconds of the sound: those given, or so many evenly spread over the excerpt."""
    given = asked.moments
    if given is None and stored is not None:
        return stored.moments
    if given is None or isinstance(given, int):
        count = MOMENTS if given is None else given
        if not 1 <= count <= 100:
            raise SettingsError(f"moments: got {count}; allowed: 1 to 100, or a list of seconds")
        first, frames = base.frames.span(seconds)
        numbers = first + frames * (np.arange(count) + 0.5) / count
        return tuple(float(round(number / float(base.frames.fps), 3)) for number in numbers)
    moments = tuple(float(moment) for moment in given)
    if not moments or not all(0 <= moment <= seconds for moment in moments):
        raise SettingsError(f"moments: got {list(moments)}; allowed: seconds from 0 to {seconds:.2f}")
    return moments


def _clip(asked: Asked, frames: FrameSettings, stored: Specification | None) -> Clip | None:
    """The clip of every point, or None without clips."""
    old = stored.clip if stored else Clip(size=_fitting(frames))
    if asked.clips is False or (asked.clips is None and old is None):
        return None
    clip = old or Clip(size=_fitting(frames))
    if asked.clip_seconds is not None:
        clip = clip.replace(duration=asked.clip_seconds)
    if asked.clip_size is not None:
        width, height = parse_size(asked.clip_size)
        if width % 2 or height % 2:
            raise SettingsError(f"clip size: got {width}x{height}; a video needs even sides")
        clip = clip.replace(size=(width, height))
    return clip


def _fitting(frames: FrameSettings) -> tuple[int, int]:
    """The size of the frames, made as small as a clip should be, with even sides."""
    shrink = min(1.0, CLIP_WIDEST / max(frames.size))
    width, height = (max(MIN_SIDE, round(side * shrink / 2) * 2) for side in frames.size)
    return width, height
