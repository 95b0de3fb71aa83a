"""Reports: one HTML file per run and per sweep, and an index of all, made from the folders alone.

A report opens from disk, loads nothing from the network and can be sent to anybody. Beside its folder it
plays the clips and shows the frames in full size; alone, it shows the pictures inside it: those of all
points, or of a sample where there are more than 500.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer import files
from explorer.errors import ExplorerError, SettingsError, error_text, warn
from explorer.experiments.reports import index
from explorer.experiments.reports.atlas_report import write_atlas
from explorer.experiments.reports.breeding_report import write_breeding
from explorer.experiments.reports.load import load_source
from explorer.experiments.reports.run_report import write_run
from explorer.experiments.reports.sweep_report import write_sweep
from explorer.progress import Progress, silent

__all__ = [
    "WrittenReports",
    "latest_folder",
    "write_all",
    "write_index",
    "write_report",
    "write_report_or_warn",
]


def write_report(folder: str | Path) -> Path:
    """Write `report.html` for the run, sweep, breeding or atlas in a folder, and give its path back.

    Raises ExplorerError for a folder that holds neither, and OutputError when it cannot be written.
    """
    source = load_source(Path(folder))
    try:
        writers = {"sweep": write_sweep, "breed": write_breeding, "atlas": write_atlas}
        return writers.get(source.kind, write_run)(source)
    except ExplorerError:
        raise
    except Exception as error:  # of whatever is in the files: the reports of other folders are written
        raise ExplorerError(f"{folder} holds what no report can show: {error_text(error)}") from error


def write_report_or_warn(folder: Path) -> None:
    """Write a report at the end of a run or sweep, which must not fail for it."""
    try:
        write_report(folder)
    except ExplorerError as error:
        warn(f"no report was written: {error}")


def write_index(explorations: str | Path | None = None) -> Path:
    """Write `index.html` over every run and sweep of an explorations folder, and give its path back."""
    root = files.explorations_folder(explorations)
    if not root.is_dir():
        raise SettingsError(f"there is no folder {root}; make a first run with: explorer demo")
    return index.write_index_page(root)


@dataclass(frozen=True)
class WrittenReports:
    """What `write_all` wrote, and why some folders got no report."""

    index: Path
    reports: list[Path]
    damaged: dict[str, str]


def write_all(explorations: str | Path | None = None, *, progress: Progress = silent) -> WrittenReports:
    """Rebuild every report and the index. A damaged folder is listed and never stops the rest."""
    root = files.explorations_folder(explorations)
    folders = list(index.run_folders(root))
    reports: list[Path] = []
    damaged: dict[str, str] = {}
    for n, folder in enumerate(folders):
        try:
            files.path_within(root, folder.name)
            reports.append(write_report(folder))
        except ExplorerError as error:
            damaged[folder.name] = str(error)
        progress("writing reports", n + 1, len(folders))
    return WrittenReports(write_index(root), reports, damaged)


def latest_folder(explorations: str | Path | None = None) -> Path:
    """The folder of the newest run or sweep. Raises SettingsError when there is none."""
    root = files.explorations_folder(explorations)
    newest = max(index.run_folders(root), key=lambda folder: folder.name.split("_", 1)[1], default=None)
    if newest is None:
        raise SettingsError(f"no runs in {root} yet; make one with: explorer demo")
    return newest
