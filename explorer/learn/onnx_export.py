"""The model as ONNX: one file that holds everything, checked against torch each time it is written."""

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
from explorer.files import atomic_path
from explorer.learn.model import AudioToVisualModel, load_model

if TYPE_CHECKING:
    import onnxruntime

INPUT, OUTPUT = "audio_features", "visual_parameters"
TOLERANCE = 1e-5  # of parameters, at the batches below
BATCHES = (1, 7)
MISSING = 'onnx, onnxscript and onnxruntime are needed: python -m pip install "audio-feature-explorer[learn]"'


def export(folder: Path) -> tuple[Path, float]:
    """Write the model of a folder as `model.onnx` beside it; gives its path, and how far it is from torch.

    Input `audio_features` (batch, inputs), windows as they are heard; output `visual_parameters` (batch, 7)
    in their ranges; model.json is its sidecar. Raises ExplorerError when ONNX Runtime and torch differ by
    more than `TOLERANCE`, or when a package is missing.
    """
    model, _ = load_model(folder)
    path = folder / ONNX_FILE
    with atomic_path(path) as part:
        write(model, part)
        difference = parity(model, part)
        if not difference <= TOLERANCE:
            raise ExplorerError(
                f"{path}: ONNX Runtime and torch differ by {difference:.1e}, more than {TOLERANCE:.0e}; "
                "try other versions of torch and onnxruntime"
            )
    return path, difference


def write(model: AudioToVisualModel, path: Path) -> None:
    """The graph, with a dynamic batch and the weights inside."""
    _require("onnx", "onnxscript")
    windows = torch.zeros(2, model.settings.input_dim)
    batch = torch.export.Dim("batch", min=1)
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model.eval(),
            (windows,),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: batch},),
            external_data=False,
            verbose=False,
        )
        if program is None:
            raise ExplorerError("torch gave no ONNX program; torch 2.6 or newer is needed")
        program.save(str(path), external_data=False)
    _forget_sources(path)


def _forget_sources(path: Path) -> None:
    """Take out what the exporter notes of this machine: stack traces with folders and lines of code."""
    import onnx

    graph = onnx.load(str(path))
    for part in (
        *graph.graph.node,
        *graph.graph.value_info,
        *graph.graph.input,
        *graph.graph.output,
        graph.graph,
        graph,
    ):
        del part.metadata_props[:]
    onnx.save(graph, str(path))


def parity(model: AudioToVisualModel, path: Path) -> float:
    """The greatest difference between torch and ONNX Runtime on random windows, at batch 1 and 7."""
    session = open_session(path)
    chance = torch.Generator().manual_seed(0)
    worst = 0.0
    for batch in BATCHES:
        noise = torch.randn(batch, model.settings.input_dim, generator=chance)
        windows = model.mean + model.spread * noise
        with torch.no_grad():
            expected = model(windows)
        found = torch.from_numpy(session.run([OUTPUT], {INPUT: windows.numpy()})[0])
        worst = max(worst, float((found - expected).abs().max()))
    return worst


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """The file, ready to run on the CPU."""
    _require("onnxruntime")
    import onnxruntime

    return onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])


def _require(*packages: str) -> None:
    for package in packages:
        try:
            __import__(package)
        except ImportError:
            raise ExplorerError(MISSING) from None


@contextlib.contextmanager
def _quiet() -> Any:
    """The exporter talks; nothing of it is for users."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)
