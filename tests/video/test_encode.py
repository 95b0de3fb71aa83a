"""What an encoded file holds: frames, lengths, colors, sound, index; and what is refused."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from explorer.errors import OutputError, SettingsError
from explorer.video import EncoderSettings, VideoWriter, probe, read_frames
from tests.video.material import AAC_FRAME, SIZE, Samples, ffmpeg_output, gray, read_sound, tone, write_video

RATES = [Fraction(30), Fraction(24_000, 1001), Fraction(60)]


@pytest.mark.parametrize(
    ("frames", "fps"), [(1, RATES[0]), (300, RATES[1]), *itertools.product((2, 59), RATES)], ids=str
)
def test_length_and_rate_are_exact(tmp_path, fps, frames):
    path = write_video(tmp_path / "a.mp4", frames, fps, sound=tone(1.0))
    info = probe(path)
    assert (info.frames, info.fps, info.size) == (frames, fps, SIZE)
    assert info.duration == pytest.approx(float(frames / fps), abs=1e-9)
    assert -1 <= (info.sound_duration - frames / fps) * 44_100 <= AAC_FRAME


def test_every_frame_arrives_once_and_in_order(tmp_path):
    path = tmp_path / "a.mp4"
    canvas = gray()
    with VideoWriter(path, size=SIZE, fps=Fraction(30), frames=50) as video:
        for n in range(50):
            canvas[:] = 5 * n  # drawn into again at once: write() must have copied
            video.write(canvas)
    levels = [frame.mean() for frame in read_frames(path)]
    assert np.allclose(levels, 5 * np.arange(50), atol=2)


PATCHES = np.array(
    [
        *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255)),
        *((255, 255, 255), (0, 0, 0), (128, 128, 128), (200, 60, 30), (30, 60, 200), (90, 160, 75)),
    ],
    np.uint8,
)


@pytest.fixture(scope="module")
def patches(tmp_path_factory):
    """A video of twelve color patches, 32 x 32 pixels each, and the picture that went in."""
    picture = PATCHES.reshape(3, 4, 3).repeat(32, axis=0).repeat(32, axis=1)
    path = tmp_path_factory.mktemp("color") / "patches.mp4"
    with VideoWriter(path, size=(128, 96), fps=Fraction(30), frames=3) as video:
        for _ in range(3):
            video.write(picture)
    return path


def test_colors_come_back(patches):
    for frame in read_frames(patches):
        middle = frame[16::32, 16::32].reshape(-1, 3)
        assert np.abs(middle.astype(int) - PATCHES).max() <= 3


def test_stored_colors_are_bt709_in_video_range(patches):
    """Against Y' = 0.2126 R' + 0.7152 G' + 0.0722 B' (ITU-R BT.709-6, part 3), without swscale's help."""
    raw = np.frombuffer(ffmpeg_output(patches, "-frames:v", "1", "-f", "rawvideo"), np.uint8)
    luma, chroma = raw[: 96 * 128].reshape(96, 128), raw[96 * 128 :].reshape(2, 48, 64)
    red, _, blue = rgb = PATCHES.T / 255
    y = np.array([0.2126, 0.7152, 0.0722]) @ rgb
    expected = [16 + 219 * y, 128 + 224 * (blue - y) / 1.8556, 128 + 224 * (red - y) / 1.5748]
    stored = [luma[16::32, 16::32], chroma[0, 8::16, 8::16], chroma[1, 8::16, 8::16]]
    for plane, exact in zip(stored, expected, strict=True):
        assert np.abs(plane.ravel() - exact).max() <= 2


def test_colors_are_tagged_for_players(patches):
    """The colr box of the file says BT.709 (1, 1, 1) in video range."""
    data = patches.read_bytes()
    at = data.index(b"colrnclx") + 8
    assert data[at : at + 7] == b"\0\1\0\1\0\1\0"


def test_index_stands_before_the_data(tmp_path):
    data = write_video(tmp_path / "a.mp4", 30, sound=tone(1.0)).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8, 9, 18])
def test_sound_is_mono_or_stereo_aac(tmp_path, channels):
    path = write_video(tmp_path / "a.mp4", 30, sound=tone(1.0, channels))
    header = ffmpeg_output(path, "-map", "0:a", "-c", "copy", "-f", "framecrc").decode()
    assert "aac" in header
    assert ("mono" if channels in (1, 9, 18) else "stereo") in header
    loudest = np.abs(read_sound(path, 1 if "mono" in header else 2)[4_410:39_690]).max()
    assert loudest == pytest.approx(0.5, abs=0.02)  # mixing neither clips nor fades equal channels


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_any_sample_rate_keeps_pitch_and_length(tmp_path, rate):
    path = write_video(tmp_path / "a.mp4", 30, sound=tone(1.0, sample_rate=rate))
    spectrum = np.abs(np.fft.rfft(read_sound(path)[:44_100, 0]))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    assert 0 <= (probe(path).sound_duration - 1) * min(rate, 48_000) <= AAC_FRAME


