"""Measures of the looks of an explorations folder, from what lies there. Pictures are measured once.

The measures of a picture lie in the cache under the hash of its bytes, in one file for all folders, so that
any process finds them, and wherever a run is moved or copied. The file may be deleted at any time. When two
processes write it at once, what one of them measured is measured again later.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer import files
from explorer.audio.array_cache import cache_folder
from explorer.diagnostics.verdict import Facts
from explorer.errors import OutputError, ReadError
from explorer.evolution.taste.look_features import (
    FACT_MEASURES,
    NO_FACTS,
    PICTURE_NAMES,
    SIDE,
    Features,
    fact_measures,
    features_of_measures,
    picture_measures,
)
from explorer.experiments.breedings.log import read_individual
from explorer.experiments.runs.run_folder import DIAGNOSIS, sweep_of
from explorer.experiments.sweeps.point_metrics import fact_metrics
from explorer.progress import Progress, silent

MEASURES_VERSION = 1
"""Raise it whenever the same picture gets other measures."""

HEADER = {"version": MEASURES_VERSION, "side": SIDE, "names": list(PICTURE_NAMES)}
MAX_PICTURES = 100_000  # whose measures are kept, the newest: about 11 MB
MAX_PICTURE_BYTES = 64 * 2**20
PICTURES_PER_WRITE = 2000  # so that a kill loses some seconds of work
DIGITS = 6  # of a measure in the file

Measures = dict[str, list[float]]


def stored_features(rows: Iterable[Mapping[Any, Any]], progress: Progress = silent) -> list[Features | None]:
    """The measures of rows of `runs`, of what lies in their folders; None without a picture or facts."""
    rows = list(rows)
    with PictureMeasures() as pictures:
        features = []
        for number, row in enumerate(rows):
            features.append(_features(row, pictures))
            if pictures.is_measuring:
                progress("measuring looks", number + 1, len(rows))
    return features


class PictureMeasures:
    """Measures of picture files, from the cache where they are there. The block's end writes new ones."""

    def __init__(self) -> None:
        self.path = cache_folder().parent / "looks" / "measures.json"
        self._measures = _read(self.path)
        self._additions: Measures = {}
        self.is_measuring = False

    def of(self, path: Path) -> dict[str, float]:
        """Measures of a picture by name. Raises ReadError and OSError."""
        data = files.read_bytes(path, MAX_PICTURE_BYTES)
        key = hashlib.sha256(data).hexdigest()[:32]
        values = self._measures.get(key) or self._additions.get(key)
        if values is None:
            self.is_measuring = True
            with Image.open(io.BytesIO(data)) as picture:
                measures = picture_measures([np.asarray(picture.convert("RGB"))])
            values = [round(measures[name], DIGITS) for name in PICTURE_NAMES]
            self._additions[key] = values
            if len(self._additions) % PICTURES_PER_WRITE == 0:
                self._write()
        return dict(zip(PICTURE_NAMES, values, strict=True))

    def _write(self) -> None:
        """Add the new measures to the file, if the folder can be written."""
        measures = {**_read(self.path), **self._additions}
        newest = dict(list(measures.items())[-MAX_PICTURES:])
        data = json.dumps(HEADER | {"measures": newest}).encode()
        with contextlib.suppress(OutputError, OSError):
            files.write_bytes(self.path, data)

    def __enter__(self) -> PictureMeasures:
        return self

    def __exit__(self, *_: object) -> None:
        if self._additions:
            self._write()


def _read(path: Path) -> Measures:
    """The measures in a file by hash; none where it is missing, damaged or of another version."""
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=1)
def _parsed(path: Path, mtime_ns: int) -> Measures:
    values = files.read_json_or_empty(path)
    measures = values.pop("measures", None)
    is_whole = isinstance(measures, dict) and all(map(_are_measures, measures.values()))
    return measures if is_whole and values == HEADER else {}


def _are_measures(values: object) -> bool:
    return (
        isinstance(values, list)
        and len(values) == len(PICTURE_NAMES)
        and all(isinstance(value, files.NUMBER) and 0 <= value <= 1 for value in values)
    )


def _features(row: Mapping[Any, Any], pictures: PictureMeasures) -> Features | None:
    thumb = row.get("thumb")
    if not isinstance(thumb, str):
        return None
    try:
        return features_of_measures(_stored_facts(row), pictures.of(Path(thumb)))
    except (ReadError, OSError, KeyError, TypeError, ValueError):
        return None


def _stored_facts(row: Mapping[Any, Any]) -> dict[str, float]:
    """The measures that facts decide, by where a kind of row has them."""
    folder = Path(row["folder"])
    if row["kind"] == "look":  # of an atlas, which measured them
        return {name: float(row[f"metrics.{name}"]) for name in FACT_MEASURES}
    if row["kind"] == "individual":
        facts = Facts(**read_individual(sweep_of(folder), folder.name)["facts"])
    elif row["kind"] == "point":
        facts = _facts_of({name: row[f"metrics.{name}"] for name in fact_metrics(NO_FACTS)})
    else:
        values = files.read_json(files.path_within(folder, DIAGNOSIS))
        measures = {name: measure["value"] for name, measure in values["measures"].items()}
        facts = _facts_of(measures | {"speed": values["speed"]})
    return fact_measures(facts)


def _facts_of(metrics: Mapping[str, Any]) -> Facts:
    return Facts(*(float(metrics[name]) for name in fact_metrics(NO_FACTS)))
