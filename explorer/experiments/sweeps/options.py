"""Options of a sweep, and the specification that follows from them, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from pydantic import field_validator

from explorer.audio.saved_edits import with_edits
from explorer.errors import SettingsError
from explorer.experiments.runs.options import CommonOptions, recipe_precision
from explorer.experiments.runs.recipe import AudioSource, ColumnsSource, Recipe
from explorer.experiments.runs.sound_input import SoundInput
from explorer.experiments.sweeps.parameter_paths import FLASH_LIMIT, find_path, with_parameters
from explorer.experiments.sweeps.point_set import PointSet, draw_points
from explorer.experiments.sweeps.samplers import MAX_POINTS, Span, ready_sweep
from explorer.experiments.sweeps.specification import Clip, Specification
from explorer.fields import FieldSettings
from explorer.rendering import FrameSettings, parse_size
from explorer.rendering.frames import MIN_SIDE, parse_flash_limit
from explorer.settings import knob, knob_of

FRAME_ROWS = 360  # of a point's frames
DEFAULT_MOMENTS = 3  # pictures of a point
MAX_CLIP_SIDE = 320  # pixels, the longer side of a clip unless its size is set

Duration = Callable[[Recipe], float]


class SweepOptions(CommonOptions):
    """The keywords of `ex.sweep` besides field, audio, vary and resume.

    When a sweep is resumed, what is not set is as in its specification.
    """

    size: str | tuple[int, int] | None = knob(
        None,
        flag="resolution",
        group="frames",
        help="size of the pictures, as in 180p or 640x360; none: 360 rows",
    )
    ready: str | None = knob(None, group="points", help="a ready-made sweep: quick or batch")
    sampler: str = knob("grid", group="points", help="grid, random, lhs or oat (one at a time)")
    samples: int | None = knob(
        None, low=1, high=MAX_POINTS, group="points", help="points of random and lhs; none: 16"
    )
    sampler_seed: int = knob(0, low=0, group="points", help="seed of the sampler")
    moments: int | tuple[float, ...] = knob(
        DEFAULT_MOMENTS,
        group="points",
        help="seconds of the pictures, as in 1.5,10,30; else 3 of them, evenly spread",
    )
    thumb: int = knob_of(Specification, "thumb")
    clips: bool = knob(True, group="points", help="a short video of every point, with sound")
    clip_seconds: float = knob_of(Clip, "duration")
    clip_size: str | tuple[int, int] | None = knob(
        None, group="points", help="size of a clip; none: 320 pixels wide"
    )
    workers: int | None = knob(
        None, low=1, group="machine", help="local processes; none: as many as are worth it"
    )
    retry_failed: bool = knob(False, group="points", help="draw failed points again")

    @field_validator("moments", mode="before")
    @classmethod
    def _any_iterable(cls, moments: Any) -> Any:
        return tuple(moments) if isinstance(moments, Iterable) and not isinstance(moments, str) else moments

    @property
    def specifies(self) -> bool:
        """Whether an option of the specification was set, and not only how it is drawn."""
        return bool(self.model_fields_set - {"device", "explorations", "workers", "retry_failed"})

    def explicit(self, name: str) -> Any:
        """The value of an option that was set, else None."""
        return getattr(self, name) if name in self.model_fields_set else None


def specify(
    field: FieldSettings | None,
    vary: Any,
    options: SweepOptions,
    sound: SoundInput,
    duration: Duration,
    stored: Specification | None = None,
) -> Specification:
    """The specification of a sweep; `stored` has what is not set here when a sweep is resumed.

    Names and values are checked first, before `duration(recipe)`, which may analyze the sound. Raises
    SettingsError.
    """
    base = _base(field, options, sound, stored)
    points = _points(vary, options, base, stored)
    seconds = duration(base)
    for frames in dict.fromkeys(with_parameters(base, params).frames for _, params in points.points):
        frames.span(seconds)  # refuses an excerpt that starts after the end of the sound
    return Specification(
        base=base,
        moments=_moments(options, base, seconds, stored),
        clip=_clip(options, base.frames, stored),
        thumb=options.explicit("thumb") or (stored or options).thumb,
        **vars(points),
    )


def small_frames(field: FieldSettings) -> FrameSettings:
    """The frames of a point unless their size is set: in the field's shape, 360 rows high."""
    width, height = field.frame_size
    return FrameSettings(width=round(FRAME_ROWS * width / height / 2) * 2, height=FRAME_ROWS)


