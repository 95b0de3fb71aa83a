"""The measures of looks answer as they should where the answer is known."""

import io

import numpy as np
import pytest
from PIL import Image

import explorer as ex
from tests.benchmarks import look_boards, looks
from tests.benchmarks import look_measures as measures
from tests.signals import click_track, music, noise, tone, write_wav

FPS, SECONDS = 12, 30
TIMES = np.arange(FPS * SECONDS) / FPS
SIZE = (18, 32)


def frames_of(levels):
    """Frames of one gray each, from levels 0 to 1."""
    return np.broadcast_to(
        np.round(255 * np.clip(levels, 0, 1)).astype(np.uint8)[:, None, None, None], (len(levels), *SIZE, 3)
    )


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    """Hits at times that have no rhythm."""
    hits = np.cumsum(np.random.default_rng(3).uniform(0.4, 1.6, 25))
    sound = click_track(hits, SECONDS) + noise(SECONDS, amplitude=0.001)
    return ex.analyze(write_wav(tmp_path_factory.mktemp("sound") / "clicks.wav", sound), cache=False)


@pytest.fixture(scope="module")
def swelling(tmp_path_factory):
    """Noise that swells and fades every ten seconds."""
    level = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SECONDS * 44100) / 44100 / 10)
    sound = noise(SECONDS) * level.astype(np.float32)
    return ex.analyze(write_wav(tmp_path_factory.mktemp("sound") / "swelling.wav", sound), cache=False)


def test_a_picture_that_jumps_with_each_hit_has_r_near_1(clicks):
    onsets = measures.onsets_between(clicks, TIMES)
    strobe = frames_of(0.5 + 0.4 * (np.cumsum(onsets > 0.5) % 2))
    r, shifted = measures.hits(strobe, clicks, TIMES)
    assert r > 0.8
    assert shifted < r / 2


def test_percussive_music_has_hits(clicks, tmp_path):
    steady = ex.analyze(write_wav(tmp_path / "steady.wav", tone(440, SECONDS)), cache=False)
    assert measures.is_percussive(clicks)
    assert not measures.is_percussive(steady)


def test_a_late_answer_is_found_too(clicks):
    onsets = measures.onsets_between(clicks, TIMES)
    late = frames_of(np.roll(0.5 + 0.4 * (np.cumsum(onsets > 0.5) % 2), 3))
    assert measures.hits(late, clicks, TIMES)[0] > 0.8


def test_a_picture_that_knows_no_sound_has_no_more_r_than_shifted_sound(clicks):
    r, shifted = measures.hits(frames_of(np.random.default_rng(0).random(len(TIMES))), clicks, TIMES)
    assert r < shifted + 0.1
    assert measures.hits(frames_of(np.full(len(TIMES), 0.5)), clicks, TIMES) == (0.0, 0.0)


def test_brightness_by_loudness(swelling):
    loud = measures.loudness(swelling, TIMES)
    light = np.sqrt(loud)  # near enough to sRGB
    assert measures.brightness_by_loudness(frames_of(light), swelling, TIMES) > 0.98
    assert measures.brightness_by_loudness(frames_of(1 - light), swelling, TIMES) < -0.9
    assert measures.brightness_by_loudness(frames_of(np.full(len(TIMES), 0.5)), swelling, TIMES) == 0


def test_music_against_clock():
    def random_frames(seed, count=40):
        return np.random.default_rng(seed).integers(0, 256, (count, *SIZE, 3), dtype=np.uint8)

    clock = random_frames(0)
    assert measures.music_against_clock([clock, clock, clock], 2.0) == 0  # every song looks alike
    independent = [random_frames(seed) for seed in (1, 2, 3)]
    assert measures.music_against_clock(independent, 2.0) == pytest.approx(1, abs=0.02)
    motionless = [np.repeat(random_frames(seed, 1), 40, axis=0) for seed in (1, 2, 3)]
    assert measures.music_against_clock(motionless, 2.0) > 1000  # the clock changes nothing
    half = [(clock // 2 + song // 2).astype(np.uint8) for song in independent]
    assert 0.6 < measures.music_against_clock(half, 2.0) < 0.8  # 1 / sqrt(2)


@pytest.mark.parametrize(("period", "fine"), [(5, True), (8, True), (14, False), (60, False)])
def test_stripes_are_fine_or_not_by_their_width(period, fine):
    wave = 0.5 + 0.4 * np.sin(2 * np.pi * np.arange(640) / period)
    frame = np.broadcast_to(np.round(255 * wave).astype(np.uint8)[None, :, None], (360, 640, 3))
    assert (measures.fine_share(frame) > 0.9) == fine
    assert (measures.fine_share(frame) < 0.1) != fine


def test_a_plain_frame_has_no_fine_structure():
    assert measures.fine_share(np.full((360, 640, 3), 90, np.uint8)) < 1e-6


def test_luminance_is_linear_light():
    frames = np.array([[[[255, 0, 0]]], [[[255, 255, 255]]], [[[188, 188, 188]]]], np.uint8)
    np.testing.assert_allclose(measures.luminances(frames), [0.2126, 1, 0.5028], atol=1e-3)


@pytest.mark.slow
def test_a_look_has_all_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(looks, "FPS", 4)
    sounds = [write_wav(tmp_path / f"{n}.wav", music(12.0, 22050, seed=n), 22050) for n in range(2)]
    field = ex.CPPN(hidden=4, layers=2, time_span=20, palette="lava")
    numbers = looks.measure_look(field, sounds)
    assert set(numbers) == set(looks.COLUMNS)
    assert numbers["lit_ms"] is None
    assert numbers["flat_ms"] > 0
    assert len(looks.line("look", numbers)) == len(looks.heading())
    deaf = looks.measure_look(field.replace(audio_gain=0), sounds)
    assert deaf["music"] < 0.01 < numbers["music"]


@pytest.mark.slow
def test_what_the_limiter_takes_is_measured_where_it_changes_frames(tmp_path, monkeypatch):
    monkeypatch.setattr(looks, "LARGE", (64, 36))
    clicks = click_track(np.arange(0.1, 8, 0.12), 8, 22050)
    sounds = [
        write_wav(tmp_path / "clicks.wav", clicks, 22050),
        write_wav(tmp_path / "tone.wav", tone(440, 8), 44100),
    ]
    flashing = ex.CPPN(hidden=8, layers=3, gain=8, audio_gain=200)
    (loss,) = looks.reactivity_loss(flashing, sounds)
    assert loss.song == "clicks.wav"
    assert 0 < loss.r <= 1
    assert loss.calm != loss.dim
    assert loss.dim[1] > 0.2  # a darker picture answers less, whatever r is
    assert looks.reactivity_loss(ex.CPPN(hidden=4, layers=2, gain=1), sounds) == []


def test_wide_networks_are_measured_by_name_only():
    assert "molten" in looks.looks_of(None)
    assert "classic-256x8" not in looks.looks_of(None)
    assert list(looks.looks_of(["classic-256x8"])) == ["classic-256x8"]


def test_a_board_has_all_pictures_in_rows():
    pictures = [np.full((*SIZE, 3), 20 * n, np.uint8) for n in range(5)]
    data = look_boards.board({"one": pictures, "other": pictures[:2]}, 3)
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert image.shape == (3 * SIZE[0], 3 * SIZE[1], 3)
    np.testing.assert_allclose(image[SIZE[0] + 9, SIZE[1] + 9], 80, atol=4)  # the last of the first row
    np.testing.assert_allclose(image[-9, -9], 0, atol=4)
