"""`explorer render`: a sound file in, a video and its run folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.console import Bar, complain, say
from explorer.cli.options import DeviceOption, Explorations, PrecisionOption, ThreadsOption, with_field_flags
from explorer.errors import SettingsError
from explorer.experiments import Run
from explorer.fields import AnyField


@with_field_flags
def render(
    audio: Annotated[str | None, typer.Argument(metavar="[AUDIO]", help="a sound file")] = None,
    out: Annotated[str | None, typer.Argument(metavar="[OUT.mp4]", help="a copy of the video")] = None,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", metavar="FILE", help="repeat a recipe.json; no other settings then"),
    ] = None,
    resolution: Annotated[
        str, typer.Option("--resolution", metavar="720p|WxH", help="size of the video")
    ] = "720p",
    fps: Annotated[
        str, typer.Option("--fps", metavar="N", help="frames a second, as in 30 or 23.976")
    ] = "30",
    start: Annotated[float, typer.Option("--start", metavar="S", help="where to start, in seconds")] = 0.0,
    duration: Annotated[
        float | None, typer.Option("--duration", metavar="S", help="how many seconds [default: to the end]")
    ] = None,
    models: Annotated[
        str | None, typer.Option("--models", metavar="NAMES", help="openl3,yamnet,vggish: not available yet")
    ] = None,
    png_dir: Annotated[
        str | None, typer.Option("--png-dir", metavar="DIR", help="keep every frame as a PNG too")
    ] = None,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "auto",
    threads: ThreadsOption = None,
    explorations: Explorations = None,
    *,
    field: AnyField,
) -> None:
    """Draw a field to a sound file: a video with sound in a run folder of its own."""
    if models:
        raise SettingsError(
            f"--models {models}: learned embeddings (openl3, yamnet, vggish) are not available in this "
            "version; leave --models out to draw with the spectral features"
        )
    if recipe is None and audio is None:
        raise SettingsError("name a sound file, as in: explorer render song.ogg (or try: explorer demo)")
    from explorer.experiments import render as render_field

    with Bar() as progress:
        if recipe is not None:
            run = _repeat(recipe, audio, out, device, threads, png_dir, explorations, progress)
        else:
            width, height = _even(resolution)
            run = render_field(
                field,
                str(audio),
                out,
                size=(width, height),
                fps=fps,
                start=start,
                duration=duration,
                device=device,
                precision=precision,
                threads=threads,
                png_dir=png_dir,
                explorations=explorations,
                progress=progress,
            )
    announce(run, out)


def announce(run: Run, out: str | None = None) -> None:
    """Say how it went and where things are."""
    say(run.report())
    say(f"run folder  {run.folder}")
    say(f"video       {Path(out) if out else run.video}")


def _repeat(
    recipe: str,
    audio: str | None,
    out: str | None,
    device: str,
    threads: int | None,
    png_dir: str | None,
    explorations: str | None,
    progress: Bar,
) -> Run:
    from explorer.experiments import carry_out, find_audio, load_recipe

    if audio is not None and out is None and audio.lower().endswith(".mp4"):
        audio, out = None, audio  # explorer render --recipe FILE OUT.mp4
    asked = load_recipe(recipe)
    sound = find_audio(asked, Path(recipe).resolve().parent, audio)
    return carry_out(
        asked,
        sound,
        out,
        device=device,
        threads=threads,
        png_dir=png_dir,
        explorations=explorations,
        progress=progress,
    )


def _even(resolution: str) -> tuple[int, int]:
    """The size, odd sides rounded up to even ones with a word."""
    from explorer.rendering import parse_size

    width, height = parse_size(resolution)
    even = width + width % 2, height + height % 2
    if even != (width, height):
        complain(f"warning: a video needs even sides: {width}x{height} becomes {even[0]}x{even[1]}")
    return even
