"""Every look on one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorer.audio import DEMO_CLIP
from explorer.experiments.library.look import Look
from explorer.progress import Progress, silent
from explorer.rendering import render_frame
from explorer.video import contact_sheet

LONGER_SIDE = 320  # pixels of a picture
MOMENT = 0.55  # of the sound


def draw_looks(
    looks: Mapping[str, Look], audio: str | Path | None = None, progress: Progress = silent
) -> np.ndarray:
    """A contact sheet of looks at one moment of a sound, by default the demo clip."""
    pictures = []
    for number, look in enumerate(looks.values()):
        progress("looks", number, len(looks))
        pictures.append(look_picture(look, audio or DEMO_CLIP))
    progress("looks", len(looks), len(looks))
    return contact_sheet(pictures, labels=list(looks), title="Looks")


def look_picture(look: Look, audio: str | Path) -> np.ndarray:
    """A small picture of a look."""
    track = look.field.analyze(audio, **look.analysis.model_dump())
    return render_frame(
        look.field, track, MOMENT * track.duration, small_size(look.frame_size), flash_limit="off"
    )


def small_size(size: tuple[int, int], longer: int = LONGER_SIDE) -> tuple[int, int]:
    """A frame shape with its longer side that long, in even pixels of at least 16."""
    scale = longer / max(size)
    width, height = (max(16, round(side * scale / 2) * 2) for side in size)
    return width, height
