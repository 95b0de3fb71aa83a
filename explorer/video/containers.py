"""The kinds of video files by their ending: what each holds, how exact its times are, where its recipe is.

| ending | times are stored in | sound | recipe |
|---|---|---|---|
| mp4, mov | parts of a frame: exact | AAC, or PCM beside ProRes | comment |
| webm | milliseconds | Opus | tag COMMENT |
| gif | hundredths of a second | none | comment extension |
| webp | milliseconds | none | XMP |

Each time is rounded by itself, so that nothing adds up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from explorer.errors import SettingsError
from explorer.formatting import size_text
from explorer.video import boxes, ebml, gif, webp


@dataclass(frozen=True)
class Container:
    """A kind of video file. `codecs` are those that it holds, the usual one first."""

    name: str
    mime: str
    codecs: tuple[str, ...]
    is_complete: Callable[[Path], bool]
    muxer_options: tuple[str, ...] = ()
    has_sound: bool = True
    has_cover: bool = False
    max_fps: int | None = None
    max_bytes: int | None = None  # above which it is refused: players load all of it into memory

    @property
    def is_picture(self) -> bool:
        """Whether browsers show it as a picture that moves."""
        return not self.has_sound

    def holds(self, codec: str | None) -> bool:
        """Whether a setting `codec` is one for it."""
        if codec is None or self.is_picture:
            return codec is None
        return codec == "auto" or codec.partition("_")[0] in self.codecs

    def check_codec(self, codec: str | None) -> None:
        """Raise SettingsError for a codec that it does not hold."""
        if codec is not None and self.is_picture:
            raise SettingsError(f"codec: got {codec!r}; a .{self.name} has no choice of codecs: leave it out")
        if not self.holds(codec):
            raise SettingsError(
                f"codec: got {codec!r}; a .{self.name} holds {', '.join(self.codecs)}; "
                "choose one of these or another ending"
            )

    def check_rate(self, fps: Fraction) -> None:
        """Raise SettingsError for a rate that it cannot show."""
        if self.max_fps is not None and fps > self.max_fps:
            raise SettingsError(
                f"fps: got {fps}; a .{self.name} shows at most {self.max_fps} frames a second; "
                "choose a lower rate, or .webp or .mp4"
            )

    def check_bytes(self, expected: float) -> None:
        """Raise SettingsError for a file that would be too large."""
        if self.max_bytes is not None and expected > self.max_bytes:
            raise SettingsError(
                f"the .{self.name} would have about {size_text(expected)}, and players load all of it into "
                f"memory: allowed are {size_text(self.max_bytes)}; choose a shorter duration, a smaller "
                "resolution or a lower fps, or .webm or .mp4"
            )


MAX_ANIMATION_BYTES = 200_000_000

CONTAINERS = {
    each.name: each
    for each in (
        Container(
            "mp4", "video/mp4", ("h264", "hevc", "av1"), boxes.is_complete, ("-movflags", "+faststart"),
            has_cover=True,
        ),
        Container("webm", "video/webm", ("vp9", "av1"), ebml.is_complete),
        Container(
            "mov", "video/quicktime", ("prores", "h264", "hevc"), boxes.is_complete,
            ("-movflags", "+faststart+use_metadata_tags"),
        ),
        Container(
            "gif", "image/gif", ("gif",), gif.is_complete, has_sound=False, max_fps=50,
            max_bytes=MAX_ANIMATION_BYTES,
        ),
        Container(
            "webp", "image/webp", ("webp",), webp.is_complete, has_sound=False, max_bytes=MAX_ANIMATION_BYTES
        ),
    )
}  # fmt: skip

SUFFIXES = tuple(f".{name}" for name in CONTAINERS)
ENDINGS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"


def container_of(path: Path) -> Container:
    """The kind of video file by the ending of its name. Raises SettingsError for another ending."""
    container = CONTAINERS.get(path.suffix.lower()[1:])
    if container is None:
        raise SettingsError(f"cannot make {path.name}; choose a name that ends in {ENDINGS}")
    return container
