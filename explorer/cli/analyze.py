"""`explorer analyze`: the features of a sound as a table and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.audio.features import EXTRAS, MODELS
from explorer.cli import output_paths
from explorer.cli.console import print_line
from explorer.cli.options import ColumnsOption, EditsOption, NormalizeOption, StemsOption, WeightsOption
from explorer.formatting import clock_text, count_text
from explorer.progress_bar import ProgressBar


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
        typer.Option(
            "--extras", metavar="A,B", help=f"measure more features, which takes longer: {', '.join(EXTRAS)}"
        ),
    ] = "",
    models: Annotated[
        str,
        typer.Option(
            "--models", metavar="A,B", help=f"measure features of pretrained models: {', '.join(MODELS)}"
        ),
    ] = "",
    columns: ColumnsOption = None,
    stems: StemsOption = None,
    normalize: NormalizeOption = True,
    edits: EditsOption = None,
    weights: WeightsOption = None,
) -> None:
    """Show the features of a sound file: a table, and a picture of the waveform with all features."""
    from explorer import files
    from explorer.audio import analyze as analyze_sound
    from explorer.audio.plot import draw_track, summary
    from explorer.fields import Patterns

    picture_file = output_paths.picture_file(
        "--picture", f"{Path(audio).stem}-features.png" if picture is None else picture
    )
    table_file = output_paths.OutputFile("--table", table) if table is not None else None
    with ProgressBar() as progress:
        track = analyze_sound(
            audio,
            fps=fps,
            columns=columns,
            stems=stems,
            normalize=normalize,
            edits=edits,
            progress=progress,
            extras=extras,
            models=models,
        )
    moments = count_text(len(track.times), "moment")
    print_line(f"{track.name}: {track.duration:.2f} s, {moments} at {track.fps:g} a second")
    print_line(summary(track).to_string(float_format=_figures, na_rep="-"))
    print_line("active      share of the time away from the resting value; for a tempo, with a clear beat")
    parts = Patterns().families(track)
    print_line("patterns    " + ", ".join(f"{name} {clock_text(begin)}" for begin, _, name in parts))
    output_paths.save(draw_track(track, audio, parts=parts), picture_file)
    picture_file.report_written("picture")
    if table_file:
        files.write_bytes(table_file.path, track.to_frame().to_csv().encode("utf-8"))
        table_file.report_written("table")


def _figures(number: float) -> str:
    """At least three significant figures: 0.162, 6111."""
    return f"{number:.0f}" if number >= 1000 else f"{number:.3g}"
