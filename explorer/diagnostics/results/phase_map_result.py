"""Diagnoses over two settings of a field, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explorer.diagnostics.boundary import Boundary
from explorer.diagnostics.results.diagnosis_result import DiagnosisResult

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class PhaseMapResult:
    """A diagnosis for every pair of values: `cells[row][column]` belongs to (y[row], x[column]).

    `boundary` is where mean-field theory expects stillness and noise to begin; None when the settings are not
    gain and layers of a CPPN.
    """

    x: tuple[str, tuple[Any, ...]]
    y: tuple[str, tuple[Any, ...]]
    cells: Sequence[Sequence[DiagnosisResult]]
    boundary: Boundary | None

    @property
    def evaluations(self) -> int:
        """Colors evaluated for all cells."""
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
