"""Which encoder of ffmpeg makes a codec, how it is called, and whether it works on this machine.

A hardware encoder is in the list of every ffmpeg that was built with it, whether there is such hardware or
not. So it counts as working only after it has encoded a frame of the very size.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import lru_cache

from explorer.errors import SettingsError, warn
from explorer.ffmpeg import FFmpeg, raw_input
from explorer.video import h264
from explorer.video.containers import Container
from explorer.video.encoder_settings import EncoderSettings

SOFTWARE = {
    "h264": "libx264", "hevc": "libx265", "av1": "libsvtav1", "vp9": "libvpx-vp9", "prores": "prores_ks",
    "gif": "gif", "webp": "libwebp_anim",
}  # fmt: skip
HARDWARE = {
    "h264": ("h264_nvenc", "h264_videotoolbox", "h264_qsv", "h264_amf"),
    "hevc": ("hevc_nvenc", "hevc_videotoolbox", "hevc_qsv", "hevc_amf"),
    "av1": ("av1_nvenc", "av1_qsv", "av1_amf"),
}
TRIAL_SIZE = (640, 360)  # of the frame that is encoded for a list; smaller ones some hardware refuses
TRIAL_SECONDS = 20.0  # in which a trial frame is encoded, or the encoder does not work

# Untagged yuv420p is shown as BT.601 by some and BT.709 by others, up to 39 levels apart. Where chroma lies
# needs no tag: left is the default of H.264 (annex E) and of its successors.
COLOR_TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
BT709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int+full_chroma_inp"
PALETTE = (  # of every frame its own: one for all would need all frames in memory before the first is written
    "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer:bayer_scale=3"
)

AV1_PRESETS = {  # of SVT-AV1; 13 is the fastest
    "smooth": 10, "ultrafast": 12, "superfast": 11, "veryfast": 9, "faster": 8, "fast": 7, "medium": 6,
    "slow": 4,
}  # fmt: skip
VP9_SPEEDS = {  # of libvpx, for its deadline `realtime`; the slower presets have the deadline `good`
    "smooth": 6, "ultrafast": 8, "superfast": 7, "veryfast": 5, "faster": 5, "fast": 4, "medium": 3,
    "slow": 2,
}  # fmt: skip
VP9_GOOD = ("veryfast", "faster", "fast", "medium", "slow")


@dataclass(frozen=True)
class Encoder:
    """An encoder of ffmpeg, and the codec that it makes."""

    name: str
    codec: str

    @property
    def takes_rgb(self) -> bool:
        """Whether frames go in as RGB; the others get BT.709 planes with half the chroma."""
        return self.codec in ("prores", "gif", "webp")

    @property
    def has_graph(self) -> bool:
        """Whether its filters have several inputs, so that streams are not chosen by number."""
        return self.codec == "gif"

    def arguments(self, settings: EncoderSettings, threads: int, keyframes: int) -> list[str]:
        """ffmpeg's arguments for one stream; players can jump to every `keyframes`-th frame."""
        return [*_filters(self.codec), "-c:v:0", self.name, *self._quality(settings, threads, keyframes)]

    def _quality(self, settings: EncoderSettings, threads: int, keyframes: int) -> list[str]:
        preset: str = settings.preset
        crf = settings.crf
        pace = ["-g", str(keyframes), "-threads", str(settings.threads or threads)]
        if "_" in self.name and self.name.partition("_")[0] in HARDWARE:
            return [*_hardware_quality(self.name, crf), "-g", str(keyframes)]
        if self.codec == "h264":
            return [*h264.quality(preset, crf), *pace]
        if self.codec == "hevc":
            speed = "ultrafast" if preset == "smooth" else preset
            return [
                "-preset",
                speed,
                "-crf",
                str(crf + 2),
                "-x265-params",
                "log-level=error",
                "-tag:v:0",
                "hvc1",
                *pace,
            ]
        if self.codec == "av1":
            return ["-preset", str(AV1_PRESETS[preset]), "-crf", str(min(63, crf * 3 // 2)), *pace]
        if self.codec == "vp9":
            deadline = "good" if preset in VP9_GOOD else "realtime"
            effort = ["-deadline", deadline, "-cpu-used", str(VP9_SPEEDS[preset]), "-row-mt", "1"]
            return [*effort, "-b:v", "0", "-crf", str(min(63, crf * 3 // 2)), *pace]
        if self.codec == "prores":
            return ["-profile:v", "4444", "-vendor", "apl0", "-threads", str(settings.threads or threads)]
        return ["-quality", str(100 - crf), "-loop", "0"] if self.codec == "webp" else ["-loop", "0"]


def choose(container: Container, settings: EncoderSettings, size: tuple[int, int]) -> Encoder:
    """The encoder for a file. Warns in one line where software takes the place of hardware.

    Raises SettingsError for a codec that the kind of file does not hold, or that this ffmpeg does not make.
    """
    codec = settings.codec or container.codecs[0]
    container.check_codec(settings.codec)
    if codec == "auto":
        makers = [name for codec in container.codecs for name in HARDWARE.get(codec, ())]
        for name in makers:
            if problem(name, size) is None:
                return Encoder(name, codec_of(name))
        software = Encoder(SOFTWARE[container.codecs[0]], container.codecs[0])
        warn(
            f"no hardware encoder for .{container.name} works here; {software.name} encodes on the processor"
        )
        return software
    if codec in SOFTWARE:
        if settings.codec is not None and SOFTWARE[codec] not in listed():
            raise SettingsError(
                f"codec: this ffmpeg has no {SOFTWARE[codec]} for {codec}; choose another codec"
            )
        return Encoder(SOFTWARE[codec], codec)
    if (reason := problem(codec, size)) is None:
        return Encoder(codec, codec_of(codec))
    software = Encoder(SOFTWARE[codec_of(codec)], codec_of(codec))
    warn(f"{codec} does not work here ({reason}); {software.name} encodes on the processor")
    return software


def codec_of(name: str) -> str:
    """The codec that a setting `codec` stands for: `hevc` for `hevc_nvenc`."""
    return name.partition("_")[0]


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The names of the encoders that this ffmpeg was built with."""
    ffmpeg = FFmpeg(["-encoders"])
    try:
        lines = ffmpeg.stdout.read().decode("utf-8", "replace").splitlines()
        return frozenset(line.split()[1] for line in lines if line.startswith(" V") and len(line.split()) > 1)
    finally:
        ffmpeg.stop()


def working() -> list[str]:
    """The encoders that make a frame on this machine: software first, then hardware."""
    hardware = [name for names in HARDWARE.values() for name in names]
    return [name for name in (*SOFTWARE.values(), *hardware) if problem(name, TRIAL_SIZE) is None]


@lru_cache(maxsize=64)
def problem(name: str, size: tuple[int, int]) -> str | None:
    """Why an encoder makes no frame of a size here; None where it does."""
    if name not in listed():
        return "this ffmpeg does not have it"
    width, height = size
    planes = ["-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", "30"]
    ffmpeg = FFmpeg(
        [*raw_input("rawvideo", *planes), "-map", "0:v", "-c:v", name, "-f", "null", "-"],
        stdin=subprocess.PIPE,
    )
    try:
        with ffmpeg.stdin as pipe:
            pipe.write(bytes(width * height * 3 // 2))
    except OSError:  # it ended before it took the frame
        pass
    try:
        status = ffmpeg.wait(TRIAL_SECONDS)
        return None if status == 0 else _first_reason(ffmpeg)
    finally:
        ffmpeg.stop()


def _first_reason(ffmpeg: FFmpeg) -> str:
    """The first message: what follows from it comes later."""
    messages = ffmpeg.messages()
    return messages[0].rstrip(".") if messages else ffmpeg.reason()


def _filters(codec: str) -> list[str]:
    if codec == "gif":
        return ["-lavfi", PALETTE]
    if codec == "webp":
        return ["-filter:v:0", "format=bgra"]
    return ["-filter:v:0", f"{BT709},format=yuv444p10le,{COLOR_TAGS}" if codec == "prores" else COLOR_TAGS]


def _hardware_quality(name: str, crf: int) -> list[str]:
    """Constant quality about like that of x264 at this crf."""
    codec, maker = name.split("_")
    scale = 1.5 if codec == "av1" else 1.0
    tag = ["-tag:v:0", "hvc1"] if codec == "hevc" else []
    if maker == "nvenc":
        return ["-preset", "p5", "-rc", "vbr", "-cq", str(max(1, round(scale * crf))), "-b:v", "0", *tag]
    if maker == "videotoolbox":
        return ["-q:v", str(100 - 2 * crf), *tag]
    if maker == "qsv":
        return ["-global_quality", str(max(1, round(scale * crf))), *tag]
    step = str(round((5 if codec == "av1" else 1) * crf))  # AV1 counts to 255
    return ["-rc", "cqp", "-qp_i", step, "-qp_p", step, *tag]
