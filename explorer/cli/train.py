"""`explorer train` and `explorer export`: a model that drives a field with music."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import psutil
import typer

from explorer.cli.console import print_line
from explorer.cli.options import NO_FIELD, Explorations, FieldFlags, with_setting_flags
from explorer.cli.output_paths import new_folders
from explorer.errors import SettingsError, Stopped
from explorer.experiments.runs.run_folder import SHEET
from explorer.fields.julia.model import ONNX_FILE
from explorer.learn.settings import EVALUATION_PHASE, WRITING_PHASE
from explorer.progress import Progress
from explorer.progress_bar import ProgressBar

if TYPE_CHECKING:
    from explorer.learn.teaching.sensitivity import Sensitivity


@with_setting_flags
def train(
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="a folder with music, or one sound file")
    ] = None,
    prove: Annotated[
        list[str] | None,
        typer.Option(
            "--prove", metavar="AUDIO", help="music to evaluate the model on, and never to train on"
        ),
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="resume a training that was stopped")
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="train the model that ships with explorer again")
    ] = False,
    look: Annotated[
        str | None,
        typer.Option("--look", metavar="LOOK", help="move the field of a look file, run folder or video"),
    ] = None,
    moves: Annotated[
        str | None,
        typer.Option(
            "--moves", metavar="A,B", help="the settings and features that it moves, as in zoom,loud"
        ),
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            "--pairs", metavar="A-B,C-D", help="what should follow what, as in loudness-luminance,hits-motion"
        ),
    ] = None,
    device: Annotated[
        str,
        typer.Option("--device", metavar="DEVICE", help="where to train: auto (the CPU), cpu, cuda or mps"),
    ] = "auto",
    explorations: Explorations = None,
    ends_with: Annotated[
        int | None,
        typer.Option("--ends-with", metavar="PID", hidden=True, help="stop when this process is gone"),
    ] = None,
    *,
    look_choice: FieldFlags,
    training: dict[str, Any],
) -> None:
    """Train a model that drives a field with music, evaluate it on held-out music, export it to ONNX.

    Without --field it is a Julia set. Which pairs a field can express is printed first.
    """
    from explorer.experiments.library.looks import resolve_look
    from explorer.learn import train as train_model
    from explorer.learn.shipped_model import train_shipped_model

    if look is not None:
        training["field"] = look_choice.apply_to(resolve_look(look, explorations).field, "--look")
    elif look_choice != NO_FIELD or look_choice.imported_kind:
        training["field"] = look_choice.build_field()
    training |= {name: text for name, text in (("moves", moves), ("pairs", pairs)) if text is not None}
    if shipped == bool(folder) or (shipped and (training or resume or device != "auto")):
        raise SettingsError("name a folder with music, as in: explorer train music/ (or --shipped alone)")
    with new_folders(explorations), ProgressBar() as bar:
        progress = bar if ends_with is None else _while_alive(ends_with, bar)
        if shipped:
            run = train_shipped_model(prove or (), progress=progress, explorations=explorations)
        else:
            run = train_model(
                folder or "",
                proof_on=prove or (),
                progress=progress,
                explorations=explorations,
                resume=resume,
                device=device,
                on_sensitivity=lambda sensitivity: _print_sensitivity(sensitivity, bar),
                **training,
            )
    if len(history := run.history):
        print_line(f"epochs      {len(history)}, the best is {1 + history['validation'].to_numpy().argmin()}")
    print_line(run.report())
    print_line(f"model       {run.folder / ONNX_FILE}")
    print_line(f"pictures    {run.folder / SHEET}")
    print_line(f"run         {run.folder}")
    if run.manifest["status"] == "stopped":
        print_line(f"resume with explorer train {folder} --resume {run.folder.name}")
        raise Stopped("training was stopped")


def _print_sensitivity(sensitivity: Sensitivity, bar: ProgressBar) -> None:
    """Print, before training, which pairs the field can express."""
    bar.close()
    print_line("what moves the picture, 0.5 being enough:")
    for line in sensitivity.lines():
        print_line(f"  {line}")


def _while_alive(process: int, progress: Progress) -> Progress:
    """Progress that stops the training when the process that started it is gone."""

    def report_progress(step: str, done: float, total: float) -> None:
        progress(step, done, total)
        if step not in (EVALUATION_PHASE, WRITING_PHASE) and not psutil.pid_exists(process):
            raise Stopped("the process that started this training is gone")

    return report_progress


def judge(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="a train_... run, by name or folder, or 'default'"),
    ] = "default",
    explorations: Explorations = None,
) -> None:
    """Measure a model on generated sounds that no training uses, and print the table."""
    from explorer.experiments.library.lookup import find_folder
    from explorer.fields.julia.model import SHIPPED_FOLDER
    from explorer.learn import judge as judge_model
    from explorer.learn.evaluation import table_lines

    folder = SHIPPED_FOLDER if run == "default" else find_folder(run, explorations)
    with ProgressBar() as bar:
        judgement = judge_model(folder, bar)
    print_line("\n".join(table_lines(judgement)))


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="a train_... run, by name or folder")],
    explorations: Explorations = None,
) -> None:
    """Write the model of a training as ONNX, and check it against torch."""
    from explorer.experiments.library.lookup import find_folder
    from explorer.learn import export as export_onnx

    path, difference = export_onnx(find_folder(run, explorations))
    print_line(f"model       {path} (differs from torch by {difference:.0e} at most)")
