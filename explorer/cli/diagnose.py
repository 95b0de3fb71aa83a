"""`explorer diagnose`: why is it static, why is it noise, and what to change."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from explorer.cli import output_paths
from explorer.cli.console import Bar, say
from explorer.cli.options import FieldFlags, with_setting_flags
from explorer.errors import SettingsError
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
        str | None,
        typer.Option("--picture", metavar="FILE", help="draw it: PNG, JPEG, WebP, SVG or PDF"),
    ] = None,
    video: Annotated[
        str | None, typer.Option("--video", metavar="FILE.mp4", help="measure a video file instead")
    ] = None,
    *,
    field: FieldFlags,
) -> None:
    """Measure a field as it would be rendered to a sound: verdict, reason and suggestion."""
    refused = _verdicts(fail_on)
    drawn = output_paths.picture("--picture", picture) if picture is not None else None
    if video is not None:
        if (audio, fail_on, start, duration, field) != (None, None, 0.0, None, FieldFlags(None, None, {})):
            raise SettingsError(
                "--video measures the file as it is: leave AUDIO and --fail-on out, --start, --duration and "
                "the flags of fields too"
            )
        _measure_video(video, as_json, drawn)
        return
    from explorer.audio import DEMO_CLIP
    from explorer.diagnostics import diagnose as diagnose_field
    from explorer.rendering import FrameSettings, parse_size

    width, height = parse_size(resolution)
    frames = FrameSettings(width=width, height=height, fps=fps, start=start, duration=duration)
    with Bar() as progress:
        chosen = field.choose()
        track = chosen.hear(DEMO_CLIP if audio is None else audio, progress=progress)
        found = diagnose_field(chosen, track, frames=frames, budget=budget, progress=progress)
    if drawn:
        output_paths.save(found.figure(), drawn)
    if as_json:
        say(json.dumps({"audio": track.name, **found.to_dict()}, indent=2, allow_nan=False))
    else:
        say(f"{track.name}{'' if audio else ' (the demo clip; name a sound file to diagnose yours)'}")
        say(found.summary())
        if drawn:
            drawn.done("picture")
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


def _measure_video(video: str, as_json: bool, drawn: output_paths.Target | None) -> None:
    """Measure a file that need not be ours."""
    from explorer.diagnostics.video import measure_video

    with Bar() as progress:
        measured = measure_video(video, progress=progress)
    if drawn:
        output_paths.save(measured.figure(), drawn)
    say(json.dumps(measured.to_dict(), indent=2, allow_nan=False) if as_json else measured.summary())
    if drawn and not as_json:
        drawn.done("picture")
