"""Edits of beats and sections: known answers, inverses, a new analysis, and what the columns say."""

import contextlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.audio import analyze
from explorer.audio.edited_sections import sections_of
from explorer.audio.edits import BeatEdits, Edits
from explorer.audio.extras.section_columns import section_columns
from explorer.audio.structure.beat_times import bar_times, beat_times
from explorer.audio.structure.edited_beats import edited_beats, measured_beats, rhythm_of
from explorer.audio.structure.moments import moment_seconds, parse_moment
from explorer.audio.structure.rhythm import Rhythm, columns
from explorer.audio.structure.track_structure import TrackStructure
from explorer.errors import ExplorerWarning, SettingsError
from explorer.experiments.runs.chapters import section_chapters
from tests.signals import noise, write_wav
from tests.tracks import track_with_beats

TIMES = np.arange(0, 20, 1 / 60)


def structure(beats=None, **values):
    """Beats every half second from 1 s on in two stretches of sound, bars of four, two sections."""
    beats = np.concatenate([np.arange(1, 8, 0.5), np.arange(12, 18, 0.5)]) if beats is None else beats
    stretch = (beats > 10).astype(np.int64)
    base = Rhythm(beats, np.arange(len(beats)) % 4 == 0, stretch)
    sections = ((0.0, ""), (9.0, ""))
    sound = {"name": "song.ogg", "sha256": "5" * 64, "duration": 20.0}
    return TrackStructure(
        **sound, base=base, base_sections=sections, beats=measured_beats(base), sections=sections, **values
    )


def rhythm(edited):
    return rhythm_of(edited.base, edited.beats)


def test_steps_do_what_they_say_and_edits_say_it_again():
    start = structure()
    edited = start.move_beat(1.5, 1.6).add_beat(3.25).delete_beat(5.0).toggle_downbeat(3.25)
    beats = rhythm(edited)
    assert beats.beats[:7] == pytest.approx([1, 1.6, 2, 2.5, 3, 3.25, 3.5])
    assert 5.0 not in beats.beats
    assert beats.is_downbeat[:7].tolist() == [True, False, False, False, True, True, False]
    assert edited.edits.beats == BeatEdits(moved=((1.5, 1.6),), added=(3.25,), deleted=(5.0,))
    assert edited.edits.downbeats.deleted == ()
    again, misfits = start.with_edits(Edits(**edited.edits.to_dict()))
    assert again == edited
    assert misfits == []


def test_a_stretch_stays_one_where_a_beat_is_deleted_and_an_added_beat_joins_its_neighbors():
    start = structure()
    assert rhythm(start.delete_beat(5.0)).stretch.tolist() == [0] * 13 + [1] * 12
    filled = start
    for time in np.arange(8.0, 12.0, 0.5):
        filled = filled.add_beat(time)
    assert set(rhythm(filled).stretch) == {0}
    assert set(rhythm(start.add_beat(19.5).delete_beat(19.5)).stretch) == {0, 1}


def test_bars_of_three_and_the_octave():
    start = structure()
    waltz = rhythm(start.set_meter(2.0, 3))
    assert waltz.beats[waltz.is_downbeat].tolist() == [1.0, 2.0, 3.5, 5.0, 6.5, 13.0, 15.0, 17.0]
    double = rhythm(start.double_tempo())
    assert np.diff(double.beats[:27]) == pytest.approx(0.25)
    assert double.beats[double.is_downbeat].tolist() == start.base.beats[start.base.is_downbeat].tolist()
    half = rhythm(start.halve_tempo())
    assert half.beats[:4].tolist() == [1, 2, 3, 4]
    assert start.double_tempo().halve_tempo().edits == start.edits


def test_taps_take_the_place_of_the_beats_under_them_and_of_their_downbeats():
    tapped = structure().tap_beats([3.05, 3.3, 3.56, 3.8, 4.05, 6.0])
    times = [beat.time for beat in tapped.beats if 2.4 < beat.time < 6.6]
    assert times == pytest.approx([2.5, 3.05, 3.3, 3.56, 3.8, 4.05, 6.0, 6.5])
    assert [beat.time for beat in tapped.beats if beat.is_downbeat][:3] == pytest.approx([1, 3.05, 7.0])


