"""Earlier runs: listed, filtered, opened, starred, compared; and recipes from elsewhere."""

import json
import threading
from datetime import UTC, datetime

import pytest

import explorer.notebook.gallery.gallery as gallery_module
from explorer.errors import SettingsError
from explorer.experiments import Run, render, sweep
from explorer.experiments.library.table import runs
from explorer.fields import CPPN
from explorer.files import write_json
from explorer.notebook.gallery.comparison import differences
from explorer.notebook.gallery.gallery import CARDS_PER_PAGE, Gallery
from explorer.notebook.gallery.run_list import RunEntry, filter_runs, list_runs
from tests.notebook.browser_messages import drag
from tests.notebook.fake_context import FIELD, FakeContext

PATIENCE = 60
OTHER = CPPN(hidden=4, layers=3, gain=2.0, palette="ink")


@pytest.fixture(scope="module")
def saved_runs(tmp_path_factory):
    """A context with a look, an excerpt and a sweep of two points, oldest first."""
    context = FakeContext(tmp_path_factory.mktemp("runs"))
    options = {"explorations": context.explorations, "size": (64, 36)}
    calm = {**options, "flash_limit": "off"}  # no search for flashes
    context.look = render(FIELD, context.audio, start=1.5, duration=1 / 30, fps=30, **calm)
    context.excerpt = render(OTHER, context.audio, start=0.2, duration=0.2, fps=10, **calm)
    context.sweep = sweep(
        OTHER, context.audio, {"gain": [1, 3]}, clips=False, moments=1, workers=1, **options
    )
    return context


@pytest.fixture
def context(saved_runs):
    saved_runs.loaded, saved_runs.failures = [], []
    return saved_runs


@pytest.fixture
def gallery(context):
    gallery = Gallery(context)
    gallery.refresh()
    assert gallery.wait(PATIENCE)
    yield gallery
    gallery.close()


def visible_runs(gallery):
    return [card.item.payload for card in gallery.thumbnails.cards if card.widget.layout.display == ""]


def card_of(gallery, folder):
    return next(card for card in gallery.thumbnails.cards if card.item and card.item.payload.folder == folder)


def test_all_runs_are_listed_newest_first(gallery, context):
    entries = visible_runs(gallery)
    folders = [context.sweep.folder, context.excerpt.folder, context.look.folder]
    assert [run.folder for run in entries] == folders
    assert all(run.thumb.is_file() for run in entries)
    assert "palette ink" in entries[1].settings
    assert "audio_gain" not in entries[1].settings  # at its default


def test_a_sweep_is_one_card_that_opens_its_points(gallery, context):
    card = gallery.thumbnails.cards[0]
    assert "2 points of gain: " in card.words.value
    assert card.star_button.layout.display == card.compare_button.layout.display == "none"
    card.button.click()
    points = visible_runs(gallery)
    assert [(run.sweep, run.varied) for run in points] == [
        (context.sweep.folder.name, "gain 1"), (context.sweep.folder.name, "gain 3")
    ]  # fmt: skip
    assert context.loaded == []
    assert card.star_button.layout.display == ""
    assert context.sweep.folder.name in gallery.line.value
    gallery.refresh()
    assert gallery.wait(PATIENCE)
    assert visible_runs(gallery) == points
    card.button.click()
    assert context.loaded == [(OTHER.replace(gain=1), None, True)]
    gallery.back_button.click()
    assert len(visible_runs(gallery)) == 3
    drag(gallery.filter, f"sweep {points[1].folder.name}")  # one point is shown as itself
    assert visible_runs(gallery) == points[1:]


def test_the_verdict_is_that_of_the_run(context):
    table = runs(context.explorations).set_index("run")
    entries = {run.name: run.verdict for run in list_runs(context.explorations)}
    assert entries == {name: table.loc[name, "verdict"] for name in entries}
    verdict = json.loads((context.excerpt.folder / "diagnosis.json").read_text())["verdict"]
    assert entries[context.excerpt.folder.name] == verdict


def test_the_filter_needs_all_its_words(gallery, context):
    drag(gallery.filter, "INK gain song.wav")
    assert len(visible_runs(gallery)) == 2
    for text in ("ink render", "64x36 ink render cppn"):
        drag(gallery.filter, text)
        assert [run.folder for run in visible_runs(gallery)] == [context.excerpt.folder]
    drag(gallery.filter, "nothing like it")
    assert visible_runs(gallery) == []
    assert "no run has" in gallery.line.value


def test_a_click_opens_a_run_and_a_look_at_its_moment(gallery, context):
    card_of(gallery, context.look.folder).button.click()
    card_of(gallery, context.excerpt.folder).button.click()
    assert context.loaded == [(FIELD, 1.5, True), (OTHER, None, True)]
    assert context.excerpt.folder.name in gallery.loader.line.value


def test_a_star_is_given_and_removed(gallery, context):
    star = card_of(gallery, context.look.folder).star_button
    star.click()
    assert gallery.wait(PATIENCE)
    assert runs(context.explorations).set_index("run").star[context.look.folder.name]
    assert (star.description, star.tooltip) == ("\N{BLACK STAR}", "remove the star")
    drag(gallery.filter, "starred")
    assert [run.folder for run in visible_runs(gallery)] == [context.look.folder]
    card_of(gallery, context.look.folder).star_button.click()
    assert gallery.wait(PATIENCE)
    assert visible_runs(gallery) == []


