"""The library: runs, sweeps and points by name, opened, starred, deleted."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.run_folder import (
    ATLAS,
    BREEDING,
    LOOK,
    POINTS,
    RECIPE,
    SPECIFICATION,
    individual_folder,
    is_point_folder,
    point_folder,
    set_star,
    sweep_of,
)
from explorer.experiments.sweeps.leases import is_leased
from explorer.files import RUN_NAME, explorations_folder, path_within, write_error
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    from explorer.experiments.library.atlas_results import Atlas
    from explorer.experiments.library.sweep_results import Point, Sweep


def load(folder: str | Path, explorations: str | Path | None = None) -> Run | Sweep | Point | Atlas:
    """What is in a folder: a `Run`, a `Sweep`, a `Point` of one with field and recipe, or an `Atlas`.

    `folder` is a path, or a name as `runs` lists it (`render_...`, `sweep_...`, `sweep_.../KEY`; its last
    letters are enough when no other ends so). An individual of a breeding (`breed_.../KEY`) and a look of an
    atlas (`atlas_.../KEY`) are runs without a video. Raises SettingsError for what is none of these.
    """
    from explorer.experiments.library.sweep_results import Point, Sweep  # slow to load

    path = find_folder(folder, explorations)
    if (path / ATLAS).is_file():
        from explorer.experiments.library.atlas_results import Atlas

        return Atlas(path)
    if (path / SPECIFICATION).is_file():
        return Sweep(path)
    if is_point_folder(path):
        return Point(path)
    if (path / RECIPE).is_file():
        return Run(path)
    if manifest.is_training(path):
        raise SettingsError(f"{path.name} is a training: draw with it, as in ex.Julia(model='{path.name}')")
    if (path / LOOK).is_file():
        raise SettingsError(f"{path.name} is a painting: draw it, as in ex.load_look('{path.name}')")
    if (path / BREEDING).is_file():
        raise SettingsError(f"{path.name} is a breeding; name one of its looks, as in {path.name}/g0003i07")
    raise SettingsError(f"{path} holds no run, no sweep and no point")


def find_folder(name: str | Path, explorations: str | Path | None = None) -> Path:
    """The folder of a run, sweep or point by path or name. Raises SettingsError.

    A name is that of something in the explorations folder: links out of it are refused with ReadError.
    """
    if not str(name).strip():
        raise SettingsError("no run is named; see: explorer runs")
    if os.path.isdir(name):
        return Path(os.path.abspath(name))  # a link stays one: what it leads to is not deleted
    root = explorations_folder(explorations)
    whole, _, key = str(name).strip("/\\").replace("\\", "/").partition("/")
    folders = (
        [path for path in root.glob("*_*") if path.is_dir() and path.name.endswith(whole)] if whole else []
    )
    if not folders and whole and not key:  # the key of a point
        folders = [path for path in root.glob(f"*_*/{POINTS}/*") if path.name.endswith(whole)]
    if len(folders) > 1:
        raise SettingsError(f"{len(folders)} runs or points in {root} end in '{whole}'; give the whole name")
    if not folders:
        close = did_you_mean(whole, [path.name for path in root.glob("*_*")]) if "_" in whole else ""
        raise SettingsError(
            f"no run '{name}' in {root}{close if 'did you' in close else ''}; see: explorer runs"
        )
    (folder,) = folders
    if folder.parent.name == POINTS:
        path_within(root, sweep_of(folder).name)
        return point_folder(sweep_of(folder), folder.name)
    path_within(root, folder.name)
    if key and (folder / BREEDING).is_file():
        return _existing(individual_folder(folder, key.rpartition("/")[2]))
    if key and (folder / ATLAS).is_file():
        return _existing(point_folder(folder, key.removeprefix(f"{POINTS}/")))
    if not key:
        return folder
    from explorer.experiments.library.sweep_results import Sweep  # slow to load

    return Sweep(folder).point(key.removeprefix(f"{POINTS}/")).folder


def _existing(look: Path) -> Path:
    """The folder of an individual of a breeding, or of a look of an atlas."""
    if not look.is_dir():
        raise SettingsError(f"{sweep_of(look).name} has no look '{look.name}'")
    return look


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
        raise SettingsError(
            f"{folder} is no run, sweep, breeding, atlas, training or painting; "
            "only whole ones can be deleted"
        )
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
    points = [] if (folder / POINTS).is_symlink() else folder.glob(f"{POINTS}/*")
    return running or any(is_leased(point) for point in points)
