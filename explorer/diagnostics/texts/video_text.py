"""A measured video in words."""

from __future__ import annotations

from explorer.diagnostics.results.video_result import VideoResult
from explorer.formatting import count_text, percent_text
from explorer.rendering.flashes import MAX_FLASHES

SIGNIFICANT = 0.05  # p below which the picture is said to follow the sound


def describe_video(result: VideoResult) -> str:
    """A few lines of plain ASCII."""
    return "\n".join([_file(result), _motion(result), _flashes(result), _sound(result)])


def _file(result: VideoResult) -> str:
    info = result.info
    sound = "with sound" if info.has_sound else "no sound"
    return (
        f"{result.name}: {info.size[0]} x {info.size[1]}, {count_text(info.frames, 'frame')} at "
        f"{float(info.fps):.5g} fps, {info.duration:.2f} s, {sound}"
    )


def _motion(result: VideoResult) -> str:
    motion = f"motion: frame-to-frame variance {result.frame_variance:.4g} levels^2"
    if not result.static:
        return motion + ", never static"
    stretch = max(result.static, key=lambda part: part.seconds)
    return (
        f"{motion}, static {percent_text(result.static_share)} of the time in "
        f"{count_text(len(result.static), 'stretch', 'stretches')}, "
        f"the longest {stretch.start:.2f}-{stretch.end:.2f} s"
    )


def _flashes(result: VideoResult) -> str:
    flashes = result.flashes
    rate = f"flashes: at most {flashes.worst:g} in any second"
    red = f"of saturated red at most {flashes.red:g}"
    if flashes.passed:
        return f"{rate}{f', {red}' if flashes.red else ''}, within the limit of {MAX_FLASHES:g} (WCAG 2.3.1)"
    excess = f"MORE THAN THE {MAX_FLASHES:g} THAT WCAG 2.3.1 ALLOWS"
    if flashes.worst <= MAX_FLASHES:
        return f"{rate}, {red}: {excess}, for {flashes.red_over:.1f} s"
    text = f"{rate} (to {flashes.at:.2f} s): {excess}, for {flashes.over:.1f} s"
    return f"{text}; {red}, too many for {flashes.red_over:.1f} s" if flashes.red > MAX_FLASHES else text


def _sound(result: VideoResult) -> str:
    if not result.info.has_sound:
        return "sound: none"
    sync = result.sync
    if sync is None:
        return "sound: nothing to compare, the picture or the sound stays the same"
    late = "late" if sync.lag_ms >= 0 else "early"
    peak = (
        f"sound: correlation {sync.correlation:.2f} with the onsets, picture {abs(sync.lag_ms):.0f} ms {late}"
    )
    if sync.p is None:
        return peak + " (too short to tell from chance)"
    verdict = "follows the sound" if sync.p < SIGNIFICANT else "no better than by chance"
    return f"{peak}; {verdict} (p = {sync.p:.3f} over shifts)"
