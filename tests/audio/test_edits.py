"""The document of edits: round trips, what is refused, the saved file of a sound."""

import json

import pytest

import explorer as ex
from explorer.audio import AnalysisSettings, analyze
from explorer.audio.edits import BeatEdits, DownbeatEdits, Edits
from explorer.audio.saved_edits import load_saved, saved_path
from explorer.errors import SettingsError
from tests.signals import music, write_wav

SOUND = {"name": "song.ogg", "sha256": "5" * 64, "duration": 60.0}
SECTIONS = ((0.0, "intro"), (14.2, "<b>verse</b>"), (40.0, ""))


def some_edits(**sound):
    beats = BeatEdits(moved=((12.34, 12.4),), added=(44.1,), deleted=(44.6, 45.1))
    return Edits(
        **{**SOUND, **sound}, beats=beats, downbeats=DownbeatEdits(deleted=(12.4,)), sections=SECTIONS
    )


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "song.wav", music(3.0, 22050), 22050)


def test_a_file_holds_edits_and_analysis_settings_hold_them_too(tmp_path):
    edits = some_edits()
    assert Edits.load(edits.save(tmp_path / "song.edits.json")) == edits
    settings = AnalysisSettings(extras=("beats",), edits=edits)
    assert AnalysisSettings.of_file(json.loads(settings.model_dump_json())) == settings
    assert AnalysisSettings(**settings.model_dump()) == settings
    assert hash(settings) != hash(settings.replace(edits=None))
    assert edits.summary == "1 beat moved, 1 beat added, 2 beats deleted, 1 downbeat set, 3 sections"


def test_what_was_not_edited_leaves_no_word_in_old_recipes_and_keys():
    assert "edits" not in AnalysisSettings().model_dump_json()
    assert AnalysisSettings(edits=Edits(**SOUND)) == AnalysisSettings()
    assert AnalysisSettings(edits=some_edits()).basic == AnalysisSettings().basic


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"beats": {"added": [3.0, 2.0]}}, "added beats are out of order: 2 s comes after 3 s; sort them"),
        ({"beats": {"added": [2.0, 2.0]}}, "out of order"),
        ({"beats": {"moved": [[1.0, 5.0], [2.0, 4.0]]}}, "new places of moved beats are out of order"),
        ({"beats": {"added": [61.0]}}, "a beat at 61 s is outside song.ogg, which is 60 s long"),
        ({"beats": {"deleted": [-1.0]}}, "a beat at -1 s is outside"),
        ({"downbeats": {"added": [99.0]}}, "a beat at 99 s is outside"),
        ({"sections": [[0, "a"], [9, "b"], [5, "c"]]}, "the sections 'b' at 9 s and 'c' at 5 s overlap"),
        ({"sections": [[0, "a"], [0, "b"]]}, "overlap"),
        ({"sections": [[2, "a"]]}, "the first at 0 s"),
        ({"sections": []}, "got 0 sections"),
        ({"sections": [[0, "a"], [70, "b"]]}, "a section at 70 s is outside"),
        ({"sections": [[0, "x" * 61]]}, "the name of a section: got 'xxx.*up to 60 characters"),
        ({"sections": [[0, "two\x00"]]}, "the name of a section"),
        ({"sections": [[0, "a: b"]]}, "without : ; ="),
        ({"sections": [[0, "7"]]}, "a number alone means the place of a section"),
        ({"beats": {"added": ["soon"]}}, "edits"),
        ({"beat": {}}, "Edits has no setting 'beat'; did you mean 'beats'"),
        ({"duration": 0}, "more than 0"),
        ({"version": 2}, "holds no edits that this version reads"),
    ],
)
def test_documents_that_cannot_be_used_say_why_in_one_line(values, message):
    with pytest.raises(SettingsError, match=message) as error:
        Edits.of_values({**SOUND, **values}, "edits of a file")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sha256": NaN}', "[" * 5000, '{"name": "a"}'])
def test_damaged_files_are_refused_in_one_line(tmp_path, text):
    (tmp_path / "edits.json").write_text(text)
    with pytest.raises(SettingsError, match=r"edits\.json.*timeline\.save\(\)") as error:
        Edits.load(tmp_path / "edits.json")
    assert "\n" not in str(error.value)


def test_edits_of_another_song_are_refused_and_can_be_taken_over_to_a_copy_of_the_same(song):
    track = analyze(song)
    with pytest.raises(
        SettingsError, match=r"the edits are of another sound, song\.ogg \(1:00\), than song\.wav"
    ):
        analyze(song, edits=some_edits())
    with pytest.raises(SettingsError, match=r"song\.wav is 3\.00 s long and the edits are of song\.ogg"):
        some_edits().for_track(track)
    edits = Edits(name="song.ogg", sha256="5" * 64, duration=3.05, sections=((0.0, "a"), (1.0, "b")))
    assert analyze(song, edits=edits.for_track(track)).settings.edits.sections == edits.sections


def test_saved_edits_are_used_only_where_they_are_named(song, tmp_path):
    track = analyze(song)
    with pytest.raises(SettingsError, match=r"no edits of song\.wav are saved"):
        analyze(song, edits="saved")
    edits = Edits(name=track.name, sha256=track.sha256, duration=3.0, sections=((0.0, ""), (1.0, "b")))
    edits.save(saved_path(track.sha256))
    assert load_saved(track.sha256) == edits
    assert analyze(song).settings.edits is None
    for given in ("saved", edits, edits.to_dict(), saved_path(track.sha256), str(saved_path(track.sha256))):
        assert analyze(song, edits=given).settings.edits == edits
    assert ex.CPPN().analyze(song, edits="saved").settings.edits == edits
    assert ex.CPPN().analyze(track, edits="saved").settings.edits == edits
    with pytest.raises(SettingsError, match="edits: got '7'; give"):
        analyze(song, edits=7)
    saved_path(track.sha256).write_text("{")
    with pytest.raises(SettingsError, match=f"cannot read the edits .*{track.sha256[:40]}"):
        analyze(song, edits="saved")
