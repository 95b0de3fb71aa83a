"""`explorer runs`: lists every run, point of a sweep and training in a folder; stars and deletes them."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import print_error, print_line
from explorer.cli.options import Explorations

COLUMNS = {
    **{name: name for name in ("run", "status", "verdict", "star", "look", "varied", "proof")},
    "params.seed": "seed",
    **{name: name for name in ("audio", "size", "fps", "seconds", "speed")},
}


def runs(
    explorations: Explorations = None,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
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
    """List the runs and trainings in the explorations folder, oldest first; the end of a name is enough.

    The column proof is for trainings: how many pairs of a sound feature and a picture measure are
    proven to follow each other.
    """
    import pandas as pd

    from explorer.experiments.library import lookup
    from explorer.experiments.library.table import runs as list_runs
    from explorer.files import explorations_folder

    if any(name is not None for name in (star, unstar, delete)):
        for name, is_star in ((star, True), (unstar, False)):
            if name is not None:
                folder = lookup.star(name, is_star, explorations)
                print_line(f"{'starred' if is_star else 'unstarred':<11} {folder}")
        if delete is not None:
            print_line(f"deleted     {lookup.delete(delete, explorations)}")
        return
    table = list_runs(explorations)
    table = table[table["star"]] if starred else table
    if json:
        print_line(table.to_json(orient="records", date_format="iso", indent=2))
    elif table.empty:
        kind = "starred runs" if starred else "runs"
        print_line(f"no {kind} in {explorations_folder(explorations)} yet; make one with: explorer demo")
    else:
        display = table.reindex(columns=list(COLUMNS)).rename(columns=COLUMNS)
        display["star"] = display["star"].map({True: "*", False: ""})
        display["seed"] = [f"{seed:.0f}" for seed in pd.to_numeric(display["seed"], errors="coerce")]
        display["seed"] = display["seed"].replace("nan", "-")
        display = display.fillna({"verdict": "-", "look": "-", "varied": "", "proof": "-"})
        if not (table["kind"] == "train").any():
            display = display.drop(columns="proof")
        print_line(display.to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.4g}"))
        print_line(f"in {explorations_folder(explorations)}")
        for name, reason in table.loc[table["status"] == "damaged", ["run", "error"]].itertuples(index=False):
            print_error(f"warning: {name} is damaged: {reason}")
