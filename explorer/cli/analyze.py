"""`explorer analyze`: the features of a sound, as a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.console import Bar, say


def analyze(
    audio: Annotated[str, typer.Argument(metavar="AUDIO", help="a sound file")],
    picture: Annotated[
        str | None, typer.Option("--picture", metavar="FILE.png", help="[default: NAME-features.png here]")
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="FILE.csv", help="write every value of every feature too")
    ] = None,
    fps: Annotated[float, typer.Option("--fps", metavar="N", help="moments a second")] = 60,
) -> None:
    """Show what explorer hears in a sound file: a table, and the waveform with all features as a picture."""
    from explorer import files
    from explorer.audio import analyze as analyze_sound
    from explorer.audio.picture import draw_track, summary

    with Bar() as progress:
        track = analyze_sound(audio, fps=fps, progress=progress)
    say(f"{track.name}: {track.duration:.2f} s, {len(track.times)} moments at {track.fps:g} a second")
    say(summary(track).to_string())
    target = Path(picture or f"{Path(audio).stem}-features.png")
    with files.atomic_path(target) as part:
        draw_track(track, audio).savefig(part, format="png")
    say(f"picture     {target}")
    if table:
        with files.atomic_path(table) as part:
            track.table().to_csv(part)
        say(f"table       {table}")
