"""Palettes: bounded, smooth, and through the colours they promise."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.fields.palette import PALETTES, through
from explorer.fields.palette_torch import paint


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3), st.sampled_from(sorted(PALETTES)))
def test_colours_are_always_valid(u, name):
    rgb = paint(torch.tensor([u]), name)
    assert torch.isfinite(rgb).all()
    assert ((rgb >= 0) & (rgb <= 1)).all()


def test_rgb_is_as_published():
    u = torch.rand(5, 3)
    assert paint(u, "rgb") is u


def test_a_cosine_palette_passes_through_its_three_colours():
    stops = ((0.1, 0.0, 0.2), (0.8, 0.3, 0.5), (0.9, 0.9, 0.6))
    palette = through(*stops)
    for t, stop in zip((0, 0.5, 1), stops, strict=True):
        at = t + palette.drift * 0.5
        wave = [
            b + s * np.cos(2 * np.pi * (c * at + p))
            for b, s, c, p in zip(palette.base, palette.swing, palette.cycles, palette.phase, strict=True)
        ]
        np.testing.assert_allclose(wave, stop, atol=1e-9)


def test_oklab_without_chroma_is_grey_and_monotonic():
    u = torch.stack([torch.linspace(0, 1, 20), torch.full((20,), 0.5), torch.full((20,), 0.5)], dim=1)
    rgb = paint(u, "oklab")
    assert (rgb.max(1).values - rgb.min(1).values).max() < 1e-4
    assert (rgb[1:] > rgb[:-1]).all()
    # OKLab lightness 0.15 and 0.95: L^3 is the linear grey
    linear = np.array([0.15, 0.95]) ** 3
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(rgb[[0, -1], 0], expected, atol=1e-4)


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_a_small_step_is_a_small_change(name):
    u = torch.rand(200, 3) * 0.98
    assert (paint(u + 0.002, name) - paint(u, name)).abs().max() < 0.06
