"""Every run, point of a sweep or an atlas, individual of a breeding and training, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from explorer.errors import ReadError, error_text
from explorer.experiments.atlases.log import AtlasSpecification, atlas_points
from explorer.experiments.breedings.log import individual_keys, read_individual
from explorer.experiments.library.look_folder import name_of, own_names
from explorer.experiments.library.model_proof import following_pairs
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import (
    ATLAS,
    CLIP,
    DIAGNOSIS,
    MANIFEST,
    POSTER,
    RECIPE,
    SHEET,
    SPECIFICATION,
    THUMBNAIL,
    individual_folder,
    individual_numbers,
    is_starred,
    point_folder,
    video_path,
)
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.experiments.sweeps.point_metrics import METRICS
from explorer.experiments.sweeps.point_status import point_log
from explorer.experiments.sweeps.specification import Specification
from explorer.files import NUMBER, check_types, explorations_folder, file_within, path_within, read_json
from explorer.rendering import parse_fps

COLUMNS = (
    "run",
    "kind",
    "status",
    "verdict",
    "star",
    "look",
    "varied",
    "proof",
    "started",
    "audio",
    "size",
    "fps",
    "frames",
    "seconds",
    "speed",
    "thumb",
    "video",
    "error",
    "folder",
)
NUMBERS = ("fps", "frames", "seconds", "speed")
POINT_COLUMNS = (
    "status",
    "verdict",
    "star",
    "started",
    "seconds",
    "thumb",
    "video",
    "sentence",
    "error",
    "folder",
)

FRAME_TYPES = {"width": int, "height": int, "fps": (str, *NUMBER)}
RECIPE_TYPES = {"audio": {"name": str}, "frames": FRAME_TYPES, "field": dict}
SWEEP_TYPES = {"base": RECIPE_TYPES, "points": list}
ATLAS_TYPES = {"base": RECIPE_TYPES, "axes": list}
TRAINING_TYPES = {"trained_on": list, "proof": {"pairs": {"*": dict}}}
PAINTING_TYPES = {"size": {"width": int, "height": int}}
MAX_REASON_CHARACTERS = 300

Row = dict[str, Any]


def runs(explorations: str | Path | None = None) -> pd.DataFrame:
    """One row per run, point of a sweep or an atlas, individual of a breeding and training, oldest first.

    Columns hold status, settings (`params.*`) and pictures.

    Points are called `SWEEP/KEY`, looks of an atlas `ATLAS/KEY`, and have their diagnosis in `metrics.*`.
    Trainings (kind `train`) have no settings of a field; `proof` says how many pairs of sound and picture
    follow each other. A folder that cannot be read has the status `damaged` and the reason as its `error`; it
    never stops the rest. A run with the status `running` whose process is gone is `killed`, a point that
    nobody draws any more `interrupted`.
    """
    root = explorations_folder(explorations)
    folders = sorted(path for kind in ROWS for path in root.glob(f"{kind}_*") if path.is_dir())
    names = own_names()
    rows = [_with_look(row, names) for folder in folders for row in _rows(root, folder)]
    table = _frame(rows, COLUMNS, NUMBERS)
    return table.sort_values(["started", "run"], ignore_index=True, kind="stable")


def _with_look(row: Row, own: Mapping[str, str]) -> Row:
    """The row with the name of the look that its field is, instead of the field's settings."""
    field = row.pop("field", None)
    return row if field is None else row | {"look": name_of(field, own)}


def points_table(folder: Path, spec: Specification) -> pd.DataFrame:
    """One row per point of a sweep in its order, index its key; failed and pending ones too.

    `params.*` are the varied settings; `metrics.*` float64, NaN where nothing was measured.
    """
    rows = [_point(folder, key, params) for key, params in spec.points]
    named = [f"params.{name}" for name in spec.vary]
    table = _frame(rows, (*named, *POINT_COLUMNS, *(f"metrics.{name}" for name in METRICS)), ("seconds",))
    table.index = pd.Index(spec.keys, name="key")
    return table


def atlas_table(folder: Path, spec: AtlasSpecification) -> pd.DataFrame:
    """One row per look of an atlas that was chosen so far, index its key; failed and pending ones too.

    Columns as in `points_table`; `metrics.*` hold every measure and the quality.
    """
    points = atlas_points(folder)
    rows = [_point(folder, key, params) for key, params in points.items()]
    metrics = (*spec.axes, "quality")
    table = _frame(rows, (*POINT_COLUMNS, *(f"metrics.{name}" for name in metrics)), ("seconds",))
    table.index = pd.Index(points, name="key")
    return table


