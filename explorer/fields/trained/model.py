"""A trained network that drives a field, in plain numpy: a window of sound in, a few parameters out.

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
from explorer.files import (
    NUMBER,
    check_types,
    explorations_folder,
    file_within,
    read_bytes,
    read_json,
)

FORMAT = 2  # 1: models whose `turn` has both signs, ten times slower
WEIGHTS_FILE, METADATA_FILE, ONNX_FILE = "model.safetensors", "model.json", "model.onnx"
JULIA = "julia"  # the kind of models that name no field
NORM_EPSILON = 1e-5
TYPES = {
    "window_frames": int,
    **dict.fromkeys(("include_delta", "include_delta_delta"), bool),
    **dict.fromkeys(("hidden", "features", "parameters"), list),
}
HASH_DIGITS, HEX_DIGITS = 12, frozenset("0123456789abcdef")  # of a name NAME@HASH
MAX_PARAMETERS = 64
BATCH = 4096  # windows at a time: memory stays small on long tracks


@dataclass(frozen=True, eq=False)
class VisualModel:
    """A network with its metadata. `sha256` is the hash of its weights."""

    tensors: dict[str, np.ndarray]
    metadata: dict[str, Any]
    sha256: str

    @property
    def kind(self) -> str:
        """The kind of field that it drives."""
        return str((self.metadata.get("field") or {}).get("kind", JULIA))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(parameter["name"] for parameter in self.metadata["parameters"])

    def __call__(
        self, windows: Float32[np.ndarray, "batch inputs"]
    ) -> Float32[np.ndarray, "batch parameters"]:
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
        parameters: Float32[np.ndarray, "batch parameters"] = low + (high - low) * share
        return parameters

    def parameters_of_track(self, track: FeatureTrack) -> Float64[np.ndarray, "frames parameters"]:
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


def load_model(name: str, names: tuple[str, ...] = ()) -> VisualModel:
    """The model of a `train_...` run in explorations/, or of a folder; `NAME@HASH` says which weights.

    Raises SettingsError when there is none or its weights are others, ExplorerError when it is damaged.
    """
    place, digest = split_hash(name)
    folder = _folder(place)
    if not all(file_within(folder, part) for part in (WEIGHTS_FILE, METADATA_FILE)):
        raise SettingsError(missing_message(place))
    model = cached_model(folder, names)
    if not model.sha256.startswith(digest):
        raise SettingsError(
            f"model: the weights in {place[:200]} are others than those with SHA-256 {digest}...; put these "
            f"back, or name the model without @{digest}"
        )
    return model


def split_hash(name: str) -> tuple[str, str]:
    """A name and the beginning of the hash of its weights, which may be empty."""
    place, digest = name[: -HASH_DIGITS - 1], name[-HASH_DIGITS:]
    has_hash = name[-HASH_DIGITS - 1 : -HASH_DIGITS] == "@" and HEX_DIGITS.issuperset(digest)
    return (place, digest) if place and has_hash else (name, "")


def with_hash(name: str) -> str:
    """A name of a model together with the hash of its weights, for recipes. Raises like `load_model`."""
    place, digest = split_hash(name)
    return name if digest else f"{place}@{load_model(place).sha256[:HASH_DIGITS]}"


def _folder(name: str) -> Path:
    folder = Path(name)
    try:
        return folder if folder.is_dir() else explorations_folder() / name
    except OSError:  # too long for a path
        raise SettingsError(missing_message(name)) from None


def missing_message(name: str) -> str:
    """What is said of a name without a model."""
    return (
        f"model: no {WEIGHTS_FILE} and {METADATA_FILE} in {name[:200]!r}, here or in explorations/; give a "
        "train_... run (explorer runs lists them), its folder, or 'none'"
    )


def cached_model(folder: Path, names: tuple[str, ...] = ()) -> VisualModel:
    """See `read_model`; a folder is read again when its files have changed."""
    stamps = tuple((folder / part).stat().st_mtime_ns for part in (WEIGHTS_FILE, METADATA_FILE))
    return _read_cached(folder, names, stamps)


@lru_cache(maxsize=4)
def _read_cached(folder: Path, names: tuple[str, ...], stamps: tuple[int, ...]) -> VisualModel:
    """A model from its files; `stamps`, their times of change, make the cache read changed files again."""
    return read_model(folder, names)


def read_model(folder: Path, names: tuple[str, ...] = ()) -> VisualModel:
    """The model in a folder. Raises ExplorerError when it is damaged or of another version.

    `names` are those of the parameters that a model without a field of its own has to have.
    """
    from safetensors.numpy import load

    try:
        data = read_bytes(folder / WEIGHTS_FILE)
        metadata = read_json(folder / METADATA_FILE)
        tensors = {key: value.astype(np.float32) for key, value in load(data).items()}
        _check(metadata, tensors, names)
    except Exception as error:  # the error class of safetensors has no base but Exception
        raise ExplorerError(f"cannot read the model in {folder.name}: {error}") from error
    return VisualModel(tensors, metadata, hashlib.sha256(data).hexdigest())


def _check(metadata: dict[str, Any], tensors: dict[str, np.ndarray], own: tuple[str, ...]) -> None:
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
    if own and "field" not in metadata and names != own:
        raise ValueError(f"it returns {', '.join(names)}; this version needs {', '.join(own)}")
    if not 0 < len(names) <= MAX_PARAMETERS or len(set(names)) < len(names):
        raise ValueError(f"it returns {len(names)} parameters; allowed: 1 to {MAX_PARAMETERS}, each once")
    ranges = np.array([[parameter["low"], parameter["high"]] for parameter in metadata["parameters"]], float)
    if not np.isfinite(ranges).all():
        raise ValueError("the ranges of its parameters are no finite numbers")
    widths = [metadata["input_dim"], *metadata["hidden"], len(names)]
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
