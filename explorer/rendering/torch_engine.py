"""The torch engine: large blocks of pixels on a GPU, smaller ones when its memory runs out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import UInt8

from explorer.errors import DeviceError
from explorer.fields import Grid, Prepared
from explorer.rendering.devices import Device
from explorer.rendering.frames import RESOLUTIONS

MAX_BLOCK_POINTS = 2**20  # a fixed number, so that the bits do not depend on the frame's size
MIN_BLOCK_POINTS = 2**12


class TorchEngine:
    """Draws with `Prepared.colors` on any torch device.

    `block` is how many points are evaluated at once; the last block of a frame is padded. Out of memory
    halves it for the rest of this engine's life; below `MIN_BLOCK_POINTS` a DeviceError names a resolution
    whose points would fit into the memory that is free.
    """

    def __init__(
        self,
        device: Device,
        grid: Grid,
        *,
        block: int = MAX_BLOCK_POINTS,
        free_bytes: Callable[[], int] | None = None,
    ) -> None:
        self.device = device
        self.grid = grid
        self.block = block
        self.kernel = f"torch-{str(device.dtype).removeprefix('torch.')}"
        self._free_bytes = free_bytes or _free_cuda_bytes
        self._xy = torch.from_numpy(grid.xy()).to(device.torch_device)

    def draw(self, prepared: Prepared, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Fill one frame with the first (only) moment of `prepared`."""
        first = 0
        while first < len(out):
            try:
                colors = self._block(prepared, first)
            except torch.OutOfMemoryError:
                self._shrink()
                continue
            part = out[first : first + self.block]
            part[:] = colors[: len(part)].cpu().numpy()
            first += self.block

    def _block(self, prepared: Prepared, first: int) -> torch.Tensor:
        xy = self._xy[first : first + self.block]
        padded = torch.nn.functional.pad(xy, (0, 0, 0, self.block - len(xy)))
        colors = prepared.colors(padded, self.grid.pixel, self.device.dtype)[0]
        return (colors * 255 + 0.5).to(torch.uint8)

    def _shrink(self) -> None:
        if self.device.is_cuda:
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
