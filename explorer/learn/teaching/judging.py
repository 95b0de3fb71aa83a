"""The sounds for judging: generated pieces that no training and no choice may use.

Each kind moves what its generator says (see `synthetic_clips`): sweeps the brightness at a steady level,
swells the loudness at a steady timbre, drums hits. Kinds and seeds are fixed in `judging_pieces.json`. Their
random streams are others than those of any clips to train on.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from explorer.audio.live import live_features
from explorer.files import read_text
from explorer.learn.dataset import LiveTrack
from explorer.learn.settings import CLIPS_PHASE
from explorer.learn.synthetic_clips import CLIP_SECONDS, clip
from explorer.progress import Progress, silent

PIECES_FILE = Path(__file__).parent / "judging_pieces.json"
STREAM = 20_251  # of their random numbers; clips to train on have streams of two numbers


def judging_pieces() -> list[dict[str, str | int]]:
    """Kind and seed of each piece."""
    pieces: list[dict[str, str | int]] = json.loads(read_text(PIECES_FILE))
    return pieces


def judging_tracks(progress: Progress = silent, seconds: float = CLIP_SECONDS) -> list[LiveTrack]:
    """The tracks of all pieces."""
    tracks, pieces = [], judging_pieces()
    for piece in pieces:
        kind, seed = str(piece["kind"]), int(piece["seed"])
        samples = clip(kind, np.random.default_rng([STREAM, seed, 0]), seconds)
        sha256 = hashlib.sha256(samples.tobytes()).hexdigest()
        tracks.append(LiveTrack(f"judging {kind} {seed}", sha256, live_features(samples)))
        progress(CLIPS_PHASE, len(tracks), len(pieces))
    return tracks
