"""Weights of a CPPN that do not follow from a seed: painted from pictures, kept in a file and in recipes.

A file (safetensors) holds for each picture p and layer l the tensors `p.l.weight` (neurons, inputs) and
`p.l.bias`; the inputs of the first layer are x, y and, where there are three, the radius. The network that
draws them has one more neuron in each layer: see `weights.painted_network`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.errors import ExplorerError, SettingsError
from explorer.files import explorations_folder, file_within, is_file, is_plain_name, read_bytes

WEIGHTS_FILE = "weights.safetensors"  # in the run folder of a painting
FORMAT, METADATA_KEY = 1, "painting"  # one key alone: their order in a file is random
MAX_FILE_BYTES = 2**25
MAX_INLINE_BYTES = 100_000  # of a file that recipes and looks hold
MAX_HIDDEN, MAX_LAYERS, MAX_PICTURES = 255, 64, 12
HASH_DIGITS = 64
EXAMPLE = "give a paint_... run, its folder, or a file weights.safetensors"

_paths: dict[str, Path] = {}  # by hash, of files that this process has read, wherever they are

Layer = tuple[Float32[np.ndarray, "neurons inputs"], Float32[np.ndarray, " neurons"]]  # weights and biases


@dataclass(frozen=True)
class StoredWeights:
    """Weights by the run that painted them and their hash; `data` is the file in base64 where it is small."""

    run: str
    sha256: str
    data: str = field(default="", repr=False)

    def __repr__(self) -> str:
        return repr(self.run)

    def __str__(self) -> str:
        return self.run

    @property
    def painting(self) -> Painting:
        """The weights as numbers. Raises SettingsError that says where the file should be, if it is gone."""
        return _painting(self)


@dataclass(frozen=True, eq=False)
class Painting:
    """The layers of each picture, the output layer last, and what is known of how well they are painted."""

    pictures: tuple[tuple[Layer, ...], ...]
    notes: dict[str, Any]

    @property
    def hidden(self) -> int:
        """Hidden neurons of the network that draws it: one more than there are weights for."""
        return len(self.pictures[0][0][1]) + 1

    @property
    def layers(self) -> int:
        """Hidden layers."""
        return len(self.pictures[0]) - 1

    @property
    def pixel_inputs(self) -> int:
        """2, or 3 with the radius."""
        return int(self.pictures[0][0][0].shape[1])


def parse(value: Any) -> StoredWeights | None:
    """Stored weights from a run, folder or file by name, or from a recipe. Raises SettingsError."""
    if not value:
        return None
    if isinstance(value, str | Path):
        return _of_file(_find(str(value)), str(value))
    if isinstance(value, StoredWeights):
        return value
    if isinstance(value, Mapping) and {"run", "sha256"} <= {*value} <= {"run", "sha256", "data"}:
        stored = StoredWeights(**value)
        is_text = all(isinstance(part, str) for part in (stored.run, stored.sha256, stored.data))
        if is_text and len(stored.sha256) == HASH_DIGITS and is_plain_name(stored.run):
            return stored
    raise SettingsError(f"weights: got {str(value)[:40]!r}; {EXAMPLE}")


def serialize(pictures: list[list[Layer]] | tuple[tuple[Layer, ...], ...], notes: Mapping[str, Any]) -> bytes:
    """The content of a file. Half precision: twice the neurons in the same bytes look better."""
    from safetensors.numpy import save

    tensors = {
        f"{p}.{n}.{name}": np.ascontiguousarray(values, np.float16)
        for p, layers in enumerate(pictures)
        for n, layer in enumerate(layers)
        for name, values in zip(("weight", "bias"), layer, strict=True)
    }
    return save(tensors, {METADATA_KEY: json.dumps({**notes, "format": FORMAT})})


def of_bytes(data: bytes, run: str) -> StoredWeights:
    """Stored weights of the content of a file. Raises ValueError for what this version does not read."""
    deserialize(data)
    inline = base64.b64encode(data).decode("ascii") if len(data) <= MAX_INLINE_BYTES else ""
    return StoredWeights(run, hashlib.sha256(data).hexdigest(), inline)


def deserialize(data: bytes) -> Painting:
    """The weights in a file that a stranger may have made. Raises ValueError unless they fit together."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(data)
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no safetensors: {' '.join(str(error).split())[:100]}") from None
    notes = _notes(data)
    if notes.get("format") != FORMAT:
        raise ValueError(f"its format is {str(notes.get('format'))[:20]}; this version reads {FORMAT}")
    count = 1 + max((int(name.partition(".")[0]) for name in tensors if name[:1].isdigit()), default=-1)
    if not 0 < count <= MAX_PICTURES:
        raise ValueError(f"it holds {count} pictures; allowed: 1 to {MAX_PICTURES}")
    pictures = tuple(tuple(_layers(tensors, p)) for p in range(count))
    shapes = [[layer[0].shape for layer in layers] for layers in pictures]
    if any(shape != shapes[0] for shape in shapes) or sum(map(len, shapes)) * 2 != len(tensors):
        raise ValueError("its pictures have different networks")
    _check_shapes(shapes[0])
    return Painting(pictures, notes)


