"""The whole benchmark: engines beside references, videos end to end, and the machine."""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from explorer.audio import DEMO_CLIP, analyze
from explorer.bench.engines import FULL, NETS, QUICK, measure_engines, parse_net
from explorer.bench.gpus import gpus, measure_gpus
from explorer.experiments.entry import render
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.fields import CPPN
from explorer.progress import Progress, silent
from explorer.rendering.devices import resolve
from explorer.rendering.frames import Size
from explorer.threads import usable_threads

SCHEMA = 1
PRESETS = ("compact-4x3", "molten")
VIDEO_SECONDS, QUICK_VIDEO_SECONDS = 6.0, 1.0
FPS = 30
ENVIRONMENT_VARIABLES = (  # that change the speed
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NUMBA_CPU_NAME",
)


def benchmark(
    nets: Sequence[str] = NETS,
    *,
    quick: bool = False,
    device: str | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The report of `explorer bench`, ready for JSON.

    `device` is the GPU that is measured, as in `gpu:llvmpipe`; all that are no software unless given. Raises
    SettingsError for an unknown network and DeviceError for an unknown GPU, before any work.
    """
    fields = {net: parse_net(net) for net in nets}
    devices = [resolve(name) for name in (gpus() if device is None else [device])]
    environment = machine()  # before the load of the benchmark itself
    track = analyze(DEMO_CLIP, progress=progress)
    engines = measure_engines(track, nets, quick=quick, progress=progress)
    rows = measure_gpus(fields, track, devices, QUICK if quick else FULL)
    videos = end_to_end(seconds=QUICK_VIDEO_SECONDS if quick else VIDEO_SECONDS, progress=progress)
    return {
        "schema": SCHEMA,
        "quick": quick,
        "machine": environment,
        **engines,
        "gpus": rows,
        "end_to_end": videos,
    }


def machine() -> dict[str, Any]:
    """The machine and the versions; `load_average` is None where the system has none."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "started": manifest.now(),
        **manifest.environment(),
        "threads": usable_threads(),
        "torch_threads": torch.get_num_threads(),
        "load_average": load,
        "onnxruntime": _version("onnxruntime"),
        "variables": {name: os.environ[name] for name in ENVIRONMENT_VARIABLES if name in os.environ},
    }


def end_to_end(
    presets: Sequence[str] = PRESETS,
    *,
    seconds: float = VIDEO_SECONDS,
    size: Size = "720p",
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """Whole renders of the demo clip, analyzed before: drawing, encoding with sound, pictures, manifest.

    `times_real_time` is the length of the video over the time of the whole call.
    """
    rows = []
    frames = round(seconds * FPS)
    with tempfile.TemporaryDirectory() as folder:
        for n, preset in enumerate(presets):
            options: dict[str, Any] = {"size": size, "fps": FPS, "explorations": Path(folder)}
            render(CPPN.preset(preset), DEMO_CLIP, duration=1 / FPS, **options)  # compiles
            report = partial(_report_part, progress, n * frames, len(presets) * frames)
            start = time.perf_counter()
            run = render(CPPN.preset(preset), DEMO_CLIP, duration=seconds, progress=report, **options)
            rows.append(_row(preset, run, time.perf_counter() - start))
    return rows


def _row(preset: str, run: Run, seconds: float) -> dict[str, Any]:
    length = run.manifest["performance"]["frames"] / FPS
    return {
        "look": preset,
        "size": list(run.recipe.frames.size),
        "fps": FPS,
        "video_seconds": length,
        "seconds": seconds,
        "times_real_time": length / seconds,
    }


def _report_part(progress: Progress, before: int, total: int, step: str, done: float, _: float) -> None:
    """The drawing of one video as a part of all."""
    if step == "drawing":
        progress(step, before + done, total)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
