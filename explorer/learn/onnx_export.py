"""Export of the model to ONNX: one self-contained file, checked against torch each time it is written."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from explorer.errors import ExplorerError
from explorer.fields.julia.model import ONNX_FILE
from explorer.files import write_bytes
from explorer.learn.model import AudioToVisualModel, load_model

if TYPE_CHECKING:
    import onnx
    import onnxruntime

INPUT, OUTPUT = "audio_features", "visual_parameters"
TOLERANCE = 1e-5  # of parameters, at the batch sizes below
BATCH_SIZES = (1, 7)
MISSING_PACKAGES = (
    'onnx, onnxscript and onnxruntime are needed: python -m pip install "audio-feature-explorer[learn]"'
)


def export(folder: Path) -> tuple[Path, float]:
    """Write the model of a folder as `model.onnx` into it; returns its path and its difference from torch.

    Input `audio_features` (batch, inputs), unnormalized windows; output `visual_parameters` (batch, 7) in
    their ranges; model.json is its sidecar. Raises ExplorerError when ONNX Runtime and torch differ by
    more than `TOLERANCE`, or when a package is missing.
    """
    model, _ = load_model(folder)
    path = folder / ONNX_FILE
    data = encode_onnx(model)
    difference = max_difference(model, data)
    if not difference <= TOLERANCE:
        raise ExplorerError(
            f"{path}: ONNX Runtime and torch differ by {difference:.1e}, more than {TOLERANCE:.0e}; "
            "try other versions of torch and onnxruntime"
        )
    write_bytes(path, data)
    return path, difference


def encode_onnx(model: AudioToVisualModel) -> bytes:
    """The content of an ONNX file: the graph, with a dynamic batch and the weights inside."""
    windows = torch.zeros(2, model.settings.input_dim)
    batch = torch.export.Dim("batch", min=1)
    program = export_program(model, (windows,), [INPUT], [OUTPUT], ({0: batch},))
    graph = program.model_proto
    _strip_sources(graph)
    return bytes(graph.SerializeToString())


def export_program(
    module: torch.nn.Module,
    example: tuple[torch.Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    dynamic_shapes: Any = None,
) -> torch.onnx.ONNXProgram:
    """The ONNX graph of a module, traced on example inputs, in silence. Raises ExplorerError."""
    _require("onnx", "onnxscript")
    with warnings.catch_warnings(), _exporter_output_suppressed():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            example,
            dynamo=True,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=dynamic_shapes,
            external_data=False,
            verbose=False,
        )
    if program is None:
        raise ExplorerError("torch returned no ONNX program; torch 2.6 or newer is needed")
    return program


def _strip_sources(graph: onnx.ModelProto) -> None:
    """Remove what the exporter stores about this machine: stack traces with folders and lines of code."""
    for part in (
        *graph.graph.node,
        *graph.graph.value_info,
        *graph.graph.input,
        *graph.graph.output,
        graph.graph,
        graph,
    ):
        del part.metadata_props[:]


def max_difference(model: AudioToVisualModel, data: bytes) -> float:
    """The largest difference between torch and ONNX Runtime on random windows, at batch 1 and 7."""
    session = open_session(data)
    rng = torch.Generator().manual_seed(0)
    largest = 0.0
    for batch in BATCH_SIZES:
        noise = torch.randn(batch, model.settings.input_dim, generator=rng)
        windows = model.mean + model.spread * noise
        with torch.no_grad():
            expected = model(windows)
        outputs = torch.from_numpy(session.run([OUTPUT], {INPUT: windows.numpy()})[0])
        largest = max(largest, float((outputs - expected).abs().max()))
    return largest


def open_session(data: bytes) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session of a file's content on the CPU."""
    _require("onnxruntime")
    import onnxruntime

    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])


def _require(*packages: str) -> None:
    for package in packages:
        try:
            __import__(package)
        except ImportError:
            raise ExplorerError(MISSING_PACKAGES) from None


@contextlib.contextmanager
def _exporter_output_suppressed() -> Any:
    """The exporter prints and logs much that is of no use to users."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)
