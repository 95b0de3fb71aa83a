"""Looks as files for other tools: what is written, what is left out, what is refused."""

import json
import re

import pytest

import explorer as ex
from explorer.cli import main
from explorer.errors import SettingsError
from explorer.fields import CPPN, GraphCPPN, Julia, Mix, Patterns, Sequence
from explorer.fields.sketch.presets import shipped_sketch
from explorer.shaders.export import page
from explorer.shaders.export.portable import portable_field
from tests.fields.custom.ripples import Ripples
from tests.tracks import made_up_track

NARROW = CPPN(hidden=4, layers=2, gain=3.0)


@pytest.fixture(autouse=True)
def built(monkeypatch, tmp_path):
    """A script in place of the one that is built."""
    script = tmp_path / "player.js"
    script.write_text("'</script>'")
    monkeypatch.setattr(page, "PLAYER", script)
    monkeypatch.setattr(page, "WORKLET", script)


def content_of(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("</script") == 3  # of the page alone
    return text, json.loads(re.search(r'id="content">(.*?)</script>', text, re.S)[1])


def test_a_page_holds_the_field_and_nothing_that_could_run(tmp_path):
    name = "<img src=x onerror=alert(1)></script>"
    exported = ex.export_look(NARROW.replace(drift=0.3), tmp_path / "new" / "look.html", name=name)
    text, content = content_of(exported.path)
    assert "<img" not in text
    assert "default-src 'none'; script-src 'sha256-" in text
    assert content["title"] == name
    assert content["field"]["settings"]["drift"] == 0
    assert content["track"] is None
    assert content["notes"] == [*exported.notes]
    assert "keyframes and drift" in repr(exported)


def test_with_a_track_the_controls_of_every_frame_are_in_it(tmp_path):
    track = made_up_track(1.0)
    _, content = content_of(ex.export_look(shipped_sketch("weave"), tmp_path / "look.html", track).path)
    assert content["track"]["duration"] == track.duration
    drifting = ex.export_look(NARROW.replace(drift=0.3), tmp_path / "drift.html", track)
    assert drifting.notes[0].startswith("with a microphone or another file: keyframes and drift belong")
    assert "time" in content["track"]["message"]["moments"]["names"]
    _, julia = content_of(ex.export_look(Julia(features=("rms",)), tmp_path / "julia.html").path)
    operations = julia["field"]["parameters"]["operations"]
    assert [name for name in operations if name.startswith("input")] == ["input rms"]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (NARROW.replace(keyframes=((1.0, {"gain": 2.0}),)), "keyframes"),
        (NARROW.replace(light={"echoes": 2}, sections=True), "sections need the whole song.*echoes"),
        (GraphCPPN(form={"figure": True}), "the figure is left out"),
        (Julia(model="default"), "trained model"),
        (CPPN(hidden=4, features=("bass", "chroma_c")), "chroma_c: not measured"),
        (Patterns(routing=("bass=kick",)), "in their place: bass"),
    ],
)
def test_what_is_left_out_is_said(field, words):
    portable = portable_field(field, page.LIVE_LEVELS)
    assert re.search(words, "; ".join(portable.notes))
    assert portable_field(portable.field.replace(features=("bass",)), {"bass"}).notes == ()


def test_a_julia_set_of_a_model_moves_by_its_formulas():
    portable = portable_field(Julia.preset("dahlia"), page.LIVE_LEVELS)
    assert portable.field == Julia.preset("dahlia").replace(model="none", features=Julia().features)
    assert not any("at rest" in note for note in portable.notes)


@pytest.mark.parametrize(
    ("field", "name", "words"),
    [
        (Ripples(), "a.html", "Ripples is a class of your own.*@ex.sketch"),
        (Mix(NARROW, Julia()), "a.html", "mixture.*one by one"),
        (Sequence([(0, NARROW), (2, Julia())]), "a.html", "a sequence has no shader; export its looks"),
        (CPPN(), "a.html", "exports but .wgsl draw networks up to 32 wide"),
        (NARROW, "a.txt", "ends in .html"),
        (Ripples(), "a.frag", "@ex.sketch"),
        (CPPN(), "a.fs", "exports but .wgsl draw networks up to 32 wide"),
    ],
)
def test_what_cannot_leave_is_refused_in_a_line(tmp_path, field, name, words):
    with pytest.raises(SettingsError, match=words) as error:
        ex.export_look(field, tmp_path / name)
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["player.js"]


@pytest.mark.parametrize(("ending", "mark"), [("frag", "mainImage"), ("fs", "ISFVSN"), ("glsl", "TDOutput")])
def test_the_ending_says_which_program_it_is_for(tmp_path, ending, mark):
    path = tmp_path / f"look.{ending.upper()}"
    exported = ex.export_look(Patterns(sections=True, light=True), path, name="sand")
    text = path.read_text()
    assert mark in text
    assert "sand: a look of explorer" in text
    assert all(f"Not carried over: {note}" in text for note in exported.notes)
    assert any("sections" in note for note in exported.notes)
    with pytest.raises(SettingsError, match="leave the track out"):
        ex.export_look(Patterns(), path, "song.ogg")


def test_the_command_names_the_file_and_what_it_leaves_out(tmp_path, capsys):
    assert main(["look", "export", "obsidian", str(tmp_path / "o.html")]) == 0
    printed = capsys.readouterr().out
    assert "html file" in printed
    assert "note        sections need the whole song" in printed
    assert main(["look", "export", "obsidian", str(tmp_path / "o.xyz")]) == 2
    assert "ends in .html" in capsys.readouterr().err
