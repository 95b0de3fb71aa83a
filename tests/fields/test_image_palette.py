"""Palettes from pictures and from three colors."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from explorer import CPPN, Patterns, palette_from
from explorer.errors import SettingsError
from explorer.fields.palette import parse_palette

DARK, ORANGE, GRAY, CREAM = (16, 24, 48), (192, 90, 32), (120, 120, 120), (255, 232, 160)


def picture(path, *parts):
    """A picture of bands: (color, rows)."""
    rows = np.concatenate([np.tile(np.uint8(color), (height, 60, 1)) for color, height in parts])
    Image.fromarray(rows).save(path)
    return path


def colors(name):
    return [tuple(bytes.fromhex(code)) for code in name.replace("#", "").split("-")]


def test_the_characteristic_colors_of_a_picture_from_dark_to_light(tmp_path):
    found = palette_from(picture(tmp_path / "a.png", (CREAM, 10), (ORANGE, 20), (GRAY, 30), (DARK, 30)))
    for one, expected in zip(colors(found), (DARK, ORANGE, CREAM), strict=True):
        assert np.abs(np.array(one) - expected).max() <= 12


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (1000, 700)])
def test_pictures_of_any_shape_and_few_colors(tmp_path, shape):
    Image.new("L", shape, 90).save(tmp_path / "gray.jpg")
    assert {max(color) - min(color) for color in colors(palette_from(tmp_path / "gray.jpg"))} <= {0, 1}


def test_three_colors_are_reached_at_the_ends_and_in_the_middle():
    palette = parse_palette("#101830-#c05a20-#ffe8a0")
    for t, expected in ((0.0, DARK), (0.5, ORANGE), (1.0, CREAM)):
        wave = [
            base + swing * np.cos(2 * np.pi * (cycles * (t + palette.drift * 0.5) + phase))
            for base, swing, cycles, phase in zip(
                palette.base, palette.swing, palette.cycles, palette.phase, strict=True
            )
        ]
        np.testing.assert_allclose(255 * np.array(wave), expected, atol=1)


def test_fields_take_them_and_refuse_others(tmp_path):
    name = "#101830-#c05a20-#ffe8a0"
    assert CPPN(palette=name).palette == Patterns(palette=name).palette == name
    with pytest.raises(SettingsError, match=r"palette: got 'embr'; allowed: one of rgb, .* or three colors"):
        CPPN(palette="embr")
    with pytest.raises(SettingsError, match="palette: got 'family'"):
        CPPN(palette="family")
    (tmp_path / "no.png").write_text("no picture")
    for no_picture in (tmp_path / "no.png", tmp_path, os.devnull):
        with pytest.raises(SettingsError, match="is no picture; give one"):
            palette_from(no_picture)
