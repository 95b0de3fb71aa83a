"""`explorer runs`: lists every run, sweep and training in a folder; stars and deletes them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.console import print_error, print_line, to_ascii
from explorer.cli.options import Explorations
from explorer.progress_bar import ProgressBar

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    **{name: name for name in ("run", "status", "verdict", "star", "look", "varied", "proof")},
    "params.seed": "seed",
    **{name: name for name in ("taste", "audio", "size", "fps", "seconds", "speed")},
}
OPTIONAL = ("verdict", "star", "look", "varied", "proof", "seed", "taste")  # left out where no row has one
SHRINKABLE = ("varied", "verdict", "status", "audio", "look")  # in a narrow terminal, in this order
EXPENDABLE = ("speed", "fps", "seed", "size", "proof", "seconds", "audio")  # where that is not enough
MIN_CHARACTERS = 10  # that are left of a text
KEY_CHARACTERS = 6  # of the end of a name, which is enough to name a run


def runs(
    explorations: Explorations = None,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="render, sweep, breed, atlas, train or paint alone"),
    ] = None,
    look: Annotated[str | None, typer.Option("--look", metavar="NAME", help="only those of a look")] = None,
    song: Annotated[
        str | None, typer.Option("--song", metavar="TEXT", help="only those whose sound has this in its name")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="only those since a date or for a time: 2026-11-30, 3d"),
    ] = None,
    points: Annotated[
        bool,
        typer.Option("--points", help="every point of a sweep and look of a breeding in a row of its own"),
    ] = False,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="taste", help="the looks first that you like, as judgements say"),
    ] = None,
    starred: Annotated[bool, typer.Option("--starred", help="only those with a star")] = False,
    star: Annotated[
        str | None, typer.Option("--star", metavar="NAME", help="star a run or SWEEP/POINT")
    ] = None,
    unstar: Annotated[str | None, typer.Option("--unstar", metavar="NAME", help="remove the star")] = None,
    delete: Annotated[
        str | None,
        typer.Option("--delete", metavar="NAME", help="delete a whole run, sweep or training permanently"),
    ] = None,
) -> None:
    """List runs, sweeps and trainings, oldest first; the end of a name is enough to name one.

    The column proof is for trainings: how many pairs of a sound feature and a picture measure are
    proven to follow each other.
    """
    from explorer.evolution.taste.run_table import runs as list_runs
    from explorer.experiments.library import look_folder, lookup
    from explorer.experiments.library.overview import filter_runs, fold_sweeps
    from explorer.files import explorations_folder

    if any(name is not None for name in (star, unstar, delete)):
        for name, is_star in ((star, True), (unstar, False)):
            if name is not None:
                folder = lookup.star(name, is_star, explorations)
                print_line(f"{'starred' if is_star else 'unstarred':<11} {folder}")
        if delete is not None:
            print_line(f"deleted     {lookup.delete(delete, explorations)}")
        return
    with ProgressBar() as progress:
        every = list_runs(explorations, sort=sort, progress=progress)
    look = look_folder.listed_name(look) if look else None
    table = filter_runs(every, kind=kind, look=look, song=song, since=since)
    table = table[table["star"]] if starred else table
    root = explorations_folder(explorations)
    if json:
        print_line(table.to_json(orient="records", date_format="iso", indent=2))
    elif table.empty and not every.empty:
        count = len(every if points else fold_sweeps(every))
        print_line(f"none of {count} runs in {root} is like that; without filters all are listed")
    elif table.empty:
        print_line(f"no runs in {root} yet; make one with: explorer demo")
    else:
        print_line(_display(table if points or sort else fold_sweeps(table), _terminal_width()))
        print_line(f"in {root}")
        for name, reason in table.loc[table["status"] == "damaged", ["run", "error"]].itertuples(index=False):
            print_error(f"warning: {name} is damaged: {reason}")


def _terminal_width() -> int | None:
    """Characters of a line; None where the output goes into a file or another program."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return None


def _display(table: pd.DataFrame, width: int | None) -> str:
    """The table as text that fits into so many columns; None: as wide as it is."""
    import pandas as pd

    from explorer.fields.registry import kind_label

    table = table.reindex(columns=[*COLUMNS, "params.kind"])
    kinds = [f"({kind_label(kind)})" if isinstance(kind, str) else None for kind in table["params.kind"]]
    table["look"] = table["look"].where(table["look"].notna(), pd.Series(kinds, table.index, dtype=object))
    cells = {COLUMNS[name]: [_cell(name, value) for value in table[name]] for name in COLUMNS}
    for name in OPTIONAL:
        if not any(text.strip("-") for text in cells[name]):
            del cells[name]
    if width is not None and _width(cells) > width:
        cells["run"] = [name if "/" in name else name[-KEY_CHARACTERS:] for name in cells["run"]]
    for name in SHRINKABLE:
        if width is not None and name in cells:
            excess = _width(cells) - width
            length = max(map(len, cells[name]))
            room = max(MIN_CHARACTERS, length - max(0, excess))
            cells[name] = [_shorten(text, room) for text in cells[name]]
    for name in EXPENDABLE:
        if width is not None and _width(cells) > width:
            cells.pop(name, None)
    widths = {name: max(len(name), *map(len, column)) for name, column in cells.items()}
    lines = [[name.rjust(widths[name]) for name in cells]]
    lines += [
        [text.rjust(widths[name]) for name, text in zip(cells, row, strict=True)]
        for row in zip(*cells.values(), strict=True)
    ]
    return "\n".join(" ".join(line) for line in lines)


def _width(cells: dict[str, list[str]]) -> int:
    """Characters of a line, with a space between columns."""
    return sum(max(len(name), *map(len, column)) + 1 for name, column in cells.items()) - 1


def _cell(name: str, value: Any) -> str:
    """A value in words: `-` for none."""
    if name == "star":
        return "*" if value else ""
    if value is None or value != value or value == "":
        return "" if name == "varied" else "-"
    return f"{value:.4g}" if isinstance(value, float) else to_ascii(value)


def _shorten(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 2].rstrip() + ".."
