"""Judgements that stand in an explorations folder already: stars, and parents that somebody chose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from explorer.errors import ExplorerError
from explorer.evolution.taste.judgements import Judgement
from explorer.evolution.taste.look_features import Features
from explorer.evolution.taste.stored_features import stored_features
from explorer.experiments.breedings.log import BreedingSpecification, read_generations
from explorer.experiments.runs.run_folder import individual_numbers, sweep_of

Measure = Callable[[pd.DataFrame], Sequence[Features]]  # of the rows that have measures
MAX_LOSERS = 30  # of one judgement, evenly out of all: they share its weight


def star_judgements(table: pd.DataFrame, measure: Measure | None = None) -> Iterator[Judgement]:
    """Looks with a star against those without, of the same generation, sweep or atlas, or of all renders.

    `measure` returns the measures of the rows that have some; those of `look_features` without it.
    """
    if table.empty:
        return
    for _, rows in table.groupby(_companies(table), sort=False):
        yield from _judgements("stars", rows, rows["star"], measure or features_of)


def parent_judgements(table: pd.DataFrame) -> Iterator[Judgement]:
    """Looks that became parents against those of their generation that never did, of breedings by eye.

    Breedings without hands are left out, and those whose choices cannot be read.
    """
    individuals = table[table["kind"] == "individual"]
    if individuals.empty:
        return
    for name, rows in individuals.groupby(individuals["run"].str.partition("/")[0], sort=False):
        folder = sweep_of(Path(rows["folder"].iloc[0]))
        try:
            if BreedingSpecification.read(folder).fitness:
                continue
            choices = [choice for choice in read_generations(folder) if choice.selection]
        except ExplorerError:
            continue
        parents = {f"{name}/{key}" for choice in choices for key in choice.selection}
        for _, generation in rows.groupby(_companies(rows), sort=False):
            yield from _judgements("parents", generation, generation["run"].isin(parents), features_of)


def _companies(table: pd.DataFrame) -> pd.Series:
    """What each row was seen beside: a generation, a sweep or an atlas, or all renders."""
    return pd.Series(
        [_company(kind, run) for kind, run in zip(table["kind"], table["run"], strict=True)], table.index
    )


def _company(kind: str, run: str) -> str:
    folder, _, key = run.partition("/")
    if kind == "individual":
        return f"{folder}/{individual_numbers(key)[0]}"
    return folder if key else kind


def _judgements(
    source: str, rows: pd.DataFrame, preferred: pd.Series, measure: Measure
) -> Iterator[Judgement]:
    """One judgement of a company, where both sides have looks that can be measured."""
    if not preferred.any() or preferred.all():
        return
    losers = rows[~preferred]
    if len(losers) > MAX_LOSERS:
        losers = losers.iloc[np.linspace(0, len(losers) - 1, MAX_LOSERS).round().astype(int)]
    better, worse = measure(rows[preferred]), measure(losers)
    if better and worse:
        yield Judgement(source, np.array(better), np.array(worse))


def features_of(rows: pd.DataFrame) -> Sequence[Features]:
    """The measures of the rows that have some."""
    return [features for features in stored_features(rows.to_dict("records")) if features is not None]
