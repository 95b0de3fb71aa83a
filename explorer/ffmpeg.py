"""The ffmpeg that ships with imageio-ffmpeg, as a child process that can neither block nor linger."""

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

TAIL = 1 << 20  # bytes of ffmpeg's messages that are kept: what a file is, or its last words on a failure
GRACE = 10.0  # seconds that a failing ffmpeg has to say why before it is killed

SPEAKER = re.compile(r"^(\[[^\]]*\]\s*)+")  # which part of ffmpeg speaks, with addresses in memory
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
    """A path as ffmpeg takes it literally: a colon or a percent sign in a name has no meaning then."""
    return f"file:{path}"


class FFmpeg:
    """A running ffmpeg. Its messages are drained by a thread, so it never waits for a reader of them.

    It does not see the terminal's Ctrl-C: its owner decides whether it finishes or is killed.
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
                start_new_session=True,  # means nothing on Windows, where the next line does the same
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise OutputError(f"cannot start {line[0]}: {error.strerror or error}") from error
        self._log = b""
        self._listener = threading.Thread(target=self._listen, name="ffmpeg-messages", daemon=True)
        self._listener.start()

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
        """Let it end by itself and return its exit status; it is killed after `timeout` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
        status = self._process.wait()
        self._listener.join()
        return status

    def stop(self) -> None:
        """Kill it if it still runs and let go of its pipes. Its stdin is left to the thread that feeds it."""
        self._process.kill()
        self.wait()
        self.stdout.close()

    def memory(self) -> int:
        """Bytes of memory that it holds, 0 once it has ended."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def messages(self) -> list[str]:
        """The lines of its messages, without the names of the parts that speak; call after its end."""
        lines = self._log.decode("utf-8", "replace").splitlines()
        spoken = [SPEAKER.sub("", line).strip() for line in lines]
        return [line for line in spoken if line]

    def reason(self) -> str:
        """Why it failed, in its own words: the system's reason when there is one, else its last message."""
        lines = self.messages()
        for line in lines:
            if found := SYSTEM_REASON.search(line):
                return found.group(0)
        spoken = [line for line in lines if line != "Conversion failed!"]
        return spoken[-1] if spoken else f"ffmpeg was stopped (exit status {self.wait()})"

    def _listen(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            while chunk := stream.read(1024):
                self._log = (self._log + chunk)[-TAIL:]
