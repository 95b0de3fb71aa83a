"""Cards on a shelf: pages, thumbnails, clicks."""

import io

import pytest
from PIL import Image

from explorer.notebook.widgets.thumbnail_grid import ThumbnailCard, ThumbnailItem, ThumbnailGrid, thumbnail

COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]


@pytest.fixture
def picked():
    return []


@pytest.fixture
def shelf(picked):
    def handler(action):
        return lambda *_: action()

    return ThumbnailGrid([ThumbnailCard(lambda item: picked.append(item.name), handler) for _ in range(3)], handler)


def items(count, picture=None):
    return [ThumbnailItem(f"run {n}", picture, f"open run {n}", f"<b>{n}</b>") for n in range(count)]


def seen(shelf):
    return [card.item.name for card in shelf.cards if card.widget.layout.display == ""]


def test_pages_turn_and_end(shelf):
    shelf.show(items(7))
    assert seen(shelf) == ["run 0", "run 1", "run 2"]
    assert shelf.before.disabled
    shelf.after.click()
    shelf.after.click()
    assert seen(shelf) == ["run 6"]
    assert shelf.after.disabled
    assert "7 to 7 of 7" in shelf._count.value
    shelf.before.click()
    assert seen(shelf) == ["run 3", "run 4", "run 5"]


def test_a_page_stays_while_there_is_one(shelf):
    shelf.show(items(7))
    shelf.after.click()
    shelf.show(items(8))
    assert shelf.page == 1
    shelf.show(items(2))
    assert seen(shelf) == ["run 0", "run 1"]
    assert shelf._pages.layout.display == "none"
    shelf.show([])
    assert seen(shelf) == []


def test_a_click_picks_what_the_card_shows_then(shelf, picked):
    shelf.show(items(7))
    shelf.cards[1].button.click()
    shelf.after.click()
    shelf.cards[1].button.click()
    assert picked == ["run 1", "run 4"]
    shelf.show([])
    shelf.cards[1].button.click()
    assert picked == ["run 1", "run 4"]
    assert shelf.cards[1].button.tooltip == "open run 4"


def test_thumbnails_are_small_and_those_of_the_file(tmp_path):
    path = tmp_path / "large.png"
    Image.new("RGB", (1280, 720), COLOURS[0]).save(path)
    with Image.open(io.BytesIO(thumbnail(path))) as small:
        assert small.size in ((360, 202), (360, 203))
        assert small.getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff broken"])
def test_what_is_no_picture_is_grey(tmp_path, content):
    path = tmp_path / "thumb.jpg"
    if content is not None:
        path.write_bytes(content)
    with Image.open(io.BytesIO(thumbnail(path))) as small:
        assert small.size == (160, 90)
