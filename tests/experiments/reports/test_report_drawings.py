"""Numbers, scales, axes and colours of reports: known answers."""

import itertools

import pytest
from PIL import Image

from explorer.experiments.reports.axes import arrange
from explorer.experiments.reports.baseline import nearest_point, value_in_recipe
from explorer.experiments.reports.charts import parallel, scatters
from explorer.experiments.reports.heatmap import text_color, viridis
from explorer.experiments.reports.load import ReportPoint
from explorer.experiments.reports.numbers import Scale, short_text, signed_text, varying_names
from explorer.experiments.reports.thumbnails import (
    MAX_BYTES,
    MOSAIC_SIZE,
    PAGE_BYTES,
    PICTURES_BYTES,
    embed,
    mosaic,
    picture_bytes,
)

NUMBERS = {
    0.0: "0",
    1.0: "1",
    0.012345: "0.0123",
    12.34: "12.3",
    999.4: "999",
    17426.3: "17426",
    1.28e8: "1.28e8",
    0.000123: "0.000123",
    0.0000151: "1.51e-5",
    -0.5: "-0.5",
}


def a_point(metrics=None, **params):
    return ReportPoint(
        key=repr(params), params=params, state="alive", starred=False, sentence="", error="", seconds=1.0,
        metrics=metrics or {}, recipe={}, thumb=None, frames=(), moments=(), clip=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"), [*NUMBERS.items(), (3, "3"), (True, "true"), (None, "none"), ("rgb", "rgb")]
)
def test_values_are_short(value, words):
    assert short_text(value) == words


def test_differences_have_a_sign():
    assert [signed_text(value) for value in (0.25, -3.0, 0.0)] == ["+0.25", "-3", "="]


def test_a_scale_is_linear_unless_the_values_spread_by_ratio():
    assert [Scale.of("gain", [1, 2, 5]).position(value) for value in (1, 2, 5)] == [0, 0.25, 1]
    wide = Scale.of("gain", [0.1, 1, 10, 100])
    assert wide.logarithmic
    assert wide.position(1) == pytest.approx(1 / 3)
    assert not Scale.of("correlation", [0.005, 0.98, 0.99, 1.0]).logarithmic
    assert not Scale.of("difference", [-1, 0, 1000]).logarithmic


def test_words_and_mixtures_stand_in_order_numbers_first():
    mixed = Scale.of("time_span", ["track", 30, 5.0])
    assert mixed.values == (5.0, 30, "track")
    assert mixed.position(5.0) == 0
    assert Scale.of("only", [7]).position(7) == 0.5


def test_what_varies():
    assert varying_names([{"gain": 1, "seed": 3}, {"gain": 2, "seed": 3}]) == ["gain"]


def test_a_grid_becomes_rows_and_columns_as_in_the_contact_sheet():
    points = tuple(a_point(gain=g, layers=n) for g, n in itertools.product([1, 2, 5], [2, 4]))
    axes = arrange(points)
    assert (axes.down.name, axes.across.name) == ("gain", "layers")
    (facet,) = axes.facets
    assert [[cell.params["gain"] for cell in row] for row in facet.cells] == [[1, 1], [2, 2], [5, 5]]
    assert [[cell.params["layers"] for cell in row] for row in facet.cells] == [[2, 4]] * 3


def test_further_parameters_become_facets():
    points = tuple(
        a_point(palette=p, gain=g, layers=n)
        for p, g, n in itertools.product(["rgb", "ember"], [1, 2, 5], [2, 3, 4])
    )
    axes = arrange(points)
    assert [facet.fixed for facet in axes.facets] == [(("palette", "ember"),), (("palette", "rgb"),)]
    assert {cell.params["palette"] for row in axes.facets[0].cells for cell in row} == {"ember"}


def test_scattered_points_and_single_steps_lie_on_no_grid():
    assert arrange(tuple(a_point(gain=n * 1.1, layers=n) for n in range(9))) is None
    steps = [a_point(gain=g, layers=4) for g in range(5)] + [a_point(gain=2, layers=n) for n in range(5, 9)]
    assert arrange(tuple(steps)) is None
    assert arrange((a_point(gain=1),)) is None


