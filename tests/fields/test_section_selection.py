"""Families of patterns by section: others in a row, and those that suit the music."""

import numpy as np
import pytest

from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack
from explorer.errors import SettingsError
from explorer.fields import Patterns
from explorer.fields.patterns.section_selection import MAX_PASSAGE_SECONDS, passages, select_by_section
from explorer.fields.patterns.selection import FAMILIES

FPS = 30.0


def track_of(*parts, onsets=()):
    """A track of (seconds, level in dBFS, centroid in Hz); each part is a section."""
    counts = [round(seconds * FPS) for seconds, _, _ in parts]
    raw = np.zeros((sum(counts), len(FEATURES) + 2), np.float32)
    raw[:, FEATURES.index("rms")] = np.repeat([10 ** (level / 20) for _, level, _ in parts], counts)
    raw[:, FEATURES.index("centroid")] = np.repeat([hertz for _, _, hertz in parts], counts)
    raw[:, len(FEATURES)] = np.repeat(np.arange(len(parts)), counts)
    values = np.full_like(raw, -1)
    values[:, len(FEATURES)] = np.linspace(-1, 1, max(2, len(parts)))[raw[:, len(FEATURES)].astype(int)]
    for t in onsets:
        values[round(t * FPS), FEATURES.index("onset")] = 1
    names = (*FEATURES, "section", "boundary")
    settings = AnalysisSettings(fps=FPS, extras=("sections",))
    return FeatureTrack(values, raw, names, FPS, len(raw) / FPS, "made.wav", "0" * 64, settings)


def families(track, **settings):
    return [name for _, _, name in Patterns(family="sections", **settings).families(track)]


def test_each_section_has_the_family_that_suits_it():
    track = track_of((15, -40, 300), (15, -22, 500), (15, -10, 600), (15, -20, 6000))
    assert families(track) == ["organic", "flowing", "geometric", "fractal"]


def test_music_that_is_equally_loud_throughout_has_more_than_one_family():
    """It is of one family by loudness alone."""
    track = track_of(*[(15, -14, 1000)] * 6)
    assert [name for _, _, name in Patterns().families(track)] == ["flowing"]
    chosen = families(track)
    assert len(chosen) == 6
    assert len(set(chosen)) > 1


@pytest.mark.parametrize("seed", range(8))
def test_no_two_passages_in_a_row_are_alike_and_none_is_long(seed):
    rng = np.random.default_rng(seed)
    track = track_of(*[(rng.uniform(3, 50), rng.uniform(-45, -5), rng.uniform(200, 8000)) for _ in range(7)])
    starts = passages(track, 6.0)
    family = select_by_section(track, 4.0, 6.0)
    assert (np.diff(family[starts]) != 0).all()
    assert np.diff([*starts, len(family)]).max() <= (MAX_PASSAGE_SECONDS + 6.5) * FPS
    assert np.diff([*starts, len(family)]).min() >= 0.5 * 6.0 * FPS
    np.testing.assert_array_equal(np.flatnonzero(np.diff(family)) + 1, starts[1:])


def test_a_chorus_that_comes_again_has_its_family_again():
    verse, chorus = (16, -20, 800), (16, -12, 900)
    chosen = families(track_of(verse, chorus, verse, chorus))
    assert chosen[:2] == chosen[2:]
    assert chosen[1] == "geometric"


def test_a_long_section_changes_at_a_hit():
    track = track_of((36, -20, 800), onsets=(18.5,))
    assert passages(track, 6.0) == [0, round(18.5 * FPS)]


def test_silence_is_organic():
    assert families(track_of((10, -80, 300), (10, -12, 800)))[0] == "organic"


def test_one_short_section_is_one_passage():
    assert len(families(track_of((5, -20, 500)))) == 1


def test_sections_are_analyzed_only_where_they_choose():
    assert Patterns(family="sections").extras == ("sections",)
    assert Patterns().extras == ()
    assert Patterns(family="sections", timeline=((0, "organic"),)).extras == ()


def test_a_track_without_sections_says_what_to_do():
    track = track_of((10, -20, 500))
    bare = FeatureTrack(
        track.values[:, :-2], track.raw[:, :-2], FEATURES, FPS, 10.0, "made.wav", "0" * 64, AnalysisSettings()
    )
    with pytest.raises(SettingsError, match="was analyzed without 'section'"):
        Patterns(family="sections").families(bare)


def test_names_are_those_of_the_families():
    assert set(families(track_of((15, -40, 300), (15, -10, 600)))) <= set(FAMILIES)
