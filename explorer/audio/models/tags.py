"""What the music is: voice, drums, strings, calm or energetic; by musicnn, trained on MagnaTagATune.

The weights are read from the installed package `musicnn` (its checkpoint alone: nothing of it is imported).
They do not ship with explorer, since their license is not clear.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import MODELS, AnalysisSettings
from explorer.audio.models.rows import ModelRows, Network, Rows
from explorer.audio.models.scaling import at_times, component_levels, principal_scores, probability_level
from explorer.audio.models.stream import Framing, Window
from explorer.audio.models.weights import checked_bytes
from explorer.audio.normalize import Column
from explorer.errors import ExplorerError

VERSION = 1
FOLDER = "musicnn/MTT_musicnn"
FILES = {
    ".index": "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57",
    ".data-00000-of-00001": "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab",
}
"""The checkpoint and its hashes."""
MISSING = "run: pip install --no-deps musicnn (29 MB; with its dependencies it would replace NumPy)"

RATE, MEL_HOP, FFT_SIZE, MELS = 16000, 256, 512, 96
POOL_FRAMES, ROW_FRAMES = 63, 16  # 1 s, every 0.256 s
ROWS = 40  # a window
EDGE_FRAMES = 73 + POOL_FRAMES // 2  # `musicnn.CONTEXT_FRAMES`, and half a pool
FRAMES = 2 * EDGE_FRAMES + (ROWS - 1) * ROW_FRAMES + 1
FRAMING = Framing(
    rate=RATE,
    hop=ROW_FRAMES * MEL_HOP,
    rows=ROWS,
    before=EDGE_FRAMES * MEL_HOP + FFT_SIZE // 2,
    samples=(FRAMES - 1) * MEL_HOP + FFT_SIZE,
)
TAGS = (
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano",
    "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals",
    "no vocals", "harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft",
    "sitar", "solo", "man", "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal",
    "beats", "harp", "cello", "no voice", "weird", "country", "metal", "female voice", "choral",
)  # fmt: skip
ROW_NAMES = (*TAGS, *(f"hidden_{n:03}" for n in range(200)))  # the numbers before the tags

GROUPS = {
    "tags_drums": ("drums", "beat", "beats"),
    "tags_voice": (
        "vocal", "vocals", "voice", "singing", "female", "male", "woman", "man", "male vocal", "female vocal",
        "male voice", "female voice", "opera", "choir", "choral",
    ),
    "tags_strings": ("strings", "violin", "cello"),
    "tags_plucked": ("guitar", "harpsichord", "sitar", "harp"),
    "tags_piano": ("piano",),
    "tags_winds": ("flute",),
    "tags_electronic": ("techno", "electronic", "synth"),
    "tags_calm": ("slow", "ambient", "quiet", "soft", "new age"),
    "tags_energy": ("fast", "loud", "rock", "metal", "dance"),
}  # fmt: skip
"""Tags that mean the same: a group is there when one of its tags is."""

COMPONENTS = len(MODELS["tags"]) - len(GROUPS)
MIN_HALF_RANGE = 1.0  # of a component; in songs it is 2

Table = Float32[np.ndarray, "times columns"]


def weights_sha256() -> str:
    """See `PretrainedModel.weights_sha256`: of the checkpoint's files together."""
    for name in FILES:
        if not _path(name).is_file():
            raise ExplorerError(f"the package musicnn is here without its weights, {_path(name)}; {MISSING}")
    return hashlib.sha256("".join(FILES.values()).encode()).hexdigest()


def _path(name: str) -> Path:
    """A file of the package, found without an import of it."""
    try:
        return Path(str(importlib.metadata.distribution("musicnn").locate_file(f"{FOLDER}/{name}")))
    except importlib.metadata.PackageNotFoundError:
        raise ExplorerError(
            f"the model tags needs the weights in the package musicnn, which is not installed; {MISSING}"
        ) from None


def load_network() -> Network:
    """See `PretrainedModel.load_network`."""
    from explorer.audio.models.musicnn import Musicnn
    from explorer.audio.models.tensor_bundle import read_bundle

    index, data = (checked_bytes("tags", _path(name), sha256) for name, sha256 in FILES.items())
    musicnn = Musicnn(read_bundle(index, data, "musicnn"), "musicnn")

    def network(window: Window) -> Rows:
        return np.hstack(musicnn.rows(log_mel(window), POOL_FRAMES, ROW_FRAMES))

    return network


def log_mel(samples: Window) -> Float32[np.ndarray, "frames 96"]:
    """log10(1 + 10000 mel) of spectra that lie wholly within the samples."""
    from explorer.compilation import librosa

    mel = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=FFT_SIZE, hop_length=MEL_HOP, n_mels=MELS, center=False
    )
    return np.ascontiguousarray(np.log10(10000 * mel.T.astype(np.float32) + 1))


def columns(rows: ModelRows, track: FeatureTable) -> Table:
    """See `PretrainedModel.columns`: the groups, then the principal components of the hidden numbers."""
    groups = np.concatenate([group_probabilities(piece[:, : len(TAGS)]) for piece in rows])
    scores = principal_scores(rows, slice(len(TAGS), None), track, COMPONENTS)
    return at_times(np.hstack([groups, scores]), rows, track)


def group_probabilities(tags: Float32[np.ndarray, "rows 50"]) -> Float32[np.ndarray, "rows 9"]:
    """How probable it is that one tag of a group or more fits, as if they were independent."""
    absent = [np.prod(1 - tags[:, [TAGS.index(tag) for tag in group]], axis=1) for group in GROUPS.values()]
    return 1 - np.stack(absent, axis=1)


def normalize(raw: Table, presence: Column, settings: AnalysisSettings) -> Table:
    """See `PretrainedModel.normalize`. Groups are levels, components are timbres."""
    shares = raw[:, : len(GROUPS)].T.astype(np.float64)
    groups = np.stack([probability_level(column, presence, settings) for column in shares], axis=1)
    components = component_levels(raw[:, len(GROUPS) :], presence, settings, MIN_HALF_RANGE)
    return np.hstack([groups.astype(np.float32), components])
