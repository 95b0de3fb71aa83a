"""A painting by its run folder, and what is in it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import LOOK
from explorer.fields import CPPN
from explorer.fields.registry import field_from
from explorer.files import path_within, read_json
from explorer.learn.painting.picture import in_8_bits
from explorer.learn.painting.settings import PaintSettings

PREFIX = "paint"  # of the folder's name
SETTINGS, PICTURE, PREVIEW = "settings.json", "picture_{:02d}.png", "preview.jpg"


@dataclass(frozen=True, repr=False)
class PaintRun:
    """A finished or stopped painting: weights.safetensors, look.json, sheet.jpg, its picture and manifest."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest: status, picture, measures, machine."""
        return manifest.read(self.folder)

    @cached_property
    def field(self) -> CPPN:
        """The field that draws the picture; sound bends it."""
        field: CPPN = field_from(read_json(path_within(self.folder, LOOK))["field"])
        return field

    @property
    def pictures(self) -> list[np.ndarray]:
        """What it was painted from, uint8 (height, width, 3)."""
        paths = [path_within(self.folder, PICTURE.format(n)) for n in range(len(self.manifest["quality"]))]
        return [np.asarray(Image.open(path).convert("RGB")) for path in paths]

    @property
    def painted(self) -> list[np.ndarray]:
        """The paintings at rest, each in the size of its picture."""
        from explorer.fields.cppn.painted import picture_at_rest  # slow to load

        height, width = self.pictures[0].shape[:2]
        images = [
            picture_at_rest(self.field.replace(picture=float(n)), width, height)
            for n in range(len(self.pictures))
        ]
        return [in_8_bits(image) for image in images]

    @property
    def psnr(self) -> float:
        """Of the painting at rest, in dB; of several the lowest. Raises SettingsError for a style."""
        return min(self._measures("psnr"))

    @property
    def ssim(self) -> float:
        """Of the painting at rest, 1 is equal; of several the lowest. Raises SettingsError as `psnr`."""
        return min(self._measures("ssim"))

    @property
    def distance(self) -> float:
        """Of the statistics of a style or palette at rest; 0 is equal, of several the largest.

        Raises SettingsError for a painting of pixels.
        """
        return max(self._measures("distance"))

    def _measures(self, name: str) -> list[float]:
        qualities = self.manifest["quality"]
        if name not in qualities[0]:
            raise SettingsError(
                f"{self.folder.name} has no {name}; run.manifest['quality'] has {', '.join(qualities[0])}"
            )
        return [float(quality[name]) for quality in qualities]

    @property
    def quality_text(self) -> str:
        """Its measures in words; of several pictures those of the worst."""
        match, qualities = PaintSettings(**self.manifest["settings"]).match, self.manifest["quality"]
        if match == "pixels":
            return f"PSNR {self.psnr:.1f} dB, SSIM {self.ssim:.3f}"
        worst = max(qualities, key=lambda quality: quality["distance"])
        start, other = worst["distance_start"], worst["distance_unrelated"]
        return (
            f"distance of {match} {worst['distance']:.3f} (at the start {start:.3f}, of an unrelated picture "
            f"{other:.3f}; 0 is equal)"
        )

    def __repr__(self) -> str:
        return f"<PaintRun {self.folder.name}>"  # the name alone: notebooks are shared, paths are not

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.folder.name)}</b> ({html.escape(str(self.manifest.get('status')))})"
