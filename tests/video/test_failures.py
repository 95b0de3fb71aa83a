"""Whole or absent: what is left, and what is said, when encoding goes wrong."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import psutil
import pytest

from explorer import ffmpeg
from explorer.errors import OutputError, SoundError
from explorer.files import remove_stale_parts
from explorer.video import VideoWriter, probe
from tests.video.material import SIZE, Samples, gray, tone, write_video

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_lingers():
    """After every test no ffmpeg and no thread of ours is left."""
    before = psutil.Process().children()
    yield
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ffmpeg")]
    assert set(psutil.Process().children()) <= set(before)


@pytest.fixture
def stand_in(monkeypatch, tmp_path_factory):
    """Replace ffmpeg by a Python script; `out` and `frames` (its stdin) are defined for it."""

    def replace(body: str) -> None:
        script = tmp_path_factory.mktemp("stand-in") / "ffmpeg.py"
        head = "import sys\nout = sys.argv[-1].removeprefix('file:')\nframes = sys.stdin.buffer\n"
        script.write_text(head + body, encoding="utf-8")
        monkeypatch.setattr(ffmpeg, "command", lambda: [sys.executable, str(script)])

    return replace


def draw(path: Path, drawn: int, announced: int, then: Callable[[], object] = bool) -> None:
    """Write `drawn` of `announced` frames, calling `then` after the first."""
    options = {"size": SIZE, "fps": Fraction(30), "sound": tone(1), "comment": "x"}
    with VideoWriter(path, frames=announced, **options) as video:
        for n in range(drawn):
            video.write(gray())
            if n == 0:
                then()


def write_noise(path: Path, frames: int = 200, **options: object) -> None:
    """More data than pipes and buffers hold."""
    noise = np.random.default_rng(0).integers(0, 255, (180, 320, 3), np.uint8)
    with VideoWriter(path, size=(320, 180), fps=Fraction(30), frames=frames, **options) as video:
        for _ in range(frames):
            video.write(noise)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError], ids=lambda kind: kind.__name__)
def test_error_in_the_block_leaves_nothing(tmp_path, error):
    """The error comes out as it is: an OSError of the drawing is not the disk's."""

    def fail():
        raise error("drawing")

    with pytest.raises(error, match="drawing"):
        draw(tmp_path / "a.mp4", 9, 9, then=fail)
    assert not list(tmp_path.iterdir())


def test_earlier_video_survives_a_failed_one(tmp_path):
    path = write_video(tmp_path / "a.mp4")
    before = path.read_bytes()
    with pytest.raises(OutputError):
        draw(path, 1, 9)
    assert path.read_bytes() == before


@pytest.mark.parametrize("drawn", [0, 4, 6])
def test_number_of_frames_must_be_as_announced(tmp_path, drawn):
    with pytest.raises(OutputError, match="5 frames"):
        draw(tmp_path / "a.mp4", drawn, 5)
    assert not list(tmp_path.iterdir())


def test_ffmpeg_killed_while_encoding(tmp_path):
    others = psutil.Process().children()  # of other tests, a browser's say

    def kill_the_encoder():
        for child in psutil.Process().children():
            if child not in others:
                child.kill()

    with pytest.raises(OutputError, match=r"a\.mp4: ffmpeg was stopped"):
        draw(tmp_path / "a.mp4", 5_000, 5_000, then=kill_the_encoder)
    assert not list(tmp_path.iterdir())