def test_sections_split_merge_move_and_are_named():
    start = structure()
    edited = start.split_section(4.0, "verse").rename_section(0.0, "intro").move_section(9.0, 8.0)
    assert edited.sections == ((0.0, "intro"), (4.0, "verse"), (8.0, ""))
    assert edited.edits.sections == edited.sections
    back = edited.merge_section(4.0).rename_section(0.0, " ").move_section(8.0, 9.0)
    assert not back.edits
    assert back == start


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda s: s.move_beat(2.0, 3.2), "cannot pass its neighbor"),
        (lambda s: s.move_beat(2.0, 2.48), "there is a beat at 2.50 s already"),
        (lambda s: s.move_beat(2.2, 2.3), "there is no beat at 2.20 s"),
        (lambda s: s.add_beat(2.01), "there is a beat at 2.00 s already"),
        (lambda s: s.add_beat(20.5), "allowed are 0 to 20.00 s"),
        (lambda s: s.add_beat(float("nan")), "allowed are 0 to 20.00 s"),
        (lambda s: s.set_meter(2.0, 40), "allowed are 2 to 12"),
        (lambda s: s.merge_section(0.0), "none before it"),
        (lambda s: s.move_section(0.0, 1.0), "starts at 0 s, always"),
        (lambda s: s.split_section(9.1), "sections overlap at 9.10 s"),
        (lambda s: s.split_section(4.0).move_section(4.0, 9.5), "sections overlap"),
        (lambda s: s.rename_section(9.0, "a;b"), "the name of a section"),
        (lambda s: s.rename_section(8.0, "a"), "no section starts at 8.00 s"),
    ],
)
def test_steps_that_break_a_rule_are_refused(step, message):
    with pytest.raises(SettingsError, match=message):
        step(structure())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move_beat"), st.integers(0, 25), st.floats(-0.4, 0.4)),
        st.tuples(st.just("add_beat"), st.just(0), st.floats(0, 19.9)),
        st.tuples(st.sampled_from(["delete_beat", "toggle_downbeat"]), st.integers(0, 25), st.just(0.0)),
        st.tuples(st.just("split_section"), st.just(0), st.floats(0, 19.9)),
    ),
    max_size=12,
)


def applied(edited, name, number, value):
    """A structure after a step, and the steps that take it back."""
    beat = edited.beats[number % len(edited.beats)]
    time = beat.time
    if name == "move_beat":
        after = edited.move_beat(time, time + value)
        (target,) = {each.time for each in after.beats} - {each.time for each in edited.beats} or {time}
        return after, [("move_beat", target, time)]
    if name == "delete_beat":
        after = edited.delete_beat(time)
        restored = after.add_beat(time).beats[edited.beats.index(beat)]
        toggle = [("toggle_downbeat", restored.time)] if restored.is_downbeat != beat.is_downbeat else []
        return after, [("add_beat", time), *toggle]
    if name == "toggle_downbeat":
        return edited.toggle_downbeat(time), [("toggle_downbeat", time)]
    after = getattr(edited, name)(value)
    if name == "split_section":
        return after, [("merge_section", value)]
    (added,) = {each.time for each in after.beats} - {each.time for each in edited.beats}
    return after, [("delete_beat", added)]


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_edits_say_what_was_edited_and_taken_back_they_leave_the_same_bits(steps):
    start = edited = structure()
    inverses = []
    for step in steps:
        with contextlib.suppress(SettingsError):  # what breaks a rule changes nothing
            edited, inverse = applied(edited, *step)
            inverses.append(inverse)
    again, misfits = start.with_edits(Edits(**edited.edits.to_dict()))
    assert misfits == []
    assert again.edits == edited.edits
    assert np.array_equal(columns(rhythm(again), TIMES), columns(rhythm(edited), TIMES))
    for inverse in reversed(inverses):
        for name, *arguments in inverse:
            edited = getattr(edited, name)(*arguments)
    assert not edited.edits
    assert np.array_equal(columns(rhythm(edited), TIMES), columns(rhythm(start), TIMES))


