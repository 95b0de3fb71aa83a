"""Palettes: bounded, smooth, and through the colors they promise."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.fields.kernels import color_formulas
from explorer.fields.palette import PALETTES, cosine_through
from explorer.fields.palette_torch import apply_palette
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear


@settings(deadline=None)  # the first of a palette makes its table
@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3), st.sampled_from(sorted(PALETTES)))
def test_colors_are_always_valid(u, name):
    rgb = apply_palette(torch.tensor([u]), name)
    assert torch.isfinite(rgb).all()
    assert ((rgb >= 0) & (rgb <= 1)).all()


def test_rgb_is_as_published():
    u = torch.rand(5, 3)
    assert apply_palette(u, "rgb") is u


def test_a_cosine_palette_passes_through_its_three_colors():
    stops = ((0.1, 0.0, 0.2), (0.8, 0.3, 0.5), (0.9, 0.9, 0.6))
    palette = cosine_through(*stops)
    for t, stop in zip((0, 0.5, 1), stops, strict=True):
        at = t + palette.drift * 0.5
        wave = [
            b + s * np.cos(2 * np.pi * (c * at + p))
            for b, s, c, p in zip(palette.base, palette.swing, palette.cycles, palette.phase, strict=True)
        ]
        np.testing.assert_allclose(wave, stop, atol=1e-9)


def test_oklab_without_chroma_is_gray_and_monotonic():
    u = torch.stack([torch.linspace(0, 1, 20), torch.full((20,), 0.5), torch.full((20,), 0.5)], dim=1)
    rgb = apply_palette(u, "oklab")
    assert (rgb.max(1).values - rgb.min(1).values).max() < 1e-4
    assert (rgb[1:] > rgb[:-1]).all()
    # OKLab lightness 0.15 and 0.95: L^3 is the linear gray
    linear = np.array([0.15, 0.95]) ** 3
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(rgb[[0, -1], 0], expected, atol=1e-4)


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_a_small_step_is_a_small_change(name):
    u = torch.rand(200, 3) * 0.98
    assert (apply_palette(u + 0.002, name) - apply_palette(u, name)).abs().max() < 0.06


@pytest.mark.parametrize("name", ["oklab", "pastel"])
def test_the_reference_and_the_formula_of_oklab_agree(name):
    u = torch.rand(500, 3, dtype=torch.float64)
    formula = torch.stack(color_formulas.oklab_color(*u.unbind(-1), PALETTES[name].numbers), dim=-1)
    torch.testing.assert_close(formula, apply_palette(u, name), atol=1e-12, rtol=0)


def test_the_srgb_curves_of_arrays_and_of_formulas_agree():
    light = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(
        color_formulas.srgb(torch.from_numpy(light)), linear_to_srgb(light), atol=1e-12
    )
    np.testing.assert_allclose(srgb_to_linear(linear_to_srgb(light)), light, atol=1e-7)


def test_fused_sums_of_oklab_agree_with_plain_ones():
    lab = torch.rand(500, 3, dtype=torch.float64)
    plain, fused = (
        torch.stack(convert(*lab.unbind(-1)), dim=-1)
        for convert in (color_formulas.oklab_to_srgb, color_formulas.fused_oklab_to_srgb)
    )
    torch.testing.assert_close(plain, fused, atol=1e-12, rtol=0)
