"""Weights of pretrained models: which are known, where they are, and reading them without running code."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from explorer.errors import ExplorerError, ReadError, SettingsError
from explorer.files import read_bytes, sha256_of, write_bytes
from explorer.progress import Progress, silent

if TYPE_CHECKING:
    import torch

VARIABLE = "EXPLORER_WEIGHTS"
SUFFIXES = (".pth", ".pth.tar", ".th", ".pt", ".safetensors")
DOWNLOAD_BYTES = 1 << 20  # at a time
DOWNLOAD_SECONDS = 30.0  # without an answer


@dataclass(frozen=True)
class WeightsSource:
    """Where the weights of a model come from.

    Those that can be fetched have an `address` and the beginning of their SHA-256, as in the published name.
    """

    origin: str
    license: str
    address: str = ""
    sha256_start: str = ""


SOURCES = {
    "notes": WeightsSource("ships with explorer (Basic Pitch 0.4.0)", "Apache-2.0"),
    "tags": WeightsSource("pip install --no-deps musicnn", "not clear (code: ISC)"),
    "yamnet": WeightsSource(
        "https://github.com/w-hc/torch_audioset/releases/download/v0.1/yamnet.pth", "Apache-2.0 (Google)"
    ),
    "vggish": WeightsSource(
        "explorer weights fetch vggish (288 MB)",
        "Apache-2.0 (Google)",
        "https://github.com/harritaylor/torchvggish/releases/download/v0.1/vggish-10086976.pth",
        "10086976",
    ),
    "openl3": WeightsSource(
        "https://github.com/torchopenl3/torchopenl3-models/raw/master/torchopenl3_mel256_music_512.pth.tar",
        "CC BY 4.0",
    ),
    "demucs": WeightsSource(
        "pip install demucs-infer; explorer weights fetch demucs (84 MB)",
        "MIT (Meta)",
        "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer/955717e8-8726e21a.th",
        "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
    ),
}
"""The models, in the order of `features.MODELS`; then what separates stems."""
FILE_MODELS = ("yamnet", "vggish", "openl3", "demucs")  # whose weights are a file that somebody names


def weights_folder() -> Path:
    """Where `fetch` puts files."""
    return Path(platformdirs.user_data_dir("audio-feature-explorer")) / "weights"


def weights_file(model: str) -> Path:
    """The file of a model's weights: named in $EXPLORER_WEIGHTS, in a folder named there, or fetched.

    $EXPLORER_WEIGHTS holds folders, and files as in `yamnet=FILE`. Raises ExplorerError when there is none.
    """
    folders = [weights_folder()]
    for entry in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        name, equals, file = entry.partition("=")
        if equals and name == model:
            if not Path(file).is_file():
                raise ExplorerError(f"there is no file {file}, which should hold the weights of {model}")
            return Path(file)
        if not equals:
            folders.insert(-1, Path(entry))
    for folder in folders:
        for suffix in SUFFIXES:
            if (path := folder / f"{model}{suffix}").is_file():
                return path
    raise ExplorerError(
        f"the model {model} needs its weights, which do not ship (`explorer weights` says where they are); "
        f"name the file, --weights {model}=FILE, or its folder, ${VARIABLE}"
    )


def file_sha256(model: str) -> str:
    """SHA-256 of the file of a model's weights. Raises ExplorerError when there is none."""
    return sha256_of(weights_file(model))


def checked_bytes(model: str, path: Path, sha256: str) -> bytes:
    """The content of a file of weights. Raises ExplorerError for one that is missing or has other content."""
    try:
        data = read_bytes(path)
    except ReadError as error:
        raise ExplorerError(
            f"the weights of the model {model} cannot be read: {path}: {error.reason}; install it again"
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ExplorerError(
            f"{path} does not hold the weights of the model {model}: it is cut or damaged; install it again"
        )
    return data


def load_state(model: str, path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """The tensors of these names and shapes from a file of torch or safetensors; others in it are left out.

    Raises ReadError for what is damaged, holds code, or belongs to another network.
    """
    try:
        state = _load_tensors(path)
    except Exception as error:  # whatever damaged archives raise in torch
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise ReadError(path, "it holds more than weights, and could run code") from None
        raise ReadError(path, "it is cut, damaged, or no file of weights") from None
    for name, shape in shapes.items():
        tensor = state.get(name)
        if tensor is None or tuple(tensor.shape) != shape:
            reason = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}, not {shape}"
            raise ReadError(path, f"it holds no weights of {model}: '{name}' {reason}")
    return {name: state[name].float() for name in shapes}


def _load_tensors(path: Path) -> dict[str, torch.Tensor]:
    import torch

    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return dict(load_file(path))
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {str(name): tensor for name, tensor in state.items() if isinstance(tensor, torch.Tensor)}


def fetch(model: str, progress: Progress = silent) -> Path:
    """Download the weights of a model, check their hash, and store them; the only function that downloads.

    Raises SettingsError for a model whose weights are not fetched, ExplorerError without a network and for
    other content than the known one.
    """
    source = SOURCES[model]
    if not source.address:
        raise SettingsError(f"the weights of {model} are not fetched: {source.origin}")
    data = bytearray()
    try:
        with urllib.request.urlopen(source.address, timeout=DOWNLOAD_SECONDS) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            while part := answer.read(DOWNLOAD_BYTES):
                data += part
                progress(f"fetching {model}", len(data), max(total, len(data)))
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        raise ExplorerError(
            f"{source.address} cannot be reached ({reason}); "
            f"fetch it on a machine with a network, then: --weights {model}=FILE"
        ) from None
    if not hashlib.sha256(data).hexdigest().startswith(source.sha256_start):
        raise ExplorerError(f"{source.address} has other content than the known weights; nothing was stored")
    path = weights_folder() / f"{model}{Path(source.address).suffix}"
    write_bytes(path, bytes(data))
    return path
