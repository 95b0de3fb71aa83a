"""The form of a piece: loops of bars, letters, the moments that they name, and sections of old recipes."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.audio import AnalysisSettings, analyze
from explorer.audio.structure import measures
from explorer.audio.structure.beat_times import bar_position
from explorer.audio.structure.moments import moment_seconds, parse_moment
from explorer.audio.structure.rhythm import Rhythm
from explorer.audio.structure.song_form import (
    SINGLE_COST,
    SongForm,
    Span,
    TagRows,
    bar_grid,
    best_spans,
    columns,
    letters,
    loop,
    repeats_apart,
    return_costs,
    with_tags,
)
from explorer.errors import SettingsError
from explorer.fields import CPPN, Sequence
from tests.benchmarks.sections import boundary_f_measure, letter_f_measure, write_piece
from tests.benchmarks.song_forms import FORMS
from tests.tracks import track_with_beats


def bars_of(form, rng, length=8, period=4):
    """Bars of a form: each letter has a loop of its own; every bar is played a little differently."""
    loops = {letter: rng.normal(0, 0.3, (period, 12)) for letter in dict.fromkeys(form)}
    bars = np.concatenate([np.tile(loops[letter], (length // period, 1)) for letter in form])
    return bars + rng.normal(0, 0.03, bars.shape)


def letters_of(bars, lengths):
    spans = best_spans(bars, lengths)
    return repeats_apart(spans, letters([loop(bars, span) for span in spans]), bars)


@pytest.mark.parametrize("form", ["ABAB", "ABACA", "ABCBDB", "AABA"])
def test_loops_of_bars_are_sections_and_those_that_return_have_a_letter(form):
    spans, numbers = letters_of(bars_of(form, np.random.default_rng(3)), (4, 40))
    assert [span.first for span in spans] == list(range(0, 8 * len(form), 8))
    assert "".join("ABCD"[number] for number in numbers) == form


@pytest.mark.parametrize("form", ["AABA", "ABA"])
def test_a_section_without_repeats_is_whole_where_it_returns(form):
    bars = bars_of(form, np.random.default_rng(4), length=8, period=8)
    spans, numbers = letters_of(bars, (4, 40))
    assert [span.first for span in spans] == list(range(0, 8 * len(form), 8))
    assert "".join("ABC"[number] for number in numbers) == form


def test_tags_tell_sections_apart_that_are_alike_in_harmony_and_timbre():
    rng = np.random.default_rng(5)
    edges, spans = np.arange(33.0), [Span(first, first + 8, 4) for first in range(0, 32, 8)]
    steps = np.tile(rng.normal(0, 0.5, (4, 8)), (8, 1))
    sings = np.repeat([0.0, 1.0, 0.0, 1.0], 8 * 10)[:, None].astype(np.float32)
    assert letters([loop(steps, span) for span in spans]).tolist() == [0, 0, 0, 0]
    tagged = with_tags(steps, TagRows(np.hstack([sings, 1 - sings]), 10.0), edges)
    assert letters([loop(tagged, span) for span in spans]).tolist() == [0, 1, 0, 1]
    assert tagged.var(axis=0).sum() == pytest.approx(steps.var(axis=0).sum())
    same = with_tags(steps, TagRows(np.full_like(sings, 0.3), 10.0), edges)
    np.testing.assert_allclose(same[:, :8], steps)  # tags that never change say nothing


def test_bars_that_return_cost_less_than_bars_that_come_once():
    rng = np.random.default_rng(2)
    bars = rng.normal(0, 1, (13, 6))
    bars[8:12] = bars[1:5]
    costs = return_costs(bars, 6)
    np.testing.assert_allclose(costs[[1, 8], 4], 0, atol=1e-12)
    assert costs[1, 5] == pytest.approx(5 * SINGLE_COST)  # the fifth does not return
    np.testing.assert_allclose(costs[5, :4], SINGLE_COST * np.arange(4))


def test_music_that_does_not_change_is_one_section():
    spans, numbers = letters_of(np.random.default_rng(1).normal(0, 0.03, (40, 12)), (4, 60))
    assert spans == [Span(0, 40, 1)]
    assert numbers.tolist() == [0]


def test_bars_go_on_where_none_are_found():
    beats = np.concatenate([10 + 0.5 * np.arange(32), 34 + 0.5 * np.arange(33)])
    rhythm = Rhythm(beats, np.arange(65) % 4 == 0, np.repeat([0, 1], [32, 33]))
    np.testing.assert_allclose(bar_grid(rhythm, 60.3), [*np.arange(0, 59, 2.0), 60.3])
    assert len(bar_grid(Rhythm(beats[:8], np.arange(8) % 4 == 0, np.zeros(8, int)), 60.0)) == 0


def lettered_track():
    """Sections A, B, A, B of 2 s each."""
    track = track_with_beats(8.0)
    form = SongForm(np.array([0.0, 2.0, 4.0, 6.0]), np.array([0, 1, 0, 1]))
    raw = np.hstack([track.raw[:, :-2], columns(form, track.times)])
    settings = track.settings.with_extras(("letters",))
    values = np.hstack([track.values, np.zeros((len(raw), 1), np.float32)])
    return replace(track, raw=raw, values=values, names=settings.names, settings=settings)


def test_a_section_is_meant_by_its_letter():
    track = lettered_track()
    assert [section.name for section in track.sections] == list("ABAB")
    assert moment_seconds(parse_moment(" Section b", "x"), track) == 2.0
    assert moment_seconds("section B 2", track) == 6.0
    assert parse_moment("section b 2", "x") == "section B 2"
    with pytest.raises(SettingsError, match=r"there is no section 'C'; made-up\.wav has A, B"):
        moment_seconds("section C", track)
    with pytest.raises(SettingsError, match=r"there is no section 'B 3'; made-up\.wav has 2 of 'B'"):
        moment_seconds("section B 3", track)


def test_a_sequence_follows_the_letters():
    field = Sequence([(0, CPPN(seed=1)), ("section B 2", CPPN(seed=2))], fade=0)
    assert {"sections", "letters"} <= {*field.extras}
    np.testing.assert_allclose(field.starts(lettered_track()), [0, 6])


def test_sections_of_a_piece_return(tmp_path):
    plan = FORMS["quiet-and-loud"]
    parts = {letter: part._replace(chords=part.chords[:2]) for letter, part in plan.parts.items()}
    piece = plan._replace(letters="ABA", bars=dict.fromkeys("AB", 4), parts=parts)()  # 21 s
    path = write_piece(piece, tmp_path)
    track = analyze(path, extras=("sections", "letters"))
    assert boundary_f_measure(piece, track) == 1
    assert letter_f_measure(piece, track) > 0.95


@pytest.mark.parametrize("structure", [1, 2])
def test_old_recipes_keep_their_sections(structure):
    assert not measures("sections", AnalysisSettings(structure=structure))  # `extras.sections` does
    assert measures("letters", AnalysisSettings(structure=structure))


def test_a_moment_has_a_bar_and_a_beat():
    track = track_with_beats(8.0)  # beats at 0.25, 0.75, ...; bars of four at 0.25, 2.25, ...
    places = [bar_position(track, t) for t in (0.1, 0.25, 1.0, 3.4, 7.9)]
    assert places == ["", "bar 1.1", "bar 1.2", "bar 2.3", "bar 4.4"]