def _notes(data: bytes) -> dict[str, Any]:
    """What the header of a file that safetensors has read says about the painting."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    try:
        notes = json.loads(header["__metadata__"][METADATA_KEY])
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _layers(tensors: Mapping[str, np.ndarray], picture: int) -> Iterator[Layer]:
    """The layers of a picture; each takes what the one before gives."""
    n = 0
    while (weight := tensors.get(f"{picture}.{n}.weight")) is not None:
        bias = tensors.get(f"{picture}.{n}.bias")
        if bias is None or weight.ndim != 2 or bias.shape != weight.shape[:1]:
            raise ValueError(f"layer {n} has weights without matching biases")
        layer = np.asarray(weight, np.float32), np.asarray(bias, np.float32)
        if not all(np.isfinite(values).all() for values in layer):
            raise ValueError(f"layer {n} holds numbers that are not finite")
        yield layer
        n += 1


def _check_shapes(shapes: list[tuple[int, ...]]) -> None:
    hidden = shapes[0][0] if shapes else 0
    inside = [(hidden, hidden)] * (len(shapes) - 2)
    if (
        not 1 < len(shapes) <= MAX_LAYERS + 1
        or not 0 < hidden <= MAX_HIDDEN
        or shapes[0][1] not in (2, 3)
        or shapes[1:] != [*inside, (3, hidden)]
    ):
        raise ValueError(f"its layers are {', '.join(f'{rows} x {columns}' for rows, columns in shapes)}")


def _find(name: str) -> Path:
    """The file of a run, a folder or a path."""
    path = Path(name).expanduser()
    for folder in (path, explorations_folder() / name):
        try:
            if folder.is_dir() and (file := file_within(folder, WEIGHTS_FILE)):
                return file
        except OSError:  # too long for a path
            break
    if path.suffix == ".safetensors" and is_file(path):
        return path
    raise SettingsError(
        f"weights: no {WEIGHTS_FILE} in {name[:200]!r}, here or in {explorations_folder()}; {EXAMPLE}"
    )


def _of_file(path: Path, name: str) -> StoredWeights:
    run = path.resolve().parent.name if path.name == WEIGHTS_FILE else path.name
    try:
        stored = of_bytes(read_bytes(path, MAX_FILE_BYTES), run)
    except (ExplorerError, ValueError) as error:
        raise SettingsError(f"weights: cannot read {name}: {error}; {EXAMPLE}") from None
    _paths[stored.sha256] = path.resolve()
    return stored


@lru_cache(maxsize=16)
def _painting(stored: StoredWeights) -> Painting:
    if stored.data:
        try:
            data = base64.b64decode(stored.data, validate=True)
        except (binascii.Error, ValueError):
            raise SettingsError(f"weights: those of {stored.run} in this recipe are damaged") from None
    else:
        data = _bytes_of_run(stored)
    if hashlib.sha256(data).hexdigest() != stored.sha256:
        raise SettingsError(f"weights: those of {stored.run} are damaged: their hash is another")
    try:
        return deserialize(data)
    except ValueError as error:
        raise SettingsError(f"weights: cannot read those of {stored.run}: {error}") from None


def _bytes_of_run(stored: StoredWeights) -> bytes:
    """The file of weights that a recipe only names."""
    folder = explorations_folder() / stored.run
    path = file_within(folder, WEIGHTS_FILE) if folder.is_dir() else None
    if path is None and is_file(earlier := _paths.get(stored.sha256, folder)):
        path = earlier
    data = read_bytes(path, MAX_FILE_BYTES) if path else b""
    if hashlib.sha256(data).hexdigest() == stored.sha256:
        return data
    problem = "holds other weights" if path else "is not there"
    raise SettingsError(
        f"weights: {folder / WEIGHTS_FILE} {problem}; put the file with SHA-256 {stored.sha256[:12]}... "
        "there, or set EXPLORER_EXPLORATIONS to the folder that has this run"
    )
