"""What the engines are measured against: the straightforward torch loop, and ONNX Runtime where it is.

Both draw CPPNs without radius and symmetry, such as the published ones, as a newcomer would write them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.fields import CPPN, Grid
from explorer.fields.cppn.network import FEATURE_SCALE, activate
from explorer.fields.cppn.weights import Network, random_network
from explorer.fields.palette_torch import apply_palette
from explorer.rendering.threads import usable_threads

if TYPE_CHECKING:
    import onnx

Frame = UInt8[np.ndarray, "height width 3"]
Step = tuple[str, list[str], str, dict[str, Any]]  # ONNX: operator, inputs, output, attributes
OPSET, IR = 18, 9  # old enough for every ONNX Runtime in use


def torch_frame(field: CPPN, controls: Float32[np.ndarray, " columns"], grid: Grid) -> Frame:
    """Grid, controls beside every pixel, layer after layer in fp32; as many threads as torch takes.

    `controls` are time and features in [-1, 1], as `field.controls` gives them for one moment.
    """
    network = random_network(field)
    beside = torch.from_numpy(_scaled(field, controls)).expand(grid.width * grid.height, -1)
    values = torch.cat((_points(field, grid), beside), dim=1)
    *hidden, output = network.on(torch.device("cpu"))
    for name, weight in zip(network.activations, hidden, strict=True):
        values = activate(name, values @ weight.T)
    colors = apply_palette(torch.sigmoid(values @ output.T), field.palette)
    return (colors * 255 + 0.5).to(torch.uint8).reshape(grid.height, grid.width, 3).numpy()


def onnx_frame(
    field: CPPN, controls: Float32[np.ndarray, " columns"], grid: Grid
) -> Callable[[], Frame] | None:
    """A function that draws the frame with ONNX Runtime on all threads; None where it is not installed.

    The grid is an input made once, so ONNX Runtime does a little less than the torch loop.
    """
    try:
        import onnxruntime

        model = _onnx_model(random_network(field))
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_threads()
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    inputs = {"points": _points(field, grid).numpy(), "controls": _scaled(field, controls)}

    def draw() -> Frame:
        colors = np.asarray(session.run(["colors"], inputs)[0])
        return colors.reshape(grid.height, grid.width, 3)

    return draw


def _points(field: CPPN, grid: Grid) -> Float32[torch.Tensor, "points 2"]:
    """Pixel centres times `coord_scale`, row by row."""
    x = (torch.arange(grid.width, dtype=torch.float64) + 0.5 - grid.width / 2) * grid.pixel
    y = (torch.arange(grid.height, dtype=torch.float64) + 0.5 - grid.height / 2) * grid.pixel
    columns, rows = torch.meshgrid(x.float(), y.float(), indexing="xy")
    return torch.stack((columns, rows), dim=-1).reshape(-1, 2) * field.coord_scale


def _scaled(field: CPPN, controls: Float32[np.ndarray, " columns"]) -> Float32[np.ndarray, "1 columns"]:
    """The controls as the network takes them: features at 0.05 x `audio_gain`."""
    scale = np.full((1, len(controls)), FEATURE_SCALE * field.audio_gain)
    scale[0, 0] = 1  # time
    scaled: np.ndarray = (controls * scale).astype(np.float32)
    return scaled


def _onnx_model(network: Network) -> onnx.ModelProto:
    """points (points, 2) and controls (1, columns) to colors (points, 3) in uint8."""
    from onnx import TensorProto, helper, numpy_helper

    columns = network.weights[0].shape[1] - network.pixel_inputs
    constants = {
        "columns": np.array([columns], np.int64),
        "levels": np.float32(255),
        "half": np.float32(0.5),
        **{f"w{i}": np.ascontiguousarray(weight.T) for i, weight in enumerate(network.weights)},
    }
    steps: list[Step] = [
        ("Shape", ["points"], "count", {"start": 0, "end": 1}),
        ("Concat", ["count", "columns"], "shape", {"axis": 0}),
        ("Expand", ["controls", "shape"], "beside", {}),
        ("Concat", ["points", "beside"], "a0", {"axis": 1}),
        *_onnx_layers(network.activations),
        ("Mul", ["u", "levels"], "scaled", {}),
        ("Add", ["scaled", "half"], "rounded", {}),
        ("Cast", ["rounded"], "colors", {"to": TensorProto.UINT8}),
    ]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, [output], **extra) for kind, inputs, output, extra in steps],
        "cppn",
        [
            helper.make_tensor_value_info("points", TensorProto.FLOAT, ["points", network.pixel_inputs]),
            helper.make_tensor_value_info("controls", TensorProto.FLOAT, [1, columns]),
        ],
        [helper.make_tensor_value_info("colors", TensorProto.UINT8, ["points", 3])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def _onnx_layers(activations: tuple[str, ...]) -> list[Step]:
    """From the inputs `a0` to `u`, the sigmoid of the output layer."""
    steps: list[Step] = []
    for i, name in enumerate(activations):
        steps.append(("MatMul", [f"a{i}", f"w{i}"], f"z{i}", {}))
        if name == "gaussian":
            steps.append(("Mul", [f"z{i}", f"z{i}"], f"square{i}", {}))
            steps.append(("Neg", [f"square{i}"], f"falling{i}", {}))
            steps.append(("Exp", [f"falling{i}"], f"a{i + 1}", {}))
        else:
            steps.append((name.capitalize(), [f"z{i}"], f"a{i + 1}", {}))
    last = len(activations)
    steps.append(("MatMul", [f"a{last}", f"w{last}"], "z", {}))
    steps.append(("Sigmoid", ["z"], "u", {}))
    return steps
