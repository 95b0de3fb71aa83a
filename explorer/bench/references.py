"""The references that engines are measured against: a straightforward torch loop, and ONNX Runtime.

Both draw CPPNs without radius and symmetry, such as the published ones, as a newcomer would write them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float32

from explorer.fields import CPPN, Grid
from explorer.fields.cppn.activations import activate
from explorer.fields.cppn.weights import FEATURE_SCALE, network_of
from explorer.fields.palette_torch import apply_palette
from explorer.rendering.frames import Frame
from explorer.threads import usable_threads


class ReferenceNetwork(torch.nn.Module):
    """Controls at every pixel, then layer after layer in fp32: (points, 2) and (1, columns) to RGB levels."""

    def __init__(self, field: CPPN) -> None:
        super().__init__()
        network = network_of(field)
        self.activations, self.palette = network.activations, field.palette
        for number, weight in enumerate(network.on(torch.device("cpu"))):
            self.register_buffer(f"weight_{number}", weight)

    def forward(self, points: torch.Tensor, controls: torch.Tensor) -> torch.Tensor:
        values = torch.cat((points, controls.expand(len(points), -1)), dim=1)
        *hidden, output = self.buffers()
        for name, weight in zip(self.activations, hidden, strict=True):
            values = activate(name, values @ weight.T)
        colors = apply_palette(torch.sigmoid(values @ output.T), self.palette)
        return (colors * 255 + 0.5).to(torch.uint8)


def torch_frame(field: CPPN, controls: Float32[np.ndarray, " columns"], grid: Grid) -> Frame:
    """The reference network on the whole grid, with as many threads as torch takes.

    `controls` are time and features in [-1, 1], as `field.controls` gives them for one moment.
    """
    levels = ReferenceNetwork(field)(reference_points(field, grid), network_inputs(field, controls))
    return np.asarray(levels.reshape(grid.height, grid.width, 3).numpy())


def onnx_frame(
    field: CPPN, controls: Float32[np.ndarray, " columns"], grid: Grid
) -> Callable[[], Frame] | None:
    """A function that draws the frame with ONNX Runtime on all threads; None without the extra `learn`.

    The grid is an input made once, so ONNX Runtime does a little less than the torch loop.
    """
    try:
        import onnx  # noqa: F401
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError:
        return None
    from explorer.learn.onnx_export import export_program

    example = reference_points(field, grid), network_inputs(field, controls)
    program = export_program(ReferenceNetwork(field), example, ["points", "controls"], ["colors"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_threads()
    session = onnxruntime.InferenceSession(
        program.model_proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    inputs = dict(zip(("points", "controls"), (tensor.numpy() for tensor in example), strict=True))

    def draw() -> Frame:
        colors = np.asarray(session.run(["colors"], inputs)[0])
        return colors.reshape(grid.height, grid.width, 3)

    return draw


def reference_points(field: CPPN, grid: Grid) -> Float32[torch.Tensor, "points 2"]:
    """Pixel centers times `coord_scale`, row by row."""
    x = (torch.arange(grid.width, dtype=torch.float64) + 0.5 - grid.width / 2) * grid.pixel
    y = (torch.arange(grid.height, dtype=torch.float64) + 0.5 - grid.height / 2) * grid.pixel
    columns, rows = torch.meshgrid(x.float(), y.float(), indexing="xy")
    return torch.stack((columns, rows), dim=-1).reshape(-1, 2) * field.coord_scale


def network_inputs(
    field: CPPN, controls: Float32[np.ndarray, " columns"]
) -> Float32[torch.Tensor, "1 columns"]:
    """The controls as the network takes them: features at 0.05 x `audio_gain`."""
    scale = np.full((1, len(controls)), FEATURE_SCALE * field.audio_gain)
    scale[0, 0] = 1  # time
    return torch.from_numpy((controls * scale).astype(np.float32))
