"""Reports of large sweeps: a bounded page in which every point lies; pictures and drawings are a sample."""

import json
import re

import pytest
from PIL import Image

from explorer.experiments.reports import index, sweep_report
from explorer.experiments.reports.columns import Columns
from explorer.experiments.reports.sweep_report import write_sweep
from explorer.experiments.reports.thumbnails import SPRITE_SHEET_BYTES, SPRITE_WIDTH, sprite_sheet
from tests.experiments import report_folders
from tests.experiments.reports.test_report import Page, points_of

MAX_PAGE_BYTES = 3_000_000
FOUR = ("gain", "coord_scale", "audio_gain", "drift")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    source = report_folders.a_large_source(tmp_path_factory.mktemp("large"), FOUR, 600)
    return source, Page(write_sweep(source))


@pytest.mark.slow
def test_ten_thousand_points_fit_into_the_budget_of_a_page(tmp_path):
    page = Page(report_folders.a_large_report(tmp_path, FOUR))
    sheet = len(page.all("img", id="sprites")[0]["src"])
    other = len(page.source.encode()) - sheet
    assert other + SPRITE_SHEET_BYTES * 4 / 3 < MAX_PAGE_BYTES  # whatever the pictures are
    assert len(page.elements) < 2_000


def test_every_point_lies_in_the_page(large):
    source, page = large
    points = points_of(page)
    assert list(points) == [point.key for point in source.points]
    for point in source.points[::50]:
        shown = points[point.key]
        assert (shown["recipe"], shown["sentence"]) == (point.recipe, point.sentence)
        assert shown["metrics"] == pytest.approx(point.metrics, rel=1e-4)


def test_drawings_show_a_sample_and_say_so(large):
    source, page = large
    lines = [path for path in page.all("path") if "data-open" in path]
    assert len(lines) == sweep_report.SAMPLE_POINTS
    assert "300 of 600 points, chosen at random, are drawn" in page.words
    again = Page(write_sweep(source))
    assert [path for path in again.all("path") if "data-open" in path] == lines
    assert len(page.data["sprites"]["keys"]) == sweep_report.SAMPLE_POINTS


def test_a_sample_does_not_follow_the_order_of_a_grid(large):
    source, _ = large
    places = {point.key: n for n, point in enumerate(source.points)}
    chosen = [places[point.key] % 100 for point in sweep_report._sample(source.points)]
    assert len(set(chosen)) > 80  # of 100 columns


def test_dots_of_two_parameters_are_a_sample(tmp_path):
    page = Page(write_sweep(report_folders.a_large_source(tmp_path, FOUR[:2], 501)))
    assert len(page.all("circle")) == sweep_report.SAMPLE_POINTS * len(page.data["measures"])
    assert "300 of 501 points" in page.words


def test_pictures_lie_beside_the_page(large):
    _, page = large
    assert page.data["large"]
    assert not page.all("figure", **{"class": "shot"})
    assert len(page.all("option", value=page.data["baseline"])) == 1  # and not one for each point


def test_the_index_lists_ranges_instead_of_hundreds_of_values(large, tmp_path, monkeypatch):
    source, _ = large
    (tmp_path / "sweep_20260102T030405Z_abc123").mkdir()
    monkeypatch.setattr(index, "load_source", lambda folder: source)
    path = index.write_index_page(tmp_path)
    assert path.stat().st_size < 200_000
    (low_to_high,) = Page(path).data[0]["params"]["gain"]
    assert re.fullmatch(r"0\.1\S* to \S+", low_to_high)


def test_columns_hold_repeated_values_and_equal_columns_once():
    columns = Columns(digits=3)
    assert columns.add([2, 2, 2.5, 2]) == columns.add([2, 2, 2.5, 2]) == 0
    assert columns.add_measure([0.123456, None]) == 1
    form, figures = columns.add_texts(["12 of 3.", "7 of 1e-05.", "none", "x\0"])
    assert columns.columns[:2] == [{"values": [2, 2.5], "places": [0, 0, 1, 0]}, [0.123, None]]
    assert columns.columns[form] == ["\0 of \0", "\0 of \0.", "none", "x"]
    assert columns.columns[figures] == ["12 3.", "7 1e-05", "", ""]
    json.dumps(columns.columns)


def test_a_sprite_sheet_leaves_out_what_cannot_be_decoded(tmp_path):
    Image.new("RGB", (320, 180), "red").save(tmp_path / "a.png")
    Image.new("RGB", (180, 320), "blue").save(tmp_path / "b.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    sheet = sprite_sheet([tmp_path / name for name in ("half.png", "a.png", "b.png")] * 8)
    assert sheet.numbers == tuple(n for n in range(24) if n % 3)
    assert (sheet.width, sheet.height, sheet.columns) == (SPRITE_WIDTH, 54, 16)
    assert sprite_sheet([tmp_path / "half.png"]) is None
