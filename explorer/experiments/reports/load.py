"""The content of a folder, as a report shows it, read tolerantly: folders are damaged and copied about.

Nothing here raises for the content of a file: what cannot be read is left out, and listed in `notices`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.diagnostics.verdict import BEST_FIRST
from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.experiments.atlases.log import atlas_points
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import (
    ATLAS,
    BREEDING,
    CLIP,
    DIAGNOSIS,
    MANIFEST,
    POINT,
    POINTS,
    RECIPE,
    SPECIFICATION,
    THUMBNAIL,
    frame_paths,
    is_point_key,
    is_starred,
    point_folder,
)
from explorer.experiments.sweeps.point_status import point_log
from explorer.files import file_within, path_within, read_json

Value = str | int | float | bool | None

SPECIFICATIONS = {"breed": BREEDING, "atlas": ATLAS, "sweep": SPECIFICATION}  # file of each kind
STATES = (*BEST_FIRST, "done", "running", "pending", "stopped", "interrupted", "failed", "damaged")
MAX_TEXT_CHARACTERS = 4000  # of one text: an error may hold a page of traceback


@dataclass(frozen=True)
class ReportPoint:
    """One point of a sweep. Files are names relative to the sweep's folder, with forward slashes."""

    key: str
    params: dict[str, Value]
    state: str  # the verdict when there is one, else the status: one of STATES
    starred: bool
    sentence: str
    error: str
    seconds: float | None
    metrics: dict[str, float]
    recipe: dict[str, Any]
    thumb: Path | None
    frames: tuple[str, ...]
    moments: tuple[float, ...]  # seconds of the frames
    clip: str | None


@dataclass(frozen=True)
class ReportSource:
    """A run, sweep, breeding or atlas, read from its folder alone. Sweeps and atlases have points."""

    folder: Path
    kind: str  # "render", "sweep", "breed" or "atlas"
    status: str
    log: dict[str, Any]  # the manifest
    recipe: dict[str, Any]  # of the run, or the base recipe of the others
    spec: dict[str, Any]  # of a sweep or an atlas
    points: tuple[ReportPoint, ...]
    diagnosis: dict[str, Any]  # of a run
    notices: tuple[str, ...]  # what is missing or damaged

    @property
    def audio(self) -> str:
        """The name of the sound file; never its path."""
        for source in (mapping(self.recipe.get("audio")), mapping(self.log.get("audio"))):
            if source.get("name"):
                return text(source["name"])
        return self.folder.name


def load_source(folder: Path) -> ReportSource:
    """Read a run or a sweep. Raises ExplorerError for a folder that holds neither, or links out of it."""
    if manifest.is_training(folder):
        raise ExplorerError(f"{folder.name} is a training; reports are of renders and sweeps")
    log, log_problem = _read_log(folder)
    has_points = _has_points(folder)
    kind = _kind(folder, log, has_points)
    content, problem = _read(folder, SPECIFICATIONS.get(kind, RECIPE))
    planned, list_problem = _planned(folder, kind, content)
    if not log and not content and not has_points:
        raise ExplorerError(f"{folder} holds no run and no sweep that can be read: {log_problem or problem}")
    status = _status(log) if log else "damaged"
    return ReportSource(
        folder=folder,
        kind=kind,
        status=status,
        log=log,
        recipe=mapping(content.get("base")) if kind in SPECIFICATIONS else content,
        spec=content if kind in ("sweep", "atlas") else {},
        points=_points(folder, planned) if kind in ("sweep", "atlas") else (),
        diagnosis={} if kind in SPECIFICATIONS else _read(folder, DIAGNOSIS)[0],
        notices=tuple(notice for notice in (log_problem, problem, list_problem) if notice),
    )


def _kind(folder: Path, log: dict[str, Any], has_points: bool) -> str:
    """What a folder is, by its manifest or its files."""
    for kind, name in SPECIFICATIONS.items():
        if log.get("kind") == kind or (folder / name).exists():
            return kind
    return "sweep" if has_points else log.get("kind") or "render"


