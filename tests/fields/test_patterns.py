"""Patterns: the same picture by kernel and reference, and a family for every kind of music."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest
import torch

from explorer.audio import AnalysisSettings, FeatureTrack, analyze
from explorer.audio.features import FEATURES
from explorer.diagnostics import diagnose
from explorer.errors import SettingsError
from explorer.fields import Grid, Patterns
from explorer.fields.palette import PALETTES
from explorer.fields.patterns import selection
from explorer.fields.patterns.colors import palette_color, pattern_palette_numbers
from explorer.fields.patterns.selection import FAMILIES
from explorer.rendering import FrameSettings, Renderer
from tests.signals import click_track, music, silence, tone, write_wav

FPS, GRID = 60.0, Grid(96, 54)
SMALL = FrameSettings(width=96, height=96)
MIX = (0.4, 0.1, 0.3, 0.2)


def track_of(**raw: np.ndarray) -> FeatureTrack:
    """A track whose raw features are given; the others rest. Values follow from the loudest."""
    frames = len(next(iter(raw.values())))
    columns = np.zeros((frames, len(FEATURES)), np.float32)
    for name, column in raw.items():
        columns[:, FEATURES.index(name)] = column
    top = np.abs(columns).max(axis=0)
    values = np.where(top > 0, 2 * columns / np.where(top > 0, top, 1) - 1, -1).astype(np.float32)
    return FeatureTrack(
        values, columns, FEATURES, FPS, frames / FPS, "made.wav", "0" * 64, AnalysisSettings()
    )


def sections(*levels: float, seconds: float = 20.0) -> np.ndarray:
    """Each level for so many seconds."""
    return np.repeat(np.array(levels, np.float32), int(seconds * FPS))


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return analyze(
        write_wav(tmp_path_factory.mktemp("sound") / "song.wav", music(12.0, 22050), 22050), cache=False
    )


# Pictures

FLAT = {name: look for name, look in Patterns.presets().items() if not look.light.on}


THREE = "#102030-#ff8000-#40c0ff"


@pytest.mark.parametrize(
    ("field", "palette"),
    [
        *itertools.product([*FLAT.values(), Patterns(geometric_sides=3)], ["family", THREE]),
        *itertools.product(
            [Patterns(weights=MIX)], ["family", "rgb", "oklab", "pastel", "ink", "lava", THREE]
        ),
    ],
)
def test_the_kernel_draws_the_reference(song, field, palette):
    field = field.replace(palette=palette)
    times = np.array([0.0, 5.3])
    prepared, inputs = field.prepare(field.controls(song, times)), field.pixel_inputs(GRID.xy())
    expected = 255 * prepared.colors(torch.from_numpy(GRID.xy()), GRID.pixel).numpy()
    for moment in range(2):
        out = np.empty((GRID.width * GRID.height, 3), np.uint8)
        prepared.draw(moment, inputs, GRID.pixel, out)
        assert np.abs(out - expected[moment]).max() < 1.1  # dithered: the level below or above
        assert abs((out - expected[moment]).mean()) < 0.05  # and right on average


@pytest.mark.parametrize("cuts", [(1,), (16, 700, 701), (5000,)])
def test_a_pixel_has_the_same_bits_in_any_part_of_a_frame(song, cuts):
    field = Patterns(weights=MIX)
    prepared, inputs = (
        field.prepare(field.controls(song, np.array([3.0]))),
        field.pixel_inputs(GRID.xy()),
    )
    whole, parts = (np.empty((GRID.width * GRID.height, 3), np.uint8) for _ in range(2))
    prepared.draw(0, inputs, GRID.pixel, whole)
    for begin, end in zip((0, *cuts), (*cuts, len(parts)), strict=True):
        prepared.draw(0, inputs[:, begin:end], GRID.pixel, parts[begin:end])
    np.testing.assert_array_equal(parts, whole)


def test_a_frame_is_the_same_drawn_alone(song):
    field = Patterns(seed=4)
    with Renderer(field, song, (96, 54), device="cpu") as renderer:
        several = list(renderer.frames([0.0, 1.0, 7.5]))
    with Renderer(field, song, (96, 54), device="cpu", threads=1) as renderer:
        np.testing.assert_array_equal(renderer.frame(7.5), several[2])


def test_edges_are_smooth_at_any_size(song):
    """Half a large picture equals a small one: what is finer than a pixel is averaged, not skipped."""
    field = Patterns(family="geometric")
    with Renderer(field, song, (1024, 1024), device="cpu") as renderer:
        large = renderer.frame(2.0).astype(float)
    with Renderer(field, song, (128, 128), device="cpu") as renderer:
        small = renderer.frame(2.0).astype(float)
    shrunk = large.reshape(128, 8, 128, 8, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small).mean() < 6
    assert np.percentile(np.abs(shrunk - small), 99) < 60


@pytest.mark.parametrize("look", list(FLAT))
def test_three_colors_are_all_that_is_seen(song, look):
    """Orange and red: green is at most half of red wherever a place lies, and there is no blue."""
    field = Patterns.preset(look).replace(palette="#ff8000-#ff0000-#ff8000", audio_gain=3)
    with Renderer(field, song, (96, 64), device="cpu", threads=1) as renderer:
        red, green, blue = np.moveaxis(renderer.frame(6.0).astype(int), -1, 0)
    assert green.max() > 30
    assert (green <= 128 / 255 * red + 2).all()
    assert blue.max() <= 1


def test_three_colors_stand_at_both_ends_and_in_the_middle():
    kind, numbers = pattern_palette_numbers("#102030-#ff8000-#40c0ff")
    places = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0, -0.5, 0.25])
    found = torch.stack(palette_color(places, torch.ones(7), kind, numbers.tolist()), dim=-1) * 255
    dark, middle, light = (16, 32, 48), (255, 128, 0), (64, 192, 255)
    between = [(a + b) / 2 for a, b in zip(dark, middle, strict=True)]
    expected = torch.tensor([dark, middle, light, middle, dark, middle, between])
    torch.testing.assert_close(found, expected, atol=0.01, rtol=0)


@pytest.mark.parametrize("palette", [*PALETTES, THREE])
def test_light_stays_within_bounds(song, palette):
    field = Patterns(weights=MIX, palette=palette, audio_gain=5)
    colors = field.prepare(field.controls(song, np.array([1.0]))).colors(
        torch.from_numpy(GRID.xy()[::9]), GRID.pixel
    )
    assert colors.min() >= 0
    assert colors.max() <= 1.0 + 1e-5


# Selection


def family_at(track: FeatureTrack, t: float) -> str:
    return next(family for begin, end, family in Patterns().families(track) if begin <= t < end)


def test_every_kind_of_music_has_its_family():
    """Loud, bright, medium and quiet passages of one track, each in its middle."""
    track = track_of(rms=sections(0.5, 0.1, 0.1, 0.01), centroid=sections(1000, 4000, 1000, 1000))
    assert [family_at(track, t) for t in (10, 31, 52, 71)] == ["geometric", "fractal", "flowing", "organic"]


@pytest.mark.parametrize("gain", [1.0, 0.3])
def test_loudness_beats_brightness_and_thresholds_follow_the_track(gain):
    track = track_of(rms=gain * sections(0.5, 0.1, 0.02), centroid=sections(4000, 1000, 1000))
    assert [family_at(track, t) for t in (10, 35, 51)] == ["geometric", "flowing", "organic"]


def test_what_is_below_the_floor_is_calm(tmp_path):
    field = Patterns()
    quiet = track_of(rms=np.full(1200, 1e-3, np.float32), centroid=np.full(1200, 5000, np.float32))
    assert {family for _, _, family in field.families(quiet)} == {"organic"}
    mute = analyze(write_wav(tmp_path / "mute.wav", silence(3)), cache=False)
    assert {family for _, _, family in field.families(mute)} == {"organic"}
    moved = field.prepare(field.controls(mute, np.array([1.0, 1.0 + 1 / 30])))
    colors = moved.colors(torch.from_numpy(GRID.xy()), GRID.pixel)
    assert 0 < (colors[1] - colors[0]).abs().mean() < 0.01


@pytest.mark.parametrize("dwell", [2.0, 6.0])
def test_hovering_on_a_threshold_changes_once_a_dwell_time_at_most(dwell):
    seconds = np.arange(60 * 60) / FPS
    rms = 0.1 * 10 ** (np.where(seconds % 1 < 0.5, 8, -2) / 20) * np.where(seconds < 20, 0.3, 1.0)
    field = Patterns(window=0.5, dwell=dwell)
    begins = [begin for begin, _, _ in field.families(track_of(rms=rms.astype(np.float32)))]
    assert len(begins) > 3
    assert min(np.diff(begins)) >= dwell - 2 / FPS


def test_a_change_waits_for_a_strong_hit():
    onset = np.zeros(3600, np.float32)
    onset[2425] = 1.0
    field = Patterns(window=1.0, fade=0)
    with_hit = track_of(rms=sections(0.1, 0.1, 0.5), onset=onset, centroid=sections(900, 900, 900))
    (_, change, first), (_, _, second) = field.families(with_hit)
    assert (first, second) == ("flowing", "geometric")
    assert change == pytest.approx(2425 / FPS, abs=1.5 / FPS)


def test_shares_add_up_and_fade_without_a_jump():
    track = track_of(rms=sections(0.5, 0.1, 0.01), centroid=sections(900, 900, 900))
    field = Patterns(fade=2.0)
    controls = field.controls(track, np.arange(0, 59.5, 1 / FPS))
    shares = controls.values[:, [controls.names.index(name) for name in FAMILIES]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert np.abs(np.diff(shares, axis=0)).max() < 1.6 / (2.0 * FPS)


def test_by_hand(song):
    field = Patterns(timeline=((0, "organic"), (4, "flowing")))
    assert [(round(begin), family) for begin, _, family in field.families(song)] == [
        (0, "organic"),
        (5, "flowing"),  # half way through the fade
    ]
    assert {family for _, _, family in Patterns(family="fractal").families(song)} == {"fractal"}
    controls = Patterns(weights=(1, 0, 3, 0)).controls(song, np.array([1.0]))
    assert controls.values[0, controls.names.index("flowing")] == pytest.approx(0.75)


# Motion


def test_motion_grows_with_energy_and_never_jumps(song):
    field = Patterns()
    controls = field.controls(song, np.arange(0, 11.9, 1 / 30))
    phase = controls.values[:, 0] + controls.values[:, 1]
    steps = np.diff(phase)
    assert (steps > 0).all()
    assert steps.max() < (0.35 + 1.3) / 30 * 1.01


def test_the_picture_changes_with_the_hit(tmp_path):
    """The greatest change of a frame is the one at the hit, for every family."""
    times = [0.8, 1.6]
    clicks = click_track(times, 2.4) + 0.05 * tone(220, 2.4)
    track = analyze(write_wav(tmp_path / "hits.wav", clicks), cache=False)
    for family in FAMILIES:
        with Renderer(Patterns(family=family), track, (32, 32), device="cpu") as renderer:
            frames = np.stack([frame.astype(float) for frame in renderer.frames(np.arange(0.4, 2, 1 / 60))])
        change = np.square(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
        loudest = 0.4 + (int(change.argmax()) + 1) / 60
        assert min(abs(loudest - t) for t in times) <= 1.5 / 60, family


def test_deaf_without_gain(song):
    found = diagnose(
        Patterns(family="flowing", audio_gain=0),
        song,
        frames=FrameSettings(width=96, height=96),
        budget="draft",
    )
    assert found.audio_variance.value == 0
    assert "deaf" in found.flags


@pytest.mark.parametrize(("features", "moves"), [((), False), (("bass",), True)])
def test_features_left_out_move_nothing(song, features, moves):
    found = diagnose(Patterns(family="organic", features=features), song, frames=SMALL, budget="draft")
    assert (found.audio_variance.value > 0) == moves


def test_a_diagnosis_has_no_layers(song):
    found = diagnose(
        Patterns(family="organic"), song, frames=FrameSettings(width=96, height=96), budget="draft"
    )
    assert found.layers == ()
    assert found.verdict in ("alive", "faint")
    assert "layer" not in found.summary()


# Settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"features": ("bass", "flux")}, "the field 'patterns' has no feature 'flux'"),
        ({"timeline": ((5, "organic"), (1, "flowing"))}, "in order"),
        ({"timeline": ()}, "in order"),
        ({"weights": (0, 0, 0, 0)}, "not all 0"),
        ({"weights": (1, -1, 0, 0)}, "0 or more"),
        ({"weights": (1, 2)}, r"weights: got \(1, 2\); number 3 is missing"),
        ({"timeline": ((0, "spiral"),)}, "timeline: got 'spiral'; allowed: .*'organic'"),
        ({"family": "spiral"}, "fractal"),
        ({"fractal_arms": 1}, "2 to 24"),
    ],
)
def test_wrong_settings_say_what_is_allowed(settings, message):
    with pytest.raises(SettingsError, match=message):
        Patterns(**settings)


def test_a_path_is_no_track():
    with pytest.raises(SettingsError, match="analyze the sound first"):
        inspect.unwrap(Patterns.families)(Patterns(), "song.ogg")


def test_an_unknown_preset_is_named():
    with pytest.raises(SettingsError, match="did you mean 'lava'"):
        Patterns.preset("lavva")


def test_windows_measure_level_and_brightness():
    energy, brightness = selection.windowed(
        track_of(rms=np.full(600, 0.1), centroid=np.full(600, 640.0)), 2.0
    )
    assert energy == pytest.approx(-20, abs=1e-3)
    assert brightness == pytest.approx(5, abs=1e-4)  # 640 Hz: five octaves above 20 Hz
