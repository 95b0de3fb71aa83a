"""`explorer paint`: a network from a picture, for sound to bend."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from explorer.cli.console import print_line
from explorer.cli.options import Explorations, with_setting_flags
from explorer.cli.output_paths import new_folders
from explorer.errors import SettingsError, Stopped
from explorer.experiments.runs.run_folder import SHEET
from explorer.progress_bar import ProgressBar


@with_setting_flags
def paint(
    images: Annotated[
        list[str] | None, typer.Argument(metavar="[IMAGE]...", help="a picture, several, or a folder of them")
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="RUN", help="paint an earlier one further: --seconds in all"),
    ] = None,
    explorations: Explorations = None,
    *,
    painting: dict[str, Any],
) -> None:
    """Paint a CPPN from a picture: silence shows it, sound bends it. Ctrl-C keeps the best so far."""
    from explorer.learn.painting.paint import paint as paint_picture

    if bool(images) == (resume is not None):
        raise SettingsError("name a picture, as in: explorer paint photo.jpg (or --resume RUN alone)")
    with new_folders(explorations), ProgressBar() as progress:
        image = images[0] if images and len(images) == 1 else images
        run = paint_picture(image, progress=progress, explorations=explorations, resume=resume, **painting)
    numbers, log = run.manifest["painting"], run.manifest
    print_line(f"painted     {numbers['steps']} steps, {run.quality_text}")
    print_line(f"pictures    {run.folder / SHEET}")
    print_line(f"run         {run.folder}")
    print_line(f"render it   explorer render AUDIO --look {run.folder.name}")
    if log["status"] == "stopped":
        more = f"--seconds {2 * log['settings']['seconds']:g}"
        print_line(f"go on with  explorer paint --resume {run.folder.name} {more}")
        raise Stopped("painting was stopped")
