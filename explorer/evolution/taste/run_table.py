"""`ex.runs`: the table of runs, by date or by taste."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from explorer.errors import SettingsError
from explorer.experiments.library import table as library_table
from explorer.progress import Progress, silent

SORTS = ("taste",)


def runs(
    explorations: str | Path | None = None, *, sort: str | None = None, progress: Progress = silent
) -> pd.DataFrame:
    """One row per run, point of a sweep or an atlas, individual of a breeding and training, oldest first.

    Columns hold status, settings (`params.*`) and pictures.

    `sort="taste"` adds a column `taste`, the score of `Taste`, and has the highest first; what has no picture
    or measures comes last. It warns where taste is no better than chance. The first time every picture is
    measured, which `progress` reports; later the measures come from the cache.

    Points are called `SWEEP/KEY`, looks of an atlas `ATLAS/KEY`, and have their diagnosis in `metrics.*`.
    Trainings (kind `train`) have no settings of a field; `proof` says how many pairs of sound and picture
    follow each other. A folder that cannot be read has the status `damaged` and the reason as its `error`; it
    never stops the rest. A run with the status `running` whose process is gone is `killed`, a point that
    nobody draws any more `interrupted`. Raises SettingsError for another `sort`, and without a judgement.
    """
    if sort is not None and sort not in SORTS:
        raise SettingsError(
            f"sort: got {sort!r}; allowed: {', '.join(map(repr, SORTS))}, or none for the date"
        )
    table = library_table.runs(explorations)
    if sort is None:
        return table
    from explorer.evolution.taste.taste import Taste  # slow to load

    taste = Taste(explorations)
    scores = taste.scores(table, progress=progress)
    taste.warn_unless_predictive()
    table = table.assign(taste=scores)
    return table.sort_values("taste", ascending=False, kind="stable", ignore_index=True)
