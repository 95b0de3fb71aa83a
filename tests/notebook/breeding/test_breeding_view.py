"""The view of a breeding, without a browser: choose, breed, go back, star, save, open, keys, resume."""

import io

import pytest
from PIL import Image

import explorer as ex
from explorer import CPPN, breed
from explorer.errors import SettingsError
from explorer.experiments.runs import manifest
from explorer.notebook.breeding.loops import LOOP_FPS, draw_loop
from explorer.notebook.live.field_board import FieldBoard
from tests import signals
from tests.notebook.small_panel import PATIENCE, shared_view
from tests.tracks import made_up_track

FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0)
SMALL = {"population": 3, "seconds": 0.5}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return signals.write_wav(tmp_path_factory.mktemp("song") / "music.wav", signals.music(2.0))


@pytest.fixture
def view(sound, tmp_path):
    with breed(sound, FIELD, explorations=tmp_path, **SMALL) as view:
        assert view.wait(PATIENCE)
        yield view


@pytest.fixture(scope="module")
def view_of_module(sound, tmp_path_factory):
    folder = tmp_path_factory.mktemp("breeding")
    with shared_view(folder, lambda: breed(sound, FIELD, explorations=folder / "runs", **SMALL)) as view:
        yield view


@pytest.fixture
def first_view(view_of_module):
    """That of the module, without a choice: for what breeds nothing."""
    for key in tuple(view_of_module.selection):
        view_of_module.select(key)
    return view_of_module


@pytest.fixture
def page_view(sound, tmp_path, monkeypatch):
    """A view on a page that draws."""
    monkeypatch.setattr(FieldBoard, "is_available", lambda: True)
    with breed(sound, FIELD, explorations=tmp_path, **SMALL) as view:
        assert view.wait(PATIENCE)
        yield view


def selected(view):
    return ["explorer-selected" in tile.widget._dom_classes for tile in view.tiles]


def test_the_first_generation_moves(first_view):
    assert [tile.picture.format for tile in first_view.tiles] == ["webp"] * 3
    with Image.open(io.BytesIO(first_view.tiles[0].picture.value)) as loop:
        assert loop.size == (160, 90)
        assert loop.n_frames == LOOP_FPS // 2
    assert first_view.individuals[0].field == FIELD
    assert "click the looks that you like" in first_view.line.value


def test_the_page_draws_what_it_can_and_the_kernel_the_rest(page_view):
    view, messages = page_view, []
    assert [tile.picture.format for tile in view.tiles] == ["webp"] * 3  # no page has opened yet
    view.board.send = lambda message, buffers=None: messages.append(message)
    view.board._receive({"kind": "ready", "draws": True, "no_webgpu": ""})
    assert view.board.wait(PATIENCE)
    assert [(message["index"], message["reason"]) for message in messages] == [(0, ""), (1, ""), (2, "")]
    view.select("g0000i01")
    view.breed()
    assert view.wait(PATIENCE)
    assert view.board.wait(PATIENCE)
    assert view.board.fields == tuple(each.field for each in view.individuals)
    number = view.board.generation
    assert {message["id"] for message in messages[3:]} == {number}
    for index in range(2):
        view.board._receive({"kind": "answer", "id": number, "index": index, "draws": index == 0})
    for malformed in ({"kind": "answer"}, {"kind": "answer", "id": number - 1, "index": 2, "draws": False}):
        view.board._receive(malformed)
    assert view.wait(PATIENCE)
    assert [tile.picture.format for tile in view.tiles] == ["jpeg", "webp", "jpeg"]
    view.board._receive({"kind": "ready", "draws": False})  # a page without WebGL
    view.show(1)
    assert view.wait(PATIENCE)
    assert [tile.picture.format for tile in view.tiles] == ["webp"] * 3