def test_shorter_sound_is_followed_by_silence(tmp_path):
    sound = read_sound(write_video(tmp_path / "a.mp4", 60, sound=tone(0.5)))
    assert 0 <= len(sound) - 2 * 44_100 <= AAC_FRAME
    assert np.abs(sound[4_410:17_640]).max() > 0.4
    assert np.abs(sound[26_460:]).max() < 0.01


def test_longer_sound_is_cut(tmp_path):
    sound = read_sound(write_video(tmp_path / "a.mp4", 30, sound=tone(5.0)))
    assert 0 <= len(sound) - 44_100 <= AAC_FRAME
    assert np.abs(sound[42_100:44_100]).max() > 0.4


def test_excerpt_begins_at_start(tmp_path):
    values = np.concatenate([np.zeros(88_200), tone(2.0).values[:, 0]])
    path = write_video(tmp_path / "a.mp4", 60, sound=Samples(values), start=1.0)
    loud = np.abs(read_sound(path)[:, 0]) > 0.1
    assert loud.argmax() / 44_100 == pytest.approx(1.0, abs=0.005)


def test_start_after_the_end_of_the_sound_is_silent(tmp_path):
    sound = read_sound(write_video(tmp_path / "a.mp4", 30, sound=tone(1.0), start=9.0))
    assert 0 <= len(sound) - 44_100 <= AAC_FRAME
    assert not sound.any()


def test_samples_that_are_no_numbers_do_not_stop_the_encoder(tmp_path):
    values = tone(1.0).values.copy()
    values[100], values[200], values[300] = np.nan, np.inf, -1e30
    assert np.isfinite(read_sound(write_video(tmp_path / "a.mp4", 30, sound=Samples(values)))).all()


def test_peaks_above_full_scale_are_not_clipped(tmp_path):
    """A clipped sine has a third harmonic (10 % for 1.3 re full scale); the encoder may make it softer."""
    values = 2.6 * tone(1.0).values
    sound = read_sound(write_video(tmp_path / "a.mp4", 30, sound=Samples(values)), channels=2)
    spectrum = np.abs(np.fft.rfft(sound[4_410:26_460, 0]))  # half a second: 2 Hz a bin
    assert spectrum[660] < 0.005 * spectrum[220]
    assert spectrum[220] / 11_025 > 0.9


def test_video_without_sound(tmp_path):
    info = probe(write_video(tmp_path / "a.mp4"))
    assert not info.has_sound
    assert info.sound_duration is None


def test_better_quality_is_larger(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (10, SIZE[1], SIZE[0], 3), np.uint8)
    sizes = []
    for crf in (10, 35):
        path = tmp_path / f"{crf}.mp4"
        encoder = EncoderSettings(crf=crf, threads=1)
        with VideoWriter(path, size=SIZE, fps=Fraction(30), frames=10, encoder=encoder) as video:
            for frame in noise:
                video.write(frame)
        sizes.append(path.stat().st_size)
    assert sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": (641, 360)}, "640x360"),
        ({"size": (640, 361)}, "640x360"),
        ({"size": (1, 1)}, "2x2"),
        ({"fps": Fraction(0)}, "fps"),
        ({"frames": 0}, "frames"),
    ],
    ids=str,
)
def test_what_h264_cannot_hold_is_refused_first(tmp_path, options, words):
    good = {"size": (640, 360), "fps": Fraction(30), "frames": 10}
    with pytest.raises(SettingsError, match=words):
        VideoWriter(tmp_path / "a.mp4", **{**good, **options})


def test_other_endings_are_refused_with_the_list(tmp_path):
    with pytest.raises(SettingsError, match=r"a\.avi.*\.mp4, \.webm, \.mov, \.gif or \.webp"):
        VideoWriter(tmp_path / "a.avi", size=SIZE, fps=Fraction(30), frames=1)


def test_folder_as_target_is_refused(tmp_path):
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(OutputError, match="folder"):
        VideoWriter(tmp_path / "a.mp4", size=SIZE, fps=Fraction(30), frames=1)


def test_unknown_preset_is_refused_with_the_list():
    with pytest.raises(SettingsError, match="veryfast"):
        EncoderSettings(preset="warp")


def test_unicode_and_odd_names(tmp_path):
    path = write_video(tmp_path / "Ünï côdé 日本" / "100% [a]: b.mp4".replace(":", ""), 2, sound=tone(0.1))
    assert len(list(read_frames(path))) == 2
