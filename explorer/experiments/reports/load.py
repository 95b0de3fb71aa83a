"""What a folder holds, as a report shows it: read tolerantly, because folders get damaged and copied about.

Nothing here raises for the content of a file: what cannot be read is left out, and said in `notices`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.diagnostics.verdict import BEST_FIRST
from explorer.errors import ExplorerError, ReadError
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.runs.run_folder import is_starred
from explorer.experiments.sweeps import point_folder, specification
from explorer.files import read_json

Value = str | int | float | bool | None

STATES = (*BEST_FIRST, "done", "running", "pending", "stopped", "interrupted", "failed", "damaged")
LONGEST = 4000  # characters of one text: an error may hold a page of traceback


@dataclass(frozen=True)
class Point:
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
class Collected:
    """A run or a sweep, read from its folder alone. A run has no points."""

    folder: Path
    kind: str  # "render" or "sweep"
    status: str
    log: dict[str, Any]  # the manifest
    recipe: dict[str, Any]  # of the run, or the base recipe of the sweep
    spec: dict[str, Any]  # of a sweep
    points: tuple[Point, ...]
    diagnosis: dict[str, Any]  # of a run
    notices: tuple[str, ...]  # what is missing or damaged

    @property
    def audio(self) -> str:
        """The name of the sound file; never where it lies."""
        for source in (mapping(self.recipe.get("audio")), mapping(self.log.get("audio"))):
            if source.get("name"):
                return text(source["name"])
        return self.folder.name


def collect(folder: Path) -> Collected:
    """Read a run or a sweep. Raises ExplorerError for a folder that holds neither."""
    if manifest.is_training(folder):
        raise ExplorerError(f"{folder.name} is a training; reports are of renders and sweeps")
    log, log_problem = _read(folder / run_folder.MANIFEST)
    has_points = (folder / point_folder.POINTS).is_dir()
    is_sweep = has_points or log.get("kind") == "sweep" or (folder / specification.NAME).exists()
    content, problem = _read(folder / (specification.NAME if is_sweep else "recipe.json"))
    if not log and not content and not has_points:
        raise ExplorerError(f"{folder} holds no run and no sweep that can be read: {log_problem or problem}")
    status = _status(log) if log else "damaged"
    return Collected(
        folder=folder,
        kind="sweep" if is_sweep else text(log.get("kind") or "render"),
        status=status,
        log=log,
        recipe=mapping(content.get("base")) if is_sweep else content,
        spec=content if is_sweep else {},
        points=_points(folder, content) if is_sweep else (),
        diagnosis={} if is_sweep else _read(folder / "diagnosis.json")[0],
        notices=tuple(said for said in (log_problem, problem) if said),
    )


def mapping(value: Any) -> dict[str, Any]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """Any JSON value as text of bounded length."""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= LONGEST else said[:LONGEST] + " ..."


def number(value: Any) -> float | None:
    """A finite number, else None (JSON from Python may hold NaN; a browser's may not)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """A JSON object and an empty text, or an empty object and what is wrong with the file."""
    try:
        return read_json(path), ""
    except ReadError as error:
        return {}, f"{path.name} is {'missing' if error.missing else f'damaged: {error.reason}'}"


def _status(log: dict[str, Any]) -> str:
    """The status told, but one that says `running` and whose process is gone was killed."""
    status = text(log.get("status") or "damaged")
    return "killed" if status == "running" and not manifest.is_alive(log) else status


def _points(folder: Path, spec: dict[str, Any]) -> tuple[Point, ...]:
    """Every point that the specification lists, in its order; without one, those that are there."""
    planned = {
        entry[0]: mapping(entry[1])
        for entry in _list(spec.get("points"))
        if isinstance(entry, list) and len(entry) == 2 and _plain(entry[0])
    }
    if not planned and (folder / point_folder.POINTS).is_dir():
        planned = {
            path.name: {} for path in sorted((folder / point_folder.POINTS).iterdir()) if path.is_dir()
        }
    return tuple(_point(folder, key, params) for key, params in planned.items())


def _plain(key: Any) -> bool:
    """A key that names a folder inside points/ and nothing else."""
    return isinstance(key, str) and Path(key).name == key and key not in ("", ".", "..")


def _point(folder: Path, key: str, planned: dict[str, Any]) -> Point:
    place = point_folder.folder_of(folder, key)
    told = point_folder.told(place)
    frames = sorted(path.name for path in place.glob("frame_*.jpg"))
    return Point(
        key=key,
        params={
            text(name): _value(value) for name, value in (planned or mapping(told.get("params"))).items()
        },
        state=_state(told),
        starred=is_starred(place),
        sentence=text(told.get("sentence") or ""),
        error=_error(told),
        seconds=number(told.get("seconds")),
        metrics=_metrics(told.get("metrics")),
        recipe=_read(place / "recipe.json")[0],
        thumb=place / "thumb.jpg" if (place / "thumb.jpg").is_file() else None,
        frames=tuple(f"{point_folder.POINTS}/{key}/{name}" for name in frames),
        moments=tuple(n for moment in _list(told.get("moments")) if (n := number(moment)) is not None),
        clip=f"{point_folder.POINTS}/{key}/clip.mp4" if (place / "clip.mp4").is_file() else None,
    )


def _state(told: dict[str, Any]) -> str:
    """The verdict of a finished point, else its status."""
    status = text(told.get("status"))
    if status == "done":
        verdict = text(told.get("verdict") or "done").lower()
        return verdict if verdict in STATES else "done"
    return status if status in STATES else "damaged"


def _error(told: dict[str, Any]) -> str:
    """What went wrong: in one line, and where in the code when that was not foreseen."""
    if told.get("status") == "damaged":
        return f"{point_folder.NAME} is damaged and could not be read"
    lines = [text(told[name]) for name in ("error", "traceback") if told.get(name)]
    return "\n\n".join(lines)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _metrics(told: Any) -> dict[str, float]:
    found = {text(name): number(value) for name, value in mapping(told).items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(value: Any) -> Value:
    if value is None or isinstance(value, bool | int | str):
        return value
    return number(value) if isinstance(value, float) else text(value)
