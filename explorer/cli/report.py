"""`explorer report`: one HTML file per run or sweep, and an index of all."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.console import print_error, print_line
from explorer.cli.options import Explorations
from explorer.errors import SettingsError
from explorer.formatting import size_text
from explorer.progress_bar import ProgressBar


def report(
    folder: Annotated[
        str | None, typer.Argument(metavar="[FOLDER]", help="a run or a sweep [default: the latest]")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="rebuild every report, and an index of all")] = False,
    show: Annotated[bool, typer.Option("--open", help="open it in a browser")] = False,
    explorations: Explorations = None,
) -> None:
    """Write report.html for a run or a sweep: one file that opens anywhere and needs no network."""
    from explorer.experiments.library import lookup
    from explorer.experiments.reports import latest_folder, write_report

    if every and folder is not None:
        raise SettingsError("--all rebuilds every report; name no folder then")
    if every:
        page = _every(explorations)
    else:
        page = write_report(
            latest_folder(explorations) if folder is None else lookup.find_folder(folder, explorations)
        )
        print_line(f"report      {page} ({size_text(page.stat().st_size)})")
    if show:
        webbrowser.open(page.resolve().as_uri())


def _every(explorations: str | None) -> Path:
    from explorer.experiments.reports import write_all

    with ProgressBar() as progress:
        written = write_all(explorations, progress=progress)
    for name, reason in written.damaged.items():
        print_error(f"warning: {name} is damaged: {reason}")
    count = len(written.reports)
    print_line(f"reports     {count} written, {len(written.damaged)} damaged")
    print_line(f"index       {written.index}")
    return written.index
