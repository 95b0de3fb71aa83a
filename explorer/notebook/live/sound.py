"""The sound for the page: an MP3 to play, its outline, its onsets."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int8
from scipy.signal import find_peaks

from explorer.audio import FeatureTrack, Sound
from explorer.audio.plot import sound_envelope
from explorer.errors import OutputError, Stopped
from explorer.ffmpeg import FFmpeg, file_url, raw_input
from explorer.video import soundtrack

MAX_SECONDS = 20 * 60  # 19 MB of MP3, which is already much for a notebook's connection
MIME_TYPE = (
    "audio/mpeg"  # MP3: the one compact format that every browser plays, and VS Code, which has no AAC
)
MP3_ARGUMENTS = ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100"]
OUTLINE_COLUMNS = 800
MIN_ONSET_STRENGTH = 0.3  # of full scale: weaker onsets are not marked
MIN_ONSET_SECONDS = 0.08  # between two marks


def encode_mp3(sound: Sound, duration: float, stale: Callable[[], bool]) -> bytes:
    """The sound as MP3, mono or stereo at 128 kbit/s, exactly `duration` seconds long.

    Raises Stopped when stale, OutputError when ffmpeg fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sound.mp3"
        arguments = raw_input("f32le", *soundtrack.sample_arguments(sound))
        arguments += [*soundtrack.output_arguments(sound, Fraction(duration)), *MP3_ARGUMENTS, file_url(path)]
        encoder = FFmpeg(arguments, stdin=subprocess.PIPE)
        try:
            with encoder.stdin as pipe, closing(soundtrack.samples(sound, 0.0, duration)) as blocks:
                for block in blocks:
                    if stale():
                        raise Stopped("there is a newer request")
                    pipe.write(block)
            if encoder.wait():
                raise OutputError(f"the sound could not be encoded: {encoder.reason()}")
        except OSError as error:  # ffmpeg ended early
            raise OutputError(f"the sound could not be encoded: {encoder.reason()}") from error
        finally:
            encoder.stop()
        return path.read_bytes()


def outline(sound: Sound, duration: float) -> Int8[np.ndarray, "columns 2"]:
    """Lowest and highest sample of each column, as whole numbers: the loudest of all is 127."""
    envelope = sound_envelope(sound, duration, OUTLINE_COLUMNS)
    peak = max(float(np.abs(envelope).max()), 1e-6)
    return np.rint(envelope * (127 / peak)).astype(np.int8)


def onsets(track: FeatureTrack) -> Float32[np.ndarray, " onsets"]:
    """The times of the strong onsets in seconds; none where the track has no such feature."""
    if "onset" not in track.names:
        return np.zeros(0, np.float32)
    strength = (track.values[:, track.names.index("onset")] + 1) / 2  # 0 without an onset, 1 at full scale
    padded = np.pad(strength, 1)  # a sound may begin with a hit
    peaks, _ = find_peaks(
        padded, height=MIN_ONSET_STRENGTH, distance=max(1, round(MIN_ONSET_SECONDS * track.fps))
    )
    return np.asarray((peaks - 1) / track.fps, np.float32)
