"""Reading back videos of any make, and files that are none."""

from __future__ import annotations

import subprocess
import threading
from contextlib import closing

import imageio_ffmpeg
import numpy as np
import psutil
import pytest

from explorer.errors import SettingsError
from explorer.video import open_clip, probe, read_comment, read_frames
from tests.playlists import PLAYLISTS, write_playlist
from tests.video.material import SIZE, tone, write_video


def test_leaving_early_ends_the_decoder(tmp_path):
    before = psutil.Process().children()
    frames = read_frames(write_video(tmp_path / "a.mp4", 300))
    next(frames)
    frames.close()
    assert psutil.Process().children() == before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ffmpeg")]


def test_video_of_another_program(tmp_path):
    path = tmp_path / "other.mkv"
    source = "testsrc=size=33x21:rate=25:duration=2"
    line = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "ffv1"]
    subprocess.run([*line, str(path)], check=True)
    info = probe(path)
    assert (info.size, info.frames, info.fps, info.has_sound) == ((33, 21), 50, 25, False)
    assert [frame.shape for frame in read_frames(path)] == [(21, 33, 3)] * 50
    assert read_comment(path) is None


def test_frames_may_be_kept(tmp_path):
    frames = list(read_frames(write_video(tmp_path / "a.mp4", 100)))
    assert np.ptp([frame.mean() for frame in frames]) > 90


@pytest.mark.parametrize("read", [probe, lambda path: list(read_frames(path)), read_comment])
@pytest.mark.parametrize("content", [b"", b"no video\n" * 99, None], ids=["empty", "text", "missing"])
def test_what_is_no_video(tmp_path, read, content):
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"cannot read .*a\.mp4"):
        read(path)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("target") / "private.mp4", 3, sound=tone(0.1))


@pytest.mark.parametrize("read", [probe, lambda path: list(read_frames(path)), read_comment, open_clip])
@pytest.mark.parametrize("form", PLAYLISTS)
def test_a_video_opens_no_other_file(target, tmp_path, form, read):
    with pytest.raises(SettingsError, match=r"cannot read .*clip\.mp4"):
        read(write_playlist(tmp_path / "clip.mp4", form, target, "video"))


def test_moviepy_clip(tmp_path):
    with closing(open_clip(write_video(tmp_path / "ü.mp4", 60, sound=tone(2)))) as clip:
        assert clip.size == list(SIZE)
        assert clip.duration == pytest.approx(2.0, abs=0.02)
        assert np.abs(clip.get_frame(1.0).astype(int) - 30).max() <= 3
        assert clip.audio is not None


def test_sound_without_pictures(tmp_path):
    path = tmp_path / "a.mp4"
    source = ["-f", "lavfi", "-i", "sine=duration=1"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(path)], check=True)
    with pytest.raises(SettingsError, match=r"cannot read .*a\.mp4"):
        probe(path)


def test_truncated_video(tmp_path):
    path = write_video(tmp_path / "a.mp4", 60, sound=tone(2))
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(SettingsError, match="cannot read"):
        probe(path)
