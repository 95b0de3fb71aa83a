"""The library: runs, sweeps and points found again by name, opened, starred, deleted."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path

from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.library.sweep_results import Point, Sweep
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.run_folder import set_star
from explorer.experiments.sweeps import point_folder
from explorer.experiments.sweeps.leases import is_claimed
from explorer.experiments.sweeps.specification import NAME
from explorer.files import explorations_folder, write_error
from explorer.settings import did_you_mean

FOLDER = re.compile(r"(render|sweep|train)_\d{8}T\d{6}Z_[0-9a-f]{6}")


def load(folder: str | Path, explorations: str | Path | None = None) -> Run | Sweep | Point:
    """What lies in a folder: a `Run`, a `Sweep`, or a `Point` of one, with field and recipe ready to render.

    `folder` is a path, or a name as `runs` lists it (`render_...`, `sweep_...`, `sweep_.../KEY`; its last
    letters are enough when no other ends so). Raises SettingsError for what is none of these.
    """
    place = find(folder, explorations)
    if (place / NAME).is_file():
        return Sweep(place)
    if place.parent.name == point_folder.POINTS and (place.parents[1] / NAME).is_file():
        return Point(place)
    if (place / "recipe.json").is_file():
        return Run(place)
    if manifest.is_training(place):
        raise SettingsError(f"{place.name} is a training: draw with it, as in ex.Julia(model='{place.name}')")
    raise SettingsError(f"{place} holds no run, no sweep and no point")


def find(name: str | Path, explorations: str | Path | None = None) -> Path:
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
        folders = [path for path in root.glob("sweep_*/points/*") if path.name.endswith(whole)]
    if len(folders) > 1:
        raise SettingsError(f"{len(folders)} runs or points in {root} end in '{whole}'; give the whole name")
    if not folders:
        close = did_you_mean(whole, [path.name for path in root.glob("*_*")]) if "_" in whole else ""
        raise SettingsError(
            f"no run '{name}' in {root}{close if 'did you' in close else ''}; see: explorer runs"
        )
    return Sweep(folders[0]).point(key.removeprefix("points/")).folder if key else folders[0]


def star(name: str | Path, starred: bool = True, explorations: str | Path | None = None) -> Path:
    """Give a run, sweep or point a star, or take it away."""
    folder = find(name, explorations)
    set_star(folder, starred)
    return folder


def delete(name: str | Path, explorations: str | Path | None = None) -> Path:
    """Delete a whole run or sweep for good. Raises SettingsError for anything else and for what is at work.

    A point stays with its sweep: without it the sweep would be unfinished.
    """
    folder = find(name, explorations)
    if folder.is_symlink() or not FOLDER.fullmatch(folder.name):
        raise SettingsError(f"{folder} is no run, sweep or training; only whole ones can be deleted")
    if _at_work(folder):
        raise SettingsError(f"{folder.name} is being worked on; stop that first")
    gone = folder.with_name(f".deleted.{folder.name}.{secrets.token_hex(3)}")
    try:
        folder.rename(gone)  # nothing half-deleted is ever found under the name
        shutil.rmtree(gone)
    except OSError as error:
        raise write_error(folder, error) from error
    return folder


def _at_work(folder: Path) -> bool:
    try:
        log = manifest.read(folder)
        going = log["status"] == "running" and manifest.is_alive(log)
    except (ExplorerError, KeyError, TypeError):
        going = False
    return going or any(is_claimed(point) for point in folder.glob(f"{point_folder.POINTS}/*"))
