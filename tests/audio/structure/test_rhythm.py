"""Beats and bars of pieces whose beats are known, sounds without a beat, columns, and old recipes."""

import json

import mir_eval
import numpy as np
import pytest

from explorer.audio import AnalysisSettings, analyze
from explorer.audio.structure.beat_times import bar_times, beat_times
from explorer.audio.structure.beat_tracking import beat_runs
from explorer.audio.structure.moments import moment_seconds
from explorer.audio.structure.rhythm import Rhythm, columns
from explorer.errors import SettingsError
from explorer.experiments import Recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.fields import CPPN
from tests.benchmarks.beat_pieces import PIECES
from tests.benchmarks.instruments import RATE
from tests.signals import write_wav
from tests.tracks import track_with_beats


def track_of(piece, folder, **settings):
    samples = 0.8 * piece.samples / np.abs(piece.samples).max()
    path = write_wav(folder / "piece.wav", samples.astype(np.float32), RATE)
    return analyze(path, extras=("beats", "bars"), **settings)


def f_measures(piece, track):
    return [
        mir_eval.beat.f_measure(*pair)
        for pair in ((piece.beats, beat_times(track)), (piece.downbeats, bar_times(track)))
    ]


def test_a_quiet_and_sparse_passage_has_its_beats_like_the_band_after_it(tmp_path):
    piece = PIECES["sparse"](quiet_beats=24, band_beats=16)
    track = track_of(piece, tmp_path)
    assert min(f_measures(piece, track)) > 0.95
    tempo = track.raw[:, track.names.index("tempo")]
    assert tempo[60 * 2 : 60 * 15] == pytest.approx(60 / 0.67, rel=0.02)


@pytest.mark.parametrize("name", ["five", "jump"])
def test_bars_of_five_and_another_tempo_in_the_middle(tmp_path, name):
    piece = PIECES[name]()
    track = track_of(piece, tmp_path)
    assert min(f_measures(piece, track)) > 0.95
    meter = track.raw[:, track.names.index("meter")]
    assert np.median(meter) == (5 if name == "five" else 4)


def test_the_octave_of_a_tempo_can_be_set(tmp_path):
    piece = PIECES["breaks"]()
    beats, without = (track_of(piece, tmp_path, tempo_hint=hint) for hint in (174, None))
    assert min(f_measures(piece, beats)) > 0.95
    assert len(beat_times(without)) == pytest.approx(len(piece.beats) / 2, abs=2)


def test_onsets_at_random_and_flutter_have_no_beat():
    rng = np.random.default_rng(1)
    random = np.zeros(4000)
    random[(np.cumsum(rng.exponential(40, 95)) % 3990).astype(int)] = 1.0
    flutter = np.tile([1.0, 0, 0, 0, 0], 800) * 1e-3
    flutter[10] = 1.0
    for strength in (random, flutter, rng.uniform(0, 0.1, 4000), np.zeros(4000)):
        assert beat_runs(strength) == []


@pytest.mark.parametrize("fps", [24, 60])
def test_columns_hold_beats_and_bars_to_a_millisecond(fps):
    beats = np.cumsum(np.linspace(0.5, 0.7, 24))
    is_downbeat = np.isin(np.arange(24), [2, 5, 9, 13, 17, 21])  # a bar of three, then of four
    rhythm = Rhythm(beats, is_downbeat, np.repeat([0, 1], 12))
    track = track_with_beats(16.0, fps=fps)
    table = columns(rhythm, track.times)
    assert (table[:, [0, 2]] < 1).all()
    track.raw[:, -6:-2] = table
    np.testing.assert_allclose(beat_times(track), beats, atol=1e-3)
    np.testing.assert_allclose(bar_times(track), beats[is_downbeat], atol=1e-3)
    assert set(table[:, 3]) == {3.0, 4.0, 0.0}


def test_moments_are_bars_and_their_beats():
    track = track_with_beats(8.0)  # beats at 0.25, 0.75, ...; bars of four at 0.25, 2.25, ...
    assert moment_seconds("bar 2", track) == pytest.approx(2.25, abs=1e-3)
    assert moment_seconds("bar 2.3", track) == pytest.approx(3.25, abs=1e-3)
    with pytest.raises(SettingsError, match=r"there is no bar 400; made-up\.wav has 4"):
        moment_seconds("bar 400", track)
    with pytest.raises(SettingsError, match=r"there is no beat 5 in bar 2; in made-up\.wav it has 4"):
        moment_seconds("bar 2.5", track)


def test_an_old_recipe_keeps_its_beats(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"sound")
    new = RenderOptions(size=(64, 36)).recipe(CPPN(features=("beat_phase",)), tmp_path / "song.wav")
    assert new.analysis.structure == 3
    assert Recipe.from_json(new.to_json()) == new
    values = new.to_dict()
    assert values["analysis"].pop("structure") == 3
    old = Recipe.from_json(json.dumps(values))
    assert old.analysis.structure == 1
    assert old.to_dict() == values
    assert AnalysisSettings(**old.analysis.model_dump()) == old.analysis
