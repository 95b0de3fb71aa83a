"""Palettes as tables: from near black to near white, without a step back, through the colors they promise."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import SettingsError
from explorer.fields import CPPN, Patterns
from explorer.fields.oklab import linear_to_oklab, oklab_to_linear, oklab_to_oklch, oklch_to_oklab
from explorer.fields.palette import PALETTES, parse_palette
from explorer.fields.palette_stops import DESIGNED_PATHS, MAX_STOPS, parse_stops
from explorer.fields.palette_table import TABLE_COLORS, color_table, srgb_table
from explorer.fields.palette_torch import apply_palette
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear
from explorer.rendering.flashes import redness

FOUR = "#0b0b20-#7a1f3d-#e8a060-#fff2d8"
PLACED = "0:#08040f 0.4:#7a1f3d 1:#fff2d8"


def oklch(table):
    return oklab_to_oklch(linear_to_oklab(table.astype(np.float64)))


def color(code):
    """Linear light of `#rrggbb`."""
    return srgb_to_linear(np.array([int(code[n : n + 2], 16) for n in (1, 3, 5)]) / 255)


@pytest.mark.parametrize(
    "name", [*PALETTES, "#101830-#c05a20-#ffe8a0", "#404040-#808080-#c0c0c0", PLACED, FOUR]
)
def test_a_table_grows_lighter_from_near_black_to_near_white(name):
    table = color_table(name)
    lightness = oklch(table)[:, 0]
    assert table.shape == (TABLE_COLORS, 3)
    assert table.dtype == np.float32
    assert ((table >= 0) & (table <= 1)).all()
    assert np.diff(lightness).min() > -1e-5
    assert lightness[0] < 0.17
    assert lightness[-1] > 0.93
    assert np.abs(np.diff(lightness)).max() < 0.006


@pytest.mark.parametrize("name", DESIGNED_PATHS)
def test_designed_palettes_have_range_and_color_inside_srgb(name):
    lch, stops = oklch(color_table(name)), np.array(DESIGNED_PATHS[name].stops)
    assert lch[0, 0] < 0.15
    assert np.diff(lch[:, 0]).min() > 0
    assert lch[:, 1].max() > 0.07
    # at its stops it has the lightness of the design, and the chroma: they lie inside sRGB
    places = np.arange(TABLE_COLORS) / (TABLE_COLORS - 1)
    for column in (0, 1):
        np.testing.assert_allclose(
            np.interp(stops[:, 0], places, lch[:, column]), stops[:, 1 + column], atol=2e-3
        )


def test_no_two_designed_palettes_are_alike():
    tables = [linear_to_oklab(color_table(name).astype(np.float64)) for name in DESIGNED_PATHS]
    distances = [np.abs(a - b).mean() for n, a in enumerate(tables) for b in tables[:n]]
    assert min(distances) > 0.012


def test_cinder_is_warm_and_nowhere_a_saturated_red():
    redder, saturated = redness(color_table("cinder"))
    assert not saturated.any()
    assert redder.max() > 0.5
    assert redness(color_table("lava"))[1].mean() > 0.3


def test_a_path_passes_through_its_stops():
    positions, codes = (0, 0.4, 1), ("#08040f", "#7a1f3d", "#fff2d8")
    table = color_table(PLACED)
    for position, code in zip(positions, codes, strict=True):
        at = [
            np.interp(position * (TABLE_COLORS - 1), np.arange(TABLE_COLORS), channel) for channel in table.T
        ]
        np.testing.assert_allclose(at, color(code), atol=1e-3)
    np.testing.assert_allclose(color_table(FOUR)[[0, -1]], [color("#0b0b20"), color("#fff2d8")], atol=1e-5)


def test_two_grays_give_lightness_in_a_straight_line():
    table = color_table("#000000-#ffffff")
    np.testing.assert_allclose(table, np.linspace(0, 1, TABLE_COLORS)[:, None] ** 3 * np.ones(3), atol=1e-4)


def test_a_gray_stop_takes_the_hue_of_its_neighbor():
    hue = np.degrees(oklch(color_table("#000000-#3060c0-#ffffff-#ffffff"))[40:300, 2])
    assert np.ptp(hue) < 1


def test_hues_take_the_shorter_way():
    red, violet = oklch(color_table("#c02040-#8030c0"))[[0, -1], 2]
    hue = np.unwrap(oklch(color_table("#c02040-#8030c0"))[:, 2])
    assert abs(hue[-1] - hue[0]) < np.pi
    assert np.cos(hue[0] - red) == pytest.approx(1)
    assert np.cos(hue[-1] - violet) == pytest.approx(1)


def test_a_color_outside_srgb_loses_chroma_alone():
    """Between pure blue and pure yellow of equal chroma lie colors that sRGB does not have."""
    table = color_table("#0000ff-#ffff00")
    lch = oklch(table)
    ends = oklch(np.array([color("#0000ff"), color("#ffff00")]))
    assert lch[:, 1].min() < ends[:, 1].min() - 0.05
    np.testing.assert_allclose(lch[:, 0], np.linspace(*ends[:, 0], TABLE_COLORS), atol=1e-3)


def test_three_colors_reach_black_and_white_where_they_rise():
    assert oklch(color_table("#404040-#808080-#c0c0c0"))[[0, -1], 0] == pytest.approx([0.10, 0.97], abs=1e-3)
    middle = color_table("#404040-#80a080-#c0c0c0")[[255, 256]].mean(axis=0)
    np.testing.assert_allclose(middle, color("#80a080"), atol=1e-3)
    falling = color_table("#c0c0c0-#808080-#404040")
    np.testing.assert_allclose(falling[[0, -1]], [color("#c0c0c0"), color("#404040")], atol=1e-5)


def test_three_colors_are_drawn_as_before_without_light():
    assert parse_stops("#101830-#c05a20-#ffe8a0") is not None
    assert type(parse_palette("#101830-#c05a20-#ffe8a0")).__name__ == "Cosine"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 0xFFFFFF), min_size=2, max_size=12))
def test_any_colors_make_a_table(numbers):
    table = color_table("-".join(f"#{number:06x}" for number in numbers))
    assert np.isfinite(table).all()
    assert ((table >= 0) & (table <= 1)).all()


@pytest.mark.parametrize(
    ("palette", "message"),
    [
        ("#102030", "got 1 stops; allowed: 2 to 64"),
        ("0:#102030", "got 1 stops"),
        ("-".join(["#102030"] * 200), "got 200 stops; allowed: 2 to 64"),
        (
            "0:#102030 0.6:#405060 0.5:#708090 1:#ffffff",
            "got stops at 0, 0.6, 0.5, 1; allowed: positions that rise",
        ),
        ("0:#102030 0.5:#405060 0.5:#708090 1:#ffffff", "positions that rise from 0 to 1"),
        ("0.1:#102030 1:#ffffff", "got stops at 0.1, 1"),
        ("0:#102030 1.5:#ffffff", "positions that rise"),
        ("0:#102030 nan:#405060 1:#ffffff", "positions that rise"),
        ("0:#102030 x:#ffffff", "got the position 'x'"),
        ("0:#102030 1:#ffffgg", "got the color '#ffffgg'; allowed: six digits"),
        ("#102030-#40506", "got the color '#40506'"),
        ("0:#102030 #ffffff", "got the color ''"),
        ("pink", "allowed: one of rgb, .*, or colors at positions as in 0:#08040f"),
    ],
)
@pytest.mark.parametrize("field", [CPPN, Patterns])
def test_bad_stops_are_refused(field, palette, message):
    with pytest.raises(SettingsError, match=f"palette: .*{message}"):
        field(palette=palette)


def test_the_limit_of_stops_is_allowed():
    assert len(parse_stops("-".join(["#102030", "#ffffff"] * (MAX_STOPS // 2))).stops) == MAX_STOPS


@pytest.mark.parametrize("palette", ["lava", PLACED, FOUR])
def test_paths_survive_a_recipe(palette):
    field = CPPN(palette=palette)
    assert CPPN(**json.loads(field.model_dump_json())) == field


def test_the_second_number_is_the_position_on_a_path():
    u = torch.rand(64, 3)
    u[0], u[1] = torch.tensor([0.3, 0.0, 0.9]), torch.tensor([0.3, 1.0, 0.9])
    rgb = apply_palette(u, "lava").numpy()
    np.testing.assert_allclose(rgb[:2], srgb_table("lava")[[0, -1]], atol=1e-6)
    places = np.linspace(0, 1, TABLE_COLORS)
    expected = np.stack([np.interp(u[:, 1], places, channel) for channel in srgb_table("lava").T], axis=1)
    np.testing.assert_allclose(rgb, expected, atol=1e-5)
    np.testing.assert_allclose(
        srgb_table("lava"), linear_to_srgb(color_table("lava").astype(float)), atol=1e-6
    )


def test_conversions_are_the_published_ones():
    """White, and red as CSS Color 4 gives it; and there and back again."""
    np.testing.assert_allclose(linear_to_oklab(np.ones(3)), [1, 0, 0], atol=1e-4)
    lab = np.random.default_rng(0).uniform((0.4, -0.1, -0.1), (0.6, 0.1, 0.1), (50, 3))
    np.testing.assert_allclose(linear_to_oklab(oklab_to_linear(lab)), lab, atol=1e-6)
    np.testing.assert_allclose(oklch_to_oklab(oklab_to_oklch(lab)), lab, atol=1e-12)
    red = linear_to_oklab(np.array([1.0, 0, 0]))
    np.testing.assert_allclose(red, [0.62796, 0.22486, 0.12585], atol=1e-4)
