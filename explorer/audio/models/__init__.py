"""Pretrained models as groups of features (see `features.MODELS`), one module each.

A model turns windows of sound into rows at its own rate; `rows` measures them once and caches them. The
columns of a track and the `Embedding` of a notebook are read from the rows.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.array_cache import cache_folder, digest
from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import MODELS, AnalysisSettings
from explorer.audio.models.embedding import Embedding
from explorer.audio.models.rows import PIECE_SECONDS, ModelRows, Network
from explorer.audio.models.stream import Framing
from explorer.audio.sound_file import open_sound
from explorer.errors import SettingsError
from explorer.progress import Progress
from explorer.settings import did_you_mean

Columns = Float32[np.ndarray, "frames columns"]


@runtime_checkable
class PretrainedModel(Protocol):
    """The interface of a model's module."""

    VERSION: int
    """Raised whenever the same sound and weights give other rows."""
    FRAMING: Framing
    ROW_NAMES: tuple[str, ...]

    def weights_sha256(self) -> str:
        """SHA-256 of the weights. Raises ExplorerError, with what to do, unless the model can be used."""
        ...

    def load_network(self) -> Network:
        """The network with its weights."""
        ...

    def columns(self, rows: ModelRows, track: FeatureTable) -> Columns:
        """Raw columns, in the units of `features.MODELS`, at the times of a track; never NaN."""
        ...

    def normalize(
        self, raw: Columns, presence: Float64[np.ndarray, " frames"], settings: AnalysisSettings
    ) -> Columns:
        """Values in [-1, 1]; `presence`, 0 to 1, says how much of each frame is sound."""
        ...


def weights_sha256(name: str) -> str:
    """See `PretrainedModel.weights_sha256`; of `demucs`, too, which gives stems and no columns."""
    if name == "demucs":
        from explorer.audio.models import demucs

        return demucs.weights_sha256()
    return _module(name).weights_sha256()


def columns(name: str, path: Path, track: FeatureTable, cache: bool, progress: Progress) -> Columns:
    """See `PretrainedModel.columns`."""
    return _module(name).columns(_rows(name, path, track.sha256, cache, progress), track)


def normalize(
    name: str, raw: Columns, presence: Float64[np.ndarray, " frames"], settings: AnalysisSettings
) -> Columns:
    """See `PretrainedModel.normalize`."""
    return _module(name).normalize(raw, presence, settings)


def embedding(name: str, path: Path, sha256: str, cache: bool, progress: Progress) -> Embedding:
    """All that a model says of a sound."""
    if name not in MODELS:
        raise SettingsError(f"embedding: no model '{name}'{did_you_mean(name, MODELS)}")
    rows = _rows(name, path, sha256, cache, progress)
    framing = rows.framing
    return Embedding(np.concatenate(list(rows)), _module(name).ROW_NAMES, framing.hop, framing.rate)


def _rows(name: str, path: Path, sha256: str, cache: bool, progress: Progress) -> ModelRows:
    module = _module(name)
    key = {
        "sha256": sha256,
        "model": name,
        "version": module.VERSION,
        "weights": module.weights_sha256(),
        "piece": PIECE_SECONDS,
    }
    folder = cache_folder() / "models" / digest(json.dumps(key, sort_keys=True)) if cache else None

    def report(done: float, total: float) -> None:
        progress(f"model {name}", done, total)

    return ModelRows(
        open_sound(path), module.FRAMING, len(module.ROW_NAMES), module.load_network, folder, report
    )


def _module(name: str) -> PretrainedModel:
    return cast(PretrainedModel, importlib.import_module(f"explorer.audio.models.{name}"))
