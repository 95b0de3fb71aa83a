"""The ffmpeg that ships with imageio-ffmpeg, as a child process that neither blocks nor lingers."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import psutil

from explorer.errors import OutputError
from explorer.processes import NEW_PROCESS_GROUP

MAX_MESSAGE_BYTES = 1 << 20  # of the last messages: facts of a file, or the reason of a failure
EXIT_TIMEOUT = 10.0  # seconds in which a failing ffmpeg may report its reason before it is killed

DEMUXERS = (
    "aac,ac3,ac4,aiff,amr,amrnb,amrwb,ape,apng,asf,au,av1,avi,caf,dsf,dts,dtshd,dv,eac3,flac,flv,gif,gxf,h264,hevc,"
    "iff,ircam,ivf,loas,m4v,matroska,mlp,mov,mp3,mpc,mpc8,mpeg,mpegts,mpegvideo,mxf,nistsphere,nsv,nut,obu,ogg,oma,"
    "qcp,qoa,rm,sds,sln,sox,swf,tak,truehd,tta,voc,vqf,w64,wav,wsd,wtv,wv,xwma,yuv4mpegpipe"
)
"""Formats that files from elsewhere may have: none of them opens another file, as playlists, manifests
(DASH, HLS), lists (concat), session descriptions and sequences of images do."""

COMPONENT_PREFIX = re.compile(r"^(\[[^\]]*\]\s*)+")  # the component that writes, with its address in memory
SYSTEM_REASON = re.compile(
    "No space left on device|Disk quota exceeded|File too large|Read-only file system"
    "|Permission denied|Input/output error|No such file or directory|Cannot allocate memory"
)


def command() -> list[str]:
    """The start of every ffmpeg command line. The variable IMAGEIO_FFMPEG_EXE chooses another binary."""
    try:
        return [imageio_ffmpeg.get_ffmpeg_exe()]
    except RuntimeError as error:
        raise OutputError("there is no ffmpeg; reinstall it with: pip install imageio-ffmpeg") from error


def file_url(path: Path) -> str:
    """A path that ffmpeg takes literally: a colon or a percent sign in a name has no meaning."""
    return f"file:{path}"


def file_input(path: Path) -> list[str]:
    """Arguments to read a file from elsewhere and nothing else: no other file, and not the network."""
    return ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS, "-i", file_url(path)]


def raw_input(demuxer: str, *options: str, path: Path | None = None) -> list[str]:
    """Arguments to read our own data of a known format: a file, or the pipe to `FFmpeg.stdin`."""
    protocol, url = ("pipe", "pipe:0") if path is None else ("file", file_url(path))
    return ["-protocol_whitelist", protocol, "-f", demuxer, *options, "-i", url]


class FFmpeg:
    """A running ffmpeg. A thread reads its messages, so it never waits for a reader.

    Ctrl-C in the terminal does not reach it: its owner decides whether it finishes or is killed.
    """

    def __init__(
        self, arguments: Sequence[str], *, stdin: int = subprocess.DEVNULL, loglevel: str = "error"
    ) -> None:
        line = [*command(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", loglevel, *arguments]
        try:
            self._process = subprocess.Popen(
                line,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                **NEW_PROCESS_GROUP,
            )
        except OSError as error:
            raise OutputError(f"cannot start {line[0]}: {error.strerror or error}") from error
        self._log = b""
        self._reader = threading.Thread(target=self._read_messages, name="ffmpeg-messages", daemon=True)
        self._reader.start()

    @property
    def stdin(self) -> IO[bytes]:
        """Where frames go in."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """Where decoded data comes out."""
        assert self._process.stdout is not None
        return self._process.stdout

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status; it is killed after `timeout` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        status = self._process.wait()
        self._reader.join()
        return status

    def stop(self) -> None:
        """Kill it if it still runs and close its pipes. Its stdin is left to the thread that feeds it."""
        self._process.kill()
        self.wait()
        self.stdout.close()

    def memory(self) -> int:
        """Bytes of memory that it uses, 0 after its end."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def messages(self) -> list[str]:
        """The lines of its messages, without the names of its components; call after its end."""
        lines = self._log.decode("utf-8", "replace").splitlines()
        messages = [COMPONENT_PREFIX.sub("", line).strip() for line in lines]
        return [line for line in messages if line]

    def reason(self) -> str:
        """Why it failed: the system's reason when there is one, else its last message."""
        lines = self.messages()
        for line in lines:
            if match := SYSTEM_REASON.search(line):
                return match.group(0)
        messages = [line for line in lines if line != "Conversion failed!"]
        return messages[-1] if messages else f"ffmpeg was stopped (exit status {self.wait()})"

    def _read_messages(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            while chunk := stream.read(1024):
                self._log = (self._log + chunk)[-MAX_MESSAGE_BYTES:]
