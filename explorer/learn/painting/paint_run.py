"""A painting by its run folder, and what is in it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import LOOK
from explorer.fields import CPPN
from explorer.fields.registry import field_from
from explorer.files import path_within, read_json

PREFIX = "paint"  # of the folder's name
SETTINGS, PICTURE, PREVIEW = "settings.json", "picture.png", "preview.jpg"


@dataclass(frozen=True, repr=False)
class PaintRun:
    """A finished or stopped painting: weights.safetensors, look.json, sheet.jpg, its picture and manifest."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest: status, picture, PSNR and SSIM, machine."""
        return manifest.read(self.folder)

    @cached_property
    def field(self) -> CPPN:
        """The field that draws the picture; sound bends it."""
        field: CPPN = field_from(read_json(path_within(self.folder, LOOK))["field"])
        return field

    @property
    def picture(self) -> np.ndarray:
        """What it was painted from, uint8 (height, width, 3)."""
        with Image.open(path_within(self.folder, PICTURE)) as image:
            return np.asarray(image.convert("RGB"))

    @property
    def painted(self) -> np.ndarray:
        """The painting at rest, in the size of its picture."""
        from explorer.fields.cppn.painted import picture_at_rest  # slow to load

        height, width = self.picture.shape[:2]
        return np.asarray(picture_at_rest(self.field, width, height) * 255 + 0.5, np.uint8)

    @property
    def psnr(self) -> float:
        """Of the picture as it is painted, in dB."""
        return float(self.manifest["quality"]["psnr"])

    @property
    def ssim(self) -> float:
        """Of the picture as it is painted: 1 is equal."""
        return float(self.manifest["quality"]["ssim"])

    def __repr__(self) -> str:
        return f"<PaintRun {self.folder.name}>"  # the name alone: notebooks are shared, paths are not

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.folder.name)}</b> ({html.escape(str(self.manifest.get('status')))})"
