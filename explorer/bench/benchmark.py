"""The whole benchmark: engines beside references, videos end to end, and the machine it was."""

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
from explorer.bench.engines import NETS, bench
from explorer.experiments.entry import render
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.fields import CPPN
from explorer.progress import Progress, silent
from explorer.rendering.frames import Size
from explorer.rendering.threads import usable_threads

SCHEMA = 1
LOOKS = ("compact-4x3", "molten")
CLIP, QUICK_CLIP = 6.0, 1.0  # seconds of video
FPS = 30
VARIABLES = (  # of the environment: they change what is measured
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NUMBA_CPU_NAME",
)


def benchmark(
    nets: Sequence[str] = NETS, *, quick: bool = False, progress: Progress = silent
) -> dict[str, Any]:
    """Everything that `explorer bench` tells, ready for JSON. Raises SettingsError for an unknown net."""
    facts = machine()
    measured = bench(analyze(DEMO_CLIP, progress=progress), nets, quick=quick, progress=progress)
    videos = end_to_end(seconds=QUICK_CLIP if quick else CLIP, progress=progress)
    return {"schema": SCHEMA, "quick": quick, "machine": facts, **measured, "end_to_end": videos}


def machine() -> dict[str, Any]:
    """Where and with what it is measured; `load_average` is None where the system does not tell."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "started": manifest.now(),
        **manifest.environment(),
        "threads": usable_threads(),
        "torch_threads": torch.get_num_threads(),
        "load_average": load,
        "onnxruntime": _version("onnxruntime"),
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }


def end_to_end(
    looks: Sequence[str] = LOOKS,
    *,
    seconds: float = CLIP,
    size: Size = "720p",
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """Whole renders of the demo clip, analysed before: drawing, encoding with sound, pictures, manifest.

    `times_real_time` is the length of the video over the time of the whole call.
    """
    rows = []
    frames = round(seconds * FPS)
    with tempfile.TemporaryDirectory() as folder:
        for n, look in enumerate(looks):
            keep: dict[str, Any] = {"size": size, "fps": FPS, "explorations": Path(folder)}
            render(CPPN.preset(look), DEMO_CLIP, duration=1 / FPS, **keep)  # compiles
            report = partial(_part, progress, n * frames, len(looks) * frames)
            began = time.perf_counter()
            run = render(CPPN.preset(look), DEMO_CLIP, duration=seconds, progress=report, **keep)
            rows.append(_row(look, run, time.perf_counter() - began))
    return rows


def _row(look: str, run: Run, seconds: float) -> dict[str, Any]:
    length = run.manifest["performance"]["frames"] / FPS
    return {
        "look": look,
        "size": list(run.recipe.frames.size),
        "fps": FPS,
        "video_seconds": length,
        "seconds": seconds,
        "times_real_time": length / seconds,
    }


def _part(progress: Progress, before: int, total: int, step: str, done: float, _: float) -> None:
    """The drawing of one video as a part of all."""
    if step == "drawing":
        progress(step, before + done, total)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
