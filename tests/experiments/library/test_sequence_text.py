"""Sequences of looks as text and as JSON files."""

import json

import pytest

from explorer.errors import SettingsError
from explorer.experiments.library.looks import load_look
from explorer.fields import Patterns, Sequence


def test_a_text_is_a_sequence_of_looks():
    field = load_look("0=obsidian; bar 17=silk; section b 2 = dahlia")
    assert field == Sequence(
        [
            (0, load_look("obsidian")),
            ("bar 17", Patterns.preset("silk")),
            ("section B 2", load_look("dahlia")),
        ]
    )


def test_a_file_is_a_sequence_of_looks_with_its_fade(tmp_path):
    path = tmp_path / "song.json"
    path.write_text(json.dumps({"fade": 0.5, "looks": {"0": "obsidian", "beat 5": "silk"}}))
    field = load_look(path)
    assert (field.at, field.fade) == ((0.0, "beat 5"), 0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0=obsidian; bar 2", r"got 'bar 2'; give MOMENT=LOOK"),
        ("0=obsidian; bar 2=", r"got 'bar 2='; give MOMENT=LOOK"),
        ("0=obsidian; bar 2=nosuch", r"no look, file or run 'nosuch'"),
        ("0=obsidian; 5=silk; 3=silk", r"put them in order"),
        ("0=obsidian; wrong=silk", r"got 'wrong' for the moment"),
    ],
)
def test_wrong_texts_say_what_to_do(text, message):
    with pytest.raises(SettingsError, match=message):
        load_look(text)


@pytest.mark.parametrize("values", [{"looks": {}}, {"looks": ["silk"]}, {"looks": {"0": "silk"}, "speed": 2}])
def test_wrong_files_say_what_to_do(tmp_path, values):
    path = tmp_path / "song.json"
    path.write_text(json.dumps(values))
    with pytest.raises(SettingsError, match=r"song\.json: .* give"):
        load_look(path)
