"""The library: runs, sweeps and points by name, opened, starred, deleted."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.library.sweep_results import Point, Sweep
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.run_folder import (
    POINTS,
    RECIPE,
    RUN_NAME,
    SPECIFICATION,
    is_point_folder,
    set_star,
)
from explorer.experiments.sweeps.leases import is_leased
from explorer.files import explorations_folder, write_error
from explorer.settings import did_you_mean


def load(folder: str | Path, explorations: str | Path | None = None) -> Run | Sweep | Point:
    """What is in a folder: a `Run`, a `Sweep`, or a `Point` of one, with field and recipe ready to render.

    `folder` is a path, or a name as `runs` lists it (`render_...`, `sweep_...`, `sweep_.../KEY`; its last
    letters are enough when no other ends so). Raises SettingsError for what is none of these.
    """
    path = find_folder(folder, explorations)
    if (path / SPECIFICATION).is_file():
        return Sweep(path)
    if is_point_folder(path):
        return Point(path)
    if (path / RECIPE).is_file():
        return Run(path)
    if manifest.is_training(path):
        raise SettingsError(f"{path.name} is a training: draw with it, as in ex.Julia(model='{path.name}')")
    raise SettingsError(f"{path} holds no run, no sweep and no point")


def find_folder(name: str | Path, explorations: str | Path | None = None) -> Path:
    """The folder of a run, sweep or point by path or name. Raises SettingsError."""
    if not str(name).strip():
        raise SettingsError("no run is named; see: explorer runs")
    if Path(name).is_dir():
        return Path(name).resolve()
    root = explorations_folder(explorations)
    whole, _, key = str(name).strip("/\\").replace("\\", "/").partition("/")
    folders = (
        [path for path in root.glob("*_*") if path.is_dir() and path.name.endswith(whole)] if whole else []
    )
    if not folders and whole and not key:  # the key of a point
        folders = [path for path in root.glob(f"sweep_*/{POINTS}/*") if path.name.endswith(whole)]
    if len(folders) > 1:
        raise SettingsError(f"{len(folders)} runs or points in {root} end in '{whole}'; give the whole name")
    if not folders:
        close = did_you_mean(whole, [path.name for path in root.glob("*_*")]) if "_" in whole else ""
        raise SettingsError(
            f"no run '{name}' in {root}{close if 'did you' in close else ''}; see: explorer runs"
        )
    return Sweep(folders[0]).point(key.removeprefix(f"{POINTS}/")).folder if key else folders[0]


def star(name: str | Path, starred: bool = True, explorations: str | Path | None = None) -> Path:
    """Give a run, sweep or point a star, or take it away."""
    folder = find_folder(name, explorations)
    set_star(folder, starred)
    return folder


def delete(name: str | Path, explorations: str | Path | None = None) -> Path:
    """Delete a whole run or sweep for good. Raises SettingsError for anything else and for what is running.

    A point stays with its sweep: without it the sweep would be unfinished.
    """
    folder = find_folder(name, explorations)
    if folder.is_symlink() or not RUN_NAME.fullmatch(folder.name):
        raise SettingsError(f"{folder} is no run, sweep or training; only whole ones can be deleted")
    if _is_running(folder):
        raise SettingsError(f"{folder.name} is being worked on; stop that first")
    trash = folder.with_name(f".deleted.{folder.name}.{secrets.token_hex(3)}")
    try:
        folder.rename(trash)  # nothing half-deleted is ever found under the name
        shutil.rmtree(trash)
    except OSError as error:
        raise write_error(folder, error) from error
    return folder


def _is_running(folder: Path) -> bool:
    """Whether a process works on a run, or on a point of a sweep."""
    try:
        log = manifest.read(folder)
        running = log["status"] == "running" and manifest.is_alive(log)
    except (ExplorerError, KeyError, TypeError):
        running = False
    return running or any(is_leased(point) for point in folder.glob(f"{POINTS}/*"))
