"""Looks of one's own: saved, found by every command, shared as files and as text, taken from any result."""

import base64
import json
import zlib

import pytest

import explorer as ex
from explorer.cli import main
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError
from explorer.experiments.library import look_folder, look_text
from explorer.experiments.library.look import Look
from explorer.experiments.library.looks import find_look, resolve_look
from explorer.fields.keyframes import Keyframe, existing
from explorer.files import is_plain_name, write_json
from explorer.notebook.panel.layout import PanelHeader, preset_fields
from tests.experiments.small import a_song
from tests.signals import music, write_wav
from tests.tracks import made_up_track

FIELD = ex.CPPN.preset("compact-4x3").replace(seed=5)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LOOKS", str(tmp_path / "looks"))
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "looks"


def test_a_saved_look_is_listed_and_found_whatever_its_capitals():
    look = ex.save_look(FIELD, "Dawn", analysis={"release": 0.2}, size="320x568")
    assert find_look("dawn") == look == ex.looks()["Dawn"]
    assert ex.load_look("Dawn") == FIELD
    assert [*ex.looks()][-1] == "Dawn"
    assert "obsidian" in ex.looks()
    assert "Dawn" in repr(ex.looks())
    assert "320x568" in ex.looks()._repr_html_()
    assert ex.save_look(FIELD, "Dawn", analysis={"release": 0.2}, size="320x568") == look  # a cell run again
    with pytest.raises(SettingsError, match="another look 'Dawn'"):
        ex.save_look(FIELD.replace(seed=6), "dawn")
    ex.save_look(FIELD.replace(seed=6), "dawn", overwrite=True)
    assert len(ex.looks().own) == 1
    with pytest.raises(SettingsError, match="ships"):
        ex.save_look(FIELD, "Iris")
    with pytest.raises(SettingsError, match="did you mean 'dawn'"):
        find_look("dawm")


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "..",
        "../../up",
        "C:\\x",
        "con",
        "NUL",
        "COM1",
        "été",
        "夜明け",
        "a.json",
        "x" * 80,
        "-",
        "Orchid 2",
        "🌊",
    ],
)
def test_any_name_is_shown_as_it_is_and_its_file_has_a_safe_one(folder, name):
    ex.save_look(FIELD, name)
    (path,) = folder.iterdir()
    assert is_plain_name(path.name)
    assert path.name.isascii()
    assert not look_folder.RESERVED_NAMES.fullmatch(path.stem)
    assert not set(path.name) & set('\\/:*?"<>| ')
    assert find_look(name).name == name
    assert main(["look", "remove", name]) == 0
    assert not [*folder.iterdir()]


def test_names_that_differ_have_files_that_differ():
    stems = [look_folder.file_stem(name) for name in ("a b", "a-b", "a/b", "á-b", "con", "夜", "明")]
    assert len(set(stems)) == len(stems)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb", "\0", "explorer-look:1:x"])
def test_names_that_cannot_be_shown_are_refused(name):
    with pytest.raises(SettingsError):
        ex.save_look(FIELD, name)


