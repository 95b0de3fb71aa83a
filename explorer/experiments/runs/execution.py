"""Carry out a recipe: track, frames, video, pictures and manifest in one new folder."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer import files
from explorer.audio import FeatureTrack, Sound, open_sound
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError
from explorer.experiments.reports import report_or_warn
from explorer.experiments.runs import manifest
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, workers_of
from explorer.experiments.runs.estimate import Estimate, estimate
from explorer.experiments.runs.peak_memory import peak_memory_bytes
from explorer.experiments.runs.prerender_check import keep_diagnosis
from explorer.experiments.runs.recipe import Recipe, exposure_of, load_recipe
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.segments import frames_by
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.formatting import frame_time_text
from explorer.progress import Progress, silent
from explorer.rendering import Device, FrameSettings, Renderer, parse_size, resolve
from explorer.rendering.frames import Size
from explorer.video import EncoderSettings, PngSequence, VideoWriter, contact_sheet, save_image

SHEET_FRAMES = 12


def render(
    field: FieldSettings,
    audio: str | Path,
    out: str | Path | None = None,
    *,
    size: Size | None = None,
    fps: Any = 30,
    start: float = 0.0,
    duration: float | None = None,
    device: str = "auto",
    precision: str = "auto",
    threads: int | None = None,
    executor: AnyExecutor | None = None,
    png_dir: str | Path | None = None,
    explorations: str | Path | None = None,
    flash_limit: bool = True,
    analysis: dict[str, Any] | None = None,
    encoder: EncoderSettings | None = None,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress = silent,
) -> Run:
    """Draw a field to a sound and keep everything in a new run folder.

    `size` is '360p' to '2160p', 'WxH' or a pair, and the field's own unless told otherwise; `start` and
    `duration` are seconds; `flash_limit` dims what would flash more than three times a second; `out` gets a
    copy of the MP4 and `png_dir` every frame. `analysis` holds settings of `analyze`. The workers of an
    `executor` draw, with `threads` (1) each, while this process encodes: that of concurrent.futures or a
    `dask.distributed.Client` whose workers reach the run folder. `on_estimate` is
    told what a longer render will take, measured in a second or two before it starts, and a disk too full is
    refused then. Raises ExplorerError with one clear line; a callback or Ctrl-C may stop it, and nothing
    half-written remains under a final name.
    """
    check_field(field)
    target = resolve(device, precision)
    width, height = parse_size(size or field.frame_size)
    frames = FrameSettings(
        width=width, height=height, fps=fps, start=start, duration=duration, flash_limit=flash_limit
    )
    track = field.analyze(audio, progress=progress, **(analysis or {}))
    recipe = Recipe.for_track(
        track,
        field=field,
        frames=frames,
        precision="draft" if target.draft else "fp32",
        encoder=encoder or EncoderSettings(),
    )
    return carry_out(
        recipe,
        audio,
        out,
        track=track,
        device=target,
        threads=threads,
        executor=executor,
        png_dir=png_dir,
        explorations=explorations,
        on_estimate=on_estimate,
        progress=progress,
    )


def carry_out(
    recipe: Recipe,
    audio: str | Path,
    out: str | Path | None = None,
    *,
    track: FeatureTrack | None = None,
    device: Device | str = "auto",
    threads: int | None = None,
    executor: AnyExecutor | None = None,
    png_dir: str | Path | None = None,
    explorations: str | Path | None = None,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress = silent,
) -> Run:
    """Carry out a recipe on its sound file in a new run folder. See `render`."""
    _check_even(recipe.frames)
    if executor is not None:
        as_executor(executor)
    out = _check_out(out, Path(audio))
    target = device if isinstance(device, Device) else resolve(device, recipe.precision)
    track = track or recipe.field.analyze(audio, progress=progress, **recipe.analysis.model_dump())
    times = recipe.frames.times(track.duration)
    _warn_of_the_end(recipe.frames, track)
    pictures = PngSequence(png_dir) if png_dir is not None else None
    sound = open_sound(audio)
    root = files.explorations_folder(explorations)
    if on_estimate:
        _tell(on_estimate, recipe, track, sound, target, threads, root, out, progress)
    for unfinished in root.glob("render_*"):
        files.sweep_parts(unfinished)
    folder = files.new_folder(root, "render")
    exposure = exposure_of(recipe, track, threads)
    with (
        Renderer(
            recipe.field, track, recipe.frames.size, device=target, threads=threads, exposure=exposure
        ) as renderer,
        _logged(folder, recipe, Path(audio), renderer) as log,
    ):
        files.write_json(folder / "recipe.json", recipe.to_dict())
        track.save(folder / "features")
        keep_diagnosis(recipe, track, folder, threads, progress)
        if executor is not None:
            log["workers"] = workers_of(executor)
        if exposure:
            exposure.prepare(times[0], times[-1], progress)
            log["flash_limit"] = exposure.summary(times)
        began = time.perf_counter()
        with closing(_frames(renderer, times, executor, folder, threads or 1)) as frames:
            kept = _draw(frames, recipe, times, sound, folder, pictures, renderer.threads, progress)
        log["performance"] = _performance(renderer, recipe, len(times), time.perf_counter() - began)
        _pictures(folder, kept)
        if out:
            files.copy(folder / "video.mp4", out)
    report_or_warn(folder)
    return Run(folder)


def _check_even(frames: FrameSettings) -> None:
    width, height = frames.size
    if width % 2 or height % 2:
        raise SettingsError(
            f"resolution: got {width}x{height}; a video needs even sides, "
            f"as in {width // 2 * 2}x{height // 2 * 2}"
        )


def _warn_of_the_end(frames: FrameSettings, track: FeatureTrack) -> None:
    """Say so when an excerpt asks for more than there is."""
    there = max(0.0, track.duration - frames.start)
    if frames.duration is not None and frames.duration > there + 1 / frames.fps:
        told = f"{track.name} ends after {track.duration:.2f} s: drawn are {there:.2f} s"
        warnings.warn(ExplorerWarning(f"{told} of the {frames.duration:g} s asked for"), stacklevel=4)


def _tell(
    on_estimate: Callable[[Estimate], None],
    recipe: Recipe,
    track: FeatureTrack,
    sound: Sound,
    device: Device,
    threads: int | None,
    root: Path,
    out: Path | None,
    progress: Progress,
) -> None:
    """Estimate a render, refuse it when the disk is too full, else tell."""
    expected = estimate(
        recipe.field,
        track,
        recipe.frames,
        sound=sound,
        device=device,
        encoder=recipe.encoder,
        threads=threads,
        progress=progress,
    )
    if expected:
        expected.check_space(root, out)
        on_estimate(expected)


def _check_out(out: str | Path | None, audio: Path) -> Path | None:
    """Refuse, before any work is done, a target that cannot become an MP4 or would replace a foreign file."""
    if out is None:
        return None
    path = Path(out)
    if path.suffix.lower() != ".mp4":
        raise SettingsError(f"the output must end in .mp4, got {path.name!r}")
    if path.is_dir():
        raise SettingsError(f"{path} is a folder; name a file in it, as in {path / 'video.mp4'}")
    if path.exists() and (path.samefile(audio) or not _is_ours(path)):
        raise SettingsError(f"{path} exists and was not made by explorer; choose another name")
    return path


def _is_ours(path: Path) -> bool:
    """Whether an MP4 carries a recipe: only such a file is replaced."""
    try:
        return load_recipe(path) is not None
    except ExplorerError:
        return False


@contextmanager
def _logged(folder: Path, recipe: Recipe, audio: Path, renderer: Renderer) -> Iterator[dict[str, Any]]:
    """The manifest of a run, kept true: running, then done, stopped or failed with the reason."""
    log: dict[str, Any] = {
        "schema": manifest.SCHEMA,
        "kind": "render",
        "status": "running",
        "started": manifest.now(),
        "process": os.getpid(),
        "command": manifest.command(),
        "audio": {**recipe.audio.model_dump(), "path": str(audio.resolve())},
        "field": recipe.field.kind,
        **renderer.field.notes(renderer.track),
        "device": {
            "name": renderer.device.name,
            "type": renderer.device.torch_device.type,
            "note": renderer.device.note,
        },
        "kernel": renderer.kernel,
        "precision": recipe.precision,
        "threads": renderer.threads,
        "environment": manifest.environment(),
    }
    manifest.write(folder, log)
    try:
        yield log
        log |= {"status": "done", "artefacts": manifest.artefacts(folder)}
    except BaseException as error:
        log |= manifest.ended_by(error)
        raise
    finally:
        log["ended"] = manifest.now()
        _write_last(folder, log)


def _write_last(folder: Path, log: dict[str, Any]) -> None:
    """Write the final manifest; a full disk must not hide the error that filled it."""
    try:
        manifest.write(folder, log)
    except ExplorerError:
        if log["status"] == "done":
            raise


def _frames(
    renderer: Renderer, times: np.ndarray, executor: AnyExecutor | None, run: Path, threads: int
) -> Generator[np.ndarray, None, None]:
    """The frames of a run one by one, drawn here or by the workers of an executor."""
    if executor is None:
        yield from renderer.frames(times)
    else:
        size, device = (renderer.grid.width, renderer.grid.height), renderer.device.torch_device.type
        yield from frames_by(executor, run, size, len(times), device=device, threads=threads)


def _draw(
    frames: Iterator[np.ndarray],
    recipe: Recipe,
    times: np.ndarray,
    sound: Sound,
    folder: Path,
    pictures: PngSequence | None,
    threads: int,
    progress: Progress,
) -> dict[float, np.ndarray]:
    """Encode every frame; gives back evenly spaced ones by time."""
    count = len(times)
    chosen = set(np.linspace(0, count - 1, min(SHEET_FRAMES, count)).round().astype(int).tolist())
    kept: dict[float, np.ndarray] = {}
    writer = VideoWriter(
        folder / "video.mp4",
        size=recipe.frames.size,
        fps=recipe.frames.fps,
        frames=count,
        sound=sound,
        start=float(times[0]),
        comment=recipe.to_json(),
        encoder=recipe.encoder,
        threads=threads,
    )
    with writer:
        for n, frame in enumerate(frames):
            writer.write(frame)
            if n in chosen:
                kept[float(times[n])] = frame
            if pictures:
                pictures.write(frame)
            progress("drawing", n + 1, count)
    return kept


def _pictures(folder: Path, kept: dict[float, np.ndarray]) -> None:
    """Poster and contact sheet from the kept frames."""
    frames = list(kept.values())
    save_image(frames[len(frames) // 2], folder / "poster.jpg")
    labels = list(map(frame_time_text, kept))
    save_image(contact_sheet(frames, labels=labels), folder / "sheet.jpg")


def _performance(renderer: Renderer, recipe: Recipe, count: int, seconds: float) -> dict[str, Any]:
    """What the performance report says."""
    seconds = max(seconds, 1e-9)
    cuda = renderer.device.is_cuda
    return {
        "frames": count,
        "seconds": seconds,
        "fps": count / seconds,
        "megapixels_per_second": count * recipe.frames.width * recipe.frames.height / seconds / 1e6,
        "times_real_time": count / float(recipe.frames.fps) / seconds,
        "device": renderer.device.name,
        "kernel": renderer.kernel,
        "threads": renderer.threads,
        "peak_memory_mb": peak_memory_bytes() / 1e6,
        "gpu": {"peak_memory_mb": torch.cuda.max_memory_allocated() / 1e6} if cuda else None,
    }
