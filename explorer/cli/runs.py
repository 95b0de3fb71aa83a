"""`explorer runs`: every run, point of a sweep and training in a folder; stars and deletes them."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import say
from explorer.cli.options import Explorations

SHOWN = {
    **{name: name for name in ("run", "status", "verdict", "star", "look", "varied", "proof")},
    "params.seed": "seed",
    **{name: name for name in ("audio", "size", "fps", "seconds", "speed")},
}


def runs(
    explorations: Explorations = None,
    json: Annotated[bool, typer.Option("--json", help="everything as JSON")] = False,
    starred: Annotated[bool, typer.Option("--starred", help="only those with a star")] = False,
    star: Annotated[
        str | None, typer.Option("--star", metavar="NAME", help="give a run or SWEEP/POINT a star")
    ] = None,
    unstar: Annotated[str | None, typer.Option("--unstar", metavar="NAME", help="take its star away")] = None,
    delete: Annotated[
        str | None,
        typer.Option("--delete", metavar="NAME", help="delete a whole run, sweep or training for good"),
    ] = None,
) -> None:
    """List the runs and trainings in the explorations folder, oldest first; the end of a name names one.

    Proof is of trainings: how many pairs of what is heard and seen are shown to follow each other.
    """
    from explorer.experiments.library import lookup
    from explorer.experiments.library.table import runs as list_runs
    from explorer.files import explorations_folder

    if any(name is not None for name in (star, unstar, delete)):
        for name, starred_now in ((star, True), (unstar, False)):
            if name is not None:
                folder = lookup.star(name, starred_now, explorations)
                say(f"{'starred' if starred_now else 'unstarred':<11} {folder}")
        if delete is not None:
            say(f"deleted     {lookup.delete(delete, explorations)}")
        return
    table = list_runs(explorations)
    table = table[table["star"]] if starred else table
    if json:
        say(table.to_json(orient="records", date_format="iso", indent=2))
    elif table.empty:
        kind = "starred runs" if starred else "runs"
        say(f"no {kind} in {explorations_folder(explorations)} yet; make one with: explorer demo")
    else:
        shown = table.reindex(columns=list(SHOWN)).rename(columns=SHOWN)
        shown["star"] = shown["star"].map({True: "*", False: ""})
        shown["seed"] = shown["seed"].astype("Int64").astype(str).replace("<NA>", "-")
        shown = shown.fillna({"verdict": "-", "look": "-", "varied": "", "proof": "-"})
        if not (table["kind"] == "train").any():
            shown = shown.drop(columns="proof")
        say(shown.to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.4g}"))
        say(f"in {explorations_folder(explorations)}")