HOSTILE = {
    "layers": ({"field": {"kind": "cppn", "layers": 10**9}}, "layers: got 1000000000; allowed"),
    "schema": ({"version": 2}, r"version is 2; allowed: 1\); update explorer"),
    "kind": ({"field": {"kind": "os:system"}}, "field"),
    "path": ({"field": {"kind": "cppn", "palette": "/etc/passwd"}}, "palette"),
    "size": ({"size": [10**9, 2]}, "allowed"),
    "shape": ({"size": "big"}, "allowed"),
    "name": ({"name": "x" * 10**5}, "allowed: 1 to 80"),
    "setting": ({"command": "rm"}, "no setting 'command'"),
    "field": ({"field": 3}, "field"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_a_stranger_put_there_is_told_and_stops_nothing_else(folder, case, capsys):
    changes, words = HOSTILE[case]
    ex.save_look(FIELD, "mine")
    write_json(folder / "theirs.json", Look(name="theirs", field=FIELD).to_dict() | changes)
    with pytest.raises(ExplorerError, match=words):
        resolve_look(folder / "theirs.json")
    assert main(["look", "list"]) == 0
    said = capsys.readouterr()
    assert "mine" in said.out
    assert "theirs.json" in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert find_look("mine").field == FIELD


def test_damaged_files_and_links_out_of_the_folder_are_told(folder, tmp_path):
    write_json(tmp_path / "outside.json", Look(name="outside", field=FIELD).to_dict())
    folder.mkdir()
    (folder / "cut.json").write_text('{"version": 1, "na')
    (folder / "link.json").symlink_to(tmp_path / "outside.json")
    (folder / "folder.json").mkdir()
    assert set(ex.looks().problems) == {"cut.json", "link.json", "folder.json"}
    assert not ex.looks().own


def test_a_look_is_one_line_of_text_that_survives_a_mail():
    look = Look(name="夜 / dawn", field=ex.GraphCPPN.preset("iris"), size=(360, 640))
    assert len(look.text.split()) == 1
    assert len(look.text) < 800
    broken = "> `" + look.text[:70] + "\n  " + look.text[70:] + "`\n"
    assert Look.of_text(broken) == resolve_look(look.text) == look


def _line(content: bytes) -> str:
    data = zlib.compress(content)
    return f"explorer-look:1:{zlib.crc32(data):08x}:{base64.urlsafe_b64encode(data).decode()}"


TEXTS = {
    "cut": (lambda line: line[:-5], "cut or was changed"),
    "changed": (lambda line: line[:40] + ("A" if line[40] != "A" else "B") + line[41:], "cut or was changed"),
    "newer": (lambda line: line.replace(":1:", ":2:", 1), "format '2'"),
    "empty": (lambda line: "explorer-look:", "no text of a look"),
    "letters": (lambda line: line + "!", "cut or was changed"),
    "long": (lambda line: line + "A" * 10**5, "longer than 64000"),
    "bomb": (lambda line: _line(b"0" * 10**7), "more than 1 MB"),
    "no zlib": (lambda line: f"explorer-look:1:{zlib.crc32(b'abc'):08x}:YWJj", "cut or was changed"),
    "no json": (lambda line: _line(b"nothing"), "holds no JSON"),
    "list": (lambda line: _line(b"[1]"), "a JSON object was expected"),
    "hostile": (
        lambda line: _line(json.dumps({"version": 1, "field": {}}).encode()),
        "cannot be read: Look needs",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_text_that_is_no_look_is_refused_in_one_line(case, capsys):
    change, words = TEXTS[case]
    assert main(["look", "add", change(Look(name="a", field=FIELD).text)]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_the_text_of_a_look_says_what_its_file_says():
    look = Look(name="a", field=FIELD)
    assert json.loads(look_text.decode(look.text)) == look.to_dict()
    assert Look.of_values(json.loads(json.dumps(look.to_dict())), "a") == look


def test_the_look_of_any_result_draws_another_song(tmp_path, capsys):
    other = write_wav(tmp_path / "other.wav", music(1.0, 8000), 8000)
    options = {"size": (36, 64), "duration": 0.07, "flash_limit": "off", "analysis": {"release": 0.3}}
    run = ex.render(FIELD, a_song(tmp_path, 1.0), "friend.mp4", **options)
    sources = ["friend.mp4", run.folder, run.folder.name[-6:], run.folder / "recipe.json"]
    for source in [*sources, run.folder / "report.html", run.video]:
        look = resolve_look(source)
        assert (look.field, look.size, look.analysis.release) == (FIELD, (36, 64), 0.3)

    assert main(["render", str(other), "--recipe", str(run.folder)]) == 2
    assert f"explorer render {other} --look {run.folder}" in capsys.readouterr().err
    typed = ["--duration", "0.04", "--seed", "8", "--no-flash-limit", "--attack", "0.1"]
    assert main(["render", str(other), "again.mp4", "--look", "friend.mp4", *typed]) == 0
    (again,) = [ex.load(name) for name in ex.runs()["run"] if run.folder.name != name]
    assert again.recipe.audio.name == "other.wav"
    assert again.field == FIELD.replace(seed=8)
    assert again.recipe.frames.size == (36, 64)
    assert again.recipe.analysis == run.recipe.analysis.replace(attack=0.1)
    assert again.recipe.frames.duration == 0.04


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("--look iris --recipe x", "give one"),
        ("--look iris --preset orchid", "do not go with --look"),
        ("--look nowhere.mp4", "there is no file"),
        ("--look obsidiam", "did you mean 'obsidian'"),
        ("--look ''", "no look is named"),
        ("--preset iris --preset soap", "--preset is given twice"),
    ],
)
def test_what_does_not_go_with_a_look_is_told(tmp_path, typed, words, capsys):
    song = a_song(tmp_path, 0.5)
    arguments = [word.strip("'") for word in typed.split(" ")]
    assert main(["render", str(song), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_keyframes_of_sections_that_a_song_lacks_are_left_out_and_told():
    track = made_up_track(2.0)
    object.__setattr__(track, "names", (*track.names[:-1], "section"))
    track.raw[:] = 0
    track.raw[60:] = 1
    keyframes = [Keyframe(at=at, settings=(("gain", 2.0),)) for at in (1.0, "section 1", "section 2")]
    with pytest.warns(ExplorerWarning, match="left out: the keyframes of section 2 .there is no section 2"):
        assert existing(keyframes, track) == tuple(keyframes[:2])


def test_the_panel_lists_looks_of_ones_own():
    ex.save_look(FIELD, "Dawn")
    header = PanelHeader(made_up_track(), FIELD)
    assert ("Dawn", "Dawn") in header.preset.options
    assert header.preset.value == "Dawn"
    assert preset_fields(FIELD)["Dawn"] == FIELD


def test_a_look_that_ships_under_a_name_of_ones_own_is_listed_by_the_name_that_ships():
    ex.save_look(ex.CPPN.preset("magma").replace(seed=7), "evening")
    ex.save_look(ex.CPPN(gain=4.25), "own")
    assert look_folder.listed_name("evening") == "magma"
    assert look_folder.listed_name("own") == "own"
    assert look_folder.listed_name("neither") == "neither"
