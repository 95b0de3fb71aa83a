"""`explorer breed`: generations of looks on a song, bred for a measure."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli.console import print_line
from explorer.cli.looks.selection import named_look
from explorer.cli.options import NO_FIELD, DaskOption, Explorations, FieldFlags, with_setting_flags
from explorer.cli.output_paths import new_folders
from explorer.errors import SettingsError
from explorer.evolution.fitness import DEFAULT_FITNESS, FITNESS_NAMES
from explorer.progress_bar import ProgressBar


@with_setting_flags
def breed(
    audio: Annotated[str | None, typer.Argument(metavar="[AUDIO]", help="a sound file")] = None,
    generations: Annotated[int, typer.Option("--generations", metavar="N", help="how many")] = 8,
    fitness: Annotated[
        str | None,
        typer.Option(
            "--fitness",
            metavar="NAME",
            help=f"what to breed for: {', '.join(FITNESS_NAMES)} [default: {DEFAULT_FITNESS}]",
        ),
    ] = None,
    population: Annotated[int, typer.Option("--population", metavar="N", help="looks of a generation")] = 12,
    strength: Annotated[
        float, typer.Option("--strength", metavar="S", help="how far children are from parents, 0 to 1")
    ] = 0.5,
    locks: Annotated[
        str, typer.Option("--locks", metavar="A,B", help="what stays: palette, symmetry, network")
    ] = "",
    begin: Annotated[
        float | None,
        typer.Option("--begin", metavar="S", help="where the stretch begins that looks are judged on"),
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", help="length of that stretch")] = 4.0,
    breed_seed: Annotated[
        int, typer.Option("--breed-seed", metavar="N", help="of the random numbers of all mutations")
    ] = 0,
    look: Annotated[
        str | None, typer.Option("--look", metavar="FILE|RUN|NAME", help="start from this look")
    ] = None,
    dask: DaskOption = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="FOLDER", help="breed on until there are so many")
    ] = None,
    explorations: Explorations = None,
    *,
    field: FieldFlags,
) -> None:
    """Breed looks on a song for a measure: in every generation the best fourth so far become parents.

    Without a field or look it starts with looks that ship.
    """
    from explorer.evolution import evolve
    from explorer.experiments.library.lookup import find_folder
    from explorer.experiments.runs.cluster import connect_dask

    if resume is None and audio is None:
        raise SettingsError("name a sound file, as in: explorer breed song.ogg --generations 8")
    start = None if look is None and field == NO_FIELD else named_look(look, field, explorations).field
    if resume is not None and (audio is not None or start is not None):
        raise SettingsError("a resumed breeding has its sound and looks; leave AUDIO and the field out")
    with new_folders(explorations), connect_dask(dask) as client, ProgressBar() as progress:
        breeding = evolve(
            start,
            audio,
            fitness,
            generations=generations,
            population=population,
            strength=strength,
            locks=locks,
            seed=breed_seed,
            begin=begin,
            seconds=seconds,
            executor=client,
            resume=find_folder(resume, explorations) if resume else None,
            explorations=explorations,
            progress=progress,
        )
    best = breeding.best(5)
    print_line(f"bred        {len(breeding)} looks in {len(breeding.generations)} generations")
    for individual in best:
        line = f"{individual.key} {individual.fitness:.4g} {individual.verdict}, {individual.field.kind}"
        print_line(f"{'best' if individual is best[0] else '':<11} {line}")
    print_line(f"folder      {breeding.folder}")
    if audio and best:
        print_line(f"render one  explorer render {audio} --look {breeding.folder.name}/{best[0].key}")
