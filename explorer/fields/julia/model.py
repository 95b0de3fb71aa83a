"""The trained network that controls a Julia set, in plain numpy: a window of sound in, seven numbers out.

    x = (window - mean) / spread;   x <- gelu(norm(linear x)) per hidden layer;
    parameters = low + (high - low) sigmoid(linear x)

Weights are in `model.safetensors`, the metadata in `model.json` next to it. `explorer.learn` trains it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.audio.live import LIVE_FEATURES, LIVE_FPS, LIVE_VERSION, live_width, live_windows
from explorer.errors import ExplorerError, SettingsError
from explorer.fields.julia.parameters import NAMES
from explorer.files import (
    NUMBER,
    check_types,
    explorations_folder,
    file_within,
    is_file,
    read_bytes,
    read_json,
)

FORMAT = 2  # 1: models whose `turn` has both signs, ten times slower
SHIPPED_FOLDER = Path(__file__).parent / "shipped"
WEIGHTS_FILE, METADATA_FILE, ONNX_FILE = "model.safetensors", "model.json", "model.onnx"
NORM_EPSILON = 1e-5
TYPES = {
    "window_frames": int,
    **dict.fromkeys(("include_delta", "include_delta_delta"), bool),
    **dict.fromkeys(("hidden", "features", "parameters"), list),
}
BATCH = 4096  # windows at a time: memory stays small on long tracks


@dataclass(frozen=True, eq=False)
class VisualModel:
    """A network with its metadata. `sha256` is the hash of its weights."""

    tensors: dict[str, np.ndarray]
    metadata: dict[str, Any]
    sha256: str

    def __call__(self, windows: Float32[np.ndarray, "batch inputs"]) -> Float32[np.ndarray, "batch 7"]:
        """The visual parameters, in their ranges, for windows as `live_windows` makes them."""
        tensor = self.tensors
        x = (windows - tensor["mean"]) / tensor["spread"]
        for i in range(len(self.metadata["hidden"])):
            x = x @ tensor[f"hidden.{i}.weight"].T + tensor[f"hidden.{i}.bias"]
            x = _gelu(_layer_norm(x) * tensor[f"norm.{i}.weight"] + tensor[f"norm.{i}.bias"])
        share = _sigmoid(x @ tensor["output.weight"].T + tensor["output.bias"])
        low, high = (
            np.array([parameter[end] for parameter in self.metadata["parameters"]], np.float32)
            for end in ("low", "high")
        )
        parameters: Float32[np.ndarray, "batch 7"] = low + (high - low) * share
        return parameters

    def parameters_of_track(self, track: FeatureTrack) -> Float64[np.ndarray, "frames 7"]:
        """The visual parameters of a track, `LIVE_FPS` rows a second. Raises SettingsError without live_*."""
        columns = [f"live_{name}" for name in LIVE_FEATURES]
        missing = [name for name in columns if name not in track.names]
        if missing:
            raise SettingsError(
                f"the track has no '{missing[0]}'; analyze the sound with field.analyze(path)"
            )
        frames = max(1, round((len(track.raw) - 1) * LIVE_FPS / track.fps) + 1)
        rows = interpolate_rows(track.raw, np.arange(frames) * (track.fps / LIVE_FPS))
        live = rows[:, [track.names.index(name) for name in columns]]
        options = ("window_frames", "include_delta", "include_delta_delta")
        windows = live_windows(live, *(self.metadata[name] for name in options))
        parts = [self(windows[first : first + BATCH]) for first in range(0, len(windows), BATCH)]
        return np.concatenate(parts).astype(np.float64)


def load_model(name: str) -> VisualModel:
    """The model "default", that of a `train_...` run in explorations/, or that of a folder.

    Raises SettingsError when there is none, ExplorerError when it is damaged or of another version.
    """
    folder = _folder(name)
    if folder == SHIPPED_FOLDER:  # an installer may have made links of its files
        is_complete = all(is_file(folder / part) for part in (WEIGHTS_FILE, METADATA_FILE))
    else:
        is_complete = all(file_within(folder, part) for part in (WEIGHTS_FILE, METADATA_FILE))
    if not is_complete:
        raise SettingsError(_missing_message(name))
    stamps = tuple((folder / part).stat().st_mtime_ns for part in (WEIGHTS_FILE, METADATA_FILE))
    return _read_cached(folder, stamps)


def _folder(name: str) -> Path:
    if name == "default":
        return SHIPPED_FOLDER
    folder = Path(name)
    try:
        return folder if folder.is_dir() else explorations_folder() / name
    except OSError:  # too long for a path
        raise SettingsError(_missing_message(name)) from None


def _missing_message(name: str) -> str:
    if name == "default":
        return (
            "model: this version comes without a trained one; train one (explorer train DIR) and give its "
            "run, or model='none' for the hand-written mapping"
        )
    return (
        f"model: no {WEIGHTS_FILE} and {METADATA_FILE} in {name[:200]!r}, here or in explorations/; give a "
        "train_... run (explorer runs lists them), its folder, or 'none'"
    )


@lru_cache(maxsize=4)
def _read_cached(folder: Path, stamps: tuple[int, ...]) -> VisualModel:
    """A model from its files; `stamps`, their times of change, make the cache read changed files again."""
    return read_model(folder)


def read_model(folder: Path) -> VisualModel:
    """The model in a folder. Raises ExplorerError when it is damaged or of another version."""
    from safetensors.numpy import load

    try:
        data = read_bytes(folder / WEIGHTS_FILE)
        metadata = read_json(folder / METADATA_FILE)
        tensors = {key: value.astype(np.float32) for key, value in load(data).items()}
        _check(metadata, tensors)
    except Exception as error:  # the error class of safetensors has no base but Exception
        raise ExplorerError(f"cannot read the model in {folder.name}: {error}") from error
    return VisualModel(tensors, metadata, hashlib.sha256(data).hexdigest())


def _check(metadata: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    """Raise ValueError unless this version understands the model and its parts fit together."""
    check_types(metadata, TYPES, METADATA_FILE)
    for parameter in metadata["parameters"]:
        check_types(parameter, {"name": str, "low": NUMBER, "high": NUMBER}, METADATA_FILE)
    if not all(type(width) is int for width in metadata["hidden"]):
        raise ValueError(f"hidden is {metadata['hidden']!r}; this version needs whole numbers")
    expected = {
        "format": FORMAT,
        "feature_version": LIVE_VERSION,
        "features": list(LIVE_FEATURES),
        "input_dim": metadata["window_frames"]
        * live_width(metadata["include_delta"], metadata["include_delta_delta"]),
    }
    for key, value in expected.items():
        if metadata[key] != value:
            raise ValueError(f"{key} is {metadata[key]!r}; this version needs {value!r}")
    if type(metadata["window_frames"]) is not int:
        raise ValueError(f"window_frames is {metadata['window_frames']!r}; this version needs a whole number")
    names = tuple(parameter["name"] for parameter in metadata["parameters"])
    if names != NAMES:
        raise ValueError(f"it returns {', '.join(names)}; this version needs {', '.join(NAMES)}")
    ranges = np.array([[parameter["low"], parameter["high"]] for parameter in metadata["parameters"]], float)
    if not np.isfinite(ranges).all():
        raise ValueError("the ranges of its parameters are no finite numbers")
    widths = [metadata["input_dim"], *metadata["hidden"], len(NAMES)]
    layers = [*(f"hidden.{i}" for i in range(len(metadata["hidden"]))), "output"]
    shapes: dict[str, tuple[int, ...]] = {"mean": (widths[0],), "spread": (widths[0],)}
    for n, layer in enumerate(layers):
        shapes |= {f"{layer}.weight": (widths[n + 1], widths[n]), f"{layer}.bias": (widths[n + 1],)}
    for i, width in enumerate(metadata["hidden"]):
        shapes |= {f"norm.{i}.weight": (width,), f"norm.{i}.bias": (width,)}
    for key, shape in shapes.items():
        if tensors[key].shape != shape or not np.isfinite(tensors[key]).all():
            raise ValueError(f"'{key}' has to be {shape} finite numbers")


def _layer_norm(x: np.ndarray) -> np.ndarray:
    """Layer normalization (Ba, Kiros and Hinton 2016) without its weights."""
    centered = x - x.mean(axis=1, keepdims=True)
    return np.asarray(
        centered / np.sqrt((centered**2).mean(axis=1, keepdims=True) + np.float32(NORM_EPSILON))
    )


def _gelu(x: np.ndarray) -> np.ndarray:
    """x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016)."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * x)))
