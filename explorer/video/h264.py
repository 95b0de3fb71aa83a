"""How H.264 is made: speed, size and quality, and the tags that give players the color space."""

from __future__ import annotations

from typing import Literal

from explorer.settings import Settings, knob

Preset = Literal["smooth", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]

# x264's fastest preset with three features back that pay on smooth pictures: arithmetic coding, the large
# transform and the filter against visible blocks.
SMOOTH = ["-preset", "ultrafast", "-x264-params", "cabac=1:8x8dct=1:deblock=0,0"]

KEYFRAME_INTERVAL = 250  # frames, the default of x264

# Untagged yuv420p is shown as BT.601 by some and BT.709 by others, up to 39 levels apart. Where chroma lies
# needs no tag: left is H.264's default (annex E), and x264 writes no tag for it.
COLOR_TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"


class EncoderSettings(Settings):
    """How H.264 is made; pixels before encoding do not depend on it.

    Measured on excerpts of a track of three minutes, 720p, crf 18, for compact-4x3 and molten (CPU time and
    bytes a frame, likeness to the frames drawn):

        ultrafast    9 and  9 ms    45 and 27 kB    SSIM 0.990 and 0.989
        smooth      11 and  9 ms    31 and 17 kB    SSIM 0.993 and 0.992
        superfast   21 and 16 ms    33 and 18 kB    SSIM 0.995 and 0.994
        veryfast    41 and 33 ms    23 and 13 kB    SSIM 0.994 and 0.994

    Drawing and encoding share the cores: with as many encoder threads as drawing threads neither waits long
    for the other, and more threads made nothing faster.
    """

    preset: Preset = knob(
        "smooth",
        help="speed against file size of H.264: veryfast makes files a third smaller in four times the time",
        flag="video-preset",
        group="video",
    )
    crf: int = knob(
        18,
        low=0,
        high=40,
        slider=(12, 30),
        step=1,
        help="constant quality of the H.264 encoder: lower is better and larger, 18 looks lossless",
        flag="video-crf",
        group="video",
    )
    threads: int = knob(
        0,
        low=0,
        high=128,
        help="encoder threads, 0 for as many as draw",
        flag="video-threads",
        group="video",
    )


DEFAULT_ENCODER = EncoderSettings()


def arguments(encoder: EncoderSettings, threads: int = 0, keyframes: int = KEYFRAME_INTERVAL) -> list[str]:
    """ffmpeg's arguments for one H.264 stream from BT.709 planes; `encoder` may name other `threads`.

    Players can jump to every `keyframes`-th frame.
    """
    preset = SMOOTH if encoder.preset == "smooth" else ["-preset", encoder.preset]
    quality = ["-crf", str(encoder.crf), "-g", str(keyframes), "-threads", str(encoder.threads or threads)]
    return ["-vf", COLOR_TAGS, "-c:v", "libx264", *preset, *quality]
