"""The diagnosis of a render, written before the first frame is drawn, with a warning if need be."""

from __future__ import annotations

from pathlib import Path

from explorer import files
from explorer.diagnostics import diagnose
from explorer.errors import warn
from explorer.experiments.runs import run_folder
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.progress import Progress, silent

MIN_SECONDS = 1.0  # a shorter excerpt is never called static
MIN_ROWS = 100  # in a smaller frame pixels are so far apart that no detail is like its neighbor


def write_diagnosis(frames: RecipeFrames, folder: Path, progress: Progress = silent) -> None:
    """Write the draft diagnosis of a recipe into its run; warn when the video would be static or noisy.

    A single frame, which moves by no means, is diagnosed as part of the whole. It costs less than a frame
    of 720p.
    """
    field, track, settings = frames.recipe.field, frames.track, frames.recipe.frames
    if settings.span(track.duration)[1] == 1:
        settings = settings.replace(start=0.0, duration=None)
    diagnosis = diagnose(
        field, track, frames=settings, budget="draft", threads=frames.threads, progress=progress
    )
    seconds = settings.span(track.duration)[1] / settings.fps
    is_static = diagnosis.verdict == "static" and seconds >= MIN_SECONDS
    is_noisy = diagnosis.verdict == "noisy" and settings.height >= MIN_ROWS
    needs_suggestion = is_static or is_noisy  # whose search takes seconds
    files.write_json(folder / run_folder.DIAGNOSIS, diagnosis.to_dict(suggestion=needs_suggestion))
    if needs_suggestion:
        advice = f"; {diagnosis.suggestion.words}" if diagnosis.suggestion else ""
        warn(f"{diagnosis.sentence.rstrip('.')}{advice}")
