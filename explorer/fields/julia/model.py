"""The trained network that controls a Julia set: `parameters.NAMES` from a window of sound."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import SettingsError
from explorer.fields.julia.parameters import NAMES
from explorer.fields.trained import model as trained
from explorer.fields.trained.model import (
    FORMAT,
    METADATA_FILE,
    NORM_EPSILON,
    ONNX_FILE,
    WEIGHTS_FILE,
    VisualModel,
)
from explorer.files import is_file

__all__ = (
    "FORMAT",
    "METADATA_FILE",
    "NORM_EPSILON",
    "ONNX_FILE",
    "SHIPPED_FOLDER",
    "WEIGHTS_FILE",
    "VisualModel",
    "load_model",
    "read_model",
)

SHIPPED_FOLDER = Path(__file__).parent / "shipped"


def load_model(name: str) -> VisualModel:
    """The model "default", that of a `train_...` run in explorations/, or that of a folder.

    Raises SettingsError when there is none or it drives another field, ExplorerError when it is damaged or
    of another version.
    """
    if name == "default":
        if not all(is_file(SHIPPED_FOLDER / part) for part in (WEIGHTS_FILE, METADATA_FILE)):
            raise SettingsError(
                "model: this version comes without a trained one; train one (explorer train DIR) and give "
                "its run, or model='none' for the hand-written mapping"
            )
        return trained.cached_model(SHIPPED_FOLDER, NAMES)  # an installer may have made links of its files
    model = trained.load_model(name, NAMES)
    if model.kind != trained.JULIA:
        raise SettingsError(f"model: {name[:200]} drives the field '{model.kind}'; draw that with it")
    return model


def read_model(folder: Path) -> VisualModel:
    """The model in a folder, of any field. Raises ExplorerError when it is damaged or of another version."""
    return trained.read_model(folder, NAMES)
