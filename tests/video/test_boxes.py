"""The boxes of an MP4: whole files are told from those that were cut or have something behind them."""

import pytest

from explorer.video.boxes import is_complete
from tests.video.material import tone, write_video


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("boxes") / "a.mp4", 20, sound=tone(1)).read_bytes()


def test_a_video_is_complete_and_no_beginning_of_it_is(tmp_path, video):
    path = tmp_path / "a.mp4"
    for count in {*range(0, len(video), 101), *range(len(video) - 20, len(video))}:
        path.write_bytes(video[:count])
        assert not is_complete(path)
    path.write_bytes(video)
    assert is_complete(path)


@pytest.mark.parametrize("end", [b"\0" * 8, b"\0" * 512, b"x", b"\0\0\0\x09free", b"\0\0\0\x01free"])
def test_bytes_behind_the_last_box_are_noticed(tmp_path, video, end):
    (tmp_path / "a.mp4").write_bytes(video + end)
    assert not is_complete(tmp_path / "a.mp4")


def test_long_lengths_are_read(tmp_path, video):
    long = b"\0\0\0\x01free" + (20).to_bytes(8, "big") + b"1234"
    (tmp_path / "a.mp4").write_bytes(long + video)
    assert is_complete(tmp_path / "a.mp4")
