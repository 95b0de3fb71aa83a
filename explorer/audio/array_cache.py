"""The folder of cached analyses, and arrays in it: whole or not at all, and measured again where damaged."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from pathlib import Path

import numpy as np
import platformdirs
from jaxtyping import Float
from numpy.typing import DTypeLike

from explorer.errors import OutputError
from explorer.files import memory_file, read_bytes


def cache_folder() -> Path:
    """$EXPLORER_CACHE or the user's cache folder, and `features` in it."""
    root = os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_dir("audio-feature-explorer")
    return Path(root) / "features"


def digest(text: str) -> str:
    """A name for an entry of the cache: of the same text always the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def load_array(path: Path, dtype: DTypeLike = np.float32) -> Float[np.ndarray, ...] | None:
    """The array of this type that `save_array` wrote; None where it is missing or damaged."""
    try:
        values = np.load(io.BytesIO(read_bytes(path)), allow_pickle=False)
    except (OSError, ValueError, EOFError):  # ReadError is a ValueError
        return None
    return values if values.dtype == dtype else None


def save_array(path: Path, values: Float[np.ndarray, ...]) -> None:
    """Write an array, whole or not at all, if the folder can be written."""
    with contextlib.suppress(OutputError, OSError), memory_file(path) as file:
        np.save(file, values, allow_pickle=False)