def _frame(rows: list[Row], columns: tuple[str, ...], numbers: tuple[str, ...]) -> pd.DataFrame:
    """A table with these columns first and all others after; numbers and metrics are numbers throughout."""
    named = dict.fromkeys([*columns, *(key for row in rows for key in row)])
    table = pd.DataFrame(rows, columns=list(named))
    for column in table:
        if column in numbers or str(column).startswith("metrics."):
            table[column] = pd.to_numeric(table[column], errors="coerce").astype("float64")
    table["started"] = pd.to_datetime(table["started"], utc=True, errors="coerce", format="ISO8601")
    table["star"] = table["star"].eq(True)
    return table


def _rows(root: Path, folder: Path) -> Iterator[Row]:
    """The row of a render, the rows of a sweep, or the one row of what is damaged."""
    kind = folder.name.split("_")[0]
    try:
        path_within(root, folder.name)
        yield from list(ROWS[kind](folder))
    except Exception as error:  # whatever its files hold: the other folders are listed
        row = {"run": folder.name, "kind": kind, "status": "damaged", "folder": str(folder)}
        yield row | {"error": _reason(error)}


def _reason(error: Exception) -> str:
    """Why a folder is damaged, in one line."""
    if isinstance(error, ReadError):
        text = f"{Path(error.source).name}: {error.reason}"
    else:
        text = f"it has no {error}" if isinstance(error, KeyError) else error_text(error)
    return " ".join(text.split())[:MAX_REASON_CHARACTERS]


def _render(folder: Path) -> Iterator[Row]:
    log = manifest.read(folder)
    recipe = _read(folder, RECIPE, RECIPE_TYPES)
    performance = log.get("performance") or {}
    frames = recipe["frames"]
    yield {
        "run": folder.name,
        "kind": log["kind"],
        "status": _status(log),
        "verdict": _verdict(folder),
        "star": is_starred(folder),
        "field": recipe["field"],
        "started": log["started"],
        "audio": recipe["audio"]["name"],
        "size": f"{frames['width']}x{frames['height']}",
        "fps": float(parse_fps(frames["fps"])),
        "frames": performance.get("frames"),
        "seconds": performance.get("seconds"),
        "speed": performance.get("times_real_time"),
        "thumb": _existing(folder, POSTER),
        "video": _existing(folder, video_path(folder).name) if log["status"] == "done" else None,
        "error": log.get("error"),
        "folder": str(folder),
        **_field_params(recipe["field"]),
    }


def _sweep(folder: Path) -> Iterator[Row]:
    """A row for every point; settings that are not varied come from the base recipe."""
    spec = _read(folder, SPECIFICATION, SWEEP_TYPES)
    yield from _points(folder, spec["base"], dict(spec["points"]), "point")


def _atlas(folder: Path) -> Iterator[Row]:
    """A row for every look that was chosen so far."""
    spec = _read(folder, ATLAS, ATLAS_TYPES)
    for row in _points(folder, spec["base"], atlas_points(folder), "look"):
        del row["field"]  # it has a name of its own
        measures = {name: row[f"metrics.{name}"] for name in spec["axes"] if f"metrics.{name}" in row}
        yield row | {"varied": caption(measures)}


def _points(folder: Path, base: Row, points: Mapping[str, Row], kind: str) -> Iterator[Row]:
    for key, params in points.items():
        row = _point(folder, key, params)
        frames = _point_settings(params, "frames", base["frames"])
        yield {
            "run": f"{folder.name}/{key}",
            "kind": kind,
            "audio": base["audio"]["name"],
            "size": f"{frames['width']}x{frames['height']}",
            "fps": float(parse_fps(frames["fps"])),
            "varied": caption(params),
            "field": _point_settings(params, "field", base["field"]),
            **_field_params(base["field"]),
            **row,
        }