def test_choose_breed_go_back_and_breed_again(view):
    view.tiles[1].button.click()
    view.tiles[2].button.click()
    view.tiles[2].button.click()
    assert selected(view) == [False, True, False]
    assert "chosen: g0000i01" in view.line.value
    view.strength.value, view.locks["palette"].value = 0.2, True
    view.breed_button.click()
    assert view.wait(PATIENCE)
    assert (view.generation, view.selection, view.error) == (1, [], "")
    assert {each.parents for each in view.individuals} == {("g0000i01",)}
    choice = view.breeding.generations[1]
    assert (choice.strength, choice.locks) == (0.2, ("palette",))
    assert not view.breed_button.disabled
    view.back_button.click()
    assert view.generation == 0
    assert view.back_button.disabled
    view.tiles[0].button.click()
    view.forward_button.click()
    view.tiles[0].button.click()
    view.breed_button.click()
    assert view.wait(PATIENCE)
    assert view.breeding.generations[2].selection == ("g0000i00", "g0001i00")


def test_nothing_chosen_is_one_line_and_all_chosen_breeds(view):
    view.breed_button.click()
    assert "nothing is chosen" in view.error
    view.open_button.click()
    assert "no look is chosen" in view.error
    for tile in view.tiles:
        tile.button.click()
    view.breed_button.click()
    assert view.wait(PATIENCE)
    assert len(view.breeding.generations[1].selection) == 3


def test_keys_do_what_buttons_do(view):
    for key in ("2", "s", "Enter"):
        view.press(key)
    assert view.wait(PATIENCE)
    assert view.breeding["g0000i01"].starred
    assert view.breeding.generations[1].selection == ("g0000i01",)
    view.press("Backspace")
    assert view.generation == 0
    view.press("9")  # there are three looks
    assert view.selection == []


def test_a_star_is_in_the_table_of_runs(first_view):
    first_view.tiles[2].star_button.click()
    assert first_view.tiles[2].star_button.description == "\N{BLACK STAR}"
    table = ex.runs(first_view.breeding.folder.parent)
    assert list(table.loc[table["star"], "run"]) == [f"{first_view.breeding.folder.name}/g0000i02"]


def test_a_look_is_saved_under_a_name(first_view, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LOOKS", str(tmp_path / "looks"))
    first_view.select("g0000i02")
    first_view.name.value = "a/b"
    first_view.save_button.click()
    assert ex.load_look("a/b") == first_view.breeding["g0000i02"].field
    assert [path.parent.name for path in (tmp_path / "looks").rglob("*.json")] == ["looks"]
    first_view.select("g0000i01")
    first_view.save_button.click()
    assert "is another look" in first_view.error
    for name, message in (("magma", "is a look that ships"), ("", "allowed: 1 to 80 characters")):
        first_view.name.value = name
        first_view.save_button.click()
        assert message in first_view.error


def test_a_look_opens_in_a_panel(first_view):
    first_view.select("g0000i01")
    first_view.open_button.click()
    assert first_view.error == ""
    assert first_view.panel.field == first_view.breeding["g0000i01"].field


def test_a_view_goes_on_after_a_restart(sound, tmp_path):
    with breed(sound, FIELD, explorations=tmp_path, **SMALL) as view:
        view.select("g0000i00")
        view.breed()
        assert view.wait(PATIENCE)
        fields = [each.field for each in view.individuals]
    assert manifest.read(view.breeding.folder)["status"] == "done"
    with breed(resume=view.breeding.folder) as resumed:
        assert resumed.generation == 1
        assert [each.field for each in resumed.individuals] == fields
        assert manifest.read(view.breeding.folder)["status"] == "running"


def test_bad_arguments(sound, tmp_path):
    with pytest.raises(SettingsError, match="name a sound file"):
        breed()
    with pytest.raises(SettingsError, match="leave audio and field out"):
        breed(sound, resume=tmp_path)
    with pytest.raises(SettingsError, match="population: got 1000"):
        breed(sound, FIELD, population=1000, explorations=tmp_path)
    with pytest.raises(SettingsError, match="holds no breeding"):
        breed(resume=tmp_path)


def test_a_loop_ends_where_it_began():
    data = draw_loop(FIELD, made_up_track(2.0), (32, 18), 0.5, 1.0)
    with Image.open(io.BytesIO(data)) as loop:
        assert loop.n_frames == LOOP_FPS
        assert loop.info["loop"] == 0
