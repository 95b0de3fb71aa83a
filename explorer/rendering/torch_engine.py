"""The torch engine: large blocks of pixels on a GPU, smaller ones when its memory runs out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float32, Num, UInt8

from explorer.errors import DeviceError
from explorer.fields import Grid, Prepared
from explorer.fields.light.lit import Surface
from explorer.rendering.devices import Device
from explorer.rendering.frames import RESOLUTIONS

MAX_BLOCK_POINTS = 2**20  # a fixed number, so that the bits do not depend on the frame's size
MIN_BLOCK_POINTS = 2**12


class TorchEngine:
    """Draws with `Prepared.colors` and `Surface.numbers` on any torch device.

    `xy` are the points, by default the pixel centers of the grid. `block` is how many points are evaluated at
    once; the last block is padded. Out of memory halves it for the rest of this engine's life; below
    `MIN_BLOCK_POINTS` a DeviceError names a resolution whose points would fit into the memory that is free.
    """

    def __init__(
        self,
        device: Device,
        grid: Grid,
        *,
        xy: Float32[np.ndarray, "points 2"] | None = None,
        pixel: float | None = None,
        block: int = MAX_BLOCK_POINTS,
        free_bytes: Callable[[], int] | None = None,
    ) -> None:
        self.device = device
        self.grid = grid
        self.block = block
        self._free_bytes = free_bytes or _free_cuda_bytes
        self._pixel = grid.pixel if pixel is None else pixel
        self._xy = torch.from_numpy(grid.xy() if xy is None else xy).to(device.torch_device)

    def draw(self, prepared: Prepared, moment: int, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Fill one frame with a moment of `prepared`."""

        def colors(xy: torch.Tensor) -> torch.Tensor:
            rgb = prepared.colors(xy, self._pixel, self.device.dtype)[moment]
            return (rgb * 255 + 0.5).to(torch.uint8)

        self._fill(colors, out)

    def draw_numbers(self, surface: Surface, moment: int, out: Float32[np.ndarray, "5 points"]) -> None:
        """Fill the planes of a moment of `surface`."""
        self._fill(lambda xy: surface.numbers(xy, self._pixel, self.device.dtype)[moment].T, out.T)

    def _fill(
        self, values: Callable[[torch.Tensor], torch.Tensor], out: Num[np.ndarray, "points values"]
    ) -> None:
        """The values at all points, block by block."""
        first = 0
        while first < len(out):
            xy = self._xy[first : first + self.block]
            try:
                block = values(torch.nn.functional.pad(xy, (0, 0, 0, self.block - len(xy))))
            except torch.OutOfMemoryError:
                self._shrink()
                continue
            out[first : first + self.block] = block[: len(xy)].cpu().numpy()
            first += self.block

    def _shrink(self) -> None:
        if self.device.kind == "cuda":
            torch.cuda.empty_cache()
        if self.block // 2 >= MIN_BLOCK_POINTS:
            self.block //= 2
            return
        per_point = self._bytes_per_point()
        fits = [name for name, (w, h) in RESOLUTIONS.items() if w * h * per_point <= self._free_bytes()]
        advice = (
            f"try --resolution {fits[-1]}"
            if fits
            else "close other programs that use it, or use --device cpu"
        )
        raise DeviceError(
            f"{self.device.name} ran out of memory drawing {self.grid.width}x{self.grid.height}; {advice}"
        )

    def _bytes_per_point(self) -> int:
        return 4 * (2 + 2 * 256)  # coordinates, and two layers of a wide network


def _free_cuda_bytes() -> int:
    return int(torch.cuda.mem_get_info()[0])
