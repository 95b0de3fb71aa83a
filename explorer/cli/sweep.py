"""`explorer sweep`: settings varied, everything seen at once, everything kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from tqdm import tqdm

from explorer.cli.console import ProgressBar, print_line
from explorer.cli.options import DeviceOption, Explorations, PrecisionOption, with_setting_flags
from explorer.errors import SettingsError, Stopped
from explorer.fields import AnyField
from explorer.formatting import duration_text

if TYPE_CHECKING:
    from explorer.experiments import Sweep
    from explorer.experiments.runs.eta import Pace, Plan


@with_setting_flags
def sweep(
    audio: Annotated[str | None, typer.Argument(metavar="[AUDIO]", help="a sound file")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=A,B,C", help="what to vary; random and lhs take NAME=LOW..HIGH too"
        ),
    ] = None,
    ready: Annotated[
        str | None, typer.Option("--ready", metavar="quick|batch", help="a ready-made sweep")
    ] = None,
    sampler: Annotated[
        str | None,
        typer.Option(
            "--sampler", metavar="NAME", help="grid, random, lhs, oat (one at a time) [default: grid]"
        ),
    ] = None,
    samples: Annotated[int | None, typer.Option("--samples", min=1, help="points of random and lhs")] = None,
    sampler_seed: Annotated[
        int | None, typer.Option("--sampler-seed", min=0, help="seed of the sampler")
    ] = None,
    resolution: Annotated[
        str | None,
        typer.Option("--resolution", metavar="360p|WxH", help="size of the pictures [default: 360p]"),
    ] = None,
    fps: Annotated[
        str | None, typer.Option("--fps", metavar="N", help="frames a second [default: 30]")
    ] = None,
    start: Annotated[
        float | None, typer.Option("--start", metavar="S", help="where to start, in seconds")
    ] = None,
    length: Annotated[
        float | None, typer.Option("--duration", metavar="S", help="how many seconds [default: to the end]")
    ] = None,
    moments: Annotated[
        str | None,
        typer.Option("--moments", metavar="S,S,S", help="seconds of the pictures [default: 3 of them]"),
    ] = None,
    clips: Annotated[
        bool | None, typer.Option("--clips/--no-clips", help="a short video of every point [default: clips]")
    ] = None,
    clip_seconds: Annotated[
        float | None, typer.Option("--clip-seconds", metavar="S", help="length of a clip [default: 4]")
    ] = None,
    clip_size: Annotated[
        str | None, typer.Option("--clip-size", metavar="WxH", help="size of a clip [default: 320 wide]")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="local processes [default: as many as are worth it]"),
    ] = None,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="draw on the workers of a Dask cluster")
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="FOLDER", help="go on with an interrupted sweep")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="draw failed points again")] = False,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "auto",
    explorations: Explorations = None,
    *,
    field: AnyField,
) -> None:
    """Vary settings of a field: a folder with pictures, clips, measures and a report of every combination."""
    from explorer.experiments import sweep as carry_out
    from explorer.experiments.library.lookup import find
    from explorer.experiments.runs.cluster import connected

    if resume is None and audio is None:
        raise SettingsError("name a sound file, as in: explorer sweep song.ogg --set gain=1,2,5")
    if resume is None and not set_ and not ready:
        raise SettingsError("say what to vary, as in --set gain=1,2,5, or --ready quick")
    if dask and workers:
        raise SettingsError("--workers are local processes; with --dask those of the cluster draw")
    with connected(dask) as client, Points() as bar:
        made = carry_out(
            None if resume and _untouched(field) else field,
            audio,
            varied(set_ or []) or None,
            ready=ready,
            sampler=sampler,
            samples=samples,
            sampler_seed=sampler_seed,
            size=resolution,
            fps=fps,
            start=start,
            duration=length,
            moments=seconds(moments) if moments else None,
            clips=clips,
            clip_seconds=clip_seconds,
            clip_size=clip_size,
            precision=None if precision == "auto" else precision,
            device=device,
            workers=workers,
            executor=client,
            resume=find(resume, explorations) if resume else None,
            retry_failed=retry_failed,
            explorations=explorations,
            announce=bar.announce,
            progress=bar,
        )
    announce(made)


def announce(made: Sweep) -> None:
    """Say how it went and where things are."""
    table = made.table
    for status, count in table["status"].value_counts().items():
        verdicts = table.loc[table["status"] == status, "verdict"].dropna().value_counts()
        told = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
        print_line(f"{status!s:<11} {count} of {len(table)}{': ' + told if told else ''}")
    for key, error in table.loc[table["status"] == "failed", "error"].head(5).items():
        print_line(f"failed      {key}: {error}")
    print_line(f"sweep       {made.folder}")
    if (made.folder / "sheet.jpg").is_file():
        print_line(f"pictures    {made.folder / 'sheet.jpg'}")
    if made.report.is_file():
        print_line(f"report      {made.report}")


def varied(given: list[str]) -> dict[str, Any]:
    """`gain=1,2,5` as names and values; `gain=1..5` as a span. Raises SettingsError."""
    from explorer.experiments.sweeps.sampling import typed_axis

    found: dict[str, Any] = {}
    for text in given:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not name or not values:
            raise SettingsError(f"--set {text}: write NAME=VALUE,VALUE as in --set gain=1,2,5")
        if name in found:
            raise SettingsError(f"--set {name} is given twice; list all its values in one")
        found[name] = typed_axis(name, values)
    return found


def seconds(text: str) -> list[float]:
    """Numbers with commas between. Raises SettingsError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise SettingsError(f"--moments: got {text!r}; allowed: seconds, as in 1.5,10,30") from None


def _untouched(field: AnyField) -> bool:
    """Whether no flag of the field was given."""
    from explorer.cli.options import FieldFlags

    return bool(field == FieldFlags(None, None, {}).build_field())


class Points:
    """Progress of a sweep on stderr: points done and the time left that the sweep itself expects."""

    def __init__(self) -> None:
        self._other = ProgressBar()
        self._bar: tqdm[Any] | None = None
        self._pace: Pace | None = None
        self._workers = 1
        self._folder: Path | None = None

    def announce(self, plan: Plan) -> None:
        """Say what is going to be done."""
        self._workers, self._folder = plan.workers or 1, plan.folder
        self._pace = None
        self._end()
        print_line(plan)

    def __call__(self, step: str, done: float, total: float) -> None:
        from explorer.experiments.runs.eta import Pace

        if step != "points":
            self._other(step, done, total)
            return
        self._other.close()
        if self._bar is None or self._pace is None:
            self._pace = Pace(int(total - done), self._workers)
            form = "points {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
            self._bar = tqdm(total=int(total), initial=int(done), ascii=True, leave=False, bar_format=form)
        new = int(done) - int(self._bar.n)
        if new > 0:
            self._pace.finished(new)
            self._bar.update(new)
        if (left := self._pace.seconds_left) is not None:
            self._bar.set_postfix_str(f"{duration_text(left)} left")

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._other.close()
        self._end()
        if kind is not None and issubclass(kind, KeyboardInterrupt | Stopped) and self._folder:
            print_line(f"go on with  explorer sweep --resume {self._folder}")
