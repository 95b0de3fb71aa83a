"""Training of the model that ships with explorer, from data that everyone has: reproducible by anyone."""

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

SHIPPED_SETTINGS: dict[str, Any] = {"epochs": 3, "made_clips": 96, "seed": 0}
MODEL_FILES = (WEIGHTS_FILE, METADATA_FILE, ONNX_FILE)


def train_shipped_model(
    proof_on: Sequence[str | Path] = (),
    *,
    target: Path = SHIPPED_FOLDER,
    progress: Progress = silent,
    explorations: str | Path | None = None,
) -> TrainRun:
    """Train on the demo clip and on generated clips, and copy the model into the package."""
    settings = {"progress": progress, "explorations": explorations, **SHIPPED_SETTINGS}
    run = train([DEMO_CLIP], proof_on=proof_on, **settings)
    for name in MODEL_FILES:
        copy(run.folder / name, target / name)
    return run