def test_edits_survive_a_new_analysis_and_say_what_fits_no_more():
    edits = structure().move_beat(1.5, 1.6).delete_beat(5.0).add_beat(3.25).toggle_downbeat(6.0).edits
    beats = structure().base.beats
    newer = structure(np.concatenate([beats[:4] + 0.01, beats[7:] + 0.01]))  # without 3, 3.5 and 4 s
    edited, misfits = newer.with_edits(edits)
    assert misfits == []
    assert [beat.time for beat in edited.beats][:5] == pytest.approx([1.01, 1.6, 2.01, 2.51, 3.25])
    newest = structure(np.array([1.0, 1.58, 3.25, 9.5, 10.0]))
    _, misfits = newest.with_edits(edits)
    assert misfits == [
        "the move of a beat from 1.50 s to 1.60 s: there is no beat",
        "the deletion of a beat at 5.00 s: there is no beat",
        "a beat at 3.25 s: there is one already",
        "a downbeat at 6.00 s: there is no beat",
    ]
    meeting, misfits = edited_beats(structure(np.array([1.5, 1.61, 2.0])).base, edits)
    assert "the move of a beat from 1.50 s to 1.60 s: it meets another" in misfits
    assert [beat.time for beat in meeting][:2] == [1.5, 1.61]


def clicks(path):
    """Two clicks a second, the first of four louder."""
    samples = np.zeros(20 * 22050, np.float32)
    for n, time in enumerate(np.arange(0.5, 19.5, 0.5)):
        click = noise(0.05, 22050, 0.3 if n % 4 else 0.5, seed=n)
        first = round(time * 22050)
        samples[first : first + len(click)] += click * np.exp(-np.arange(len(click)) / 300)
    return write_wav(path, samples, 22050)


def test_beats_bars_sections_moments_and_chapters_follow_the_edits(tmp_path):
    path = clicks(tmp_path / "song.wav")
    plain = analyze(path, extras=("beats", "bars", "sections"))
    start = TrackStructure.of(path, plain)
    beats = [beat.time for beat in start.beats]
    edited = start.move_beat(beats[4], beats[4] + 0.1).delete_beat(beats[9])
    edited = (
        edited.split_section(5.0, "chorus").split_section(9.0, "<i>solo</i>").split_section(12.0, "Chorus")
    )
    track = analyze(path, edits=edited.edits)  # which brings the groups that it needs
    assert beat_times(track)[4] == pytest.approx(beats[4] + 0.1, abs=2e-3)
    assert len(beat_times(track)) == len(beats) - 1
    assert bar_times(track)[1] == pytest.approx(beats[4] + 0.1, abs=2e-3)
    assert moment_seconds("bar 2", track) == pytest.approx(beats[4] + 0.1, abs=2e-3)
    moments = [parse_moment(f"section {name}", "test") for name in (1, "Chorus", "chorus 2")]
    assert [moment_seconds(moment, track) for moment in moments] == [5.0, 5.0, 12.0]
    assert [section.name for section in sections_of(track)] == ["", "chorus", "<i>solo</i>", "Chorus"]
    chapters = section_chapters(track, np.arange(0, 20, 0.1), Fraction(10))
    assert [chapter.title for chapter in chapters] == ["Section 1", "chorus", "<i>solo</i>", "Chorus"]
    for moment, message in (
        ("section bridge", "there is no section 'bridge'; song.wav has chorus, <i>solo</i>"),
        ("section chorus 3", "there is no section 'chorus 3'; song.wav has 2 of 'chorus'"),
        ("bar 400", "there is no bar 400; song.wav has"),
    ):
        with pytest.raises(SettingsError, match=message):
            moment_seconds(moment, track)
    same = analyze(path, extras=("beats", "bars", "sections"), edits=start.edits)
    assert np.array_equal(same.values, plain.values)
    assert np.array_equal(same.raw, plain.raw)
    with pytest.warns(
        ExplorerWarning, match=r"1 edit of song\.wav no longer fits: the deletion of a beat at 19"
    ):
        analyze(path, edits=edited.edits.replace(beats=BeatEdits(deleted=(19.9,))))


def test_sections_edited_to_what_was_measured_give_the_measured_columns(tmp_path):
    track = track_with_beats(8.0)
    table = section_columns(np.array([4.0]), track.times)
    assert np.array_equal(table[:, 0], track.raw[:, track.names.index("section")])
    assert table[240, 1] == 1
    assert table[239, 1] == 0
    with pytest.raises(SettingsError, match=r"the sections of made-up\.wav have no names"):
        moment_seconds("section bridge", track)
