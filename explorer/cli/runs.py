"""`explorer runs`: every run in a folder."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import say
from explorer.cli.options import Explorations

SHOWN = ["run", "status", "audio", "size", "fps", "frames", "seconds", "speed"]


def runs(
    explorations: Explorations = None,
    json: Annotated[bool, typer.Option("--json", help="everything as JSON")] = False,
) -> None:
    """List the runs in the explorations folder, oldest first."""
    from explorer.experiments import runs as list_runs
    from explorer.files import explorations_folder

    table = list_runs(explorations)
    if json:
        say(table.to_json(orient="records", date_format="iso", indent=2))
    elif table.empty:
        say(f"no runs in {explorations_folder(explorations)} yet; make one with: explorer demo")
    else:
        say(table[SHOWN].to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.4g}"))
        say(f"in {explorations_folder(explorations)}")
