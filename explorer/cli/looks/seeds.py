"""`explorer seeds`: a sheet of seeds of a look on a song, each ready to render."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli import output_paths
from explorer.cli.console import print_line
from explorer.cli.options import DeviceOption, FieldFlags, with_setting_flags
from explorer.errors import SettingsError
from explorer.progress_bar import ProgressBar


@with_setting_flags
def seeds(
    audio: Annotated[str, typer.Argument(metavar="AUDIO", help="a sound file")],
    count: Annotated[int, typer.Option("--count", metavar="N", help="how many")] = 24,
    first: Annotated[int, typer.Option("--first", metavar="N", help="the first seed to try")] = 1,
    every: Annotated[
        bool, typer.Option("--all", help="reject none: neither bland ones, noise, still ones nor look-alikes")
    ] = False,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="folder for sheet and look files [default: SONG-seeds]"),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="FILE", help="write the sheet there: PNG or JPEG"),
    ] = None,
    device: DeviceOption = "auto",
    *,
    field: FieldFlags,
) -> None:
    """Draw many seeds of a look at three moments of a song on one sheet; bland and like ones are rejected."""
    from explorer.experiments.library.seeds import SHEET_FILE
    from explorer.experiments.library.seeds import seeds as draw_seeds

    look = field.build_look()
    folder = Path(out) if out else Path(f"{Path(audio).stem}-seeds")
    if folder.is_file():
        raise SettingsError(f"--out: {folder} is a file; choose a folder")
    path = folder / SHEET_FILE if sheet is None else Path(sheet)
    target = output_paths.OutputFile("--sheet", path, (".png", ".jpg", ".jpeg"))
    with ProgressBar() as progress:
        track = look.field.analyze(audio, progress=progress, **look.analysis.model_dump(exclude={"extras"}))
        result = draw_seeds(
            look.field, track, count, first=first, keep_all=every, size=look.size, device=device,
            progress=progress,
        )  # fmt: skip
    existed = folder.exists()
    result.save(folder, path)
    print_line(f"seeds       {result.summary}")
    target.report_written("sheet")
    if not existed and folder != path.parent:
        print_line(f"new folder  {folder}")
    example = folder / f"seed-{next(iter(result))}.json"
    print_line(f"render one  explorer render {_quoted(audio)} --look {_quoted(str(example))}")


def _quoted(text: str) -> str:
    """A path as it is typed in a shell."""
    return f'"{text}"' if any(character in text for character in " &;()'") else text
