"""`explorer look`: looks of one's own, added, listed, shown as text and removed."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli import output_paths
from explorer.cli.console import print_error, print_line
from explorer.cli.options import Explorations, ImportOption
from explorer.progress_bar import ProgressBar

SOURCE_HELP = "a look file, sketch.py, run, recipe.json, video or report of explorer, or the text of a look"
app = typer.Typer(help="Save, list and share looks: a field with a name.", rich_markup_mode=None)


@app.command()
def add(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=SOURCE_HELP)],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="another name for it")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace your look of this name")] = False,
    explorations: Explorations = None,
    modules: ImportOption = None,
) -> None:
    """Save the look of a file, run, video or text, so that --preset NAME draws it."""
    from explorer.experiments.library import look_folder
    from explorer.experiments.library.looks import resolve_look

    look = resolve_look(source, explorations)
    look = look if name is None else look.replace(name=name)
    existed = look_folder.looks_folder().exists()
    path = look_folder.store(look, overwrite)
    print_line(f"look        {look.summary}")
    print_line(f"file        {path}")
    if (listed := look_folder.listed_name(look.name)) != look.name:
        print_line(f"note        it is '{listed}', unchanged; runs are listed under that name")
    if not existed:
        print_line(f"new folder  {path.parent}")


@app.command(name="list")
def list_looks(
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="FILE", help="draw all on one picture: PNG or JPEG")
    ] = None,
    audio: Annotated[
        str | None,
        typer.Option("--audio", metavar="AUDIO", help="the sound of the pictures [default: the demo clip]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print the table as JSON")] = False,
    modules: ImportOption = None,
) -> None:
    """List the looks that ship and your own; --sheet draws all of them."""
    from explorer.experiments.library.looks import looks

    target = output_paths.OutputFile("--sheet", sheet, (".png", ".jpg", ".jpeg")) if sheet else None
    every = looks()
    if json:
        print_line(every.table.to_json(orient="records", indent=2))
    else:
        print_line(every.table.to_string(index=False))
        print_line(f"yours are in {every.folder}")
    for notice in every.notices:
        print_error(f"warning: {notice}")
    if target:
        from explorer.experiments.library.look_sheet import draw_looks
        from explorer.video import save_image

        with ProgressBar() as progress:
            save_image(draw_looks(every, audio, progress), target.path)
        target.report_written("sheet")


@app.command()
def show(
    source: Annotated[str, typer.Argument(metavar="NAME", help=f"the name of a look; or {SOURCE_HELP}")],
    explorations: Explorations = None,
    modules: ImportOption = None,
) -> None:
    """Print a look as one line of text, to paste into a chat or a mail; `explorer look add` reads it."""
    from explorer.experiments.library.looks import resolve_look

    print_line(resolve_look(source, explorations).text)


@app.command()
def export(
    source: Annotated[
        str, typer.Argument(metavar="RUN|PRESET|MP4", help=f"the name of a look; or {SOURCE_HELP}")
    ],
    out: Annotated[str, typer.Argument(metavar="OUT", help="the file; its ending says for which tool")],
    audio: Annotated[
        str | None,
        typer.Option(
            "--audio", metavar="AUDIO", help="a sound file along which an .html file plays exactly, too"
        ),
    ] = None,
    explorations: Explorations = None,
    modules: ImportOption = None,
) -> None:
    """Write a look as .html (a page), .frag (Shadertoy), .fs (ISF), .glsl (TouchDesigner) or .wgsl."""
    from explorer.experiments.library.look_export import TARGETS, export_look
    from explorer.experiments.library.looks import resolve_look

    target = output_paths.OutputFile("OUT", out, tuple(TARGETS))
    look = resolve_look(source, explorations)
    track = None
    if audio is not None:
        with ProgressBar() as progress:
            track = look.field.analyze(
                audio, progress=progress, **look.analysis.model_dump(exclude={"extras"})
            )
    exported = export_look(
        look.field, target.path, track, name=look.name, analysis=look.analysis.model_dump()
    )
    target.report_written(f"{target.path.suffix[1:].lower()} file")
    for note in exported.notes:
        print_line(f"note        {note}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="the name of one of your looks")],
) -> None:
    """Delete one of your looks."""
    from explorer.experiments.library import look_folder

    print_line(f"removed     {look_folder.remove(name)}")
