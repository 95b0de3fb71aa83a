"""The phase map: how any two settings of a field decide between static, alive and noisy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from explorer.audio import FeatureTrack
from explorer.diagnostics.boundary import Boundary, theoretical_boundary
from explorer.diagnostics.diagnosis import Diagnosis, diagnose
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.sampling import DEFAULT_FRAMES
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.base import check_field_and_track
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import nearest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Axis = tuple[str, Sequence[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class PhaseMap:
    """A diagnosis for every pair of values: `cells[row][column]` belongs to (y[row], x[column]).

    `boundary` is where mean-field theory expects stillness and noise to begin; None when the settings are not
    gain and layers of a CPPN.
    """

    x: tuple[str, tuple[Any, ...]]
    y: tuple[str, tuple[Any, ...]]
    cells: tuple[tuple[Diagnosis, ...], ...]
    boundary: Boundary | None

    @property
    def evaluations(self) -> int:
        """Colours evaluated for all cells."""
        return sum(cell.evaluations for line in self.cells for cell in line)

    def table(self) -> pd.DataFrame:
        """One row a cell: both settings, verdict, flags and measures."""
        import pandas as pd  # slow to load

        rows = [
            {
                self.y[0]: y,
                self.x[0]: x,
                "verdict": cell.verdict,
                "flags": ", ".join(cell.flags),
                **{name: measure.value for name, measure in cell.measures.items()},
                "speed": cell.speed,
            }
            for y, line in zip(self.y[1], self.cells, strict=True)
            for x, cell in zip(self.x[1], line, strict=True)
        ]
        return pd.DataFrame(rows)

    def verdicts(self) -> pd.DataFrame:
        """The verdicts alone, y down and x across."""
        import pandas as pd  # slow to load

        words = [[cell.verdict for cell in line] for line in self.cells]
        return pd.DataFrame(words, pd.Index(self.y[1], name=self.y[0]), pd.Index(self.x[1], name=self.x[0]))

    def __repr__(self) -> str:
        """The verdicts, as a prompt shows them."""
        return f"verdicts: {self.y[0]} downwards, {self.x[0]} across\n{self.verdicts().to_string()}"

    def figure(self) -> Figure:
        """The map as a picture; every verdict has its letter, so colour is never the only sign."""
        from explorer.diagnostics.plots.phase_plot import draw_phase_map  # matplotlib is slow to load

        return draw_phase_map(self)


def phase_map(
    field: FieldSettings,
    track: FeatureTrack,
    x: Axis = ("gain", (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)),
    y: Axis = ("layers", (1, 2, 3, 4, 5, 6, 8, 10)),
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
    check_field_and_track(field, track)
    fields, frames = _fields(field, x, y), frames or DEFAULT_FRAMES

    def cell(settings: FieldSettings) -> Diagnosis:
        return diagnose(settings, track, frames=frames, budget=budget, seed=seed, threads=1)

    found = in_threads(cell, fields, "mapping", progress)
    columns = len(x[1])
    return PhaseMap(
        x=(x[0], tuple(x[1])),
        y=(y[0], tuple(y[1])),
        cells=tuple(tuple(found[first : first + columns]) for first in range(0, len(found), columns)),
        boundary=theoretical_boundary(field, track, frames, (x, y), seed),
    )


def _fields(field: FieldSettings, x: Axis, y: Axis) -> list[FieldSettings]:
    """The field of every cell, row by row."""
    for name, values in (x, y):
        if name not in type(field).model_fields:
            raise SettingsError(
                f"{type(field).__name__} has no setting '{name}'{nearest(name, field.knobs())}"
            )
        if not len(values):
            raise SettingsError(f"{name}: got no values; give one or more, as in ('gain', (1, 3, 5))")
    if x[0] == y[0]:
        raise SettingsError(f"both axes are '{x[0]}'; choose two settings")
    return [field.replace(**{x[0]: across, y[0]: down}) for down in y[1] for across in x[1]]
