"""Stems of a mix by a pretrained model: drums, bass, vocals and the rest, separated by Demucs.

Rouard et al., "Hybrid transformers for music source separation", ICASSP 2023. The network is that of the
package `demucs-infer`, its weights come from a file. The stems are sound files in the cache.
"""

from __future__ import annotations

import importlib
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from jaxtyping import Float32

from explorer.audio.array_cache import cache_folder, digest
from explorer.audio.models import weights
from explorer.audio.sound_file import open_sound
from explorer.errors import ExplorerError, SettingsError
from explorer.files import memory_file, sha256_of
from explorer.formatting import clock_text
from explorer.progress import Progress

VERSION = 1  # raise it whenever the same sound and weights give other stems
PACKAGE = "demucs_infer"
STEMS = ("drums", "bass", "other", "vocals")
STEP = "separating stems"
MAX_SECONDS = 20 * 60.0  # of a sound: all of it is in memory, 200 MB a minute


def weights_sha256() -> str:
    """SHA-256 of the weights. Raises ExplorerError, with what to do, unless stems can be separated."""
    _package()
    path = weights.weights_file("demucs")
    sha256 = sha256_of(path)
    if path.suffix != ".safetensors" and not sha256.startswith(weights.SOURCES["demucs"].sha256_start):
        raise ExplorerError(
            f"{path} is not the published file of weights, and opening it could run code; "
            "give that file, or one of safetensors"
        )
    return sha256


def separated_stems(song: Path, sha256: str, progress: Progress) -> dict[str, Path]:
    """The sound files of the stems of a song with this hash, by name; separated once, then from the cache."""
    key = json.dumps({"sha256": sha256, "version": VERSION, "weights": weights_sha256()})
    folder = cache_folder() / "stems" / digest(key)
    paths = {name: folder / f"{name}.flac" for name in STEMS}
    if not all(path.is_file() for path in paths.values()):
        _separate(song, paths, progress)
    return paths


def _separate(song: Path, paths: dict[str, Path], progress: Progress) -> None:
    import torch

    samples, rate = _samples(song)
    network = _package().DemucsSeparator(
        "htdemucs",
        checkpoint_path=weights.weights_file("demucs"),
        device="cpu",
        shifts=0,  # else it would begin at random
        callback=lambda state: progress(STEP, state["segment_offset"], state["audio_length"]),
    )
    try:
        with network as session:
            _, stems = session(torch.from_numpy(samples), sample_rate=rate)
            network_rate = int(session.samplerate)
    except ExplorerError:
        raise
    except Exception as error:  # whatever the package raises for a file of another network
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ExplorerError(f"{song.name} cannot be separated by demucs-infer: {reason:.200}") from error
    for name, path in paths.items():
        if name not in stems:
            raise ExplorerError(f"these weights give no stem '{name}'; give those of htdemucs")
        with memory_file(path) as file:
            soundfile.write(file, stems[name].clamp(-1, 1).numpy().T, network_rate, format="FLAC")


def _samples(song: Path) -> tuple[Float32[np.ndarray, "channels samples"], int]:
    """All samples of a song, and how many of them are a second."""
    sound = open_sound(song)
    parts, count = [], 0
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            parts.append(block)
            count += len(block)
            if count > MAX_SECONDS * sound.sample_rate:
                raise SettingsError(
                    f"stems: {song.name} is longer than {clock_text(MAX_SECONDS)}, which is the limit here; "
                    "separate it elsewhere and give the folder of its stems"
                )
    return np.ascontiguousarray(np.concatenate(parts).T, np.float32), sound.sample_rate


def _package() -> Any:
    try:
        return importlib.import_module(PACKAGE)
    except ImportError as error:
        raise ExplorerError(
            "separating stems needs the package demucs-infer: pip install demucs-infer; "
            "or give a folder with a sound file for each voice"
        ) from error
