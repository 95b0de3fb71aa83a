"""Seeds of a field on a song: drawn small at musical moments, scored, and on one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from scipy import ndimage

from explorer import files
from explorer.audio import FeatureTrack
from explorer.diagnostics.looks.look_measures import Picture
from explorer.errors import SettingsError
from explorer.experiments.library.look import Look
from explorer.experiments.library.look_sheet import small_size
from explorer.experiments.library.seed_scores import SeedScore, SeedScorer
from explorer.fields import CPPN, FieldSettings
from explorer.fields.base import check_field
from explorer.formatting import clock_text, count_text
from explorer.progress import Progress, silent
from explorer.rendering import Renderer, parse_size, resolve
from explorer.rendering.frames import Size
from explorer.video import contact_sheet, save_image

if TYPE_CHECKING:
    import pandas as pd

MAX_COUNT = 200
TRIES_PER_SEED = 4  # before the search ends with fewer seeds
LOUDNESS_SECONDS = 1.0  # standard deviation of the smoothing
SHEET_FILE = "seeds.png"


@dataclass(frozen=True)
class Seeds:
    """Seeds that were drawn: their fields, pictures and scores. A notebook shows the sheet."""

    field: FieldSettings
    track: FeatureTrack
    moments: dict[str, float]  # seconds by `quiet`, `hit`, `loud`
    pictures: dict[int, list[Picture]]  # of the seeds on the sheet, one for each moment
    scores: tuple[SeedScore, ...]  # of every seed that was drawn

    def __getitem__(self, seed: int) -> FieldSettings:
        """The field with a seed of the sheet."""
        if seed not in self.pictures:
            raise SettingsError(
                f"seed {seed} is not on the sheet; there are {', '.join(map(str, self.pictures))}"
            )
        return with_seed(self.field, seed)

    def __iter__(self) -> Iterator[int]:
        return iter(self.pictures)

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def rejected(self) -> dict[int, str]:
        """The seeds that are not on the sheet, and why."""
        return {score.seed: score.rejection for score in self.scores if score.seed not in self.pictures}

    @property
    def table(self) -> pd.DataFrame:
        """A row per seed that was drawn: its measures, and why it was rejected."""
        import pandas as pd

        rows = [asdict(score) | {"rejection": score.rejection} for score in self.scores]
        return pd.DataFrame(rows).set_index("seed")

    @property
    def summary(self) -> str:
        """How many are on the sheet, and how many were rejected for what, in one line."""
        reasons = [reason.split()[0] for reason in self.rejected.values()]
        counts = ", ".join(f"{reasons.count(word)} {word}" for word in dict.fromkeys(reasons))
        return count_text(len(self), "seed") + (f"; rejected: {counts}" if counts else "")

    @property
    def sheet(self) -> UInt8[np.ndarray, "height width 3"]:
        """All on one picture: the loud moment large, the others below or beside it."""
        loud, *others = (f"{name} {clock_text(t)}" for name, t in reversed(self.moments.items()))
        pictures = [arrange(pictures) for pictures in self.pictures.values()]
        labels = [f"seed {seed}" for seed in self.pictures]
        return contact_sheet(
            pictures,
            labels=labels,
            title=f"{self.track.name}: {loud}, small {' and '.join(reversed(others))}",
        )

    def save(self, folder: str | Path, sheet: str | Path | None = None) -> Path:
        """Write the sheet and a look file for each seed, `seed-7.json`, which `--look` draws."""
        folder = Path(folder)
        path = folder / SHEET_FILE if sheet is None else Path(sheet)
        for seed in self:
            look = Look(name=f"seed {seed}", field=self[seed], analysis=self.track.settings)
            files.write_json(folder / f"seed-{seed}.json", look.to_dict())
        save_image(self.sheet, path)
        return path

    def _repr_png_(self) -> bytes:
        from io import BytesIO

        with BytesIO() as file:
            Image.fromarray(self.sheet).save(file, format="PNG")
            return file.getvalue()

    def __repr__(self) -> str:
        return f"<{self.summary}>"


def seeds(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    count: int = 24,
    *,
    first: int = 1,
    keep_all: bool = False,
    size: Size | None = None,
    device: str = "auto",
    progress: Progress = silent,
) -> Seeds:
    """Draw a field with many seeds at a quiet, a hitting and a loud moment of a sound or track.

    Seeds from `first` on are drawn and scored (see `seed_scores`); bland ones, noise, those that do not move
    and those like another one are rejected unless `keep_all`, until `count` are there or four times as many
    were drawn. `size` is the shape of the pictures. Raises SettingsError for a field without a seed.
    """
    check_field(field)
    _check(field, count, first)
    track = audio if isinstance(audio, FeatureTrack) else field.analyze(audio, progress=progress)
    moments = musical_moments(track)
    shape = small_size(field.frame_size if size is None else parse_size(size))
    target, scorer = resolve(device, "auto", field), SeedScorer()
    scores: list[SeedScore] = []
    pictures: dict[int, list[Picture]] = {}
    times = np.array(list(moments.values()))
    for seed in range(first, first + count * (1 if keep_all else TRIES_PER_SEED)):
        progress("seeds", len(pictures), count)
        with Renderer(with_seed(field, seed), track, shape, device=target) as renderer:
            drawing = [frame.copy() for frame in renderer.frames(times)]
        scores.append(scorer.score(seed, drawing))
        if keep_all or not scores[-1].rejection:
            pictures[seed] = drawing
        if len(pictures) == count:
            break
    progress("seeds", count, count)
    if not pictures:
        reasons = ", ".join(dict.fromkeys(score.rejection for score in scores))
        raise SettingsError(f"all {len(scores)} seeds are rejected ({reasons}); draw them anyway with --all")
    return Seeds(field, track, moments, pictures, tuple(scores))


def _check(field: FieldSettings, count: int, first: int) -> None:
    if "seed" not in field.knobs():
        raise SettingsError(f"the field '{field.kind}' has no seed; vary its settings with a sweep")
    if not 1 <= count <= MAX_COUNT:
        raise SettingsError(f"count: got {count}; allowed: 1 to {MAX_COUNT}")
    for seed in (first, first + TRIES_PER_SEED * count):
        field.replace(seed=seed)  # raises SettingsError beyond the seeds that the field allows


def with_seed(field: FieldSettings, seed: int) -> FieldSettings:
    """The field with another seed, in every section of the music, and at every keyframe."""
    keyframes = tuple(k for k in field.keyframes if "seed" not in dict(k.settings))
    changes: dict[str, Any] = {"sections.seeds": ()} if field.sections.on else {}
    if isinstance(field, CPPN):
        changes["seeds"] = ()
    return field.replace(seed=seed, keyframes=keyframes, **changes)


def musical_moments(track: FeatureTrack) -> dict[str, float]:
    """Seconds of a quiet moment, of a hit and of a loud moment, apart from each other where the track allows.

    Quiet and loud are the extremes of smoothed loudness between the first and the last twentieth; the hit is
    the strongest onset of the rest.
    """
    loud = _column(track, "rms")
    loudness = ndimage.gaussian_filter1d(loud, LOUDNESS_SECONDS * track.fps, mode="nearest")
    onset = _column(track, "onset")
    margin, apart = len(loud) // 20, max(1, len(loud) // 8)
    is_free = np.zeros(len(loud), bool)
    is_free[margin : len(loud) - margin] = True
    frames = {}
    for name, values in (("loud", loudness), ("quiet", -loudness), ("hit", onset)):
        frame = int(np.argmax(np.where(is_free if is_free.any() else True, values, -np.inf)))
        frames[name] = frame
        is_free[max(0, frame - apart) : frame + apart] = False
    return {name: frames[name] / track.fps for name in ("quiet", "hit", "loud")}


def _column(track: FeatureTrack, name: str) -> np.ndarray:
    return track.values[:, track.names.index(name)].astype(np.float64)


def arrange(pictures: list[Picture]) -> Picture:
    """The last picture large, the others half as large below it, or beside it where it is upright."""
    *others, large = (Image.fromarray(picture) for picture in pictures)
    width, height = large.size
    is_wide = width >= height
    canvas = Image.new("RGB", (width, height + height // 2) if is_wide else (width + width // 2, height))
    canvas.paste(large, (0, 0))
    for number, picture in enumerate(others):
        small = picture.resize((width // 2, height // 2), Image.Resampling.BOX)
        canvas.paste(small, (number * (width // 2), height) if is_wide else (width, number * (height // 2)))
    return np.asarray(canvas)
