"""Run a recipe: plan, draw, encode, pictures and manifest, in one new folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from explorer import files
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.runs.chapters import section_chapters
from explorer.experiments.runs.cluster import AnyExecutor, worker_count
from explorer.experiments.runs.estimate import Estimate
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.runs.performance import performance
from explorer.experiments.runs.prerender_check import write_diagnosis
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.render_plan import RenderPlan, plan_render
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.segments import frames_of_workers
from explorer.experiments.runs.sound_input import AudioInput
from explorer.formatting import frame_time_text
from explorer.processes import identity
from explorer.progress import Progress, silent
from explorer.rendering import Renderer
from explorer.video import VideoWriter, contact_sheet, save_image

SHEET_FRAMES = 12


def run_recipe(
    recipe: Recipe,
    audio: AudioInput,
    out: str | Path | None = None,
    options: RenderOptions | None = None,
    *,
    executor: AnyExecutor | None = None,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress = silent,
) -> Run:
    """Render a recipe with its sound file into a new run folder. See `explorer.render`.

    Of `options` those count that say how it is drawn and where the result goes.
    """
    plan = plan_render(recipe, audio, out, options or RenderOptions(), executor=executor, progress=progress)
    needs_estimate = on_estimate is not None or plan.container.max_bytes is not None
    if needs_estimate and (expected := plan.estimate(progress)) and on_estimate:
        on_estimate(expected)
    folder = plan.new_folder()
    with plan.renderer() as renderer, manifest.recording(folder, _facts(plan, renderer)) as log:
        _write_inputs(plan, folder)
        write_diagnosis(plan, folder, progress)
        if plan.exposure:
            begin = plan.loop.begin if plan.loop else plan.times[0]
            plan.exposure.prepare(begin, plan.times[-1], progress)
            log["flash_limit"] = plan.exposure.summary(plan.times)
        start = time.perf_counter()
        with closing(_frames(plan, renderer, folder)) as frames:
            samples = _encode(plan, frames, folder, renderer, progress)
        seconds = time.perf_counter() - start
        if renderer.lost_at is not None:
            lost = int(np.searchsorted(plan.times, renderer.lost_at))
            log["device"] |= {"note": renderer.device.note, "lost_at_frame": lost}
        log["performance"] = performance(renderer, recipe.frames, len(plan.times), seconds)
        _write_pictures(folder, samples)
        if plan.copy_path:
            files.copy(run_folder.video_path(folder, plan.container.name), plan.copy_path)
    return Run(folder)


def _facts(plan: RenderPlan, renderer: Renderer) -> dict[str, Any]:
    """What the manifest says from the start."""
    facts: dict[str, Any] = {
        "schema": manifest.SCHEMA,
        "kind": "render",
        "status": "running",
        "started": manifest.now(),
        **identity(),
        "command": manifest.command(),
        "audio": {**plan.recipe.audio.model_dump(), "path": str(plan.audio.resolve())},
        "field": plan.recipe.field.kind,
        **plan.recipe.field.notes(plan.track),
        "device": plan.device.facts,
        "kernel": renderer.kernel,
        "precision": plan.recipe.precision,
        "threads": renderer.threads,
        "environment": manifest.environment(),
    }
    return facts | ({} if plan.executor is None else {"workers": worker_count(plan.executor)})


def _write_inputs(plan: RenderPlan, folder: Path) -> None:
    """Recipe and track: all that workers need, and all that repeats the run."""
    files.write_json(folder / run_folder.RECIPE, plan.recipe.to_dict())
    lyrics = plan.recipe.lyrics
    if plan.overlay and lyrics and lyrics.font:
        files.copy(
            plan.overlay.font_path, folder / f"{run_folder.LYRICS_FONT}{plan.overlay.font_path.suffix}"
        )
    plan.track.save(folder / run_folder.FEATURES)


def _frames(plan: RenderPlan, renderer: Renderer, folder: Path) -> Generator[np.ndarray, None, None]:
    """The frames one by one, drawn here or by the workers of an executor."""
    if plan.executor is None:
        yield from renderer.frames(plan.times)
    else:
        yield from frames_of_workers(plan, plan.executor, folder)


def _encode(
    plan: RenderPlan, frames: Iterable[np.ndarray], folder: Path, renderer: Renderer, progress: Progress
) -> dict[float, np.ndarray]:
    """Write every frame to the video; gives back evenly spaced ones by their time."""
    times, recipe = plan.times, plan.recipe
    count, encoder = len(times), recipe.encoder
    numbers = np.linspace(0, count - 1, min(SHEET_FRAMES, count)).round().astype(int).tolist()
    poster = float(times[numbers[len(numbers) // 2]])
    samples: dict[float, np.ndarray] = {}
    writer = VideoWriter(
        run_folder.video_path(folder, plan.container.name),
        size=recipe.frames.size,
        fps=recipe.frames.fps,
        frames=count,
        sound=plan.sound,
        start=float(times[0]),
        comment=recipe.to_json(),
        encoder=encoder,
        threads=renderer.threads,
        cover=_cover(renderer, poster, folder) if encoder.cover else None,
        chapters=section_chapters(plan.track, times, recipe.frames.fps) if encoder.chapters else (),
    )
    with writer:
        for n, frame in enumerate(frames):
            if plan.overlay:
                frame = plan.overlay.draw(frame, float(times[n]))
            writer.write(frame)
            if n in numbers:
                samples[float(times[n])] = frame
            if plan.pictures:
                plan.pictures.write(frame)
            progress("drawing", n + 1, count)
    return samples


def _cover(renderer: Renderer, t: float, folder: Path) -> bytes:
    """The poster, drawn before all other frames: cover art stands first in the file."""
    save_image(renderer.frame(t), folder / run_folder.POSTER)
    return (folder / run_folder.POSTER).read_bytes()


def _write_pictures(folder: Path, samples: dict[float, np.ndarray]) -> None:
    """Poster and contact sheet."""
    frames = list(samples.values())
    save_image(frames[len(frames) // 2], folder / run_folder.POSTER)
    sheet = contact_sheet(frames, labels=[frame_time_text(t) for t in samples])
    save_image(sheet, folder / run_folder.SHEET)
