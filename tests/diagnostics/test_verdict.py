"""Thresholds give words; the published networks get the published verdicts."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.audio import DEMO_CLIP
from explorer.diagnostics import diagnose
from explorer.diagnostics.verdict import BEST_FIRST, COLORS, VERDICTS, Facts, flags_of, judge, verdict_css
from explorer.diagnostics.verdict_sentence import sentence_of
from explorer.fields import CPPN
from explorer.rendering.flashes import relative_luminance
from tests.diagnostics.linear import Linear, half_and_half
from tests.tracks import made_up_track

GOOD = Facts(space=0.05, time=0.05, audio=0.03, neighbor=0.99, frame=0.95, saturated=0.1, speed=200.0)


@pytest.fixture(scope="module")
def demo():
    """With what the looks with light and sections hear, which would be measured in the test of each."""
    return CPPN.preset("rosette").analyze(DEMO_CLIP)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "alive"),
        ({"neighbor": 0.79}, "noisy"),
        ({"frame": 0.49}, "noisy"),
        ({"frame": 0.51}, "alive"),
        ({"time": 9e-5, "audio": 9e-5}, "static"),
        ({"time": 9e-5}, "alive"),
        ({"speed": 1.9}, "static"),
        ({"speed": 11.0}, "faint"),
        ({"space": 4e-3}, "faint"),
        ({"time": 4e-3, "audio": 4e-3}, "faint"),
        ({"space": 9e-5, "neighbor": 0.1}, "faint"),
    ],
)
def test_thresholds(changes, verdict):
    facts = replace(GOOD, **changes)
    assert judge(facts) == verdict
    assert sentence_of(facts, (), 360, 30.0).lower().startswith(verdict)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, ()),
        ({"audio": 5e-4}, ("deaf",)),
        ({"audio": 0.0, "speed": 1.0}, ()),
        ({"saturated": 0.6}, ("washed out",)),
        ({"frame": 0.7}, ("flickers",)),
    ],
)
def test_flags(changes, flags):
    assert flags_of(replace(GOOD, **changes)) == flags


def test_gain_1_is_static_and_the_cosine_is_named(demo):
    found = diagnose(CPPN(gain=1.0), demo, budget="draft")
    assert found.verdict == "static"
    assert "layer 2 (cos) kills the signal" in found.sentence


def test_gain_5_is_alive_at_4_layers_and_noise_at_8(demo):
    assert diagnose(CPPN(), demo, budget="draft").verdict == "alive"
    deep = diagnose(CPPN(layers=8), demo, budget="draft")
    assert deep.verdict == "noisy"
    assert "scrambles the signal" in deep.sentence


@pytest.mark.parametrize("name", [name for name in CPPN.presets() if name != "classic-256x8"])
def test_looks_are_alive(demo, name):
    assert diagnose(CPPN.preset(name), demo, budget="draft").verdict == "alive"


def test_noise_at_a_few_rows_is_a_picture_at_many(demo):
    from explorer.rendering import FrameSettings

    field = CPPN(hidden=64, layers=6)
    coarse = diagnose(field, demo, frames=FrameSettings(width=64, height=36), budget="draft")
    fine = diagnose(field, demo, frames=FrameSettings(width=3840, height=2160), budget="draft")
    assert coarse.verdict == "noisy"
    assert float(coarse.neighbour_correlation) < 0.5 < 0.8 < float(fine.neighbour_correlation)


def test_a_published_mapping_over_a_long_track_is_too_slow():
    field = CPPN(hidden=32, audio_gain=0.0)
    found = diagnose(field, made_up_track(3600.0), budget="draft")
    assert found.verdict in ("static", "faint")
    assert float(found.time_variance) > 0.05
    assert "too slowly" in found.sentence


def test_what_moves_without_the_music_is_deaf():
    assert diagnose(Linear(a=0.0), half_and_half(), budget="draft").flags == ("deaf",)
    assert diagnose(Linear(), half_and_half(), budget="draft").flags == ()


def test_colors_can_be_read_on_white_and_white_on_them():
    colors = np.array([[[int(COLORS[verdict][n : n + 2], 16) for n in (1, 3, 5)] for verdict in VERDICTS]])
    assert (1.05 / (relative_luminance(colors.astype(np.uint8)) + 0.05)).min() >= 4.5  # WCAG 2.2, 1.4.3


def test_style_sheets_have_a_property_for_every_verdict():
    css = verdict_css(".panel")
    assert css.startswith(".panel {")
    assert [f"--verdict-{verdict}: {COLORS[verdict]};" in css for verdict in VERDICTS] == [True] * 4
    assert sorted(BEST_FIRST) == sorted(VERDICTS)
