"""`explorer analyze`: the features of a sound, as a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.audio.features import EXTRAS
from explorer.cli import output_paths
from explorer.cli.console import Bar, say
from explorer.formatting import clock_text, count_text


def analyze(
    audio: Annotated[str, typer.Argument(metavar="AUDIO", help="a sound file")],
    picture: Annotated[
        str | None,
        typer.Option(
            "--picture", metavar="FILE", help="PNG, JPEG, WebP, SVG or PDF [default: NAME-features.png here]"
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="FILE.csv", help="write every value of every feature too")
    ] = None,
    fps: Annotated[float, typer.Option("--fps", metavar="N", help="moments a second")] = 60,
    extras: Annotated[
        str,
        typer.Option("--extras", metavar="A,B", help=f"hear more, which takes longer: {', '.join(EXTRAS)}"),
    ] = "",
) -> None:
    """Show what explorer hears in a sound file: a table, and the waveform with all features as a picture."""
    from explorer import files
    from explorer.audio import analyze as analyze_sound
    from explorer.audio.plot import draw_track, summary
    from explorer.fields import Patterns

    drawn = output_paths.picture(
        "--picture", f"{Path(audio).stem}-features.png" if picture is None else picture
    )
    listed = output_paths.Target("--table", table) if table is not None else None
    with Bar() as progress:
        track = analyze_sound(audio, fps=fps, progress=progress, extras=extras)
    moments = count_text(len(track.times), "moment")
    say(f"{track.name}: {track.duration:.2f} s, {moments} at {track.fps:g} a second")
    say(summary(track).to_string(float_format=_figures, na_rep="-"))
    say("active      share of the time off its rest; of a tempo, with a clear beat")
    parts = Patterns().families(track)
    say("patterns    " + ", ".join(f"{name} {clock_text(begin)}" for begin, _, name in parts))
    output_paths.save(draw_track(track, audio, parts=parts), drawn)
    drawn.done("picture")
    if listed:
        with files.atomic_path(listed.path) as part:
            track.table().to_csv(part)
        listed.done("table")


def _figures(number: float) -> str:
    """At least three: 0.162, 6111."""
    return f"{number:.0f}" if number >= 1000 else f"{number:.3g}"
