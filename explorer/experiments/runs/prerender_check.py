"""What can be told of a render before it starts: its diagnosis, kept in the run, and a warning if need be."""

from __future__ import annotations

import warnings
from pathlib import Path

from explorer import files
from explorer.audio import FeatureTrack
from explorer.diagnostics import diagnose
from explorer.errors import ExplorerWarning
from explorer.experiments.runs.recipe import Recipe
from explorer.progress import Progress, silent

NAME = "diagnosis.json"
LONG_ENOUGH = 1.0  # seconds: of a shorter excerpt it cannot be said that it is static
LARGE_ENOUGH = 100  # rows: in a smaller frame pixels lie so far apart that no detail is like its neighbour


def keep_diagnosis(
    recipe: Recipe,
    track: FeatureTrack,
    folder: Path,
    threads: int | None = None,
    progress: Progress = silent,
) -> None:
    """Write the draft diagnosis of a recipe into its run; warn when the video would be static or noisy.

    A single frame, which moves by no means, is diagnosed as part of the whole. It costs less than a frame
    of 720p.
    """
    frames = recipe.frames
    if frames.span(track.duration)[1] == 1:
        frames = frames.replace(start=0.0, duration=None)
    found = diagnose(recipe.field, track, frames=frames, budget="draft", threads=threads, progress=progress)
    seconds = frames.span(track.duration)[1] / frames.fps
    still = found.verdict == "static" and seconds >= LONG_ENOUGH
    noise = found.verdict == "noisy" and frames.height >= LARGE_ENOUGH
    files.write_json(folder / NAME, found.to_dict(suggestion=still or noise))  # its search takes seconds
    if still or noise:
        advice = f"; {found.suggestion.words}" if found.suggestion else ""
        warnings.warn(f"{found.sentence.rstrip('.')}{advice}", ExplorerWarning, stacklevel=4)
