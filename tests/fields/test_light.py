"""Light and finish: settings, the kernels against the reference, bits, and surfaces that are no surfaces."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

import explorer as ex
from explorer.errors import SettingsError
from explorer.fields import CPPN, Grid
from explorer.fields.kernels.simd import LANES
from explorer.fields.light import Finish, Light, formulas, kernel
from explorer.fields.light.finish import (
    GLOWS,
    GlowSize,
    blurred,
    finish_numbers,
    noise,
    noise_places,
    stretched,
)
from explorer.fields.light.lit import LitField
from explorer.rendering import Renderer, frame_drawer
from tests.tracks import made_up_track

FIELD = CPPN(hidden=8, layers=3, gain=3.0, seed=12, palette="ember", coord_scale=0.8)
LIT = FIELD.replace(light=Light(), finish=Finish())
SIZE = (200, 112)
draw = partial(ex.render_frame, flash_limit="off")


def reference(field: CPPN, t: float, size: tuple[int, int]) -> np.ndarray:
    """A frame by the formulas on tensors, in levels of 255 before rounding."""
    grid = Grid(*size)
    lit = LitField(field, field.controls(made_up_track(), np.array([t])))
    finish, glow = field.finish, GlowSize.of(*size)
    light = lit._light(torch.from_numpy(grid.xy()), grid.pixel, torch.float32)[0].numpy()
    image = light.T.reshape(3, grid.height, grid.width)
    bright = np.maximum(image - finish.threshold, 0)
    rows, columns = (np.arange(0, side, glow.factor) for side in (grid.height, grid.width))
    sums = np.add.reduceat(np.add.reduceat(bright, rows, 1), columns, 2)
    counts = np.outer(np.diff([*rows, grid.height]), np.diff([*columns, grid.width]))
    halo = blurred((sums / counts).astype(np.float32, order="C"), finish, glow, min(size))
    halo = stretched(stretched(halo, glow.factor, grid.width).mT, glow.factor, grid.height).mT
    x, y = (torch.from_numpy(frame_drawer._centered(side)) for side in (grid.width, grid.height))
    f = finish_numbers(finish)
    factor = formulas.darkened(x[None], y[:, None], f) * f[0]
    rgb = formulas.filmic(*(torch.from_numpy(image + halo) * factor))
    places, tile = noise_places(finish, t, grid.height), noise()
    grain, more, rounding = (
        np.stack([tile[start : start + grid.width] for start in places[:, k]]) for k in range(3)
    )
    encoded = formulas.encoded(*rgb, torch.from_numpy(grain + more - 1), f)
    return np.stack([channel.numpy() for channel in encoded], -1).clip(0, 1) * 255 + rounding[..., None]


@pytest.mark.parametrize(
    "light",
    [
        Light(),
        Light(film=0.7),
        Light(lines=3.0),
        Light(rings=0),
        Light(dynamics=0, relief=3),
        Light(focus_x=9),
    ],
    ids=str,
)
def test_the_kernels_draw_what_the_formulas_say(light: Light) -> None:
    field = LIT.replace(light=light)
    with Renderer(field, made_up_track(), SIZE) as renderer:
        frame = renderer.frame(1.5)
    off = np.abs(frame + 0.5 - reference(field, 1.5, SIZE))
    assert (off > 1.5).mean() < 0.001


@pytest.mark.parametrize("finish", [Finish(), Finish(samples=2), Finish(bloom=0, grain=0)], ids=str)
def test_a_frame_has_the_same_bits_for_any_bands_and_threads(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, frames = LIT.replace(finish=finish), []
    for threads, points in ((1, 49152), (3, 49152), (2, 1), (1, 3000)):
        monkeypatch.setattr(frame_drawer, "BAND_POINTS", points)
        with Renderer(field, made_up_track(), SIZE, threads=threads) as renderer:
            frames.append(renderer.frame(0.7))
    for frame in frames[1:]:
        np.testing.assert_array_equal(frame, frames[0])


def test_colors_anywhere_are_those_of_the_frame_without_its_finish() -> None:
    field, grid = FIELD.replace(light=Light(dynamics=0)), Grid(*SIZE)
    lit = LitField(field, field.controls(made_up_track(), np.array([1.5])))
    points = np.random.default_rng(0).choice(grid.width * grid.height, 500)
    colors = lit.colors(torch.from_numpy(grid.xy()[points]), grid.pixel)[0].numpy()
    with Renderer(field, made_up_track(), SIZE) as renderer:
        frame = renderer.frame(1.5).reshape(-1, 3)[points]
    assert (np.abs(colors * 255 - frame) > 1.01).mean() < 0.001


def test_off_is_not_mentioned_and_draws_the_bits_of_before() -> None:
    assert "light" not in FIELD.model_dump(mode="json")
    assert FIELD.replace(light=None, finish=False) == FIELD
    dark = LIT.replace(**{"light.on": False, "finish.on": False})
    frames = [draw(field, made_up_track(), 1.0, SIZE) for field in (FIELD, dark)]
    np.testing.assert_array_equal(*frames)


def test_settings_have_paths_and_switch_their_group_on() -> None:
    field = FIELD.replace(**{"light.relief": 0.8})
    assert field.light == Light(relief=0.8)
    assert field.value("light.relief") == 0.8
    assert CPPN(**field.model_dump(mode="json")) == field
    with pytest.raises(SettingsError, match=r"relief: got 99\.0; allowed: 0 to 10"):
        FIELD.replace(**{"light.relief": 99.0})
    with pytest.raises(SettingsError, match="Light has no setting 'releif'; did you mean 'relief'"):
        FIELD.replace(**{"light.releif": 1.0})


def test_arctan_is_exact_enough() -> None:
    z = torch.cat((torch.linspace(0, 3, 1000), torch.logspace(0, 12, 100)))
    assert (formulas.arctan(z) - torch.atan(z)).abs().max() < 2e-5


def test_neither_steep_nor_broken_surfaces_break_the_light() -> None:
    rows, width = 3, LANES
    plane = (rows + 2) * (width + 2)
    planes = np.random.default_rng(0).normal(0, 1e6, (5, plane)).astype(np.float32)
    planes[1:4] = 0.5
    planes[0, 30] = np.nan
    planes[0, 40] = np.inf
    planes[4] = 0
    shading = LitField(LIT, LIT.controls(made_up_track(), np.array([1.0]))).shading
    numbers = shading.numbers(0, np.ones(3, np.float32), 1e-4)
    out = np.full(3 * rows * width, np.nan, np.float32)
    kernel.shade(planes.ravel(), plane, rows, width, numbers, True, True, out, rows * width, 0)
    assert np.isfinite(out).all()
    assert out.min() >= 0
    assert out.max() < 100


def test_small_highlights_leave_steep_slopes_as_they_are() -> None:
    """The highlight is x^shininess: 0 where that is below the smallest number, and not less."""
    frames = []
    for shininess in (40.0, 500.0):
        field = LIT.replace(**{"light.shininess": shininess, "light.rings": 0, "light.dynamics": 0})
        frames.append(draw(field, made_up_track(), 1.5, SIZE).astype(int))
    assert (frames[1] - frames[0]).max() < 12
    assert (frames[1] - frames[0]).min() > -150  # black slopes were up to 255 darker


@pytest.mark.parametrize("size", [(16, 16), (17, 16), (16, 400)])
def test_small_and_narrow_frames(size: tuple[int, int]) -> None:
    frame = draw(LIT, made_up_track(), 1.0, size)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.std() > 1


def test_a_constant_field_is_evenly_lit() -> None:
    flat = LIT.replace(output_gain=0.01, gain=0.01, coord_scale=0.01, finish=Finish(vignette=0, grain=0))
    frame = draw(flat.replace(**{"light.rings": 0}), made_up_track(), 1.0, SIZE)
    assert np.ptp(frame.reshape(-1, 3).astype(int), axis=0).max() < 40


def test_more_samples_are_the_mean_of_a_larger_frame() -> None:
    plain = Finish(bloom=0, filmic=False, vignette=0, grain=0)
    twice = draw(LIT.replace(finish=plain.replace(samples=2)), made_up_track(), 1.0, SIZE)
    large = draw(LIT.replace(finish=plain), made_up_track(), 1.0, (400, 224))
    light = (large / 255.0) ** 2.2
    mean = light.reshape(112, 2, 200, 2, 3).mean((1, 3)) ** (1 / 2.2) * 255
    assert np.abs(mean - twice).mean() < 1


def test_hits_run_outward_and_loudness_brightens() -> None:
    field = FIELD.replace(light=Light())
    times = np.arange(0, 3, 0.25)
    lit = LitField(field, field.controls(made_up_track(), times))
    assert lit.shading.history.shape[0] == len(times)
    assert math.isclose(lit.shading.delays_per_length * lit.light.ring_speed, 45, rel_tol=0.01)
    values = lit.shading.history
    assert ((values >= 0) & (values <= 1)).all()
    assert (values[0, 1:] == 0).all()  # nothing before the start


def test_glow_is_the_sum_of_three_gaussians() -> None:
    size, finish = GlowSize.of(*SIZE), Finish()
    x, y = np.arange(size.columns) / size.columns, np.arange(size.rows)[:, None] / size.rows
    source = np.stack([np.sin(3 * x + 4 * y) + 1, x * y, np.ones_like(x * y)]).astype(np.float32)
    glow = blurred(source, finish, size, min(SIZE))
    radii = [(share * finish.bloom, size.radius(heights, min(SIZE))) for share, heights, _ in GLOWS]
    expected = sum(a * gaussian_filter(source, (0, r, r), mode="nearest", truncate=3) for a, r in radii)
    np.testing.assert_allclose(glow, expected, atol=0.05)  # the widest is blurred in an eighth of the size
    np.testing.assert_allclose(glow[2], finish.bloom * sum(share for share, *_ in GLOWS), rtol=1e-5)


def test_build_ups_brighten_as_far_as_swell_says() -> None:
    track = made_up_track(duration=70)
    values = track.values.copy()
    values[:, track.names.index("rms")] = np.interp(track.times, (15, 25), (-0.8, 0.8))
    track, times = replace(track, values=values), np.array([14.0, 22.0, 69.0])
    numbers = {}
    for swell in (0.0, 0.5):
        field = FIELD.replace(light=Light(swell=swell))
        shading = LitField(field, field.controls(track, times)).shading
        numbers[swell] = [shading.numbers(n, np.ones(3, np.float32), 0.01)[-1] for n in range(len(times))]
    np.testing.assert_allclose(np.divide(numbers[0.5], numbers[0.0]), (1, 1.5, 1), atol=0.02)
