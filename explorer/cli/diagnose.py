"""`explorer diagnose`: why is it static, why is it noise, and what to change."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from explorer.cli.console import Bar, say
from explorer.cli.options import with_setting_flags
from explorer.errors import SettingsError
from explorer.fields import AnyField
from explorer.settings import nearest

FAILED = 3  # the status when the verdict is one of --fail-on


@with_setting_flags
def diagnose(
    audio: Annotated[
        str | None, typer.Argument(metavar="[AUDIO]", help="a sound file [default: the demo clip]")
    ] = None,
    resolution: Annotated[
        str, typer.Option("--resolution", metavar="360p|WxH", help="size to judge for")
    ] = "360p",
    fps: Annotated[
        str, typer.Option("--fps", metavar="N", help="frames a second, as in 30 or 23.976")
    ] = "30",
    start: Annotated[float, typer.Option("--start", metavar="S", help="where to start, in seconds")] = 0.0,
    duration: Annotated[
        float | None, typer.Option("--duration", metavar="S", help="how many seconds [default: to the end]")
    ] = None,
    budget: Annotated[
        str, typer.Option("--budget", metavar="draft|full", help="how thoroughly to measure")
    ] = "full",
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="VERDICTS", help="exit with 3 for these, as in static,noisy"),
    ] = None,
    picture: Annotated[
        str | None, typer.Option("--picture", metavar="FILE.png", help="draw the diagnosis")
    ] = None,
    video: Annotated[
        str | None, typer.Option("--video", metavar="FILE.mp4", help="measure a video file instead")
    ] = None,
    *,
    field: AnyField,
) -> None:
    """Measure a field as it would be rendered to a sound: verdict, reason and suggestion."""
    refused = _verdicts(fail_on)
    if video is not None:
        _measure_video(video, audio, fail_on, as_json, picture)
        return
    from explorer.audio import DEMO_CLIP
    from explorer.diagnostics import diagnose as diagnose_field
    from explorer.rendering import FrameSettings, parse_size

    width, height = parse_size(resolution)
    frames = FrameSettings(width=width, height=height, fps=fps, start=start, duration=duration)
    with Bar() as progress:
        track = field.hear(audio or DEMO_CLIP, progress=progress)
        found = diagnose_field(field, track, frames=frames, budget=budget, progress=progress)
    if picture:
        _save(found.figure(), picture)
    if as_json:
        say(json.dumps({"audio": track.name, **found.to_dict()}, indent=2, allow_nan=False))
    else:
        say(f"{track.name}{'' if audio else ' (the demo clip; name a sound file to diagnose yours)'}")
        say(found.summary())
        if picture:
            say(f"picture     {picture}")
    if found.verdict in refused:
        raise typer.Exit(FAILED)


def _verdicts(fail_on: str | None) -> list[str]:
    """The verdicts of --fail-on. Raises SettingsError for a word that is none."""
    from explorer.diagnostics.verdict import VERDICTS

    words = [word.strip() for word in (fail_on or "").split(",") if word.strip()]
    for word in words:
        if word not in VERDICTS:
            raise SettingsError(f"--fail-on: no verdict '{word}'{nearest(word, VERDICTS)}")
    return words


def _measure_video(
    video: str, audio: str | None, fail_on: str | None, as_json: bool, picture: str | None
) -> None:
    """Measure a file that need not be ours."""
    if audio is not None or fail_on is not None:
        raise SettingsError("--video measures the file as it is: leave AUDIO and --fail-on out")
    from explorer.diagnostics.video import measure_video

    with Bar() as progress:
        measured = measure_video(video, progress=progress)
    if picture:
        _save(measured.figure(), picture)
    say(json.dumps(measured.to_dict(), indent=2, allow_nan=False) if as_json else measured.summary())


def _save(figure: Any, picture: str) -> None:
    from explorer import files

    with files.atomic_path(picture) as part:
        figure.savefig(part, format="png")
