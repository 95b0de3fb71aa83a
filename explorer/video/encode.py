"""Frames and a sound in, one video file out: exact in time and color, whole or absent.

The ending of the name decides what is made; an MP4 is H.264 yuv420p in true BT.709 with AAC, index first
(+faststart), the recipe as comment: it plays in browsers, players and editors. The frames go through a pipe
to ffmpeg, because moviepy's writer rounds the frame rate to two decimals (84 ms off after ten minutes of
24000/1001), can lose the last frame and does not notice when ffmpeg fails.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from jaxtyping import UInt8

from explorer.errors import OutputError, SettingsError, Stopped
from explorer.ffmpeg import EXIT_TIMEOUT, SYSTEM_REASON, FFmpeg, file_url, raw_input
from explorer.files import atomic_path, write_bytes, write_error
from explorer.video import encoders, gif, h264, webp
from explorer.video.containers import container_of
from explorer.video.encoder_settings import DEFAULT_ENCODER, EncoderSettings
from explorer.video.metadata import Chapter, write_metadata
from explorer.video.soundtrack import (
    SoundSource,
    output_arguments,
    sample_arguments,
    sound_codec,
    write_samples,
)
from explorer.video.yuv import yuv420

QUEUE_FRAMES = 3  # between drawing and encoding: enough to overlap them, small in memory


class VideoWriter:
    """Writes a video: `with VideoWriter(path, size=(640, 360), fps=Fraction(30), frames=300) as video: ...`.

    Inside the block `video.write(frame)` takes one frame after another, exactly `frames` of them; the
    file lasts frames / fps seconds. The ending of its name decides what it is. `sound` plays from `start`
    seconds on, with silence after its end. `comment`, the title of `encoder`, `cover` (a JPEG) and `chapters`
    go into the metadata where the kind of file has room. `threads` encode unless `encoder` has
    its own number.
    The file appears under its name when the block ends well and is complete; after any error nothing is
    left. Raises SettingsError for what the file cannot hold, OutputError when ffmpeg or the disk fails.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        size: tuple[int, int],
        fps: Fraction,
        frames: int,
        sound: SoundSource | None = None,
        start: float = 0.0,
        comment: str = "",
        encoder: EncoderSettings = DEFAULT_ENCODER,
        threads: int = 0,
        keyframes: int = h264.KEYFRAME_INTERVAL,
        cover: bytes | None = None,
        chapters: Sequence[Chapter] = (),
    ) -> None:
        self.path = Path(path)
        self.size, self.fps, self.frames = size, Fraction(fps), frames
        self.start, self.comment, self.title, self.chapters = start, comment, encoder.title, chapters
        self.written = 0
        self._check()
        self.container = container_of(self.path)
        self.container.check_rate(self.fps)
        self.sound = sound if self.container.has_sound else None
        self.cover = cover if self.container.has_cover else None
        self.encoder = encoders.choose(self.container, encoder, size)
        self._stream = self.encoder.arguments(encoder, threads, keyframes)

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exact."""
        return self.frames / self.fps

    def encoder_memory(self) -> int:
        """Bytes that the encoder holds now, beside those of this process."""
        return self._ffmpeg.memory()

    def _check(self) -> None:
        """Refuse before any work what could only fail after it."""
        width, height = self.size
        even = (max(2, width - width % 2), max(2, height - height % 2))
        if self.size != even:
            raise SettingsError(
                f"size: got {width}x{height}; a video needs even numbers: {even[0]}x{even[1]}"
            )
        if self.fps <= 0:
            raise SettingsError(f"fps: got {self.fps}; a video needs more than 0 frames a second")
        if self.frames < 1:
            raise SettingsError(f"frames: got {self.frames}; a video needs 1 or more")
        if self.path.is_dir():
            raise OutputError(f"cannot write {self.path}: it is a folder; choose a file name in it")

    def __enter__(self) -> VideoWriter:
        with ExitStack() as files:
            part = files.enter_context(atomic_path(self.path, durable=True))
            part.touch()  # a folder that cannot be written is refused before the first frame is drawn
            self._part = part
            self._ffmpeg = FFmpeg(self._arguments(part, files), stdin=subprocess.PIPE)
            self._files = files.pop_all()
        self._queue: queue.Queue[UInt8[np.ndarray, "height width 3"] | None] = queue.Queue(QUEUE_FRAMES)
        self._error: Exception | None = None  # that ended the feeding; set once
        self._feeder = threading.Thread(target=self._feed, name="ffmpeg-frames", daemon=True)
        self._feeder.start()
        return self

    def write(self, frame: UInt8[np.ndarray, "height width 3"]) -> None:
        """Take one RGB frame; it is copied, so the array may be drawn into again at once."""
        width, height = self.size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise SettingsError(
                f"frame: got {frame.dtype} {frame.shape}; this video takes uint8 ({height}, {width}, 3)"
            )
        if self.written == self.frames:
            raise OutputError(f"cannot write {self.path}: more than the {self.frames} frames announced")
        if self._error:
            raise self._failure()
        self._queue.put(frame.copy())
        self.written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        whole = False
        try:
            if kind is None:
                self._finish()
                whole = True
        finally:
            self._stop()
            if whole:
                self._files.close()
            else:  # a neutral error: an OSError of the drawing must not be reported as one of the disk
                self._files.__exit__(Stopped, Stopped("unfinished"), None)

    def _arguments(self, part: Path, files: ExitStack) -> list[str]:
        """ffmpeg's command line; sound, cover and metadata go into files beside the unfinished video."""
        (width, height), fps = self.size, f"{self.fps.numerator}/{self.fps.denominator}"
        planes = ["-pix_fmt", "rgb24" if self.encoder.takes_rgb else "yuv420p", "-s", f"{width}x{height}"]
        inputs, count = raw_input("rawvideo", *planes, "-r", fps), 1
        outputs = [*([] if self.encoder.has_graph else ["-map", "0:v"]), *self._stream]
        if self.sound is not None:
            samples = files.enter_context(_sidecar(part, "sound"))
            write_samples(self.sound, samples, self.start, float(self.duration))
            inputs += raw_input("f32le", *sample_arguments(self.sound), path=samples)
            codec = sound_codec(self.container.name, self.encoder.codec)
            outputs += ["-map", f"{count}:a", *output_arguments(self.sound, self.duration, codec)]
            count += 1
        if self.cover is not None:
            picture = files.enter_context(_sidecar(part, "cover"))
            write_bytes(picture, self.cover)
            inputs += raw_input("jpeg_pipe", path=picture)
            outputs += ["-map", f"{count}:v", "-c:v:1", "copy", "-disposition:v:1", "attached_pic"]
            count += 1
        if self.comment or self.title or self.chapters:
            metadata = files.enter_context(_sidecar(part, "comment"))
            entries = {"comment": self.comment, "title": self.title or ""}
            write_metadata(metadata, {name: text for name, text in entries.items() if text}, self.chapters)
            inputs += raw_input("ffmetadata", path=metadata)
            outputs += ["-map_metadata", str(count), "-map_chapters", str(count)]
        muxer = [*self.container.muxer_options, "-f", self.container.name]
        return [*inputs, *outputs, *muxer, "-y", file_url(part)]

    def _write_comment(self) -> None:
        """The recipe in pictures that move, where ffmpeg writes none."""
        if self.comment and self.container.name == "gif":
            gif.insert_comment(self._part, self.comment)
        elif self.comment and self.container.name == "webp":
            webp.append_xmp(self._part, self.comment, self.title)

    def _feed(self) -> None:
        """Convert frames from the queue for ffmpeg. After a failure only empty it: `write` must not hang."""
        pipe = self._ffmpeg.stdin
        while (frame := self._queue.get()) is not None:
            if self._error:
                continue
            try:
                pipe.write(frame.data if self.encoder.takes_rgb else yuv420(frame).data)
            except Exception as error:
                self._error = error
        try:
            pipe.close()
        except OSError as error:
            self._error = self._error or error

    def _finish(self) -> None:
        """Let ffmpeg complete the file; raise OutputError unless all frames came and the file is whole."""
        if self.written != self.frames:
            raise OutputError(f"cannot write {self.path}: {self.written} of {self.frames} frames were drawn")
        self._queue.put(None)
        self._feeder.join()
        if self._error or self._ffmpeg.wait() != 0:
            raise self._failure()
        whole = self.container.is_complete(self._part)
        if whole:
            self._write_comment()
            whole = self.container.is_complete(self._part)
        if not whole:
            raise write_error(self.path, OSError(0, "the file is incomplete"))

    def _stop(self) -> None:
        """End the process and the thread, whatever state they are in."""
        self._ffmpeg.stop()
        self._queue.put(None)
        self._feeder.join()

    def _failure(self) -> Exception:
        """What went wrong, in one line that names the file and the reason."""
        if self._error and not isinstance(self._error, OSError):
            return self._error  # not ffmpeg's: a frame could not be converted
        self._ffmpeg.wait(EXIT_TIMEOUT)
        reason = self._ffmpeg.reason()
        if SYSTEM_REASON.fullmatch(reason):
            return write_error(self.path, OSError(0, reason))
        return OutputError(f"cannot write {self.path}: {reason}; nothing was kept, run it again")


@contextmanager
def _sidecar(part: Path, content: str) -> Iterator[Path]:
    """A hidden temporary path next to the unfinished video, removed when the block ends."""
    path = part.with_name(f".{content}{part.name}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
