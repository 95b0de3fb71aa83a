"""The field of graph CPPNs: kernel against reference, bits, the clock, sound that runs outward."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer import analyze, diagnose
from explorer.errors import SettingsError
from explorer.fields import GraphCPPN, Grid
from explorer.fields.calm import calm_controls
from explorer.fields.graph.network import INPUTS, random_network
from explorer.fields.graph.timeline import DELAY_STEP_SECONDS, DELAYS
from explorer.rendering import FrameSettings, Renderer
from tests.signals import click_track, silence, tone, write_wav

GRID = Grid(96, 54)
SMALL = FrameSettings(width=96, height=96)
STRONG = {"audio_gain": 3, "contrast": 2, "zoom": 0.5, "warp": 0.6}


def prepared(field, track, *times):
    return field.prepare(field.controls(track, np.array(times)))


def drawn(field, track, t, grid=GRID):
    out = np.empty((grid.width * grid.height, 3), np.uint8)
    prepared(field, track, t).draw(0, field.pixel_inputs(grid.xy()), grid.pixel, out)
    return out


def drawn_planes(field, track, t, grid=GRID):
    planes = np.full((5, grid.width * grid.height), np.nan, np.float32)
    prepared(field, track, t).draw_numbers(0, field.pixel_inputs(grid.xy()), grid.pixel, planes)
    return planes


# Kernel and reference


@pytest.mark.parametrize(
    ("first", "grid"), [(0, Grid(64, 36)), (100, Grid(64, 36)), (0, Grid(16, 16)), (100, Grid(67, 19))]
)
def test_the_kernel_draws_the_reference(song, first, grid):
    difference = []
    for seed in range(first, first + 12):
        settings = STRONG if seed % 5 == 4 else {}
        field = GraphCPPN(
            seed=seed, nodes=(14, 0, 40, 16)[seed % 4], symmetry=(0, 5, 1)[seed % 3], **settings
        )
        colors = prepared(field, song, 5.3).colors(torch.from_numpy(grid.xy()), grid.pixel)[0]
        difference.append(drawn(field, song, 5.3, grid) - 255 * colors.numpy())
    difference = np.concatenate(difference)
    assert (np.abs(difference) < 1.1).mean() >= 0.999  # dithered: the level below or above
    assert abs(difference.mean()) < 0.05  # and right on average


@pytest.mark.parametrize("seed", range(6))
def test_the_kernel_fills_the_planes_of_the_reference(song, seed):
    field = GraphCPPN(seed=seed, symmetry=seed)
    expected = prepared(field, song, 7.0).numbers(torch.from_numpy(GRID.xy()), GRID.pixel)[0].numpy()
    planes = drawn_planes(field, song, 7.0)
    assert (np.abs(planes - expected) < 2e-3).mean() >= 0.999
    assert abs(expected[0].std() - 1) < 0.9
    assert (expected[1:4] >= 0).all()
    assert (planes[4] == 0).all()


def test_500_nodes_and_none_are_drawn(song):
    for nodes in (0, 500):
        field = GraphCPPN(seed=1, nodes=nodes)
        grid = Grid(32, 18)
        colors = prepared(field, song, 5.3).colors(torch.from_numpy(grid.xy()), grid.pixel)[0]
        pixels = drawn(field, song, 5.3, grid)
        assert (np.abs(pixels - 255 * colors.numpy()) < 1.1).mean() > 0.999
        assert pixels.std() > 20


@pytest.mark.parametrize("cuts", [(1,), (16, 700, 701), (5000,)])
def test_a_pixel_has_the_same_bits_in_any_part_of_a_frame(song, cuts):
    field = GraphCPPN(seed=3, symmetry=3)
    moment, inputs = prepared(field, song, 3.0), field.pixel_inputs(GRID.xy())
    whole, planes = drawn(field, song, 3.0), drawn_planes(field, song, 3.0)
    for begin, end in zip((0, *cuts), (*cuts, len(whole)), strict=True):
        part, plane = np.empty((end - begin, 3), np.uint8), np.empty((5, end - begin), np.float32)
        moment.draw(0, inputs[:, begin:end], GRID.pixel, part)
        moment.draw_numbers(0, inputs[:, begin:end], GRID.pixel, plane)
        np.testing.assert_array_equal(part, whole[begin:end])
        np.testing.assert_array_equal(plane, planes[:, begin:end])


def test_planes_may_be_parts_of_a_frame(song):
    field, inputs = GraphCPPN(seed=3), GraphCPPN().pixel_inputs(GRID.xy())
    frame = np.full((5, GRID.width * GRID.height), np.nan, np.float32)
    for start in range(0, frame.shape[1], 512):
        tile = slice(start, start + 512)
        prepared(field, song, 2.0).draw_numbers(0, inputs[:, tile], GRID.pixel, frame[:, tile])
    np.testing.assert_array_equal(frame, drawn_planes(field, song, 2.0))


def test_a_frame_is_the_same_drawn_alone(song):
    field = GraphCPPN(seed=4)
    with Renderer(field, song, (96, 54), device="cpu") as renderer:
        several = list(renderer.frames([0.0, 1.0, 7.123456]))
    with Renderer(field, song, (96, 54), device="cpu", threads=1) as renderer:
        np.testing.assert_array_equal(renderer.frame(7.123456), several[2])


def test_several_moments_are_those_drawn_one_by_one(song):
    field, xy = GraphCPPN(seed=4, keyframes=((6, {"zoom": 2, "contrast": 3}),)), torch.from_numpy(GRID.xy())
    together = prepared(field, song, 1.0, 4.0, 9.0)
    alone = prepared(field, song, 4.0)
    torch.testing.assert_close(
        together.numbers(xy, GRID.pixel)[1], alone.numbers(xy, GRID.pixel)[0], rtol=0, atol=0
    )


# Pictures


@pytest.mark.parametrize(
    "seeds", [range(20), pytest.param(range(20, 200), marks=pytest.mark.slow)], ids=["20", "180 more"]
)
def test_no_seed_is_dead(song, seeds):
    grid = Grid(32, 18)
    for seed in seeds:
        assert drawn(GraphCPPN(seed=seed), song, 5.0, grid).std(axis=0).mean() > 8, seed


def test_symmetry_without_warp_is_a_mirror(song):
    field = GraphCPPN(seed=2, symmetry=4, warp=0, spin=0)
    frame = drawn_planes(field, song, 5.0, Grid(64, 64))[0].reshape(64, 64)
    for other in (frame[::-1], frame[:, ::-1], np.rot90(frame)):
        np.testing.assert_allclose(frame, other, atol=2e-3)
    plain = drawn_planes(field.replace(symmetry=0), song, 5.0, Grid(64, 64))[0].reshape(64, 64)
    assert np.abs(plain - plain[::-1]).max() > 0.1


def test_zoom_shows_the_middle_larger(song):
    field = GraphCPPN(seed=2, sound_speed=0)
    large = drawn_planes(field.replace(zoom=2), song, 5.0, Grid(64, 64))[0].reshape(64, 64)
    whole = drawn_planes(field, song, 5.0, Grid(128, 128))[0].reshape(128, 128)
    np.testing.assert_allclose(large, whole[32:96, 32:96], atol=2e-3)


def test_contrast_reaches_the_ends_of_the_palette(song):
    spread = [drawn(GraphCPPN(seed=2, contrast=c), song, 5.0).std(axis=0).mean() for c in (0, 0.5, 1, 3)]
    assert spread == sorted(spread)
    assert spread[0] < 1  # one color, dithered


def test_the_accent_is_a_light_color_of_the_palette(song):
    accent = prepared(GraphCPPN(), song, 1.0).accent(0)
    assert accent.dtype == np.float32
    assert accent @ [0.2126, 0.7152, 0.0722] > 0.4


# Sound and time


def column(controls, name):
    return controls.values[:, controls.names.index(name)]


def test_the_clock_runs_on_sound_and_never_jumps(song):
    controls = GraphCPPN().controls(song, np.arange(0, 11.9, 1 / 30))
    time, motion = np.diff(column(controls, "time")), np.diff(column(controls, "motion"))
    np.testing.assert_allclose(time, 0.06 / 30, rtol=1e-2)
    assert (motion >= 0).all()
    assert motion.max() < 5 / 30
    assert motion.sum() > time.sum()
    still = GraphCPPN(audio_gain=0).controls(song, np.array([0.0, 11.0]))
    assert column(still, "motion").tolist() == [0, 0]


def test_a_keyframe_of_spin_turns_no_picture_at_once(song):
    field = GraphCPPN(spin=0, keyframes=((5, {"spin": 0}), (5.1, {"spin": 10})))
    rotation = column(field.controls(song, np.arange(0, 10, 1 / 30)), "rotation")
    assert np.abs(rotation[:150]).max() == 0
    assert 0 < np.diff(rotation).max() < 2


def test_without_keyframes_the_rotation_is_spin_times_clock(song):
    controls = GraphCPPN(spin=0.5).controls(song, np.linspace(0, 11, 50))
    np.testing.assert_allclose(column(controls, "rotation"), 0.5 * column(controls, "motion"), atol=1e-6)


def test_the_past_is_the_feature_some_time_ago(song):
    times = np.array([4.0, 4.0 + 10 * DELAY_STEP_SECONDS])
    controls = GraphCPPN().controls(song, times)
    assert column(controls, "bass 0.00 s ago")[0] == pytest.approx(column(controls, "bass 0.40 s ago")[1])
    smooth, exact = (column(GraphCPPN().controls(song, np.arange(1, 11, 0.1)), name)
                     for name in ("mid 0.00 s ago", "mid"))  # fmt: skip
    assert np.corrcoef(smooth, exact)[0, 1] > 0.9
    assert column(controls, f"bass {(DELAYS - 1) * DELAY_STEP_SECONDS:.2f} s ago").min() >= 0


def test_before_the_start_was_silence(song):
    controls = GraphCPPN().controls(song, np.array([-5.0, 0.0, 0.2]))
    assert not column(controls, "bass 0.40 s ago").any()
    assert np.isfinite(controls.values).all()


def test_a_hit_runs_outward(tmp_path):
    """The change that a click makes reaches a distance of r half heights r / sound_speed seconds later."""
    clicks = click_track([2.0], 6.0) + 0.01 * tone(220, 6.0)
    track = analyze(write_wav(tmp_path / "click.wav", clicks), cache=False)
    treble = INPUTS.index("treble")
    seed = next(n for n in range(99) if treble in random_network(n, 0, 0).graph.sources[0])
    settings = {"nodes": 0, "warp": 0, "spin": 0, "speed": 0, "sound_speed": 1.0, "features": ("treble",)}
    field = GraphCPPN(seed=seed, **settings)
    xy = torch.tensor([[0.3, 0.0], [0.9, 0.0], [1.5, 0.0]])
    times = np.arange(2.6, 5, 0.02)  # what is heard at once is over
    height = prepared(field, track, *times).numbers(xy, GRID.pixel)[:, 0].numpy()
    arrival = times[np.abs(height - height[-1]).argmax(axis=0)] - 2.0
    np.testing.assert_allclose(arrival[1:], [0.9, 1.5], atol=0.12)


@pytest.mark.parametrize("feature", ["bass", "mid", "treble", "rms", "onset", "flux"])
def test_features_left_out_have_no_effect(song, feature):
    rest = tuple(name for name in GraphCPPN().features if name != feature)
    changed = song.values.copy()
    changed[:, song.names.index(feature)] = 1 - changed[::-1, song.names.index(feature)]
    other = type(song)(changed, *[getattr(song, name) for name in
                       ("raw", "names", "fps", "duration", "name", "sha256", "settings")])  # fmt: skip
    field = GraphCPPN(seed=3)
    assert not np.array_equal(drawn(field, song, 6.0), drawn(field, other, 6.0))
    deaf = field.replace(features=rest)
    np.testing.assert_array_equal(drawn(deaf, song, 6.0), drawn(deaf, other, 6.0))


def test_deaf_without_gain(song):
    found = diagnose(GraphCPPN(seed=3, audio_gain=0), song, frames=SMALL, budget="screen")
    assert found.audio_variance.value < 1e-12  # rounding of sums
    assert "deaf" in found.flags


def test_a_diagnosis_has_no_layers(song):
    found = diagnose(GraphCPPN(seed=3), song, frames=SMALL, budget="screen")
    assert found.layers == ()
    assert found.audio_variance.value > 0


@pytest.mark.parametrize("samples", [silence(3), silence(3)[:1], tone(220, 0.06)])
def test_silence_and_short_sounds_are_drawn(tmp_path, samples):
    track = analyze(write_wav(tmp_path / "short.wav", samples), cache=False)
    frame = ex.render_frame(GraphCPPN(), track, 0.0, (16, 16), flash_limit=False)
    assert frame.shape == (16, 16, 3)
    assert frame.std() > 8


@pytest.mark.parametrize("name", GraphCPPN.movable)
def test_keyframes_move_every_animatable_setting(song, name):
    value = getattr(GraphCPPN(), name) + 0.5
    moved = GraphCPPN(seed=3, keyframes=((2, {name: value}),))
    assert not np.array_equal(drawn(moved, song, 6.0), drawn(GraphCPPN(seed=3), song, 6.0))


def test_calm_controls_keep_time_and_slow_what_is_heard(song):
    field, times = GraphCPPN(), np.arange(2, 10, 1 / 30)
    loud, calm = (calm_controls(field, song, times, swing) for swing in (1.0, 0.0))
    np.testing.assert_array_equal(column(loud, "time"), column(calm, "time"))
    for name in ("bass", "bass 0.40 s ago"):
        assert np.abs(np.diff(column(calm, name))).max() < 0.5 * np.abs(np.diff(column(loud, name))).max()


# Settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nodes": 501}, "0 to 500"),
        ({"nodes": -1}, "0 to 500"),
        ({"features": ("bass", "centroid")}, "the field 'graph' has no feature 'centroid'"),
        ({"palette": "lavva"}, "allowed: one of rgb"),
        ({"keyframes": ((3, {"nodes": 5}),)}, "keyframes cannot move 'nodes'"),
        ({"travel": 2}, "no setting 'travel'"),
    ],
)
def test_wrong_settings_say_what_is_allowed(settings, message):
    with pytest.raises(SettingsError, match=message):
        GraphCPPN(**settings)


def test_recipes_and_presets_name_the_field(song):
    assert ex.GraphCPPN is GraphCPPN
    for name, field in GraphCPPN.presets().items():
        assert GraphCPPN.preset(name) == GraphCPPN.model_validate(field.model_dump(mode="json"))
        plain = field.replace(sections="off", light=False, finish=False)
        assert drawn(plain, song, 5.0, Grid(32, 18)).std() > 20
