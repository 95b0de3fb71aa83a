"""Sound files as blocks of samples: soundfile first, ffmpeg for what it cannot read."""

from __future__ import annotations

import stat
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from jaxtyping import Float32

from explorer.audio import pcm
from explorer.audio.missing_sound import missing_sound_text
from explorer.errors import SettingsError, SoundError, warn

BLOCK = 32768
"""Samples decoded at a time. All work on sound is done in blocks, so that ten hours fit in memory."""

FORMATS = "wav, flac, ogg, opus, mp3 or m4a"
MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 1_000, 768_000  # Hz; others are those of damaged headers
MAX_CHANNELS = 64
MAX_AMPLITUDE = (
    1e10  # re full scale: louder than 32-bit integers as floats, and squares of spectra do not overflow
)

Block = Float32[np.ndarray, "samples channels"]


@dataclass(frozen=True)
class Sound:
    """A readable sound file. `header_duration` is the length its header claims, in seconds (0 if unknown)."""

    path: Path
    sample_rate: int
    channels: int
    header_duration: float
    decoder: Literal["soundfile", "ffmpeg"]

    @property
    def name(self) -> str:
        """File name without folders."""
        return self.path.name

    def blocks(
        self, start: float = 0.0, duration: float | None = None, size: int = BLOCK
    ) -> Generator[Block, None, None]:
        """Samples from round(start * sample_rate) on, in blocks of at most `size`; full scale is 1.

        `duration` in seconds; None reads to the end. Decoding always begins at the first sample, since
        seeking in compressed files is not exact. Samples that are NaN, infinite or beyond MAX_AMPLITUDE
        become 0, damaged files are read as far as they go; each with one ExplorerWarning.
        """
        if start < 0 or (duration is not None and duration < 0):
            raise SettingsError(f"start {start:g} s, duration {duration} s: must be 0 or more")
        first = round(start * self.sample_rate)
        end = None if duration is None else first + round(duration * self.sample_rate)
        return self._excerpt(first, end, size)

    def _excerpt(self, first: int, end: int | None, size: int) -> Generator[Block, None, None]:
        position = unusable = 0
        decoder = self._decode(size)
        try:
            while end is None or position < end:
                try:
                    block = next(decoder)
                except StopIteration as stop:
                    self._warn_damaged(position, stop.value)
                    break
                part = block[max(first - position, 0) : None if end is None else end - position]
                position += len(block)
                if len(part):
                    broken = ~(np.abs(part) <= MAX_AMPLITUDE)
                    unusable += int(broken.sum())
                    yield np.where(broken, np.float32(0), part)
        finally:
            decoder.close()
        if unusable:
            reason = f"NaN, infinite or beyond {MAX_AMPLITUDE:g} times full scale"
            warn(f"{self.name}: {unusable} samples were {reason}; they are taken as silence")

    def _decode(self, size: int) -> Generator[Block, None, str]:
        """Samples as decoded; the generator's value says what is wrong with the file, "" if nothing."""
        return pcm.decode(self.path, size) if self.decoder == "ffmpeg" else _decode(self.path, size)

    def _warn_damaged(self, samples: int, complaint: str) -> None:
        if complaint:
            read = f"read as far as it goes, {samples / self.sample_rate:.2f} s"
            warn(f"{self.name} is damaged or cut short ({complaint}); {read}")


def open_sound(path: str | Path) -> Sound:
    """Open a sound file of any common format.

    Raises SoundError, in one line, for what is missing, empty, not a sound file, or without a usable sample,
    and for rates, channels or samples beyond the limits above.
    """
    path = existing_file(path)
    sound = _open_with_soundfile(path) or _open_with_ffmpeg(path)
    _check_limits(sound)
    decoder = sound._decode(BLOCK)
    samples = 0
    try:
        for block in decoder:  # usually the first block decides
            samples += len(block)
            finite = np.abs(block[np.isfinite(block)])
            if len(finite) and np.median(finite) > MAX_AMPLITUDE:
                limit = f"{MAX_AMPLITUDE:g} times full scale"
                raise SoundError(f"{path} is too loud: most samples are beyond {limit}; export it again")
            if len(finite):
                return sound
    finally:
        decoder.close()
    if samples:
        raise SoundError(f"{path} holds no sound: all {samples} samples are NaN or infinite; export it again")
    raise SoundError(f"{path} holds no sound: it has a header but 0 samples; export it again")


