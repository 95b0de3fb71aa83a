"""`explorer train` and `explorer export`: a model that moves Julia sets with music."""

from __future__ import annotations

from typing import Annotated, Any

import psutil
import typer

from explorer.cli.console import ProgressBar, print_line
from explorer.cli.options import Explorations, with_setting_flags
from explorer.errors import SettingsError, Stopped
from explorer.learn.settings import PROVING, WRITING
from explorer.progress import Progress


@with_setting_flags
def train(
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="a folder with music, or one sound file")
    ] = None,
    prove: Annotated[
        list[str] | None,
        typer.Option("--prove", metavar="AUDIO", help="music to prove it on, and never to train on"),
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="go on with a training that was stopped")
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="make the model that comes with explorer anew")
    ] = False,
    explorations: Explorations = None,
    ends_with: Annotated[
        int | None,
        typer.Option("--ends-with", metavar="PID", hidden=True, help="stop when it is gone"),
    ] = None,
    *,
    training: dict[str, Any],
) -> None:
    """Train a model that moves Julia sets with music, prove it on music held out, and export it to ONNX."""
    from explorer.learn import train as carry_out
    from explorer.learn.shipped import train_shipped

    if shipped == bool(folder) or (shipped and (training or resume)):
        raise SettingsError("name a folder with music, as in: explorer train music/ (or --shipped alone)")
    with ProgressBar() as bar:
        progress = bar if ends_with is None else _while_alive(ends_with, bar)
        if shipped:
            run = train_shipped(prove or (), progress=progress, explorations=explorations)
        else:
            run = carry_out(
                folder or "",
                proof_on=prove or (),
                progress=progress,
                explorations=explorations,
                resume=resume,
                **training,
            )
    if len(history := run.history):
        print_line(f"epochs      {len(history)}, the best is {1 + history['validation'].to_numpy().argmin()}")
    print_line(run.report())
    print_line(f"model       {run.folder / 'model.onnx'}")
    print_line(f"pictures    {run.folder / 'sheet.jpg'}")
    print_line(f"run         {run.folder}")
    if run.manifest["status"] == "stopped":
        print_line(f"go on with  explorer train {folder} --resume {run.folder.name}")
        raise Stopped("training was stopped")


def _while_alive(process: int, progress: Progress) -> Progress:
    """Progress that stops the training when the process that began it is gone."""

    def told(step: str, done: float, total: float) -> None:
        progress(step, done, total)
        if step not in (PROVING, WRITING) and not psutil.pid_exists(process):
            raise Stopped("the process that began this training is gone")

    return told


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="a train_... run, by name or folder")],
    explorations: Explorations = None,
) -> None:
    """Write the model of a training as ONNX, and check it against torch."""
    from explorer.experiments.library.lookup import find
    from explorer.learn import export as write

    path, difference = write(find(run, explorations))
    print_line(f"model       {path} (differs from torch by {difference:.0e} at most)")
