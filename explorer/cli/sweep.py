"""`explorer sweep`: settings varied, every result in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from tqdm import tqdm

from explorer.cli.console import print_line
from explorer.cli.options import (
    ColumnsOption,
    DaskOption,
    EditsOption,
    FieldFlags,
    NormalizeOption,
    StemsOption,
    with_setting_flags,
)
from explorer.cli.output_paths import new_folders
from explorer.errors import SettingsError, Stopped
from explorer.experiments.library.look_folder import field_words
from explorer.experiments.runs.run_folder import SHEET
from explorer.formatting import duration_text
from explorer.progress_bar import ProgressBar

if TYPE_CHECKING:
    from explorer.experiments import Sweep
    from explorer.experiments.sweeps.eta import RemainingTime, SweepPlan


@with_setting_flags
def sweep(
    audio: Annotated[str | None, typer.Argument(metavar="[AUDIO]", help="a sound file")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=A,B,C", help="what to vary; random and lhs take NAME=LOW..HIGH too"
        ),
    ] = None,
    columns: ColumnsOption = None,
    stems: StemsOption = None,
    normalize: NormalizeOption = True,
    edits: EditsOption = None,
    dask: DaskOption = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="FOLDER", help="resume an interrupted sweep")
    ] = None,
    *,
    sweep_options: dict[str, Any],
    field: FieldFlags,
) -> None:
    """Vary settings of a field: a folder with pictures, clips, measures and a report of every combination."""
    from explorer.experiments import sweep as run_sweep
    from explorer.experiments.library.lookup import find_folder
    from explorer.experiments.runs.cluster import connect_dask
    from explorer.experiments.runs.sound_input import AudioInput, SoundInput

    if resume is not None and (columns or stems):
        raise SettingsError("a resumed sweep has its columns; leave --columns and --stems out")
    if resume is None and audio is None:
        raise SettingsError("name a sound file, as in: explorer sweep song.ogg --set gain=1,2,5")
    if resume is None and not set_ and not sweep_options.get("ready"):
        raise SettingsError("say what to vary, as in --set gain=1,2,5, or --ready quick")
    if dask and sweep_options.get("workers"):
        raise SettingsError("--workers are local processes; with --dask those of the cluster draw")
    if "moments" in sweep_options:
        sweep_options["moments"] = seconds(sweep_options["moments"])
    varied = varied_settings(set_ or [])
    names = [name.replace("-", "_") for name in varied] or ["gain"]  # ready-made sweeps vary networks
    folders = new_folders(sweep_options.get("explorations"))
    with folders, connect_dask(dask) as client, PointsBar() as bar:
        sound: AudioInput | None = audio
        if audio is not None and resume is None:
            sound = SoundInput.with_columns(audio, columns, stems, normalize, bar)
        result = run_sweep(
            None if resume and field == FieldFlags(None, None, {}) else field.build_field(names),
            sound,
            varied or None,
            analysis={"edits": edits} if edits is not None else None,
            executor=client,
            resume=find_folder(resume, sweep_options.get("explorations")) if resume else None,
            announce=bar.announce,
            progress=bar,
            **sweep_options,
        )
    announce(result)
    if (result.table["status"] == "failed").any():
        raise typer.Exit(1)


def announce(result: Sweep) -> None:
    """Print the counts and where the files are."""
    table = result.table
    for status, count in table["status"].value_counts().items():
        verdicts = table.loc[table["status"] == status, "verdict"].dropna().value_counts()
        summary = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
        print_line(f"{status!s:<11} {count} of {len(table)}{': ' + summary if summary else ''}")
    for key, error in table.loc[table["status"] == "failed", "error"].head(5).items():
        print_line(f"failed      {key}: {error}")
    print_line(f"field       {field_words(result.specification.base.field)}")
    print_line(f"sweep       {result.folder}")
    if (sheet := result.folder / SHEET).is_file():
        print_line(f"pictures    {sheet}")
    if result.report.is_file():
        print_line(f"report      {result.report}")


def varied_settings(texts: list[str]) -> dict[str, Any]:
    """`gain=1,2,5` as names and values; `gain=1..5` as a span. Raises SettingsError."""
    from explorer.experiments.sweeps.samplers import parse_axis

    settings: dict[str, Any] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not name or not values:
            raise SettingsError(f"--set {text}: write NAME=VALUE,VALUE as in --set gain=1,2,5")
        if name in settings:
            raise SettingsError(f"--set {name} is given twice; list all its values in one")
        settings[name] = parse_axis(name, values)
    return settings


def seconds(text: str) -> list[float]:
    """Numbers with commas between. Raises SettingsError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise SettingsError(f"--moments: got {text!r}; allowed: seconds, as in 1.5,10,30") from None


class PointsBar:
    """Progress of a sweep or an atlas on stderr: points done and the time left that they expect."""

    def __init__(self, command: str = "sweep") -> None:
        self._command = command
        self._step_bar = ProgressBar()
        self._bar: tqdm[Any] | None = None
        self._remaining: RemainingTime | None = None
        self._workers = 1
        self._folder: Path | None = None

    def announce(self, plan: SweepPlan) -> None:
        """Print what is going to be done."""
        self._workers, self._folder = plan.workers or 1, plan.folder
        self._remaining = None
        self._end()
        print_line(plan)

    def set_folder(self, folder: Path) -> None:
        """Remember what can be resumed, for the line after Ctrl-C."""
        self._folder = folder

    def __call__(self, step: str, done: float, total: float) -> None:
        from explorer.experiments.sweeps.eta import RemainingTime

        if step != "points":
            self._step_bar(step, done, total)
            return
        self._step_bar.close()
        if self._bar is None or self._remaining is None:
            self._remaining = RemainingTime(int(total - done), self._workers)
            form = "points {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
            self._bar = tqdm(total=int(total), initial=int(done), ascii=True, leave=False, bar_format=form)
        count = int(done) - int(self._bar.n)
        if count > 0:
            self._remaining.finished(count)
            self._bar.update(count)
        if (left := self._remaining.seconds_left) is not None:
            self._bar.set_postfix_str(f"{duration_text(left)} left")

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._step_bar.close()
        self._end()
        if kind is not None and issubclass(kind, KeyboardInterrupt | Stopped) and self._folder:
            print_line(f"resume with explorer {self._command} --resume {self._folder}")
