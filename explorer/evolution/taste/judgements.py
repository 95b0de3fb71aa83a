"""Judgements: looks that somebody preferred to others. Duels lie in one folder, a file each.

The folder is $EXPLORER_TASTE, else `taste` in the user's data folder; without it all duels are forgotten. A
file holds the measures and settings of both looks, so it means the same wherever it is copied. Each judgement
has a file of its own, so that two processes lose nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from jaxtyping import Float64

from explorer import files
from explorer.errors import ExplorerError, OutputError, ReadError
from explorer.evolution.taste.look_features import NAMES, Features
from explorer.fields import FieldSettings

VERSION = 1
DUEL_PREFIX = "duel_"
MAX_DUELS = 20_000  # files that are read
TYPES = {
    "version": int,
    "winner": {"measures": {"*": files.NUMBER}},
    "loser": {"measures": {"*": files.NUMBER}},
}


@dataclass(frozen=True, eq=False)
class Judgement:
    """Looks that were preferred to all of some others, by their measures. A duel has one of each."""

    source: str  # duels, stars or parents
    winners: Float64[np.ndarray, "winners measures"]
    losers: Float64[np.ndarray, "losers measures"]


def taste_folder() -> Path:
    """$EXPLORER_TASTE, or `taste` in the user's data folder. Raises OutputError for a file."""
    named = os.environ.get("EXPLORER_TASTE")
    root = (
        Path(named).expanduser() if named else platformdirs.user_data_path("audio-feature-explorer") / "taste"
    )
    if root.is_file():
        raise OutputError(f"{root} is a file; set EXPLORER_TASTE to a folder")
    return root


def write_duel(
    folder: Path,
    winner: tuple[FieldSettings, Features],
    loser: tuple[FieldSettings, Features],
    audio: str = "",
) -> Path:
    """Write the file of a duel. Raises OutputError."""
    time = datetime.now(UTC)
    path = folder / f"{DUEL_PREFIX}{time:%Y%m%dT%H%M%SZ}_{secrets.token_hex(4)}.json"
    values = {
        "version": VERSION,
        "time": time.isoformat(timespec="seconds"),
        "audio": audio,
        "winner": _look_values(*winner),
        "loser": _look_values(*loser),
    }
    files.write_json(path, values, durable=True)
    return path


def read_duels(folder: Path) -> Iterator[Judgement | ExplorerError]:
    """Every duel in the order of time, or what is wrong with its file."""
    for path in sorted(folder.glob(f"{DUEL_PREFIX}*.json"))[:MAX_DUELS]:
        try:
            yield _read_duel(files.path_within(folder, path.name))
        except ExplorerError as error:
            yield error


def delete_duels(folder: Path) -> int:
    """Delete the folder; how many duels were in it. Raises OutputError, for other people's files, too."""
    if not folder.exists():
        return 0
    names = [path.name for path in folder.iterdir()]
    foreign = [name for name in names if not name.lstrip(".").startswith(DUEL_PREFIX)]
    if foreign:
        raise OutputError(f"{folder} holds other files, as {foreign[0]}; delete it yourself")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise files.write_error(folder, error) from error
    return sum(name.startswith(DUEL_PREFIX) for name in names)


def _look_values(field: FieldSettings, features: Features) -> dict[str, Any]:
    measures = {name: round(float(value), 6) for name, value in zip(NAMES, features, strict=True)}
    return {"measures": measures, "field": field.model_dump(mode="json")}


def _read_duel(path: Path) -> Judgement:
    values = files.read_json(path)
    files.check_types(values, TYPES, path)
    if values["version"] != VERSION:
        raise ReadError(path, f"its version is {values['version']}; this explorer reads {VERSION}")
    winner, loser = (_read_measures(values[side]["measures"], path) for side in ("winner", "loser"))
    return Judgement("duels", winner[None], loser[None])


def _read_measures(measures: Mapping[str, float], path: Path) -> Features:
    if missing := [name for name in NAMES if name not in measures]:
        raise ReadError(path, f"it has no measure '{missing[0]}'")
    return np.array([measures[name] for name in NAMES], np.float64).clip(0, 1)
