"""`explorer diagnose`: why a field is static or noise, and what to change."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from explorer.cli import output_paths
from explorer.cli.console import print_line
from explorer.cli.options import (
    SIZE_FLAGS,
    ColumnsOption,
    DurationOption,
    FieldFlags,
    FpsOption,
    NormalizeOption,
    StartOption,
    StemsOption,
    with_setting_flags,
)
from explorer.errors import SettingsError
from explorer.experiments.library.look_folder import field_words
from explorer.progress_bar import ProgressBar
from explorer.settings import did_you_mean

REFUSED_VERDICT_STATUS = 3  # exit status when the verdict is one of --fail-on


@with_setting_flags
def diagnose(
    audio: Annotated[
        str | None, typer.Argument(metavar="[AUDIO]", help="a sound file [default: the demo clip]")
    ] = None,
    resolution: Annotated[
        str, typer.Option(*SIZE_FLAGS, metavar="360p|WxH", help="size to diagnose for")
    ] = "360p",
    fps: FpsOption = "30",
    start: StartOption = 0.0,
    duration: DurationOption = None,
    columns: ColumnsOption = None,
    stems: StemsOption = None,
    normalize: NormalizeOption = True,
    budget: Annotated[
        str, typer.Option("--budget", metavar="draft|full", help="how thoroughly to measure")
    ] = "full",
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on", metavar="VERDICTS", help="exit with status 3 for these verdicts, as in static,noisy"
        ),
    ] = None,
    picture: Annotated[
        str | None,
        typer.Option("--picture", metavar="FILE", help="draw the diagnosis: PNG, JPEG, WebP, SVG or PDF"),
    ] = None,
    video: Annotated[
        str | None, typer.Option("--video", metavar="FILE.mp4", help="measure a video file instead")
    ] = None,
    *,
    field: FieldFlags,
) -> None:
    """Measure a field as it would be rendered with a sound: verdict, reason and suggestion."""
    refused_verdicts = _verdicts(fail_on)
    picture_file = output_paths.picture_file("--picture", picture) if picture is not None else None
    if video is not None:
        sound_flags = (audio, fail_on, start, duration, columns, stems)
        if sound_flags != (None, None, 0.0, None, None, None) or field != FieldFlags(None, None, {}):
            raise SettingsError(
                "--video measures the file as it is: leave AUDIO and --fail-on out, --start, --duration, "
                "--columns, --stems and the flags of fields too"
            )
        _measure_video(video, as_json, picture_file)
        return
    from explorer.audio import DEMO_CLIP
    from explorer.diagnostics import diagnose as diagnose_field
    from explorer.rendering import FrameSettings, parse_size

    width, height = parse_size(resolution)
    frames = FrameSettings(width=width, height=height, fps=fps, start=start, duration=duration)
    with ProgressBar() as progress:
        selected = field.build_field()
        track = selected.analyze(
            DEMO_CLIP if audio is None else audio,
            columns=columns,
            stems=stems,
            normalize=normalize,
            progress=progress,
        )
        diagnosis = diagnose_field(selected, track, frames=frames, budget=budget, progress=progress)
    if picture_file:
        output_paths.save(diagnosis.figure(), picture_file)
    if as_json:
        print_line(json.dumps({"audio": track.name, **diagnosis.to_dict()}, indent=2, allow_nan=False))
    else:
        print_line(f"{track.name}{'' if audio else ' (the demo clip; name a sound file to diagnose yours)'}")
        print_line(f"field   {field_words(selected)}")
        print_line(diagnosis.summary())
        if picture_file:
            picture_file.report_written("picture")
    if diagnosis.verdict in refused_verdicts:
        raise typer.Exit(REFUSED_VERDICT_STATUS)


def _verdicts(fail_on: str | None) -> list[str]:
    """The verdicts of --fail-on. Raises SettingsError for an unknown word."""
    from explorer.diagnostics.verdict import VERDICTS

    words = [word.strip() for word in (fail_on or "").split(",") if word.strip()]
    for word in words:
        if word not in VERDICTS:
            raise SettingsError(f"--fail-on: no verdict '{word}'{did_you_mean(word, VERDICTS)}")
    return words


def _measure_video(video: str, as_json: bool, picture_file: output_paths.OutputFile | None) -> None:
    """Measure any video file."""
    from explorer.diagnostics.video import measure_video

    with ProgressBar() as progress:
        result = measure_video(video, progress=progress)
    if picture_file:
        output_paths.save(result.figure(), picture_file)
    print_line(json.dumps(result.to_dict(), indent=2, allow_nan=False) if as_json else result.summary())
    if picture_file and not as_json:
        picture_file.report_written("picture")