def test_the_baseline_is_the_measured_point_nearest_to_the_base():
    points = [a_point({"space": 1.0}, gain=g, palette=p) for g in (1, 3, 9) for p in ("rgb", "ember")]
    base = {"field": {"gain": 4.0, "palette": "ember"}}
    assert nearest_point(points, base).params == {"gain": 3, "palette": "ember"}
    assert nearest_point([], base) is None


def test_settings_are_found_by_plain_and_dotted_names():
    recipe = {"field": {"gain": 4.0}, "analysis": {"fps": 60}, "frames": {"fps": "30"}}
    assert (
        value_in_recipe(recipe, "gain"),
        value_in_recipe(recipe, "frames.fps"),
        value_in_recipe(recipe, "no"),
    ) == (
        4.0,
        "30",
        None,
    )


def test_lines_pass_through_their_values():
    points = [
        a_point({"space": 0.1 * g}, gain=g, layers=n, seed=s) for g in (1, 5) for n in (2, 4) for s in (0, 1)
    ]
    points.append(a_point(gain=1, layers=2, seed=2))  # failed: not measured
    drawn = parallel(points, ["gain", "layers", "seed"], ["space"])
    assert [axis.name for axis in drawn.axes] == ["gain", "layers", "seed", "space"]
    assert [axis.measure for axis in drawn.axes] == [False, False, False, True]
    assert drawn.lines[0].places == (0.0, 0.0, 0.0, 0.0)
    assert drawn.lines[-1].places == (0.0, 0.0, 1.0, None)
    assert len({line.path for line in drawn.lines}) == 9  # none hides another
    assert drawn.lines[0].path.count("C") == 3
    assert drawn.lines[-1].path.count("C") == 2


def luminance(fill):
    parts = [int(fill[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_a_heatmap_carries_legible_numbers():
    assert (viridis(0), viridis(1), viridis(7)) == ("#440154", "#fde725", "#fde725")
    lightness = [luminance(viridis(n / 100)) for n in range(101)]
    assert lightness == sorted(lightness)
    for n in range(101):
        fill = viridis(n / 100)
        pair = sorted([luminance(fill), 1.0 if text_color(fill) == "#fff" else 0.0])
        assert (pair[1] + 0.05) / (pair[0] + 0.05) > 4.5


def test_thumbnails_share_a_budget_and_survive_damage(tmp_path):
    assert picture_bytes(1) == MAX_BYTES
    assert picture_bytes(500) * 500 <= PICTURES_BYTES
    assert picture_bytes(500, rest=PAGE_BYTES // 2) * 500 * 4 / 3 <= PAGE_BYTES / 2
    noise = Image.effect_noise((640, 360), 90)
    noise.save(tmp_path / "noise.png")
    picture = embed(tmp_path / "noise.png", 6000)
    assert len(picture.url) * 3 / 4 < 6100
    assert picture.width / picture.height == pytest.approx(640 / 360, rel=0.02)
    (tmp_path / "half.png").write_bytes((tmp_path / "noise.png").read_bytes()[:5000])
    assert embed(tmp_path / "half.png", 6000) is None
    assert embed(tmp_path / "missing.png", 6000) is None
    whole = mosaic([tmp_path / "noise.png"] * 12, 60_000)
    assert (whole.width, whole.height) == MOSAIC_SIZE
    assert mosaic([tmp_path / "half.png"], 6000) is None
    assert mosaic([], 6000) is None


def test_ticks_of_random_values_do_not_cover_one_another():
    values = (0.113, 0.1134, 0.119, 0.33, 0.331, 0.5, 0.502, 0.99)
    points = [a_point({"space": value}, gain=10 * value, output_gain=value) for value in values]
    (plot,) = scatters(points, ("gain", "output_gain"), ("space",))
    for (x0, label0), (x1, label1) in itertools.pairwise(plot.across[1]):
        assert x1 - x0 >= 6 * (len(label0) + len(label1)) / 2
    assert all(abs(y1 - y0) >= 12 for (y0, _), (y1, _) in itertools.pairwise(plot.down[1]))
    assert len(plot.across[1]) >= 4
