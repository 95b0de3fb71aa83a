"""Cards on a grid: pages, thumbnails, clicks."""

import io

import pytest
from PIL import Image

from explorer.notebook.widgets.thumbnail_grid import (
    ThumbnailCard,
    ThumbnailGrid,
    ThumbnailItem,
    make_thumbnail,
)

COLORS = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]


@pytest.fixture
def picked():
    return []


@pytest.fixture
def grid(picked):
    def handler(action):
        return lambda *_: action()

    return ThumbnailGrid(
        [ThumbnailCard(lambda item: picked.append(item.name), handler) for _ in range(3)], handler
    )


def items(count, picture=None):
    return [ThumbnailItem(f"run {n}", picture, f"open run {n}", f"<b>{n}</b>") for n in range(count)]


def visible_names(grid):
    return [card.item.name for card in grid.cards if card.widget.layout.display == ""]


def test_pages_turn_and_end(grid):
    grid.show(items(7))
    assert visible_names(grid) == ["run 0", "run 1", "run 2"]
    assert grid.previous_button.disabled
    grid.next_button.click()
    grid.next_button.click()
    assert visible_names(grid) == ["run 6"]
    assert grid.next_button.disabled
    assert "7 to 7 of 7" in grid._count.value
    grid.previous_button.click()
    assert visible_names(grid) == ["run 3", "run 4", "run 5"]


def test_the_card_in_view_stays_when_others_come_before_it(grid):
    seven = items(7)
    grid.show(seven[4:])
    grid.show(seven[2:])
    assert visible_names(grid)[0] == "run 2"  # on the first page, what is new is seen
    grid.next_button.click()
    assert visible_names(grid) == ["run 5", "run 6"]
    grid.show(seven)
    assert visible_names(grid) == ["run 3", "run 4", "run 5"]
    grid.show(seven, 0)
    assert grid.page == 0


def test_a_page_stays_while_there_is_one(grid):
    grid.show(items(7))
    grid.next_button.click()
    grid.show(items(8))
    assert grid.page == 1
    grid.show(items(2))
    assert visible_names(grid) == ["run 0", "run 1"]
    assert grid._page_row.layout.display == "none"
    grid.show([])
    assert visible_names(grid) == []


def test_a_click_picks_what_the_card_shows_then(grid, picked):
    grid.show(items(7))
    grid.cards[1].button.click()
    grid.next_button.click()
    grid.cards[1].button.click()
    assert picked == ["run 1", "run 4"]
    grid.show([])
    grid.cards[1].button.click()
    assert picked == ["run 1", "run 4"]
    assert grid.cards[1].button.tooltip == "open run 4"


def test_thumbnails_are_small_and_those_of_the_file(tmp_path):
    path = tmp_path / "large.png"
    Image.new("RGB", (1280, 720), COLORS[0]).save(path)
    with Image.open(io.BytesIO(make_thumbnail(path))) as small:
        assert small.size in ((360, 202), (360, 203))
        assert small.getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff broken"])
def test_what_is_no_picture_is_gray(tmp_path, content):
    path = tmp_path / "thumb.jpg"
    if content is not None:
        path.write_bytes(content)
    with Image.open(io.BytesIO(make_thumbnail(path))) as small:
        assert small.size == (160, 90)
