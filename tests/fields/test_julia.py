"""Julia sets: the same picture by kernel and reference, known orbits, and music that moves it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack, analyze
from explorer.diagnostics import diagnose
from explorer.errors import SettingsError
from explorer.fields import Controls, Grid, Julia
from explorer.fields.julia import formulas
from explorer.fields.julia.drawing import orbit
from explorer.fields.julia.mapping import parameters_by_hand
from explorer.fields.julia.parameters import PARAMETERS, constant
from explorer.fields.julia.timeline import CONTROL_NAMES, HIGH, LOW, visual_parameters
from explorer.rendering import FrameSettings, Renderer
from tests.signals import click_track, music, silence, tone, write_wav

GRID = Grid(96, 54)
SMALL = FrameSettings(width=96, height=54)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = write_wav(tmp_path_factory.mktemp("sound") / "song.wav", music(12.0, 22050), 22050)
    return analyze(path, cache=False)


def view(**changed: float) -> Controls:
    """One moment, set by hand; angle 1.3, a little outside the cardioid, by default."""
    rest = {"time": 0.0, "angle": 1.3, "rotation": 0.0, **{p.name: p.rest for p in PARAMETERS}}
    columns = {name: {**rest, **changed}[name] for name in ("time", *CONTROL_NAMES)}
    return Controls(np.array([[*columns.values()]], np.float32), tuple(columns))


def drawn(field: Julia, controls: Controls, grid: Grid = GRID, moment: int = 0) -> np.ndarray:
    out = np.empty((grid.width * grid.height, 3), np.uint8)
    field.prepare(controls).draw(moment, field.pixel_inputs(grid.xy()), grid.pixel, out)
    return out


# Pictures


BY_HAND = [field.replace(model="none") for field in Julia.presets().values()]


@pytest.mark.parametrize("field", [*BY_HAND, Julia(samples=1, iterations=17), Julia(samples=3)])
def test_the_kernel_draws_the_reference(song, field):
    """Every pixel is the level below or above: reference and kernel go through the same orbits to the bit."""
    controls = field.controls(song, np.array([0.0, 5.3]))
    colors = field.prepare(controls).colors(torch.from_numpy(GRID.xy()), GRID.pixel)
    for moment in range(2):
        off = drawn(field, controls, moment=moment) - 255 * colors[moment].numpy()
        assert np.abs(off).max() < 1.1
        assert abs(off.mean()) < 0.05


@pytest.mark.parametrize("cuts", [(1,), (16, 700, 701), (5000,)])
def test_a_pixel_has_the_same_bits_in_any_part_of_a_frame(cuts):
    field = Julia()
    prepared, inputs = field.prepare(view()), field.pixel_inputs(GRID.xy())
    parts = np.empty((GRID.width * GRID.height, 3), np.uint8)
    for begin, end in zip((0, *cuts), (*cuts, len(parts)), strict=True):
        prepared.draw(0, inputs[:, begin:end], GRID.pixel, parts[begin:end])
    np.testing.assert_array_equal(parts, drawn(field, view()))


def test_a_frame_is_the_same_drawn_alone(song):
    field = Julia(start_angle=2.0)
    with Renderer(field, song, (96, 54), device="cpu") as renderer:
        several = list(renderer.frames([0.0, 1.0, 7.5]))
    with Renderer(field, song, (96, 54), device="cpu", threads=1) as renderer:
        np.testing.assert_array_equal(renderer.frame(7.5), several[2])


def test_nothing_glitters():
    """A small picture equals a large one made small, although the set is far finer than its pixels."""
    controls = view(distance=1.06, angle=2.6)
    large = drawn(Julia(), controls, Grid(1024, 1024)).astype(float)
    small = drawn(Julia(samples=4), controls, Grid(128, 128)).reshape(128, 128, 3).astype(float)
    off = np.abs(large.reshape(128, 8, 128, 8, 3).mean(axis=(1, 3)) - small)
    assert off.mean() < 3
    assert np.percentile(off, 99) < 40


def test_thousands_of_constants_give_finite_colors_with_finite_gradients():
    """Anywhere in and far beyond the ranges of the parameters, at the corners of the picture too."""
    chance = np.random.default_rng(5)
    count = 4000
    angle, distance = chance.uniform(0, 2 * np.pi, count), chance.uniform(0.5, 1.5, count)
    c = torch.from_numpy(np.stack((constant(angle, distance).real, constant(angle, distance).imag)))
    cx, cy = c.float()[..., None]
    x, y = torch.tensor([[0.0, 1e-20, 0.3, -1.7, 40.0], [0.0, 0.0, 0.4, 0.9, -3.0]])
    steps, squared, slope, trap = orbit(
        x.expand(count, -1), y.expand(count, -1), cx.expand(-1, 5), cy.expand(-1, 5), 100
    )
    escaped, far = squared > 1024, squared.clamp(min=1025)
    nu = torch.where(escaped, formulas.escape_time(steps, far), 100.0).requires_grad_()
    seen = torch.where(escaped, formulas.exterior_weight(far, slope, torch.tensor(0.002)), 0.0)
    given = [torch.full_like(nu, value).requires_grad_() for value in (0.9, 0.7, 0.6)]
    colors = torch.stack(formulas.color(nu, formulas.tone_of(nu), seen, trap, *given))
    assert (nu >= 0).all()
    assert ((colors >= 0) & (colors <= 1)).all()
    assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(colors.sum(), [nu, *given]))


def test_escape_time_is_continuous_where_a_step_more_is_needed():
    """nu of |z| just beyond 32 after n steps, and of its square (c is nothing there) after n + 1."""
    before = formulas.escape_time(torch.tensor(5.0), torch.tensor(1024.0 * 1.001))
    after = formulas.escape_time(torch.tensor(6.0), torch.tensor((1024.0 * 1.001) ** 2))
    assert before == pytest.approx(5.0, abs=1e-3)
    assert after == pytest.approx(before.item(), abs=1e-4)


def test_the_distance_from_a_disk_is_known():
    """The set of c = 0 is the unit disk: |z| ln|z| / |dz/dz0| is r ln r, about the distance r - 1."""
    radius = torch.tensor([1.01, 1.1, 1.5])
    none = torch.zeros(3)
    steps, squared, slope, _ = orbit(radius, none, none, none, 100)
    known = radius * radius.log()
    torch.testing.assert_close(
        formulas.exterior_weight(squared, slope, known),
        torch.full((3,), 1 - np.exp(-1.0)),
        rtol=1e-4,
        atol=1e-4,
    )
    nu = steps + np.log2(10) - torch.log2(torch.log2(squared))
    torch.testing.assert_close(formulas.escape_time(steps, squared), nu.clamp(min=0))


def test_c_travels_around_the_cardioid():
    np.testing.assert_allclose(
        constant(np.array([0, np.pi]), np.array([1.0, 1.04])), [0.25, -0.78], atol=1e-12
    )


def test_it_turns_and_comes_closer():
    """A quarter turn is the picture on its side; twice the zoom shows the middle half."""
    square = Grid(64, 64)
    upright, lying = (
        drawn(Julia(), view(rotation=turn), square).reshape(64, 64, 3) for turn in (0.0, np.pi / 2)
    )
    off = np.abs(np.rot90(upright).astype(int) - lying)
    assert (
        min(np.percentile(off, 97), np.percentile(np.abs(np.rot90(upright, -1) - lying.astype(int)), 97)) < 8
    )
    whole, close = (
        drawn(Julia(samples=4), view(zoom=zoom), grid).reshape(grid.height, grid.width, 3).astype(float)
        for zoom, grid in ((1.0, Grid(128, 128)), (2.0, square))
    )
    assert np.percentile(np.abs(whole[32:96, 32:96] - close), 97) < 8


# Music


def test_parameters_stay_in_their_ranges_and_nothing_jumps(song):
    for width in (0.0, 5.0):
        found = visual_parameters(parameters_by_hand(Julia(), song), 5.0, width)
        assert (found >= LOW - 1e-9).all()
        assert (found <= HIGH + 1e-9).all()
    values = Julia().controls(song, np.arange(0, 11.9, 1 / 60)).values.astype(np.float64)
    turning = np.unwrap(values[:, 1:3], axis=0)
    assert np.abs(np.diff(turning, axis=0)).max() < 0.5 / 60 * 1.01  # the greatest speed and turn
    ranges = np.array([0.07, 1.2, 1, 1, 0.8])
    assert (np.abs(np.diff(values[:, 3:], axis=0)).max(axis=0) < 0.2 * ranges).all()


def test_rows_depend_on_their_times_alone(song):
    field = Julia()
    times = np.array([7.123, 0.5, 11.0])
    together = field.controls(song, times).values
    for row, time in zip(together, times, strict=True):
        np.testing.assert_array_equal(field.controls(song, np.array([time])).values[0], row)


def test_silence_is_nearly_still(tmp_path):
    mute = analyze(write_wav(tmp_path / "mute.wav", silence(3)), cache=False)
    with Renderer(Julia(), mute, (96, 54), device="cpu") as renderer:
        one, other = (renderer.frame(t).astype(float) for t in (1.0, 1.0 + 1 / 30))
    assert 0 < np.abs(other - one).mean() < 0.6


def test_the_picture_changes_with_the_hits(tmp_path):
    times = [1.0, 2.5]
    clicks = click_track(times, 4.0) + 0.05 * tone(220, 4.0)
    track = analyze(write_wav(tmp_path / "hits.wav", clicks), cache=False)
    at = np.arange(0.5, 3.5, 1 / 30)
    with Renderer(Julia(), track, (64, 36), device="cpu") as renderer:
        frames = np.stack([frame.astype(float) for frame in renderer.frames(at)])
    change = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    near = np.min([np.abs(at[1:] - t) for t in times], axis=0) < 0.3
    assert change[near].max() > 4 * np.median(change[~near])


def made_of(**columns: float) -> FeatureTrack:
    """Two seconds of features that stay where they are; the others rest."""
    values = np.tile(AT_REST, (121, 1))
    for name, value in columns.items():
        values[:, FEATURES.index(name)] = value
    return FeatureTrack(values, values, FEATURES, 60.0, 2.0, "made.wav", "0" * 64, AnalysisSettings(fps=60.0))


AT_REST = np.array(
    [0 if name in ("centroid", "rolloff", "zcr", "flatness") else -1 for name in FEATURES], np.float32
)


@pytest.mark.parametrize(
    ("feature", "control"),
    [
        ("rms", "brightness"), ("flux", "angle"), ("onset", "angle"), ("onset", "distance"), ("bass", "zoom"),
        ("treble", "rotation"), ("centroid", "hue"), ("zcr", "zoom"), ("flatness", "saturation"),
    ],
)  # fmt: skip
def test_each_feature_moves_its_control(feature, control):
    times = np.array([1.5])
    column = ("time", *CONTROL_NAMES).index(control)
    rest, moved, deaf = (
        field.controls(made_of(**features), times).values[0, column]
        for field, features in (
            (Julia(), {}),
            (Julia(), {feature: 1.0}),
            (Julia(features=()), {feature: 1.0}),
        )
    )
    assert abs(moved - rest) > 0.003
    assert deaf == rest


def test_motion_is_integrated_exactly_at_any_rate():
    """Speed 0.25 + 0.05 from full change and loudness, times 0.5 rad/s, for 1.5 s."""
    field = Julia(start_angle=1.0)
    track = made_of(flux=1.0, rms=1.0)
    found = field.controls(track, np.array([0.0, 1.5, 1.505])).values[:, 1]
    np.testing.assert_allclose(found, [1.0, 1.0 + 1.5 * 0.15, 1.0 + 1.505 * 0.15], atol=1e-6)


def test_keyframes_move_it():
    """From hue 0.1 to 0.5 in two seconds, and turning at twice the speed in between."""
    still, track = Julia(hue=0.1), made_of(treble=1.0, flux=1.0)
    field = still.replace(keyframes=((0, {"speed": 2}), (2, {"hue": 0.5})))
    times = np.array([0.0, 1.0])
    (_, angle, _, *_), (_, turned, _, _, _, hue, *_) = field.controls(track, times).values
    once = still.controls(track, times).values
    assert hue - once[1, 5] == pytest.approx(0.2, abs=1e-3)
    assert turned - angle == pytest.approx(2 * (once[1, 1] - once[0, 1]), abs=1e-5)
    with pytest.raises(SettingsError, match="keyframes cannot move 'iterations'"):
        Julia(keyframes=((1, {"iterations": 50}),))


def test_deaf_without_gain_and_alive_with_it(song):
    alive = diagnose(Julia.preset("marigold"), song, frames=SMALL, budget="screen")
    deaf = diagnose(Julia(audio_gain=0), song, frames=SMALL, budget="screen")
    assert alive.verdict == "alive"
    assert alive.layers == ()
    assert deaf.audio_variance.value < 1e-12
    assert "deaf" in deaf.flags


# Settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"features": ("bass", "mid")}, "the field 'julia' has no feature 'mid'"),
        ({"iterations": 3}, "16 to 2000"),
        ({"samples": 0}, "1 to 6"),
        ({"zom": 2}, "did you mean 'zoom'"),
        ({"hue": "red"}, "hue: got 'red'"),
    ],
)
def test_wrong_settings_say_what_is_allowed(settings, message):
    with pytest.raises(SettingsError, match=message):
        Julia(**settings)


def test_an_unknown_preset_is_named():
    with pytest.raises(SettingsError, match="did you mean 'dahlia'"):
        Julia.preset("dalia")
