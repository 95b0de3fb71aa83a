"""Columns of one's own: resampled, scaled, named, saved, and refused with a line that says what is wrong."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack
from explorer.audio.added import csv_tables
from explorer.audio.added.columns import AddedColumns, Column, Stem, plain_name, resample
from explorer.audio.added.sources import read_columns
from explorer.errors import ExplorerError, ExplorerWarning, ReadError, SettingsError

SECONDS = 10.0


@pytest.fixture
def track():
    values = np.random.default_rng(0).uniform(-1, 1, (600, len(FEATURES))).astype(np.float32)
    return FeatureTrack(values, values, FEATURES, 60.0, SECONDS, "a.wav", "0" * 64, AnalysisSettings())


def ramp(count=11):
    return np.linspace(0, SECONDS, count), np.linspace(-1, 1, count)


def test_a_slow_column_is_interpolated_and_one_on_the_grid_is_kept(track):
    added = track.with_columns({"slow": ramp(), "grid": (track.times, np.sin(track.times))}, normalize=False)
    assert added.names == (*FEATURES, "slow", "grid")
    np.testing.assert_allclose(added.at(2.5, ("slow",)), -0.5, atol=1e-6)
    np.testing.assert_array_equal(added.raw[:, -1], np.sin(track.times).astype(np.float32))
    np.testing.assert_array_equal(added.values[:, :10], track.values)


@pytest.mark.parametrize("rate", [119.0, 240.0, 6000.0])
def test_a_fast_wave_is_averaged_and_not_aliased(rate):
    seconds = np.arange(0, 4, 1 / rate)
    wave = 0.25 + np.sin(2 * np.pi * (rate / 2 - 1) * seconds)  # by picking samples: one beat a second
    assert np.abs(resample(seconds, wave, 60.0, 240)[2:-2] - 0.25).max() < 0.55
    np.testing.assert_allclose(resample(seconds, seconds, 60.0, 200)[1:], np.arange(1, 200) / 60, atol=1e-9)


def test_full_scale_is_a_percentile_of_the_peaks_whatever_the_unit(track):
    seconds = np.linspace(0, SECONDS, 2001)
    values = 20 + 5 * np.abs(np.sin(7 * seconds))
    column = track.with_columns({"energy": (seconds, values)}).at(track.times, ("energy",))
    assert column.min() == -1
    assert column.max() == 1
    assert np.median(column) == pytest.approx(0.4, abs=0.15)
    assert (track.with_columns({"flat": ([0, 10], [3, 3])}).values[:, -1] == -1).all()


def test_what_is_saved_is_what_is_loaded(track, tmp_path):
    stem = Stem("drums", 30.0, np.ones((300, 10), np.float32))
    added = track.with_columns({"energy": ramp()}).with_added(
        AddedColumns((Column("energy", *ramp()),), (stem,))
    )
    added.save(tmp_path / "mine")
    loaded = FeatureTrack.load(tmp_path / "mine", source="song.ogg")
    assert (loaded.added.sha256, loaded.names) == (added.added.sha256, added.names)
    np.testing.assert_array_equal(loaded.values, added.values)
    assert loaded.units["drums_centroid"] == "hz"
    other = dataclasses.replace(added.added, stems=())
    other.save(tmp_path / "mine-columns.safetensors")
    with pytest.raises(ExplorerError, match="does not belong to it"):
        FeatureTrack.load(tmp_path / "mine")
    (tmp_path / "mine-columns.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(ReadError, match="holds no columns"):
        AddedColumns.load(tmp_path / "mine-columns.safetensors")


def test_another_rate_of_the_analysis_takes_the_same_columns(track):
    added = AddedColumns((Column("energy", *ramp()),), (Stem("v", 60.0, np.ones((600, 10), np.float32)),))
    values, raw = added.rows(AnalysisSettings(fps=24), 240)
    assert raw.shape == (240, 11)
    np.testing.assert_allclose(raw[24, 0], -0.8, atol=1e-6)
    assert (raw[:, 1:] == 1).all()
    assert np.isfinite(values).all()


def csv(tmp_path, text, name="my.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(
    "text",
    [
        "energy,Time,Pitch (Hz)\n0.5,0,1\n0.25,5,2\n1,10,3\n",
        "seconds;energy;pitch_hz\n0;0,5;1\n5;0,25;2\n10;1,0;3\n",
        "frame\tenergy\tpitch hz\n0\t.5\t1\n\n5\t.25\t2\n10\t1\t3\n".replace("\n\n", "\n"),
    ],
    ids=["commas", "semicolons with decimal commas", "tabs, the first column"],
)
def test_tables_of_all_kinds(tmp_path, text):
    columns = read_columns(csv(tmp_path, text), SECONDS).columns
    assert [column.name for column in columns] == ["energy", "pitch_hz"]
    np.testing.assert_allclose(columns[0].values, [0.5, 0.25, 1])
    table = pd.DataFrame({"energy": [0.5, 0.25, 1]}, index=pd.Index([0.0, 5.0, 10.0]))
    spans = table.set_axis(pd.to_timedelta(table.index, unit="s"))
    for source in (table, table["energy"], {"energy": table["energy"]}, spans):
        (column,) = read_columns(source, SECONDS).columns
        np.testing.assert_array_equal(column.seconds, columns[0].seconds)
        assert column.name == "energy"


def test_gaps_are_straight_lines_and_long_ones_are_reported(tmp_path, track):
    rows = "".join(f"{t},{'' if 3 < t < 6 else t}\n" for t in range(11))
    with pytest.warns(ExplorerWarning, match=r"column 'energy' has a gap of 3 s from 3\.00 s on"):
        added = read_columns(csv(tmp_path, f"t,energy\n{rows}"), SECONDS)
    assert track.with_added(added).raw[270, -1] == pytest.approx(4.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("t,energy\n0,1\n1,high\n", "my.csv: column 'energy' has 'high' in line 3; give numbers"),
        ("t,energy\n0,1\n3,1\n2,1\n", "the time goes back from 3 to 2 s in line 4; sort the rows by time"),
        ("t,energy\n0,1\n,1\n", "the time in line 3 is no number"),
        ("t,energy\n0,1\n2,inf\n", "column 'energy' is infinite in line 3"),
        ("t,energy\n0,\n2,\n", "column 'energy' holds no number; leave it out"),
        (
            "t,bass\n0,1\n9,1\n",
            "a column is named 'bass', as a feature that ships; rename it, as in 'my_bass'",
        ),
        ("t,a b,a-b\n0,1,1\n9,1,1\n", "two columns are named 'a_b'; rename one"),
        ("t,energy\n20,1\n30,1\n", "lies from 20.00 to 30.00 s, outside of the sound (0 to 10.00 s)"),
        ("0,1\n1,2\n", "my.csv begins with numbers; name its columns in the first line"),
        ("t\n1\n", "my.csv has 1 column; give a column of seconds and"),
        ("t,energy\n", "my.csv has no row of numbers"),
        ("t,energy\n0:00,1\n0:05,2\n", "my.csv: column 't' has '0:00' in line 2; give numbers"),
        ("\n", "is empty; give names in its first line"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_place(tmp_path, text, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        read_columns(csv(tmp_path, text), SECONDS)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("none.csv", "there is no such file; give a .csv or .mid file"),
        (7, "columns: got 7; give {'energy': (seconds, values)}"),
        ({"energy": [1, 2, 3]}, "columns: 'energy' is [1, 2, 3]; give (seconds, values)"),
        ({"energy": ([0, 1], [1])}, "give as many times as values"),
        ({"energy": ([1, 0], [1, 1])}, "columns: 'energy': the time goes back from 1 to 0 s in row 1"),
        ({"my energy": ([0, 1], [1, 1])}, "allowed: letters, digits and _, as in 'my_energy'"),
        ((np.zeros(99), np.zeros(99)), "columns: got array([0., 0., 0., 0., 0., 0., 0., 0....; give {"),
        (pd.DataFrame({"a": [1.0]}, pd.to_datetime(["2026-01-01"])), "column 'index' has Timestamp('2026-01"),
        ({"energy": ([0, 1], [1, 7])}, "as given, without normalizing, it must lie in [-1, 1]"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(track, columns, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        track.with_columns(columns, normalize=False)


@pytest.mark.parametrize(
    ("end", "words"),
    [(4.0, "its last values stay to the end"), (5000.0, "is not used; are its times milliseconds")],
)
def test_another_length_than_the_sound_is_reported(track, end, words):
    with pytest.warns(ExplorerWarning, match=words):
        track.with_columns({"energy": ([0, 1, end], [0, 1, 1])})


def test_millions_of_rows_are_averaged_piece_by_piece():
    count = 2_000_000  # ten million take no more memory
    seconds = np.arange(count) * (SECONDS / count)
    (column,) = read_columns({"energy": (seconds, seconds % 0.001)}, SECONDS).columns
    assert len(column.values) <= 2402
    np.testing.assert_allclose(column.values[5:2000], 0.0005, atol=1e-4)


def test_names_are_made_of_any_header():
    assert plain_name(" Valence (%) ") == "valence"
    assert plain_name("2nd") == "column_2nd"
    assert plain_name("größe/m") == "größe_m"


def midi(path, ticks=480):
    """Two notes that overlap, in steps of so many ticks, 960 of which are a second."""
    mido = pytest.importorskip("mido")
    messages = mido.MidiTrack(
        [
            mido.Message("note_on", note=60, velocity=100, time=0),
            mido.Message("note_on", note=72, velocity=50, time=ticks),
            mido.Message("note_off", note=60, time=ticks),
            mido.Message("note_off", note=72, time=ticks),
        ]
    )
    mido.MidiFile(tracks=[messages]).save(path)
    return path


def test_notes_of_a_midi_file_are_columns(tmp_path):
    path = midi(tmp_path / "song.mid")
    columns = {column.name: column for column in read_columns(path, 1.5).columns}
    assert set(columns) == {"midi_density", "midi_voices", "midi_velocity", "midi_pitch"}
    at = columns["midi_voices"].seconds.searchsorted(0.75)
    assert [columns[f"midi_{name}"].values[at] for name in ("voices", "velocity", "pitch")] == [2, 75, 66]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"no", "is no MIDI file that can be read"),
        (lambda data: data[:-9], "is no MIDI file that can be read"),
        (lambda data: data[:12] + b"\xe7\x28" + data[14:], "counts in video frames"),
        (lambda data: data[:12] + b"\0\0" + data[14:], "counts in video frames"),
        (lambda data: data.replace(b"\x90", b"\xb0"), "has no notes"),
    ],
    ids=["no MIDI", "cut off", "SMPTE", "no ticks", "no notes"],
)
def test_a_damaged_midi_file_is_refused(tmp_path, damage, words):
    path = midi(tmp_path / "song.mid")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SettingsError, match=words):
        read_columns(path, 1.5)


def test_a_midi_file_of_a_day_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="is longer than 4 hours"):
        read_columns(midi(tmp_path / "day.mid", ticks=960 * 20_000), SECONDS)


def test_a_midi_file_of_half_a_second(tmp_path):
    columns = read_columns(midi(tmp_path / "short.mid", ticks=120), 0.5).columns
    assert {len(column.values) for column in columns} == {len(columns[0].seconds)}
    assert columns[0].values[0] == 2  # notes that begin in the second around the start


def test_places_are_counted_over_all_pieces_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_tables, "CHUNK_ROWS", 2)
    path = csv(tmp_path, "t,energy\n0,1\n3,2\n6,3\n9,4\n10,5\n")
    (column,) = read_columns(path, SECONDS).columns
    assert (column.seconds.tolist(), column.values.tolist()) == ([0, 3, 6, 9, 10], [1, 2, 3, 4, 5])
    for row, words in (("5,3", "goes back from 6 to 5 s in line 5"), ("7,x", "has 'x' in line 5")):
        with pytest.raises(SettingsError, match=words):
            read_columns(csv(tmp_path, f"t,energy\n0,1\n3,2\n6,3\n{row}\n"), SECONDS)