def test_two_runs_stand_side_by_side_with_their_differences(gallery, context):
    comparison = gallery.comparison
    card_of(gallery, context.look.folder).compare_button.click()
    assert comparison.widget.layout.display == "none"
    assert "press Compare" in gallery.line.value
    card_of(gallery, context.excerpt.folder).compare_button.click()
    assert comparison.widget.layout.display == ""
    assert [run.folder for run in comparison.runs] == [context.look.folder, context.excerpt.folder]
    assert "<td>rgb</td><td>ink</td>" in comparison.table.value
    assert all(picture.value for picture in comparison.pictures)
    comparison.close_button.click()
    assert comparison.widget.layout.display == "none"


def test_points_of_a_sweep_can_be_compared_with_runs(gallery, context):
    gallery.open_sweep(context.sweep.folder.name)
    point = visible_runs(gallery)[0]
    card_of(gallery, point.folder).compare_button.click()
    gallery.back_button.click()
    card_of(gallery, context.look.folder).compare_button.click()
    assert gallery.comparison.runs[0] == point


def test_differences_are_the_settings_that_are_not_the_same():
    assert differences(FIELD, FIELD) == {}
    assert differences(FIELD, FIELD.replace(gain=1, features=("rms",))) == {
        "features": (list(FIELD.features), ["rms"]),
        "gain": (4.0, 1.0),
    }


def test_a_list_of_hundreds_comes_by_pages_and_without_making_anyone_wait(context, monkeypatch):
    go = threading.Event()

    def slow(_):
        assert go.wait(PATIENCE)
        day = datetime(2026, 1, 2, tzinfo=UTC)
        return [
            RunEntry(
                f"r{n}", "render", context.look.folder, "done", "alive", day, n == 7, *[""] * 7, thumb=None
            )
            for n in range(300)
        ]

    monkeypatch.setattr(gallery_module, "list_runs", slow)
    gallery = Gallery(context)
    gallery.refresh()  # returns before anything is listed
    go.set()
    assert gallery.wait(PATIENCE)
    assert len(visible_runs(gallery)) == CARDS_PER_PAGE
    gallery.thumbnails.turn_pages(3)
    page = visible_runs(gallery)
    drag(gallery.filter, "starred")
    assert [run.name for run in visible_runs(gallery)] == ["r7"]
    drag(gallery.filter, "")
    assert visible_runs(gallery) == page  # where one was
    gallery.close()


def test_an_empty_folder_says_what_to_do(tmp_path):
    context = FakeContext(tmp_path)
    gallery = Gallery(context)
    gallery.refresh()
    assert gallery.wait(PATIENCE)
    assert "Save look" in gallery.line.value
    assert list_runs(context.explorations) == filter_runs([], "x") == []
    gallery.close()


def test_a_damaged_run_is_left_out_and_so_is_a_training(context, tmp_path):
    (tmp_path / "render_20260102T030405Z_abc123").mkdir()
    manifest = {"kind": "train", "status": "done", "started": "2026-01-02T03:04:05+00:00", "trained_on": []}
    (tmp_path / "train_20260102T030405Z_abc123").mkdir()
    write_json(tmp_path / "train_20260102T030405Z_abc123" / "manifest.json", manifest)
    assert runs(tmp_path)["status"].to_list() == ["done", "damaged"]
    assert list_runs(tmp_path) == []


@pytest.mark.parametrize("name", ["", "recipe.json", "video.mp4"])
def test_a_folder_a_recipe_and_a_video_can_be_loaded_by_path(gallery, context, name):
    gallery.loader.path.value = f' "{context.excerpt.folder / name}" '
    gallery.loader.button.click()
    assert context.loaded == [(OTHER, None, True)]


@pytest.mark.parametrize("name", ["recipe.json", "video.mp4"])
def test_a_file_can_be_uploaded(gallery, context, name):
    content = (context.excerpt.folder / name).read_bytes()
    file = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
    gallery.loader.upload.value = ({**file, "last_modified": datetime(2026, 1, 2, tzinfo=UTC)},)
    assert context.loaded == [(OTHER, None, True)]


def test_what_is_no_recipe_is_refused_with_the_reason(gallery, context, tmp_path):
    loader = gallery.loader
    with pytest.raises(SettingsError, match="type the path"):
        loader.load_path()
    loader.path.value = str(tmp_path / "missing.json")
    with pytest.raises(SettingsError, match=r"missing\.json"):
        loader.load_path()
    assert context.loaded == []


def test_a_recipe_of_another_sound_says_so(saved_runs, tmp_path):
    context = FakeContext(tmp_path, seconds=1.0)
    gallery = Gallery(context)
    gallery.loader.load(saved_runs.look.folder)
    assert "made with the sound song.wav" in gallery.loader.line.value
    assert context.loaded == [(FIELD, None, True)]  # its moment lies beyond this sound
    assert Run(saved_runs.look.folder).recipe.frames.start == 1.5
    gallery.close()


def test_the_picture_that_is_pointed_at_moves(gallery, context):
    cards, moving, sent = gallery.thumbnails.cards, gallery.moving, []
    moving.listener.send = lambda message, buffers=(): sent.append(message["generation"])

    def point(index):
        moving.listener._handle_custom_msg({"index": index}, [])

    point(99)
    point(next(n for n, card in enumerate(cards) if card.item and card.item.payload.kind == "sweep"))
    assert moving.grid is None
    point(cards.index(card_of(gallery, context.excerpt.folder)))
    grid = moving.grid
    assert grid in moving.widget.children
    assert (grid.fields, grid.loop[0], grid.width, grid.height) == ((OTHER,), 0.0, 240, 135)
    point(cards.index(card_of(gallery, context.look.folder)))
    assert (moving.grid, grid.fields, sent) == (grid, (FIELD,), [1, 2])
