"""How a video file is made: its kind, codec, quality and what its metadata says."""

from __future__ import annotations

from typing import ClassVar, Literal

from explorer.settings import Settings, knob

Preset = Literal["smooth", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
ContainerName = Literal["mp4", "webm", "mov", "gif", "webp"]
Codec = Literal[
    "auto", "h264", "hevc", "av1", "vp9", "prores",
    "h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_amf",
    "hevc_nvenc", "hevc_videotoolbox", "hevc_qsv", "hevc_amf",
    "av1_nvenc", "av1_qsv", "av1_amf",
]  # fmt: skip
MAX_TITLE_CHARACTERS = 200


class EncoderSettings(Settings):
    """How a video file is made; pixels before encoding do not depend on it.

    H.264 on excerpts of a track of three minutes, 720p, crf 18, for compact-4x3 and molten (CPU time and
    bytes a frame, likeness to the frames drawn):

        ultrafast    9 and  9 ms    45 and 27 kB    SSIM 0.990 and 0.989
        smooth      11 and  9 ms    31 and 17 kB    SSIM 0.993 and 0.992
        superfast   21 and 16 ms    33 and 18 kB    SSIM 0.995 and 0.994
        veryfast    41 and 33 ms    23 and 13 kB    SSIM 0.994 and 0.994

    Drawing and encoding share the cores: with as many encoder threads as drawing threads neither waits long
    for the other, and more threads made nothing faster.
    """

    added_settings: ClassVar[tuple[str, ...]] = ("container", "codec", "title", "cover", "chapters")

    preset: Preset = knob(
        "smooth",
        help="speed against file size of the encoder: veryfast makes files a third smaller in four times the "
        "time",
        flag="video-preset",
        group="video",
    )
    crf: int = knob(
        18,
        low=0,
        high=40,
        slider=(12, 30),
        step=1,
        help="constant quality of the encoder: lower is better and larger, 18 looks lossless",
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
    container: ContainerName = knob(
        "mp4", help="kind of file; the ending of OUT says it, too", flag="format", group="video"
    )
    codec: Codec | None = knob(
        None,
        help="how pictures are encoded; auto: on the graphics card where it can; none: as is usual in "
        "the kind of file (H.264 in mp4, VP9 in webm, ProRes 4444 in mov)",
        group="video",
    )
    title: str | None = knob(None, help="title in the metadata of the file", group="video")
    cover: bool = knob(False, help="the poster as cover art in the metadata (mp4)", group="video")
    chapters: bool = knob(
        False, help="chapters in the metadata, one for every section of the sound", group="video"
    )


DEFAULT_ENCODER = EncoderSettings()
