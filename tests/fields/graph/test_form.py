"""Forms of graph CPPNs: a body before a ground, an endless zoom, and both."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer import diagnose
from explorer.errors import SettingsError
from explorer.fields import GraphCPPN, Grid
from explorer.fields.graph import form_formulas
from explorer.fields.graph.form import FormedGraph, ground_seed, octaves
from explorer.rendering import FrameSettings
from tests.signals import music, write_wav

GRID = Grid(96, 54)
GRIDS = [Grid(64, 36), Grid(16, 16), Grid(67, 19)]
FIGURE, ZOOM = {"form.figure": True}, {"form.zoom_rate": 0.3}
FORMS = [FIGURE, ZOOM, FIGURE | ZOOM]


def formed(form, **settings):
    return GraphCPPN(**settings).replace(**form)


def prepared(field, track, t):
    return field.prepare(field.controls(track, np.array([t])))


def drawn(field, track, t, grid=GRID):
    out = np.empty((grid.width * grid.height, 3), np.uint8)
    prepared(field, track, t).draw(0, field.pixel_inputs(grid.xy()), grid.pixel, out)
    return out


def planes_of(field, track, t, grid=GRID):
    planes = np.full((5, grid.width * grid.height), np.nan, np.float32)
    prepared(field, track, t).draw_numbers(0, field.pixel_inputs(grid.xy()), grid.pixel, planes)
    return planes


# Kernel and reference


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_kernels_draw_the_reference(song, form, grid):
    levels, numbers = [], []
    for seed in range(6 if grid == GRIDS[0] else 3):  # with all nodes, and once with all symmetries
        field = formed(form, seed=seed, nodes=(14, 0, 40)[seed % 3], symmetry=(0, 5)[seed % 2])
        moment, xy = prepared(field, song, 5.3), torch.from_numpy(grid.xy())
        levels.append(drawn(field, song, 5.3, grid) - 255 * moment.colors(xy, grid.pixel)[0].numpy())
        numbers.append(planes_of(field, song, 5.3, grid) - moment.numbers(xy, grid.pixel)[0].numpy())
    assert (np.abs(np.concatenate(levels)) < 1.1).mean() >= 0.999  # dithered: the level below or above
    assert abs(np.concatenate(levels).mean()) < 0.05
    assert (np.abs(np.concatenate(numbers, axis=1)) < 3e-3).mean() >= 0.999


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cuts", [(1,), (16, 700, 701)])
def test_a_pixel_has_the_same_bits_in_any_part_of_a_frame(song, form, cuts):
    field = formed(form, seed=3, symmetry=3)
    moment, inputs = prepared(field, song, 3.0), field.pixel_inputs(GRID.xy())
    whole, planes = drawn(field, song, 3.0), planes_of(field, song, 3.0)
    frame = np.full_like(planes, np.nan)
    for begin, end in zip((0, *cuts), (*cuts, len(whole)), strict=True):
        part = np.empty((end - begin, 3), np.uint8)
        moment.draw(0, inputs[:, begin:end], GRID.pixel, part)
        moment.draw_numbers(0, inputs[:, begin:end], GRID.pixel, frame[:, begin:end])
        np.testing.assert_array_equal(part, whole[begin:end])
    np.testing.assert_array_equal(frame, planes)


@pytest.fixture(scope="module")
def song_of_sections(tmp_path_factory):
    path = write_wav(tmp_path_factory.mktemp("forms") / "song.wav", music(4.0, 22050), 22050)
    return GraphCPPN(sections=True, light=True, finish=True).analyze(path, cache=False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("light", [False, True])
def test_forms_are_drawn_with_sections_and_keyframes(form, light, song_of_sections):
    field = formed(form, seed=2, nodes=0, sections=True, light=light, finish=light)
    field = field.replace(keyframes=((2, {"zoom": 2, "contrast": 3}),))
    track = song_of_sections
    frame = ex.render_frame(field, track, 3.0, (16, 16), flash_limit=False)
    assert frame.std() > 5
    other = ex.render_frame(field.replace(keyframes=()), track, 3.0, (16, 16), flash_limit=False)
    assert not np.array_equal(frame, other)


@pytest.mark.parametrize("form", FORMS)
def test_forms_hear_and_are_deaf_without_gain(song, form):
    small = FrameSettings(width=96, height=96)
    assert diagnose(formed(form, seed=3), song, frames=small, budget="screen").audio_variance.value > 0
    deaf = diagnose(formed(form, seed=3, audio_gain=0), song, frames=small, budget="screen")
    assert "deaf" in deaf.flags


# The body and the ground


def test_the_body_is_in_the_middle_and_swells_from_its_border(song):
    inside, corner = [], []
    for seed in range(12):
        height = planes_of(formed(FIGURE, seed=seed), song, 5.0)[0].reshape(54, 96)
        inside.append(height[22:32, 40:56].mean())
        corner.append(height[:6, :6].mean())
    assert np.mean(inside) > 0.8
    assert abs(np.mean(corner)) < 0.3


def test_the_border_glows_and_has_no_cliff(song):
    field = formed(FIGURE, seed=14)
    moment, xy = prepared(field, song, 5.0), torch.from_numpy(GRID.xy())
    height, _, mask = moment.near(xy, (0, 1, 2))
    g = torch.from_numpy(moment.figure_numbers(0, GRID.pixel)).float()
    f = form_formulas.border(xy[:, 0], xy[:, 1], height[0], mask[0], g.tolist()).numpy()
    planes = planes_of(field, song, 5.0)
    assert 0.1 < (f > 0).mean() < 0.9
    assert planes[4][np.abs(f) < 0.02].min() > 3 * planes[4][f > 0.5].max()
    assert np.abs(planes[0][np.abs(f) < 0.02]).max() < 0.3


def test_the_ground_has_its_own_palette_and_seed(song):
    field = formed(FIGURE, seed=14)
    other, again = field.replace(**{"form.ground_palette": "lava"}), field.replace(**{"form.ground_seed": 5})
    base = planes_of(field, song, 5.0)[1:4]
    for changed in (other, again):
        same = np.abs(planes_of(changed, song, 5.0)[1:4] - base).max(axis=0) < 1e-3
        assert same.reshape(54, 96)[22:32, 44:52].all()
        assert not same.all()
    assert ground_seed(field) != ground_seed(field.replace(seed=15))
    assert ground_seed(again) == 5


def test_the_shadow_falls_away_from_the_light():
    g = [1.0, 0, 0, 0.1, 0, 1, 1, 1, 1, 1, 1, 1]  # light from the right
    x, y = torch.tensor([-1.2, 1.2]), torch.zeros(2)
    f = form_formulas.border(x, y, torch.zeros(2), torch.zeros(2), g)
    left, right = form_formulas.shadow(x, y, f, g).tolist()
    assert left > 1.2 * right


# The endless zoom


def test_the_zoom_has_no_seam():
    scales, weights = map(np.array, octaves(np.array([0.0, 1 - 1e-9, 0.25, 7.25, -0.75])))
    np.testing.assert_allclose((weights**2).sum(axis=0), 1, atol=1e-6)
    # an octave on, each has taken the place of the one before it; the one that is left has no weight
    np.testing.assert_allclose(scales[:2, 0], scales[1:, 1], rtol=1e-6)
    np.testing.assert_allclose(weights[:2, 0], weights[1:, 1], atol=1e-6)
    assert abs(weights[2, 0]) < 1e-6
    assert abs(weights[0, 1]) < 1e-6
    np.testing.assert_array_equal(scales[:, 2], scales[:, 3])
    np.testing.assert_array_equal(scales[:, 2], scales[:, 4])


def test_the_zoom_runs_inward_with_the_clock():
    scales, _ = octaves(np.linspace(0, 0.9, 10))
    assert (np.diff(scales, axis=1) < 0).all()  # places come nearer to the center of the plane: larger


def test_the_zoom_keeps_contrast(song):
    ratio = [
        planes_of(formed(ZOOM, seed=n), song, 5.0)[0].std() / planes_of(GraphCPPN(seed=n), song, 5.0)[0].std()
        for n in range(12)
    ]
    assert 0.7 < np.mean(ratio) < 1.5


# Settings


def test_without_a_form_nothing_changes(song):
    field = GraphCPPN(seed=3)
    assert "form" not in field.model_dump(mode="json")
    assert not isinstance(prepared(field, song, 1.0), FormedGraph)
    assert field.replace(**FIGURE).replace(**{"form.figure": False}) == field


def test_a_form_survives_its_json():
    for form in FORMS:
        field = formed(form, seed=3)
        assert GraphCPPN.model_validate(field.model_dump(mode="json")) == field
    assert GraphCPPN.knobs()["form.figure"].flag == "form-figure"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"form.zoom_rate": 6}, "-5 to 5"),
        ({"form.ground_palette": "lavva"}, "allowed: one of"),
        ({"form.ground_seed": -1}, "0 to"),
        ({"form.figur": True}, "figur"),
    ],
)
def test_wrong_forms_say_what_is_allowed(form, message):
    with pytest.raises(SettingsError, match=message):
        formed(form)