def mapping(value: Any) -> dict[str, Any]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """Any JSON value as text of bounded length."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words if len(words) <= MAX_TEXT_CHARACTERS else words[:MAX_TEXT_CHARACTERS] + " ..."


def number(value: Any) -> float | None:
    """A finite number, else None (JSON from Python may hold NaN; a browser's may not)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _read(folder: Path, name: str) -> tuple[dict[str, Any], str]:
    """A JSON object and an empty text, or an empty object and what is wrong with the file."""
    try:
        return read_json(path_within(folder, name)), ""
    except ReadError as error:
        return {}, _notice(name, error)


def _read_log(folder: Path) -> tuple[dict[str, Any], str]:
    """The same of the manifest."""
    try:
        return manifest.read(folder), ""
    except ReadError as error:
        return {}, _notice(MANIFEST, error)


def _notice(name: str, error: ReadError) -> str:
    return f"{name} is {'missing' if error.missing else f'damaged: {error.reason}'}"


def _has_points(folder: Path) -> bool:
    try:
        return path_within(folder, POINTS).is_dir()
    except ReadError:  # a link out of the folder: nothing there belongs to it
        return False


def _status(log: dict[str, Any]) -> str:
    """The status in the manifest; `killed` where it is `running` and the process is gone."""
    status = text(log.get("status") or "damaged")
    return "killed" if status == "running" and not manifest.is_alive(log) else status


def _points(folder: Path, planned: dict[str, dict[str, Any]]) -> tuple[ReportPoint, ...]:
    """Every point that is planned, in its order; without any, those that are there."""
    if not planned and _has_points(folder):
        folders = sorted(path for path in (folder / POINTS).iterdir() if path.is_dir())
        planned = {path.name: {} for path in folders if is_point_key(path.name)}
    return tuple(_point(folder, key, params) for key, params in planned.items())


def _planned(folder: Path, kind: str, spec: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], str]:
    """The parameters of the points of a sweep or an atlas by key, and what is wrong with their list."""
    if kind == "atlas":
        try:
            return atlas_points(folder), ""
        except SettingsError as error:
            return {}, str(error)
    entries = [entry for entry in _list(spec.get("points")) if isinstance(entry, list) and len(entry) == 2]
    return {key: mapping(params) for key, params in entries if is_point_key(key)}, ""


def _point(folder: Path, key: str, planned: dict[str, Any]) -> ReportPoint:
    path = point_folder(folder, key)
    log = point_log(path)
    relative = f"{POINTS}/{key}"
    params = planned or mapping(log.get("params"))
    return ReportPoint(
        key=key,
        params={text(name): _value(value) for name, value in params.items()},
        state=_state(log),
        starred=is_starred(path),
        sentence=text(log.get("sentence") or ""),
        error=_error(log),
        seconds=number(log.get("seconds")),
        metrics=_metrics(log.get("metrics")),
        recipe=_read(path, RECIPE)[0],
        thumb=file_within(path, THUMBNAIL),
        frames=tuple(f"{relative}/{frame.name}" for frame in frame_paths(path)),
        moments=tuple(n for moment in _list(log.get("moments")) if (n := number(moment)) is not None),
        clip=f"{relative}/{CLIP}" if file_within(path, CLIP) else None,
    )


def _state(log: dict[str, Any]) -> str:
    """The verdict of a finished point, else its status."""
    status = text(log.get("status"))
    if status == "done":
        verdict = text(log.get("verdict") or "done").lower()
        return verdict if verdict in STATES else "done"
    return status if status in STATES else "damaged"


def _error(log: dict[str, Any]) -> str:
    """What went wrong: in one line, and where in the code when that was not foreseen."""
    if log.get("status") == "damaged":
        return f"{POINT} is damaged and could not be read: {log.get('error') or 'its status is unknown'}"
    lines = [text(log[name]) for name in ("error", "traceback") if log.get(name)]
    return "\n\n".join(lines)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _metrics(values: Any) -> dict[str, float]:
    numbers = {text(name): number(value) for name, value in mapping(values).items()}
    return {name: value for name, value in numbers.items() if value is not None}


def _value(value: Any) -> Value:
    if value is None or isinstance(value, bool | int | str):
        return value
    return number(value) if isinstance(value, float) else text(value)
