"""The CPU kernels of the CPPN against the torch reference, and their bits against themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from explorer.fields import CPPN, Controls, Grid
from explorer.fields.cppn import engine, kernel_bf16
from explorer.fields.cppn.kernel_f32 import NARROW, WIDE, pack
from explorer.fields.cppn.tiles import load_half, store_half
from explorer.fields.kernels import color_formulas, fastmath
from explorer.fields.kernels.memory import load, look_up, store
from explorer.fields.kernels.simd import LANES
from explorer.fields.palette import PALETTES

GRID = Grid(640, 360)
POINTS = GRID.xy()[180 * 640 :][:1000]  # neighbors in the middle of a frame
EVERYWHERE = GRID.xy()[:: GRID.width * GRID.height // 1000]
CALM = {"gain": 1.5, "seed": 3}  # a gain at which even deep networks are smooth
needs_bfloat16 = pytest.mark.skipif(
    not kernel_bf16.cpu_multiplies_bfloat16(), reason="this CPU has no bfloat16 products"
)


def prepared(field: CPPN, moments: int = 1):
    values = np.random.default_rng(0).uniform(-1, 1, (moments, 1 + len(field.features)))
    return field.prepare(Controls(values.astype(np.float32), ("time", *field.features)))


def drawn(field: CPPN, xy: np.ndarray, dtype: torch.dtype = torch.float32) -> np.ndarray:
    out = np.empty((len(xy), 3), np.uint8)
    prepared(field).draw(0, field.pixel_inputs(xy), GRID.pixel, out, dtype)
    return out


def reference(field: CPPN, xy: np.ndarray) -> np.ndarray:
    colors = prepared(field).colors(torch.from_numpy(xy), GRID.pixel)[0]
    return np.floor(255 * colors.numpy() + 0.5).astype(int)


def assert_equal_within_one(field: CPPN) -> None:
    for xy in (POINTS, EVERYWHERE):
        difference = np.abs(drawn(field, xy) - reference(field, xy))
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.02  # rounding apart, the same bytes


# Functions


@cache
def compiled_loop(function):
    @njit
    def apply(z, out):
        for i in range(0, z.size, LANES):
            store(out, i, function(load(z, i)))

    return apply


def applied(function, z: np.ndarray) -> np.ndarray:
    padded = np.zeros(-(-z.size // LANES) * LANES, np.float32)
    padded[: z.size] = z
    out = np.empty_like(padded)
    compiled_loop(function)(padded, out)
    return out[: z.size].astype(np.float64)


EXACT = {
    "sin": np.sin,
    "cos": np.cos,
    "gaussian": lambda z: np.exp(-z * z),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.parametrize(("reach", "bound"), [(1.0, 3e-7), (30.0, 3e-7), (700.0, 3e-7), (1e6, 3e-7)])
@pytest.mark.parametrize("name", EXACT)
def test_functions_against_float64(name, reach, bound):
    z = np.random.default_rng(1).uniform(-reach, reach, 100_003).astype(np.float32)
    z[:3] = 0, reach, -reach
    with np.errstate(over="ignore", under="ignore"):
        exact = EXACT[name](z.astype(np.float64))
    assert np.abs(applied(getattr(fastmath, name), z) - exact).max() < bound


@pytest.mark.parametrize("name", EXACT)
def test_functions_stay_finite_far_outside(name):
    z = np.array([0.0, -0.0, 1e-40, 1e3, -1e3, 1e7, -1e7], np.float32)
    assert (np.abs(applied(getattr(fastmath, name), z)) <= 1.000001).all()


@pytest.mark.parametrize("name", ["gaussian", "tanh", "sigmoid"])
def test_saturating_functions_end_at_infinity(name):
    ends = applied(getattr(fastmath, name), np.array([-np.inf, np.inf], np.float32))
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(ends, EXACT[name](np.array([-np.inf, np.inf])), atol=1e-12)


def test_srgb_curve():
    linear = np.r_[0, 0.0031308, np.linspace(0, 1, 100_001)].astype(np.float32)
    x = linear.astype(np.float64)
    exact = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    assert np.abs(applied(color_formulas.srgb, linear) - exact).max() < 3e-6


def test_bfloat16_round_trip():
    @njit
    def through(z, halves, out):
        for i in range(0, z.size, LANES):
            store_half(halves, i, load(z, i))
            store(out, i, load_half(halves, i))

    z = np.random.default_rng(2).normal(size=64 * LANES).astype(np.float32)
    halves, out = np.empty(z.size, np.uint16), np.empty_like(z)
    through(z, halves, out)
    np.testing.assert_array_equal(out, torch.from_numpy(z).bfloat16().float().numpy())


def test_packed_matrix_holds_every_weight_once():
    matrix = np.arange(1, 16, dtype=np.float32).reshape(5, 3)
    tiles = pack(matrix, 4).reshape(2, 3, 4)
    np.testing.assert_array_equal(tiles.transpose(0, 2, 1).reshape(8, 3)[:5], matrix)
    assert np.count_nonzero(tiles) == 15


# Colours


@pytest.mark.parametrize("layers", [1, 2, 3, 9])
@pytest.mark.parametrize("hidden", [1, 3, 4, 31, 32, 33, 256])
def test_exact_kernels_equal_the_reference(hidden, layers):
    assert_equal_within_one(CPPN(hidden=hidden, layers=layers, **CALM))


@pytest.mark.parametrize(("hidden", "layers"), [(4, 3), (32, 3), (64, 4), (256, 4)])
def test_published_gain(hidden, layers):
    assert_equal_within_one(CPPN(hidden=hidden, layers=layers, gain=5.0))


@pytest.mark.parametrize("hidden", [16, 40])
@pytest.mark.parametrize("palette", PALETTES)
def test_palettes(palette, hidden):
    assert_equal_within_one(CPPN(hidden=hidden, layers=3, palette=palette, **CALM))
    assert_equal_within_one(CPPN(hidden=hidden, layers=2, palette=palette, gain=4.0, coord_scale=2.0))


@settings(max_examples=15, deadline=None)
@given(
    hidden=st.integers(1, 80),
    layers=st.integers(1, 5),
    radius=st.booleans(),
    symmetry=st.integers(0, 8),
    output_gain=st.none() | st.floats(0.2, 5),
    palette=st.sampled_from(sorted(PALETTES)),
    audio_gain=st.floats(0, 40),
    features=st.sampled_from([(), ("bass",), ("bass", "onset", "rms")]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_settings(**values):
    assert_equal_within_one(CPPN(gain=1.5, **values))


def test_hottest_settings_still_draw():
    field = CPPN(hidden=64, layers=6, gain=50, coord_scale=100, audio_gain=1000, radius=True)
    assert np.ptp(drawn(field, EVERYWHERE).astype(int)) > 100


@needs_bfloat16
@pytest.mark.parametrize(("hidden", "palette"), [(256, "rgb"), (130, "ember")])
def test_draft_is_near_the_reference(hidden, palette):
    field = CPPN(hidden=hidden, layers=4, gain=3.0, palette=palette)
    assert prepared(field).kernel(torch.bfloat16) == "wide-bf16"
    difference = np.abs(drawn(field, EVERYWHERE, torch.bfloat16) - reference(field, EVERYWHERE))
    assert difference.mean() < 3


# Bits

FIELDS = {
    "narrow": (CPPN(hidden=4, layers=3), torch.float32),
    "wide": (CPPN(hidden=40, layers=8, palette="oklab"), torch.float32),  # noise: no error stays hidden
    "draft": (CPPN(hidden=128, layers=4), torch.bfloat16),
}
by_kernel = pytest.mark.parametrize(("field", "dtype"), FIELDS.values(), ids=FIELDS)


@by_kernel
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_pixel_is_the_same_at_any_position(field, dtype, data):
    seed = data.draw(st.integers(0, 1000))
    cuts = sorted(data.draw(st.sets(st.integers(1, 999), max_size=4)))
    order = np.random.default_rng(seed).permutation(1000)
    whole = drawn(field, EVERYWHERE[:1000], dtype)
    pieces = [drawn(field, EVERYWHERE[part], dtype) for part in np.split(order, cuts)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole[order])


@by_kernel
def test_shifted_by_every_number_of_pixels(field, dtype):
    whole = drawn(field, POINTS[:300], dtype)
    for shift in range(1, 2 * max(NARROW.strip, WIDE.strip) + 1, 1 if dtype == torch.float32 else 16):
        np.testing.assert_array_equal(drawn(field, POINTS[shift:300], dtype), whole[shift:])


@by_kernel
def test_the_same_in_threads_and_in_any_order(field, dtype):
    plan, inputs = prepared(field, 3), field.pixel_inputs(GRID.xy()[:6000])
    jobs = [(moment, start) for moment in range(3) for start in range(0, 6000, 700)]

    def draw(job):
        moment, start = job
        out = np.empty((len(range(start, min(start + 700, 6000))), 3), np.uint8)
        plan.draw(moment, inputs[:, start : start + 700], GRID.pixel, out, dtype)
        return out

    one = [draw(job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        several = list(pool.map(draw, reversed(jobs)))[::-1]
    for a, b in zip(one, several, strict=True):
        np.testing.assert_array_equal(a, b)


@by_kernel
def test_moments_do_not_mix(field, dtype):
    values = np.random.default_rng(0).uniform(-1, 1, (5, 8)).astype(np.float32)
    names = ("time", *field.features)
    together, alone = field.prepare(Controls(values, names)), field.prepare(Controls(values[3:4], names))
    inputs = field.pixel_inputs(POINTS[:100])
    a, b = np.empty((2, 100, 3), np.uint8)
    together.draw(3, inputs, GRID.pixel, a, dtype)
    alone.draw(0, inputs, GRID.pixel, b, dtype)
    np.testing.assert_array_equal(a, b)


@by_kernel
def test_rows_of_a_larger_picture_and_no_points_at_all(field, dtype):
    frame = np.full((1000, 6), 7, np.uint8)
    inputs = field.pixel_inputs(POINTS)
    inputs.flags.writeable = False
    prepared(field).draw(0, inputs, GRID.pixel, frame[:, :3], dtype)
    np.testing.assert_array_equal(frame[:, :3], drawn(field, POINTS, dtype))
    assert (frame[:, 3:] == 7).all()
    assert drawn(field, POINTS[:0], dtype).shape == (0, 3)


# Choice


@pytest.mark.parametrize(
    ("hidden", "kernel"), [(1, "narrow-f32"), (32, "narrow-f32"), (33, "wide-f32"), (1024, "wide-f32")]
)
def test_the_exact_kernel_follows_from_the_width(hidden, kernel):
    assert engine.kernel_name(hidden, torch.float32) == kernel
    assert prepared(CPPN(hidden=hidden, layers=1)).kernel(torch.float32) == kernel


def test_the_draft_kernel_follows_from_the_width_and_the_cpu(monkeypatch):
    monkeypatch.setattr(kernel_bf16, "cpu_multiplies_bfloat16", lambda: True)
    names = [engine.kernel_name(hidden, torch.bfloat16) for hidden in (4, 64, 127, 128, 256)]
    assert names == ["narrow-f32", "wide-f32", "wide-f32", "wide-bf16", "wide-bf16"]
    monkeypatch.setattr(kernel_bf16, "cpu_multiplies_bfloat16", lambda: False)
    assert engine.kernel_name(256, torch.bfloat16) == "wide-f32"


def test_blocks_are_whole_strips():
    for name, tile in (("narrow-f32", NARROW), ("wide-f32", WIDE)):
        assert engine.BLOCK[name] % tile.strip == 0


def test_look_up_is_linear_and_cut_to_the_table() -> None:
    def fill(table, positions, out):  # type: ignore[no-untyped-def]
        for i in range(0, positions.size, LANES):
            store(out, i, look_up(table, 4, 10, load(positions, i)))

    table = np.random.default_rng(0).random(14, np.float32)
    positions = np.linspace(-2, 12, 10 * LANES, dtype=np.float32)
    positions[3] = np.nan
    out = np.zeros_like(positions)
    njit(fill)(table, positions, out)
    expected = np.interp(np.nan_to_num(positions).clip(0, 9), np.arange(10), table[4:])
    np.testing.assert_allclose(out, expected, atol=1e-6)
