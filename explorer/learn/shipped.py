"""The model that comes with explorer, and how it is made: the same for everyone, from what everyone has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.audio import DEMO_CLIP
from explorer.fields.julia.model import METADATA_FILE, ONNX_FILE, SHIPPED_FOLDER, WEIGHTS_FILE
from explorer.files import copy
from explorer.learn.training import train
from explorer.learn.training_run import TrainRun
from explorer.progress import Progress, silent

SETTINGS: dict[str, Any] = {"epochs": 3, "made_clips": 96, "seed": 0}
FILES = (WEIGHTS_FILE, METADATA_FILE, ONNX_FILE)


def train_shipped(
    proof_on: Sequence[str | Path] = (),
    *,
    target: Path = SHIPPED_FOLDER,
    progress: Progress = silent,
    explorations: str | Path | None = None,
) -> TrainRun:
    """Train on the demo clip and generated clips with `SETTINGS`, and put the model where it ships from."""
    run = train([DEMO_CLIP], proof_on=proof_on, progress=progress, explorations=explorations, **SETTINGS)
    for name in FILES:
        copy(run.folder / name, target / name)
    return run
