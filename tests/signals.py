"""Sounds with known answers, and files of them."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile


def tone(frequency, seconds=1.0, rate=44100, amplitude=0.5):
    """A sine of `amplitude`, (samples,) float32."""
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


def silence(seconds=1.0, rate=44100):
    return np.zeros(round(seconds * rate), np.float32)


def noise(seconds=1.0, rate=44100, amplitude=0.1, seed=0):
    """White Gaussian noise of standard deviation `amplitude`."""
    samples = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    return (amplitude * samples).astype(np.float32)


def click_track(times, seconds, rate=44100, amplitude=0.8):
    """Single samples of `amplitude`, each the nearest to its time, in silence."""
    samples = silence(seconds, rate)
    samples[np.rint(np.asarray(times) * rate).astype(int)] = amplitude
    return samples


def music(seconds=4.0, rate=44100, seed=0):
    """Decaying notes over a wide range of level and pitch, with rests: what an analysis meets in life."""
    chance = np.random.default_rng(seed)
    samples = silence(seconds, rate)
    for start in np.arange(0.1, seconds - 0.4, 0.3):
        note = tone(chance.uniform(60, 4000), 0.25, rate, chance.uniform(0.05, 0.6))
        note *= np.exp(-np.arange(len(note)) / (0.06 * rate), dtype=np.float32)
        first = round(start * rate)
        samples[first : first + len(note)] += note
    return samples


def write_wav(path, samples, rate=44100, subtype="FLOAT") -> Path:
    """Write (samples,) or (samples, channels) with soundfile, in the format of the path's ending.

    The same samples always give the same bytes: a PEAK chunk would tell the second of writing.
    """
    path = Path(path)
    soundfile.write(path, samples, rate, subtype=subtype)
    written = path.read_bytes()
    at = written.find(b"PEAK", 0, 128)
    if at >= 0:  # name, size, version, second
        path.write_bytes(written[: at + 12] + bytes(4) + written[at + 16 :])
    return path


def write_m4a(path, samples, rate=44100) -> Path:
    """AAC in MP4, which soundfile can neither write nor read."""
    return write_with_ffmpeg(path, samples, rate, "-movflags", "+faststart")


def write_with_ffmpeg(path, samples, rate, *options) -> Path:
    """Any format that ffmpeg writes, chosen by the path's ending and by `options`."""
    wav = write_wav(Path(path).with_suffix(".source.wav"), samples, rate)
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", wav, *options, path], check=True)
    wav.unlink()
    return Path(path)