def _base(
    field: FieldSettings | None, options: SweepOptions, sound: SoundInput, stored: Specification | None
) -> Recipe:
    """The recipe that the points are made from."""
    source, columns = AudioSource.of(sound.path), ColumnsSource.of(sound.added)
    if stored is not None:
        recipe = stored.base
        if source.sha256 != recipe.audio.sha256:
            raise SettingsError(
                f"{sound.path} has other content than the sweep's sound '{recipe.audio.name}'"
            )
    elif field is None:
        raise SettingsError("say which field to draw, as in sweep(CPPN(), 'song.ogg', vary={'gain': [1, 5]})")
    else:
        frames = small_frames(field)
        recipe = Recipe(audio=source, analysis=sound.analysis, field=field, frames=frames, columns=columns)
    precision = options.explicit("precision")
    update: dict[str, Any] = {
        "frames": recipe.frames.replace(**options.frame_changes),
        "analysis": recipe.analysis.replace(
            **with_edits(options.analysis, recipe.audio.name, recipe.audio.sha256)
        ),
        "field": field or recipe.field,
        "precision": recipe_precision(precision) if precision else recipe.precision,
    }
    return recipe.replace(**update)


def _points(vary: Any, options: SweepOptions, base: Recipe, stored: Specification | None) -> PointSet:
    ready = ready_sweep(options.ready) if options.ready else None
    vary = {**(ready.vary if ready else {}), **_with_flash_modes(vary or {}, base)}
    sampler = options.explicit("sampler") or (ready.sampler if ready else None)
    samples, seed = options.samples, options.sampler_seed
    if stored is None:
        return draw_points(base, vary, sampler or options.sampler, samples, seed)
    spans = {name: Span(*ends) for name, ends in stored.ranges.items()}
    if options.explicit("sampler_seed") is None:
        seed = stored.sampler_seed
    if sampler in (None, stored.sampler):
        samples = samples or stored.samples
    return draw_points(base, vary or {**stored.vary, **spans}, sampler or stored.sampler, samples, seed)


def _with_flash_modes(vary: Mapping[str, Any], base: Recipe) -> dict[str, Any]:
    """As every keyword, a list of flash limits takes true for `calm`; in files it means `dim`."""
    return {
        name: [parse_flash_limit(value) for value in values]
        if isinstance(values, list | tuple) and find_path(name, base).dotted == FLASH_LIMIT
        else values
        for name, values in vary.items()
    }


def _moments(
    options: SweepOptions, base: Recipe, seconds: float, stored: Specification | None
) -> tuple[float, ...]:
    """Seconds of the sound: those set, or so many evenly spread over the excerpt."""
    moments = options.moments
    if stored is not None and options.explicit("moments") is None:
        return stored.moments
    if isinstance(moments, int):
        if not 1 <= moments <= 100:
            raise SettingsError(f"moments: got {moments}; allowed: 1 to 100, or a list of seconds")
        first, count = base.frames.span(seconds)
        numbers = first + count * (np.arange(moments) + 0.5) / moments
        return tuple(float(round(number / float(base.frames.fps), 3)) for number in numbers)
    if not moments or not all(0 <= moment <= seconds for moment in moments):
        raise SettingsError(f"moments: got {list(moments)}; allowed: seconds from 0 to {seconds:.2f}")
    return moments


def _clip(options: SweepOptions, frames: FrameSettings, stored: Specification | None) -> Clip | None:
    """The clip of every point, or None without clips."""
    has_clips = options.clips if stored is None or options.explicit("clips") is not None else stored.clip
    if not has_clips:
        return None
    clip = (stored.clip if stored else None) or Clip(size=_clip_size(frames))
    if "clip_seconds" in options.model_fields_set:
        clip = clip.replace(duration=options.clip_seconds)
    if options.clip_size is not None:
        width, height = parse_size(options.clip_size)
        if width % 2 or height % 2:
            raise SettingsError(f"clip size: got {width}x{height}; a video needs even sides")
        clip = clip.replace(size=(width, height))
    return clip


def _clip_size(frames: FrameSettings) -> tuple[int, int]:
    """The size of the frames, reduced to that of a clip, with even sides."""
    scale = min(1.0, MAX_CLIP_SIDE / max(frames.size))
    width, height = (max(MIN_SIDE, round(side * scale / 2) * 2) for side in frames.size)
    return width, height
