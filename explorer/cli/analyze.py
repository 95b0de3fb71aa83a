"""`explorer analyze`: the features of a sound, as a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.audio.features import EXTRAS
from explorer.cli.console import Bar, say
from explorer.errors import SettingsError

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".svg", ".pdf")


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
    from explorer.audio.picture import clock, draw_track, summary
    from explorer.fields import Patterns

    target = Path(picture or f"{Path(audio).stem}-features.png")
    if target.suffix.lower() not in PICTURES:
        raise SettingsError(f"--picture: got {target.name}; choose a name that ends in {', '.join(PICTURES)}")
    with Bar() as progress:
        track = analyze_sound(audio, fps=fps, progress=progress, extras=extras)
    say(f"{track.name}: {track.duration:.2f} s, {len(track.times)} moments at {track.fps:g} a second")
    say(summary(track).to_string())
    parts = Patterns().families(track)
    say("patterns    " + ", ".join(f"{name} {clock(begin)}" for begin, _, name in parts))
    with files.atomic_path(target) as part:
        draw_track(track, audio, parts=parts).savefig(part, format=target.suffix[1:].lower())
    say(f"picture     {target}")
    if table:
        with files.atomic_path(table) as part:
            track.table().to_csv(part)
        say(f"table       {table}")
