"""The index of an explorations folder: every run and sweep on one page, to search and to filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from explorer.diagnostics.verdict import VERDICTS
from explorer.errors import error_text
from explorer.experiments.breedings.log import individual_keys
from explorer.experiments.reports.load import STATES, ReportSource, Value, load_source, mapping, text
from explorer.experiments.reports.numbers import Scale, short_text, varying_names
from explorer.experiments.reports.page import write_page
from explorer.experiments.reports.provenance import without_paths
from explorer.experiments.reports.run_report import lead
from explorer.experiments.reports.sweep_report import state_counts
from explorer.experiments.reports.thumbnails import Thumbnail, embed, mosaic, picture_bytes
from explorer.experiments.runs.run_folder import INDEX, POSTER, REPORT, SHEET, video_path
from explorer.files import file_within, path_within
from explorer.formatting import count_text

THUMBNAIL_BYTES = 14_000  # bytes of JPEG for one thumbnail
MAX_LISTED_VALUES = 100  # of one parameter of one sweep
RUN_KINDS = {"render": "video", "sweep": "sweep", "breed": "breeding", "atlas": "atlas"}


@dataclass(frozen=True)
class IndexEntry:
    """One run or sweep on the page."""

    name: str
    kind: str
    title: str
    status: str
    started: str
    summary: str
    error: str
    states: list[tuple[str, int]]
    params: dict[str, list[str]]  # values that occur in it, by the name of the setting
    thumb: Thumbnail | None
    link: str
    video: str


def write_index_page(root: Path) -> Path:
    """Write `index.html` into an explorations folder, newest first. Damaged folders are listed as such."""
    folders = list(run_folders(root))
    entries = [_entry(folder, min(picture_bytes(len(folders)), THUMBNAIL_BYTES)) for folder in folders]
    entries.sort(key=lambda entry: (entry.started, entry.name), reverse=True)
    kinds = kind_counts(entries)
    return write_page(
        root / INDEX,
        "index.html.j2",
        notices=(),
        entries=entries,
        counted=", ".join(count_text(count, kind) for kind, count in kinds.items()),
        kinds=list(kinds),
        states=_states(entries),
        params=list(dict.fromkeys(name for entry in entries for name in entry.params)),
        data=[_search_data(entry) for entry in entries],
    )


def run_folders(root: Path) -> Iterator[Path]:
    """The folders of runs and sweeps, by name."""
    if root.is_dir():
        yield from sorted(
            path for path in root.iterdir() if path.name.split("_")[0] in RUN_KINDS and path.is_dir()
        )


def kind_counts(entries: list[IndexEntry]) -> dict[str, int]:
    """How many there are of each kind."""
    return {kind: n for kind in RUN_KINDS.values() if (n := sum(entry.kind == kind for entry in entries))}


def _entry(folder: Path, max_bytes: int) -> IndexEntry:
    try:
        path_within(folder.parent, folder.name)
        return _readable_entry(folder, load_source(folder), max_bytes)
    except Exception as problem:  # whatever its files hold: the other folders are listed
        return _damaged_entry(folder, error_text(problem))


def _readable_entry(folder: Path, source: ReportSource, max_bytes: int) -> IndexEntry:
    error = text(source.log.get("error") or "").strip().splitlines()
    return IndexEntry(
        name=folder.name,
        kind=_kind(folder),
        title=source.audio,
        status=source.status,
        started=text(source.log.get("started") or _folder_time(folder.name)),
        summary=_summary(source),
        error=without_paths(error[-1], mapping(source.log.get("audio")).get("path")) if error else "",
        states=_verdicts(source),
        params=_params(source),
        thumb=_picture(source, max_bytes),
        link=_relative_link(folder, REPORT),
        video=_relative_link(folder, video_path(folder).name),
    )


def _damaged_entry(folder: Path, problem: str) -> IndexEntry:
    """The entry of a folder that cannot be read."""
    return IndexEntry(
        name=folder.name,
        kind=_kind(folder),
        title=folder.name,
        status="damaged",
        started=_folder_time(folder.name),
        summary="",
        error=without_paths(problem.replace(f"{folder} holds", "it holds")),
        states=[],
        params={},
        thumb=None,
        link="",
        video="",
    )


def _kind(folder: Path) -> str:
    return RUN_KINDS.get(folder.name.split("_")[0], "video")


def _summary(source: ReportSource) -> str:
    if source.kind == "breed":
        return count_text(len(individual_keys(source.folder)), "look")
    if source.kind == "atlas":
        axes = " x ".join(map(text, source.spec.get("axes") or ()))
        return f"{count_text(len(source.points), 'look')} over {axes}"
    if source.kind != "sweep":
        return ", ".join(lead(source.recipe))
    names = varying_names([point.params for point in source.points])
    return f"{count_text(len(source.points), 'point')} over {' x '.join(names) or 'nothing'}"


def _verdicts(source: ReportSource) -> list[tuple[str, int]]:
    if source.kind in ("sweep", "atlas"):
        return state_counts(point.state for point in source.points)
    verdict = text(source.diagnosis.get("verdict") or "").lower()
    return [(verdict, 1)] if verdict in VERDICTS else []


def _params(source: ReportSource) -> dict[str, list[str]]:
    """The settings of the field, and for a sweep every value that its points take, or the range of many."""
    values: dict[str, list[Value]] = {
        name: [value]
        for name, value in mapping(source.recipe.get("field")).items()
        if (value is None or isinstance(value, str | int | float)) and name != "genome"
    }
    for name in dict.fromkeys(name for point in source.points for name in point.params):
        values[name] = [point.params.get(name) for point in source.points]
    return {name: _listed(name, distinct) for name, distinct in values.items()}


def _listed(name: str, values: list[Value]) -> list[str]:
    """The values of a parameter; of more than MAX_LISTED_VALUES, the range of numbers or the first words."""
    scale = Scale.of(name, values)
    if len(scale.values) > MAX_LISTED_VALUES and scale.numeric:
        return [f"{short_text(scale.values[0])} to {short_text(scale.values[-1])}"]
    return list(dict.fromkeys(short_text(value) for value in values))[:MAX_LISTED_VALUES]


def _picture(source: ReportSource, max_bytes: int) -> Thumbnail | None:
    """The poster of a run; of a sweep, nine of its pictures as one."""
    if source.kind == "sweep":
        return mosaic([point.thumb for point in source.points if point.thumb], max_bytes)
    poster, sheet = (file_within(source.folder, name) for name in (POSTER, SHEET))
    return embed(poster, max_bytes) or embed(sheet, max_bytes)


def _states(entries: list[IndexEntry]) -> list[str]:
    """Every verdict and status that occurs."""
    occurring = {state for entry in entries for state, _ in entry.states} | {
        entry.status for entry in entries
    }
    return [*(state for state in STATES if state in occurring), *sorted(occurring - set(STATES))]


def _search_data(entry: IndexEntry) -> dict[str, Any]:
    """What search and filters look at."""
    words = [entry.title, entry.name, entry.kind, entry.status, entry.summary, entry.error]
    words += [f"{name} {value}" for name, values in entry.params.items() for value in values]
    return {
        "text": " ".join(words).lower(),
        "kind": entry.kind,
        "states": [entry.status, *(state for state, _ in entry.states)],
        "params": entry.params,
        "started": entry.started,
        "audio": entry.title,
    }


def _relative_link(folder: Path, name: str) -> str:
    """A link to a file of a run, relative to the index; empty when it is not there."""
    # "./" keeps a folder called `javascript:...` a folder
    return f"./{quote(folder.name, safe='')}/{name}" if file_within(folder, name) else ""


def _folder_time(name: str) -> str:
    """The time in a folder's name, as in a manifest; empty when there is none."""
    stamp = name.split("_")[1] if name.count("_") >= 2 else ""
    if len(stamp) != 16:
        return ""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:11]}:{stamp[11:13]}:{stamp[13:15]}+00:00"
