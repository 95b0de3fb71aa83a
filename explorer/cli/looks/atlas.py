"""`explorer atlas`: a map of many different looks of a field on a song."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import print_line
from explorer.cli.looks.selection import named_look
from explorer.cli.options import (
    NO_FIELD,
    SIZE_FLAGS,
    DaskOption,
    Explorations,
    FieldFlags,
    with_setting_flags,
)
from explorer.cli.output_paths import new_folders
from explorer.cli.sweep import PointsBar
from explorer.diagnostics.looks.look_measures import LOOK_MEASURES
from explorer.errors import SettingsError
from explorer.experiments.runs.run_folder import SHEET


@with_setting_flags
def atlas(
    audio: Annotated[str | None, typer.Argument(metavar="[AUDIO]", help="a sound file")] = None,
    evaluations: Annotated[
        int | None,
        typer.Option("--evaluations", metavar="N", help="how many looks are judged [default: 2000]"),
    ] = None,
    axes: Annotated[
        str,
        typer.Option(
            "--axes",
            metavar="A,B",
            help=f"two of {', '.join(LOOK_MEASURES)}",
        ),
    ] = "motion,audio_share",
    cells: Annotated[int, typer.Option("--cells", metavar="N", help="cells along each axis")] = 20,
    atlas_seed: Annotated[
        int, typer.Option("--atlas-seed", metavar="N", help="of the random numbers of the search")
    ] = 0,
    begin: Annotated[
        float | None,
        typer.Option("--begin", metavar="S", help="where the stretch begins that looks are seen on"),
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", help="length of that stretch")] = 4.0,
    resolution: Annotated[
        str | None,
        typer.Option(*SIZE_FLAGS, metavar="WxH", help="size of the pictures [default: about 160x90]"),
    ] = None,
    look: Annotated[
        str | None, typer.Option("--look", metavar="FILE|RUN|NAME", help="search around this look")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="local processes; none: as many as are worth it"),
    ] = None,
    dask: DaskOption = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", metavar="FOLDER", help="do what is left, or search on for --evaluations"),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="draw failed looks again")] = False,
    explorations: Explorations = None,
    *,
    field: FieldFlags,
) -> None:
    """Search the looks around a field for the best one in every cell of a map over two measures."""
    from explorer.evolution.atlas.atlas_search import atlas as search
    from explorer.experiments.library.lookup import find_folder
    from explorer.experiments.runs.cluster import connect_dask

    if resume is None and audio is None:
        raise SettingsError("name a sound file, as in: explorer atlas song.ogg --preset magma")
    if resume is not None and (audio is not None or look is not None or field != NO_FIELD):
        raise SettingsError("a resumed atlas has its sound and field; leave AUDIO and the field out")
    if dask and workers:
        raise SettingsError("--workers are local processes; with --dask those of the cluster draw")
    bar = PointsBar("atlas")
    with new_folders(explorations), connect_dask(dask) as client, bar:
        result = search(
            None if resume else named_look(look, field, explorations).field,
            audio,
            evaluations=evaluations,
            axes=axes,
            cells=cells,
            seed=atlas_seed,
            begin=begin,
            seconds=seconds,
            size=resolution,
            workers=workers,
            executor=client,
            resume=find_folder(resume, explorations) if resume else None,
            retry_failed=retry_failed,
            explorations=explorations,
            announce=bar.set_folder,
            progress=bar,
        )
    table = result.table
    failures = table.loc[table["status"] == "failed", "error"]
    print_line(f"atlas       {result.words}")
    for key, error in failures.head(5).items():
        print_line(f"failed      {key}: {error}")
    if (sheet := result.folder / SHEET).is_file():
        print_line(f"map         {sheet}")
    if result.report.is_file():
        print_line(f"report      {result.report}")
    if audio and table["elite"].any():
        best = result.elites["metrics.quality"].idxmax()
        print_line(f"render one  explorer render {audio} --look {result.folder.name}/{best}")
    if not failures.empty:
        raise typer.Exit(1)
