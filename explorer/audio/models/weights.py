"""Weights of pretrained models: read and checked by their hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from explorer.errors import ExplorerError, ReadError
from explorer.files import read_bytes


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