def _breeding(folder: Path) -> Iterator[Row]:
    """A row for every individual, which is called `BREEDING/KEY`."""
    log = manifest.read(folder)
    for key in individual_keys(folder):
        path = individual_folder(folder, key)
        individual = read_individual(folder, key)
        recipe = _read(path, RECIPE, RECIPE_TYPES)
        frames = recipe["frames"]
        yield {
            "run": f"{folder.name}/{key}",
            "kind": "individual",
            "status": "done",
            "verdict": individual.get("verdict"),
            "star": is_starred(path),
            "field": recipe["field"],
            "varied": caption(dict(zip(("generation", "individual"), individual_numbers(key), strict=True))),
            "started": individual.get("started") or log["started"],
            "audio": recipe["audio"]["name"],
            "size": f"{frames['width']}x{frames['height']}",
            "fps": float(parse_fps(frames["fps"])),
            "seconds": individual.get("seconds"),
            "thumb": _existing(path, THUMBNAIL),
            "folder": str(path),
            "metrics.fitness": individual.get("fitness"),
            **_field_params(recipe["field"]),
        }


def _training(folder: Path) -> Iterator[Row]:
    log = manifest.read(folder)
    check_types(log, TRAINING_TYPES, folder / MANIFEST)
    names = [str(sound["name"]) for sound in log["trained_on"]]
    yield {
        "run": folder.name,
        "kind": log["kind"],
        "status": _status(log),
        "star": is_starred(folder),
        "proof": _proof(log.get("proof")),
        "started": log["started"],
        "audio": names[0] if len(names) == 1 else f"{len(names)} sounds",
        "thumb": _existing(folder, SHEET),
        "error": log.get("error"),
        "folder": str(folder),
    }


def _painting(folder: Path) -> Iterator[Row]:
    log = manifest.read(folder)
    check_types(log, PAINTING_TYPES, folder / MANIFEST)
    yield {
        "run": folder.name,
        "kind": log["kind"],
        "status": _status(log),
        "star": is_starred(folder),
        "started": log["started"],
        "size": f"{log['size']['width']}x{log['size']['height']}",
        "thumb": _existing(folder, SHEET),
        "error": log.get("error"),
        "folder": str(folder),
    }


def _proof(proof: Row | None) -> str | None:
    """`5 of 7`: see `following_pairs`."""
    following = following_pairs(proof)
    return f"{following[0]} of {following[1]}" if following else None


def _point_settings(params: Row, group: str, base: Row) -> Row:
    """The settings of a group, a point's own in their place."""
    return {name: params.get(f"{group}.{name}", params.get(name, value)) for name, value in base.items()}


def _point(folder: Path, key: str, params: Row) -> Row:
    """The columns of a point, whatever its state."""
    path = point_folder(folder, key)
    log = point_log(path)
    artifacts = log.get("artefacts") or {}
    thumbnail, clip = (_existing(path, name) if name in artifacts else None for name in (THUMBNAIL, CLIP))
    return {
        **{f"params.{name}": value for name, value in params.items()},
        "status": log["status"],
        "verdict": log.get("verdict"),
        "star": is_starred(path),
        "started": log.get("started"),
        "seconds": log.get("seconds"),
        "thumb": thumbnail,
        "video": clip,
        "sentence": log.get("sentence"),
        "error": log.get("error"),
        "folder": str(path),
        **{f"metrics.{name}": value for name, value in (log.get("metrics") or {}).items()},
    }


def _field_params(field: Row) -> Row:
    """Settings that are one value; a genome is a thousand characters."""
    return {
        f"params.{name}": value
        for name, value in field.items()
        if not isinstance(value, list | dict) and name != "genome"
    }


def _verdict(folder: Path) -> str | None:
    """The verdict of a run; None when it was stopped before it was diagnosed."""
    try:
        return str(_read(folder, DIAGNOSIS, {"verdict": str})["verdict"])
    except ReadError as error:
        if error.missing:
            return None
        raise


def _read(folder: Path, name: str, types: Row) -> Row:
    """A JSON file of a folder, its types checked. Raises ReadError."""
    path = path_within(folder, name)
    values = read_json(path)
    check_types(values, types, path)
    return values


def _existing(folder: Path, name: str) -> str | None:
    path = file_within(folder, name)
    return str(path) if path else None


def _status(log: dict[str, Any]) -> str:
    """The status in a manifest; `killed` where it is `running` and the process is gone."""
    status = str(log["status"])
    return "killed" if status == "running" and not manifest.is_alive(log) else status


ROWS = {  # by the folder's name
    "render": _render,
    "sweep": _sweep,
    "train": _training,
    "breed": _breeding,
    "paint": _painting,
    "atlas": _atlas,
}
