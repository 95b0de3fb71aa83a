"""The phase map: how any two settings of a field decide between static, alive and noisy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from explorer.audio import FeatureTrack
from explorer.diagnostics.boundary import theoretical_boundary
from explorer.diagnostics.diagnosis import Diagnosis, diagnose
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.results.phase_map_result import PhaseMapResult
from explorer.diagnostics.sampling import DEFAULT_FRAMES
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.base import track_for
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SettingValues = tuple[str, Sequence[Any]]  # a setting's name, and its values along an axis


@dataclass(frozen=True, eq=False, repr=False)
class PhaseMap(PhaseMapResult):
    """A `PhaseMapResult` as text and as a picture: what `phase_map` returns."""

    cells: tuple[tuple[Diagnosis, ...], ...]

    def __repr__(self) -> str:
        """The verdicts, as a prompt shows them."""
        return f"verdicts: {self.y[0]} downwards, {self.x[0]} across\n{self.verdicts().to_string()}"

    def figure(self) -> Figure:
        """The map as a picture; every verdict has its letter, so color is never the only sign."""
        from explorer.diagnostics.plots.phase_plot import draw_phase_map  # matplotlib is slow to load

        return draw_phase_map(self)


def phase_map(
    field: FieldSettings,
    audio: str | Path | FeatureTrack,
    x: SettingValues = ("gain", (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)),
    y: SettingValues = ("layers", (1, 2, 3, 4, 5, 6, 8, 10)),
    *,
    frames: FrameSettings | None = None,
    budget: Literal["screen", "draft", "full"] = "draft",
    seed: int = 0,
    progress: Progress = silent,
) -> PhaseMap:
    """Diagnose a field for every pair of values of two of its settings.

    `x` and `y` are (setting, values); `frames`, `budget` and `seed` as in `diagnose`, the same for all cells.
    All cells are checked before the first is measured: SettingsError names what is not allowed. Cells are
    measured on all cores; an error from `progress`, or Ctrl-C, stops the work.
    """
    track = track_for(field, audio)
    fields, frames = _fields(field, x, y), frames or DEFAULT_FRAMES

    def cell(settings: FieldSettings) -> Diagnosis:
        return diagnose(settings, track, frames=frames, budget=budget, seed=seed, threads=1)

    cells = in_threads(cell, fields, "mapping", progress)
    columns = len(x[1])
    return PhaseMap(
        x=(x[0], tuple(x[1])),
        y=(y[0], tuple(y[1])),
        cells=tuple(tuple(cells[first : first + columns]) for first in range(0, len(cells), columns)),
        boundary=theoretical_boundary(field, track, frames, (x, y), seed),
    )


def _fields(field: FieldSettings, x: SettingValues, y: SettingValues) -> list[FieldSettings]:
    """The field of every cell, row by row."""
    for name, values in (x, y):
        if name not in type(field).model_fields:
            raise SettingsError(
                f"{type(field).__name__} has no setting '{name}'{did_you_mean(name, field.knobs())}"
            )
        if not len(values):
            raise SettingsError(f"{name}: got no values; give one or more, as in ('gain', (1, 3, 5))")
    if x[0] == y[0]:
        raise SettingsError(f"both axes are '{x[0]}'; choose two settings")
    return [field.replace(**{x[0]: across, y[0]: down}) for down in y[1] for across in x[1]]
