"""Every kind of video file: frames, their times, colors, sound, recipe; whole or absent."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageSequence

from explorer.errors import ExplorerWarning, SettingsError
from explorer.video import EncoderSettings, VideoWriter, encoders, probe, read_comment, read_frames
from explorer.video.containers import CONTAINERS, container_of
from explorer.video.metadata import Chapter
from tests.video.material import SIZE, ffmpeg_output, gray, read_sound, tone, write_video
from tests.video.test_sync import offsets, presented, write_flashes

COMMENT = '{"ü": "a=b;#\\\\ \\n <&>]]>", "long": "' + 70_000 * "x" + '"}'
ERRORS = {"webm": 5e-4, "webp": 1e-3, "gif": 5e-3}  # seconds; the others store exact times
RATE = Fraction(30_000, 1001)
COLORS = np.array([(200, 60, 30), (30, 60, 200), (90, 160, 75), (255, 255, 255)], np.uint8)


def picture_times(path) -> list[float]:
    """When each picture of a GIF or WebP begins, and when the last one ends."""
    with Image.open(path) as image:
        lengths = [frame.load() and frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    return [0, *np.cumsum(lengths) / 1000]


def chapters_of(path) -> list[tuple[float, str]]:
    """When each chapter begins, and its name as ffmpeg writes it."""
    text = ffmpeg_output(path, "-f", "ffmetadata").decode()
    found = re.findall(r"TIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=\d+\ntitle=(.*)", text)
    return [(int(start) / int(base), title) for base, start, title in found]


@pytest.mark.parametrize("kind", CONTAINERS)
def test_frames_and_their_times(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    with VideoWriter(path, size=SIZE, fps=RATE, frames=40) as video:
        for n in range(40):
            video.write(gray(5 * n))
    expected = np.arange(41) / float(RATE)
    found = picture_times(path) if CONTAINERS[kind].is_picture else [*presented(path, "0:v"), expected[-1]]
    assert len(found) == 41
    assert np.abs(np.array(found) - expected).max() <= ERRORS.get(kind, 1e-6) + 1e-9
    if kind != "webp":  # which not every ffmpeg reads
        info = probe(path)
        assert (info.frames, info.size) == (40, SIZE)
        assert float(info.fps) == pytest.approx(float(RATE), rel=2 * ERRORS.get(kind, 0) + 1e-6)


@pytest.mark.parametrize("kind", CONTAINERS)
def test_colors_come_back(tmp_path, kind):
    picture = COLORS.reshape(2, 2, 3).repeat(24, axis=0).repeat(32, axis=1)
    path = tmp_path / f"a.{kind}"
    with VideoWriter(path, size=SIZE, fps=Fraction(25), frames=2) as video:
        video.write(picture)
        video.write(picture)
    if CONTAINERS[kind].is_picture:
        with Image.open(path) as image:
            frame = np.asarray(image.convert("RGB"))
    else:
        frame = next(read_frames(path))
    assert np.abs(frame[12::24, 16::32].reshape(-1, 3).astype(int) - COLORS).max() <= 4


@pytest.mark.parametrize("kind", CONTAINERS)
def test_the_recipe_inside_comes_back(tmp_path, kind):
    for frames in (1, 3):
        path = write_video(
            tmp_path / f"a.{kind}", frames, comment=COMMENT, encoder=EncoderSettings(title="A <title>")
        )
        assert read_comment(path) == COMMENT
        assert CONTAINERS[kind].is_complete(path)
    assert read_comment(write_video(tmp_path / f"b.{kind}", 1)) is None


@pytest.mark.parametrize("kind", CONTAINERS)
def test_a_cut_file_is_not_whole(tmp_path, kind):
    path = write_video(tmp_path / f"a.{kind}", 3, comment="a")
    data = path.read_bytes()
    assert container_of(path).is_complete(path)
    for count in (0, 5, 40, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:count])
        assert not container_of(path).is_complete(path)
    path.write_bytes(data + b"\1")
    assert not container_of(path).is_complete(path)


@pytest.mark.parametrize("kind", ["gif", "webp", "webm"])
def test_damaged_files_are_no_crash(tmp_path, kind):
    path = write_video(tmp_path / f"a.{kind}", 3, comment="a recipe")
    data, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        container_of(path).is_complete(path)
        if kind != "webm":  # which ffmpeg reads
            read_comment(path)


@pytest.mark.parametrize("kind", ["webm", "mov"])
def test_clicks_and_flashes_meet(tmp_path, kind):
    white = [0, 21, 40]
    write_flashes(tmp_path / f"a.{kind}", Fraction(24_000, 1001), 45, white)
    assert np.abs(offsets(tmp_path / f"a.{kind}", white)).max() < 0.002
    assert len(read_sound(tmp_path / f"a.{kind}")) == pytest.approx(45 * 1001 / 24_000 * 44_100, abs=1_100)


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_title_cover_and_chapters(tmp_path, kind):
    chapters = [Chapter(0, 0.5, "Verse; 1"), Chapter(0.5, 1, "Chorus")]
    with Image.new("RGB", SIZE, (200, 0, 0)) as image:
        image.save(tmp_path / "cover.jpg")
    path = write_video(
        tmp_path / f"a.{kind}", 30, sound=tone(1), cover=(tmp_path / "cover.jpg").read_bytes(),
        chapters=chapters, comment="x", encoder=EncoderSettings(title="Song = 1"),
    )  # fmt: skip
    text = ffmpeg_output(path, "-f", "ffmetadata").decode()
    assert r"title=Song \= 1" in text
    assert chapters_of(path) == [(0, r"Verse\; 1"), (0.5, "Chorus")]
    if kind == "mp4":
        cover = ffmpeg_output(path, "-map", "0:v:1", "-f", "rawvideo", "-pix_fmt", "rgb24")
        assert np.frombuffer(cover, np.uint8).reshape(-1, 3).mean(axis=0)[0] > 180
    assert probe(path).frames == 30


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "hevc"), ("webm", "av1"), ("mov", "h264")])
def test_a_codec_is_made_as_named(tmp_path, kind, codec):
    path = write_video(tmp_path / f"a.{kind}", 5, encoder=EncoderSettings(codec=codec, threads=1))
    header = ffmpeg_output(path, "-map", "0:v", "-c", "copy", "-f", "framecrc").decode()
    assert f"#codec_id 0: {codec}" in header
    assert np.allclose([frame.mean() for frame in read_frames(path)], np.arange(5), atol=2)


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("webm", {"encoder": EncoderSettings(codec="hevc")}, "'hevc'; a .webm holds vp9, av1"),
        ("mp4", {"encoder": EncoderSettings(codec="prores")}, "a .mp4 holds h264, hevc, av1"),
        ("gif", {"encoder": EncoderSettings(codec="auto")}, "no choice of codecs"),
        ("gif", {"fps": Fraction(60)}, "at most 50 frames a second; choose a lower rate"),
    ],
)
def test_what_a_kind_of_file_does_not_hold_is_refused_first(tmp_path, kind, options, words):
    with pytest.raises(SettingsError, match=words):
        write_video(tmp_path / f"a.{kind}", 2, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("codec", ["h264_nvenc", "auto"])
def test_an_encoder_that_lists_itself_and_fails_gives_way_to_software(tmp_path, monkeypatch, codec):
    monkeypatch.setattr(encoders, "problem", lambda name, size: "Cannot load libcuda.so.1")
    with pytest.warns(ExplorerWarning, match="libx264 encodes on the processor") as warned:
        path = write_video(tmp_path / "a.mp4", 3, encoder=EncoderSettings(codec=codec))
    assert len(warned) == 1
    assert path.read_bytes() == write_video(tmp_path / "b.mp4", 3).read_bytes()


def test_a_trial_frame_tells_encoders_that_work_from_those_that_are_listed():
    assert encoders.problem("libx264", SIZE) is None
    assert "does not have it" in encoders.problem("h264_dream", SIZE)
    assert encoders.problem("libx264", (63, 47))  # listed, and fails: its sides are odd
