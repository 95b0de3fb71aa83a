"""Sound file -> FeatureTrack: decode, window at exact times, measure, normalize, cache."""

from pathlib import Path

from explorer.audio.analysis import analyze
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.sound_file import Sound, open_sound
from explorer.audio.track import FeatureTrack

DEMO_CLIP = Path(__file__).parent / "clips" / "tabla_loop_cc0.flac"
"""The tabla loop that ships with the project: 10.7 s, 44.1 kHz stereo, CC0 (clips/LICENSE.txt)."""

__all__ = [
    "DEMO_CLIP",
    "FEATURES",
    "AnalysisSettings",
    "FeatureTrack",
    "Sound",
    "analyze",
    "open_sound",
]
