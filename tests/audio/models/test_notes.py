"""The notes of Basic Pitch: synthetic notes with known pitches and times."""

import sys

import numpy as np
import pytest

from explorer import CPPN, Recipe
from explorer.audio import analyze
from explorer.audio.features import MODELS
from explorer.audio.models import notes
from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.runs.recipe import ModelSource
from explorer.rendering import FrameSettings
from tests.signals import click_track, noise, silence, tone, write_wav

COUNT, SPACING, LENGTH = 40, 0.3, 0.2  # notes, seconds


def piano_like(pitch, seconds, rate):
    """Six decaying harmonics that begin at once."""
    times = np.arange(round(seconds * rate)) / rate
    harmonics = (2 ** ((pitch - 69) / 12) * 440 * n for n in range(1, 7))
    sound = sum(np.sin(2 * np.pi * hertz * times) / n for n, hertz in enumerate(harmonics, 1))
    return 0.2 * sound * np.minimum(times / 0.005, 1) * np.exp(-times / 0.4)


@pytest.fixture(scope="module")
def melody(tmp_path_factory):
    """(track, pitches, seconds of their beginnings) of notes between E2 and D#6, at odd moments."""
    rng = np.random.default_rng(0)
    rate = 44100
    pitches = rng.integers(40, 88, COUNT)
    starts = 0.4 + SPACING * np.arange(COUNT) + rng.uniform(-0.01, 0.01, COUNT)
    samples = silence(0.8 + SPACING * COUNT, rate)
    for pitch, start in zip(pitches, starts, strict=True):
        first = round(start * rate)
        samples[first : first + round(LENGTH * rate)] += piano_like(pitch, LENGTH, rate)
    path = write_wav(tmp_path_factory.mktemp("notes") / "melody.wav", samples, rate)
    return analyze(path, models=("notes",)), pitches, starts


def column(track, name, values="values"):
    return getattr(track, values)[:, track.names.index(name)]


def test_forty_of_forty_pitches_are_right(melody):
    track, pitches, starts = melody
    embedding = track.embedding("notes")
    notes_only = embedding.values[:, :88]
    middle = np.rint((starts + 0.12) * 22050 / 256).astype(int)
    loudest = notes_only[middle[:, None] + np.arange(-3, 4)].mean(axis=1).argmax(axis=1)
    np.testing.assert_array_equal(loudest + notes.PITCHES.start, pitches)


def test_row_n_belongs_to_n_256_over_22050_seconds(melody):
    track, _, starts = melody
    embedding = track.embedding("notes")
    onsets = embedding.values[:, 88:].max(axis=1)
    np.testing.assert_array_equal(embedding.times, np.arange(len(onsets)) * 256 / 22050)
    errors = [
        embedding.times[near][onsets[near].argmax()] - start
        for start in starts
        for near in [np.abs(embedding.times - start) < 0.1]
    ]
    assert abs(np.mean(errors)) < 0.005
    assert np.abs(errors).max() < 0.015


def test_columns_name_the_pitch_at_every_note(melody):
    track, pitches, starts = melody
    frames = np.rint((starts + 0.12) * 60).astype(int)
    low, high = (column(track, name, "raw")[frames] for name in ("notes_low", "notes_high"))
    midi = 69 + 12 * np.log2(np.stack([low, high]) / 440)
    assert (np.abs(midi - pitches).min(axis=0) < 0.01).mean() > 0.85  # octaves and tails of the one before
    assert (column(track, "notes_onset")[frames] > -1).all()
    assert column(track, "notes_onset").max() == 1
    assert 0.8 < np.median(column(track, "notes_count", "raw")[frames]) < 3


def test_a_gain_changes_no_column(tmp_path):
    loud, quiet = (
        analyze(write_wav(tmp_path / f"{n}.wav", gain * piano_like(60, 2, 22050), 22050), models="notes")
        for n, gain in enumerate((1, 0.01))
    )
    np.testing.assert_allclose(loud.values, quiet.values, atol=0.02)


@pytest.mark.parametrize(
    "samples",
    [
        silence(1.0, 8000),
        np.zeros(1, np.float32),
        1e-5 * noise(1.5, 8000),
        click_track(np.arange(0.1, 2, 0.3), 2.0, 8000),
    ],
    ids=["silence", "one sample", "noise floor", "clicks"],
)
def test_without_notes_levels_rest(tmp_path, samples):
    track = analyze(write_wav(tmp_path / "a.wav", samples, 8000), models="notes")
    assert np.isfinite(track.raw).all()
    assert np.abs(track.values).max() <= 1
    assert column(track, "notes_count").max() < -0.5
    assert column(track, "notes_onset").max() < 0


def test_fifty_milliseconds_at_8_khz_have_a_note(tmp_path):
    stereo = np.stack([tone(440, 0.05, 8000)] * 2, axis=1)
    track = analyze(write_wav(tmp_path / "a.wav", stereo, 8000), models="notes")
    assert len(track.times) == len(column(track, "notes_count")) == 3


def test_a_field_that_names_a_column_gets_the_model_and_the_recipe_names_its_weights(melody, monkeypatch):
    track = melody[0]
    field = CPPN(features=("bass", "notes_pitch"))
    assert field.analyze(track.source).names[-5:] == tuple(MODELS["notes"])
    recipe = Recipe.for_track(track, field=field, frames=FrameSettings())
    assert recipe.models == (ModelSource(name="notes", sha256=notes.WEIGHTS_SHA256),)
    assert Recipe.from_json(recipe.to_json()) == recipe
    plain = Recipe.for_track(analyze(track.source), field=CPPN(), frames=FrameSettings())
    assert "models" not in plain.to_dict()
    monkeypatch.setattr(notes, "WEIGHTS_SHA256", "0" * 64)
    assert Recipe.from_json(recipe.to_json()) == recipe  # as it was drawn
    with pytest.raises(SettingsError, match="other weights of the model notes"):
        recipe.models[0].check()


def test_what_is_missing_is_named_before_the_sound_is_analyzed(melody, monkeypatch, tmp_path):
    path = melody[0].source
    damaged = tmp_path / "nmp.onnx"
    damaged.write_bytes(notes.WEIGHTS.read_bytes()[:1000])
    with monkeypatch.context() as patch:
        patch.setattr(notes, "WEIGHTS", damaged)
        with pytest.raises(ExplorerError, match="does not hold the weights of the model notes"):
            analyze(path, models="notes", cache=False)
        patch.setattr(notes, "WEIGHTS", tmp_path / "none.onnx")
        with pytest.raises(ExplorerError, match="cannot be read"):
            analyze(path, models="notes", cache=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ExplorerError, match=r"pip install .*\[models\]"):
        analyze(tmp_path / "nowhere.wav", models="notes")


def test_names_of_models_are_checked(melody):
    with pytest.raises(SettingsError, match="models: no group 'note'; did you mean 'notes'"):
        analyze(melody[0].source, models=("note",))
    with pytest.raises(SettingsError, match="embedding: no model 'beats'; valid: notes"):
        melody[0].embedding("beats")
