"""A suggestion is alive, in the middle of what is, moves with the music, and says all that it changes."""

import pytest

from explorer.audio import DEMO_CLIP, analyze
from explorer.diagnostics import diagnose
from explorer.diagnostics.music_share import MIN_MUSIC_SHARE, music_share
from explorer.fields import CPPN
from tests.diagnostics.linear import Linear, half_and_half
from tests.tracks import made_up_track


@pytest.fixture(scope="module")
def demo():
    return analyze(DEMO_CLIP)


def changed(one, other):
    before, after = one.model_dump(), other.model_dump()
    return [name for name in before if before[name] != after[name]]


@pytest.mark.parametrize(
    ("field", "setting", "higher"),
    [
        (CPPN(hidden=8, gain=1.0), "gain", True),
        (CPPN(hidden=8, layers=8), "gain", False),
        (CPPN(hidden=4, layers=3), "audio_gain", False),  # alive, but it flickers
    ],
    ids=["static", "noisy", "flickers"],
)
def test_the_suggested_field_is_alive(demo, field, setting, higher):
    found = diagnose(field, demo, budget="draft")
    advice = found.suggestion
    assert advice.setting == setting
    assert (advice.value > getattr(field, setting)) == higher
    assert {change.setting for change in advice.changes} == set(changed(field, advice.field))
    assert set(changed(field, advice.field)) <= {setting, "audio_gain"}
    for change in advice.changes:
        assert (change.before, change.after) == (
            getattr(field, change.setting),
            getattr(advice.field, change.setting),
        )
        assert f"{change.setting} from {change.before:g} to {change.after:g}" in advice.words
    assert getattr(advice.field, setting) == advice.value
    again = diagnose(advice.field, demo, budget="draft")
    assert (again.verdict, again.flags) == ("alive", ())
    assert music_share(again) >= MIN_MUSIC_SHARE
    assert advice.words in str(found)


@pytest.mark.slow
def test_it_lies_in_the_middle_of_what_is_alive(demo):
    field = CPPN(hidden=16, gain=1.0, audio_gain=1.2)
    advice = diagnose(field, demo, budget="draft").suggestion
    verdicts = [
        diagnose(field.replace(gain=advice.value * factor), demo, budget="draft").verdict
        for factor in (1 / 1.2, 1.2)
    ]
    assert verdicts == ["alive", "alive"]  # the first value that is alive would be a blur


def test_too_slow_wants_a_shorter_time_span():
    track = made_up_track(3600.0, fps=1.0)
    advice = diagnose(CPPN(hidden=8, audio_gain=0.0), track, budget="screen").suggestion
    assert advice.setting == "time_span"
    assert advice.value < 3600


def test_deaf_wants_a_higher_audio_gain():
    advice = diagnose(
        CPPN(hidden=8, audio_gain=0.0, time_span=10.0), made_up_track(), budget="screen"
    ).suggestion
    assert advice.setting == "audio_gain"
    assert advice.value > 0


def test_nothing_is_suggested_where_nothing_is_wrong_or_can_be_turned(demo):
    assert diagnose(CPPN.preset("molten"), demo, budget="draft").suggestion is None
    still = diagnose(Linear(x=0.0, t=0.0, a=0.0), half_and_half(), budget="screen")
    assert (still.verdict, still.suggestion) == ("static", None)
