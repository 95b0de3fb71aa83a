"""`explorer render`: a sound file in, a video and its run folder out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import output_paths
from explorer.cli.console import ProgressBar, print_error, print_line
from explorer.cli.options import (
    DeviceOption,
    Explorations,
    FieldFlags,
    PrecisionOption,
    ThreadsOption,
    with_setting_flags,
)
from explorer.errors import SettingsError
from explorer.formatting import count_text, percent_text

if TYPE_CHECKING:
    from explorer.experiments import Recipe, Run
    from explorer.experiments.runs.estimate import Estimate


@with_setting_flags
def render(
    audio: Annotated[str | None, typer.Argument(metavar="AUDIO", help="a sound file")] = None,
    out: Annotated[str | None, typer.Argument(metavar="OUT.mp4", help="a copy of the video")] = None,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", metavar="FILE", help="repeat a recipe.json, run folder or MP4 of explorer"),
    ] = None,
    resolution: Annotated[
        str | None,
        typer.Option("--resolution", metavar="720p|WxH", help="size [default: 720p; patterns: 512x512]"),
    ] = None,
    fps: Annotated[
        str | None, typer.Option("--fps", metavar="N", help="frames a second, as in 23.976 [default: 30]")
    ] = None,
    start: Annotated[
        float | None, typer.Option("--start", metavar="S", help="where to start, in seconds [default: 0]")
    ] = None,
    duration: Annotated[
        float | None, typer.Option("--duration", metavar="S", help="how many seconds [default: to the end]")
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            "--models",
            metavar="NAMES",
            help="openl3, yamnet, vggish (learned embeddings): not in this version",
        ),
    ] = None,
    png_dir: Annotated[
        str | None, typer.Option("--png-dir", metavar="DIR", help="keep every frame as a PNG too")
    ] = None,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "auto",
    threads: ThreadsOption = None,
    flash_limit: Annotated[
        bool | None,
        typer.Option(
            "--flash-limit/--no-flash-limit",
            help="dim what would flash more than three times a second [default: on]",
        ),
    ] = None,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="draw on the workers of a Dask cluster")
    ] = None,
    explorations: Explorations = None,
    *,
    field: FieldFlags,
    analysis: dict[str, Any],
    encoder: dict[str, Any],
) -> None:
    """Draw a field to a sound file: a video with sound in a run folder of its own.

    With --recipe an earlier run is repeated, with the settings that are typed beside it changed.
    """
    if models is not None:
        raise SettingsError(
            f"--models {models}: learned embeddings (openl3, yamnet, vggish) are not available in this "
            "version; leave --models out to draw with the spectral features"
        )
    if recipe is None and not audio:
        raise SettingsError("name a sound file, as in: explorer render song.ogg (or try: explorer demo)")
    from explorer.experiments.runs.cluster import connected

    size = _even(resolution) if resolution is not None else None
    frames: dict[str, Any] = {"fps": fps, "start": start, "duration": duration, "flash_limit": flash_limit}
    frames = {name: value for name, value in frames.items() if value is not None}
    carried: dict[str, Any] = {"threads": threads, "png_dir": png_dir, "explorations": explorations}
    with connected(dask) as client, ProgressBar() as progress:
        carried |= {"on_estimate": partial(_foretell, progress, dask), "executor": client}
        carried |= {"device": device, "progress": progress}
        if recipe is not None:
            from explorer.experiments import carry_out

            asked, sound, out = _asked(recipe, explorations, audio, out)
            copied = _copy(out)
            if size:
                frames |= {"width": size[0], "height": size[1]}
            run = carry_out(
                _changed(asked, field, analysis, encoder, frames, precision), sound, out, **carried
            )
        else:
            from explorer.experiments import render as render_field
            from explorer.video import EncoderSettings

            copied = _copy(out)
            encoding = EncoderSettings(**encoder)
            carried |= {"size": size, "precision": precision, "analysis": analysis, "encoder": encoding}
            run = render_field(field.build_field(), str(audio), out, **frames, **carried)
    announce(run, copied)


def announce(run: Run, copied: output_paths.OutputFile | None = None) -> None:
    """Say how it went and where things are."""
    print_line(run.report())
    if dimmed := _dimmed(run.manifest):
        print_line(dimmed)
    print_line(f"run folder  {run.folder}")
    print_line(f"pictures    {run.sheet}")
    (copied or output_paths.OutputFile("OUT", run.video)).report_written("video")


def _dimmed(log: dict[str, Any]) -> str:
    """How far the flash limiter dimmed a run; empty when it left every frame alone."""
    limit = log.get("flash_limit") or {"dimmed": 0, "least_exposure": 1}
    frames = round(limit["dimmed"] * log["performance"]["frames"])
    if not frames:
        return ""
    return (
        f"flashes     as meant, {count_text(frames, 'frame was', 'frames were')} dimmed "
        f"(down to {percent_text(limit['least_exposure'])}): "
        "fast flashes can cause seizures; --no-flash-limit draws them"
    )


def _copy(out: str | None) -> output_paths.OutputFile | None:
    return output_paths.OutputFile("OUT.mp4", out) if out is not None else None


def _foretell(bar: ProgressBar, dask: str | None, expected: Estimate) -> None:
    """Say what a render will take, on a line of its own."""
    bar.close()
    print_line(f"{expected}, on this machine alone" if dask else expected)


def _asked(
    recipe: str, explorations: str | None, audio: str | None, out: str | None
) -> tuple[Recipe, Path, str | None]:
    """A recipe, its sound and OUT.mp4; a lone MP4 beside --recipe is OUT unless it is the recipe's sound."""
    from explorer.experiments import find_audio, load_recipe
    from explorer.experiments.library import lookup

    given = Path(recipe)
    if not recipe or not (given.suffix or given.exists()):  # a name, as `explorer runs` lists it
        given = lookup.find(recipe, explorations)
    asked = load_recipe(given)
    near = given.resolve()
    near = near if near.is_dir() else near.parent
    if audio is not None and out is None and audio.lower().endswith(".mp4"):
        try:
            return asked, find_audio(asked, near, audio), None
        except SettingsError:
            audio, out = None, audio
    return asked, find_audio(asked, near, audio), out


def _changed(
    recipe: Recipe,
    field: FieldFlags,
    analysis: dict[str, Any],
    encoder: dict[str, Any],
    frames: dict[str, Any],
    precision: str,
) -> Recipe:
    """A recipe with the settings that were typed beside it."""
    return recipe.replace(
        field=field.apply_to(recipe.field),
        analysis=recipe.analysis.replace(**analysis),
        encoder=recipe.encoder.replace(**encoder),
        frames=recipe.frames.replace(**frames),
        precision=recipe.precision if precision == "auto" else precision,
    )


def _even(resolution: str) -> tuple[int, int]:
    """The size, odd sides rounded up to even ones with a word."""
    from explorer.rendering import parse_size

    width, height = parse_size(resolution)
    even = width + width % 2, height + height % 2
    if even != (width, height):
        print_error(f"warning: a video needs even sides: {width}x{height} becomes {even[0]}x{even[1]}")
    return even
