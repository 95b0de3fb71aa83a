"""FieldGrid without a browser: what it sends, what it refuses, and small frames where a page cannot draw."""

import io

import pytest
from PIL import Image

import explorer as ex
from explorer.errors import SettingsError
from explorer.fields import CPPN
from tests.tracks import made_up_track

NARROW, WIDE = CPPN(hidden=4, layers=2), CPPN(hidden=40, layers=2)
PATIENCE = 60


@pytest.fixture
def grid():
    grid = ex.FieldGrid([NARROW, WIDE], made_up_track(4.0), loop=(3.0, 2.0), size=(64, 36))
    grid.sent = []
    grid.send = lambda message, buffers=(): grid.sent.append((message, list(buffers)))
    yield grid
    grid.close()


def messages(grid, message):
    """What the page gets after it has sent a message."""
    grid.sent.clear()
    grid._handle_custom_msg(message, [])
    assert grid.wait(PATIENCE)
    return grid.sent


def test_each_field_comes_with_the_moments_of_the_loop_or_a_reason(grid):
    assert grid.loop == (2.0, 2.0)  # the last two seconds there are
    ready = {"kind": "ready", "draws": True, "no_webgpu": "no WebGPU here"}
    (first, data), (second, nothing) = messages(grid, ready)
    names, rows = first["moments"]["names"], first["moments"]["rows"]["count"]
    assert (first["index"], second["index"], nothing) == (0, 1, [b""])
    assert 4 * 60 < rows / len(names) < 5 * 60  # with the past of the first frame
    assert first["moments"]["lead"] == 36
    assert len(data[0]) > 4 * rows
    assert second["reason"] == "no WebGPU here"
    assert messages(grid, {"kind": "ready", "draws": False}) == []


@pytest.mark.parametrize("indexes", [[1], [0, 1]])
def test_small_frames_come_where_the_page_cannot_draw(grid, indexes):
    *frames, (last, _) = messages(grid, {"kind": "frames", "t": 3.0, "indexes": indexes})
    assert [frame["index"] for frame, _ in frames] == indexes
    assert Image.open(io.BytesIO(frames[0][1][0])).size == (64, 36)
    assert last == {"kind": "done"}
    assert messages(grid, {"kind": "frames", "t": None}) == []


def test_other_fields_take_their_place_and_nothing_is_selected(grid):
    grid.selected, grid.hovered = [1], 1
    grid.sent.clear()
    grid.load([NARROW] * 3)
    assert grid.wait(PATIENCE)
    assert (grid.selected, grid.hovered, grid.count) == ([], -1, 3)
    assert [(message["id"], message["index"]) for message, _ in grid.sent] == [(2, 0), (2, 1), (2, 2)]
    assert grid.fields == (NARROW,) * 3


@pytest.mark.parametrize(
    ("fields", "settings", "words"),
    [
        ([], {}, "a grid shows 1 to 16"),
        ([NARROW] * 17, {}, "got 17"),
        ([None], {}, "give a field"),
        ([NARROW], {"columns": 0}, "columns: got 0"),
        ([NARROW], {"loop": (1, 0)}, "at most 60 seconds"),
    ],
)
def test_a_grid_that_cannot_be_shown_is_refused(fields, settings, words):
    with pytest.raises(SettingsError, match=words):
        ex.FieldGrid(fields, made_up_track(2.0), **settings)