def test_disk_full_while_encoding(tmp_path, stand_in):
    stand_in(
        "frames.read(100_000)\nopen(out, 'wb').write(b'half')\n"
        "print('[out#0/mp4 @ 0x1] av_interleaved_write_frame(): No space left on device', file=sys.stderr)\n"
        "sys.exit(228)\n"
    )
    with pytest.raises(OutputError, match=r"a\.mp4: No space left on device; free some space"):
        write_noise(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_disk_full_while_finishing(tmp_path, stand_in):
    stand_in(
        "open(out, 'wb').write(frames.read())\n"
        "print('Error writing trailer: No space left on device\\nConversion failed!', file=sys.stderr)\n"
        "sys.exit(228)\n"
    )
    with pytest.raises(OutputError, match=r"a\.mp4: No space left on device; free some space"):
        write_noise(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_cut_without_an_error(tmp_path, stand_in):
    stand_in("frames.read()\nopen(out, 'wb').write(b'\\0\\0\\0\\x08moov\\0\\0\\1\\0mdat and few bytes')\n")
    with pytest.raises(OutputError, match=r"a\.mp4: the file is incomplete; free some space"):
        draw(tmp_path / "a.mp4", 2, 2)
    assert not list(tmp_path.iterdir())


def test_disk_full_while_the_sound_is_decoded(tmp_path):
    class Full(Samples):
        def blocks(self, start=0.0, duration=None):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match=r"a\.mp4: No space left on device"):
        write_video(tmp_path / "a.mp4", sound=Full(np.zeros(9)))
    assert not list(tmp_path.iterdir())


LIMITED = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.mark.parametrize("share", [0.3, 0.999], ids=["encoding", "finishing"])
def test_real_ffmpeg_whose_file_may_not_grow(tmp_path, monkeypatch, share):
    pytest.importorskip("resource", reason="limits of file sizes are POSIX")
    path = tmp_path / "a.mp4"
    write_noise(path)
    limit = int(path.stat().st_size * share)
    path.unlink()
    line = [sys.executable, "-c", LIMITED, str(limit), imageio_ffmpeg.get_ffmpeg_exe()]
    monkeypatch.setattr(ffmpeg, "command", lambda: line)
    with pytest.raises(OutputError, match=r"a\.mp4: File too large; free some space"):
        write_noise(path)
    assert not list(tmp_path.iterdir())


def test_many_messages_do_not_block(tmp_path, stand_in):
    stand_in(
        "while frames.read(200_000):\n    sys.stderr.write('a message without an end ' * 4_000)\n"
        "open(out, 'wb').write(b'\\0\\0\\0\\x08moov\\0\\0\\0\\x08mdat')\n"
    )
    write_noise(tmp_path / "a.mp4", 40)
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_last_message_names_the_reason(tmp_path, stand_in):
    stand_in(
        "frames.read()\n"
        "print('a warning\\n[libx264 @ 0x5] [error] bad luck\\n', file=sys.stderr)\n"
        "sys.exit(1)\n"
    )
    with pytest.raises(OutputError, match=r"a\.mp4: bad luck;"):
        write_noise(tmp_path / "a.mp4")


def test_ffmpeg_that_cannot_start(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "command", lambda: [str(tmp_path / "no-such-program")])
    with pytest.raises(OutputError, match=r"cannot start .*no-such-program"):
        write_video(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_broken_sound_is_its_own_error(tmp_path):
    class Broken(Samples):
        def blocks(self, start=0.0, duration=None):
            yield self.values
            raise SoundError("the file ends early")

    with pytest.raises(SoundError, match="ends early"):
        write_video(tmp_path / "a.mp4", sound=Broken(np.zeros(9)))
    assert not list(tmp_path.iterdir())


def test_replacing_a_finished_video(tmp_path):
    write_video(tmp_path / "a.mp4", 3)
    assert probe(write_video(tmp_path / "a.mp4", 7)).frames == 7


STUCK = """
import sys
from fractions import Fraction
from tests.video.material import SIZE, VideoWriter, gray, tone
with VideoWriter(sys.argv[1], size=SIZE, fps=Fraction(30), frames=300, sound=tone(1), comment="x") as video:
    for n in range(100):
        video.write(gray(n))
    print("encoding", flush=True)
    input()
"""


def test_killed_process_leaves_only_what_the_next_run_sweeps(tmp_path):
    line = [sys.executable, "-c", STUCK, str(tmp_path / "a.mp4")]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"encoding"
        encoders = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert encoders
    for encoder in psutil.wait_procs(encoders, timeout=30)[
        1
    ]:  # their pipe has closed: they end by themselves
        assert encoder.status() == psutil.STATUS_ZOMBIE  # nobody asks for its exit status in some containers
    left = list(tmp_path.iterdir())
    assert left
    assert all(file.name.startswith(".") and file.name.endswith(".part") for file in left)
    remove_stale_parts(tmp_path)
    assert not list(tmp_path.iterdir())
