"""Numbers in words, for every shell: durations, times on a clock, byte sizes, counts and shares.

All results are ASCII, since Windows consoles print cp1252.
"""

from __future__ import annotations


def duration_text(seconds: float) -> str:
    """How long something takes: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`."""
    if round(seconds, 1) < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def clock_text(seconds: float) -> str:
    """A time in a track, to the nearest second: `2:03`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def frame_time_text(seconds: float) -> str:
    """The time of a frame, with tenths: `2:03.4`. Cut off, not rounded, as a video player shows it."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}.{int(seconds * 10 % 10)}"


def size_text(size: float) -> str:
    """Bytes in powers of 1000, at least a kilobyte: `310 kB`, `12 MB`, `4.2 GB`."""
    if round(size / 1e3) < 1000:
        return f"{max(1, round(size / 1e3))} kB"
    return f"{round(size / 1e6)} MB" if round(size / 1e6) < 1000 else f"{size / 1e9:.1f} GB"


def count_text(count: int, noun: str, plural: str = "") -> str:
    """A number of things: `1 point`, `3 points`; `plural` where it is not `noun` and an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"


def percent_text(share: float) -> str:
    """A share of 1 in whole percent: `42%`."""
    return f"{share:.0%}"