def existing_file(path: str | Path) -> Path:
    """The path of a file that can be opened and is not empty; SoundError otherwise."""
    path = Path(path).expanduser()
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SoundError(f"{path} is a folder; give one sound file ({FORMATS})")
        if not stat.S_ISREG(mode):  # to open it could take for ever
            raise SoundError(f"{path} is a device or a pipe; give a sound file ({FORMATS})")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise SoundError(missing_sound_text(path)) from None
    except (OSError, ValueError) as error:
        raise SoundError(f"cannot open {path}: {getattr(error, 'strerror', None) or error}") from None
    if empty:
        raise SoundError(f"{path} is empty (0 bytes); give a sound file ({FORMATS})")
    return path


def _check_limits(sound: Sound) -> None:
    """Refuse what would take hours or all memory, and is damaged."""
    if not MIN_SAMPLE_RATE <= sound.sample_rate <= MAX_SAMPLE_RATE:
        raise SoundError(
            f"{sound.path} has a sample rate of {sound.sample_rate} Hz; "
            f"allowed: {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}; export it again"
        )
    if sound.channels > MAX_CHANNELS:
        raise SoundError(
            f"{sound.path} has {sound.channels} channels; allowed: up to {MAX_CHANNELS}; export it again"
        )


def _open_with_soundfile(path: Path) -> Sound | None:
    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, TypeError):  # TypeError: headerless .raw
        return None
    if info.format == "MP3" and not _mp3_states_length(path):
        return None
    return Sound(path, info.samplerate, info.channels, info.frames / info.samplerate, "soundfile")


def _open_with_ffmpeg(path: Path) -> Sound:
    rate, channels, seconds = pcm.probe(path)
    if not rate:
        raise SoundError(f"{path} is no sound file, or holds no sound; give {FORMATS}")
    return Sound(path, rate, channels, seconds, "ffmpeg")


def _decode(path: Path, size: int) -> Generator[Block, None, str]:
    """All samples that soundfile can read, in blocks; the value says what is wrong, "" if nothing."""
    with soundfile.SoundFile(path) as file:
        missing = file.frames
        try:
            while len(block := file.read(size, dtype="float32", always_2d=True)):
                missing -= len(block)
                yield block
        except soundfile.LibsndfileError as error:
            return str(error).strip() or "the decoder failed"
        if missing > 0.1 * file.samplerate or _wav_is_truncated(path):
            return "it is shorter than its header says"
    return ""


def _mp3_states_length(path: Path) -> bool:
    """Whether an MP3 begins with a Xing or Info frame.

    Without one, libsndfile guesses the length from the first bit rate and stops there, which loses up
    to most of a file of varying bit rate; ffmpeg reads to the end.
    """
    with path.open("rb") as file:
        tag = file.read(10)
        if tag[:3] == b"ID3":  # its size is written in 7 bits a byte
            file.seek(10 + sum(byte << shift for byte, shift in zip(tag[6:], (21, 14, 7, 0), strict=True)))
        else:
            file.seek(0)
        first_frame = file.read(4096)
    return b"Xing" in first_frame or b"Info" in first_frame


def _wav_is_truncated(path: Path) -> bool:
    """Whether a WAV header states more bytes than the file has (soundfile repairs that silently)."""
    with path.open("rb") as file:
        head = file.read(12)
    stated_size = int.from_bytes(head[4:8], "little") + 8
    is_from_pipe = stated_size > 0x7FFF0000  # the size was not known then
    is_wav = head[:4] == b"RIFF" and head[8:] == b"WAVE"
    return is_wav and not is_from_pipe and stated_size - path.stat().st_size > 16
