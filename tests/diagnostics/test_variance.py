"""A linear field has known variances; what it ignores has none."""

import numpy as np
import pytest

from explorer.diagnostics import diagnose, strength
from explorer.fields import CPPN
from tests.diagnostics.linear import POWER, A, Linear, T, X, half_and_half
from tests.tracks import made_up_track

GROUPS = ("space", "time", "audio")
EXACT = {
    "space": X**2 * (640**2 - 1) / 12 * (2 / 360) ** 2 * POWER,  # of evenly spaced pixels
    "time": T**2 / 3 * POWER,
    "audio": A**2 * POWER,
}


def variances(field, track, **settings):
    found = diagnose(field, track, **settings)
    return {group: found.measures[f"{group}_variance"] for group in GROUPS}


@pytest.mark.parametrize(
    ("budget", "seeds"), [("full", 1), ("draft", 10), pytest.param("screen", 40, marks=pytest.mark.slow)]
)
def test_a_linear_field_has_its_exact_variances_at_any_budget(budget, seeds):
    track = half_and_half()
    found = [variances(Linear(), track, budget=budget, seed=seed) for seed in range(seeds)]
    for group in GROUPS:
        assert np.mean([float(one[group]) for one in found]) == pytest.approx(EXACT[group], rel=0.06), group


@pytest.mark.slow
def test_the_interval_holds_the_exact_value_nearly_always():
    track = half_and_half()
    found = [variances(Linear(), track, budget="draft", seed=seed) for seed in range(20)]
    for group in GROUPS:
        held = sum(one[group].low <= EXACT[group] <= one[group].high for one in found)
        assert held >= 16, group  # 95 % are meant; 16 blocks are few


@pytest.mark.parametrize(("ignored", "group"), [("x", "space"), ("t", "time"), ("a", "audio")])
def test_what_a_field_ignores_has_a_variance_of_exactly_zero(ignored, group):
    found = variances(Linear(**{ignored: 0.0}), half_and_half(), budget="draft")
    assert (found[group].low, float(found[group]), found[group].high) == (0, 0, 0)
    assert sum(float(measure) > 0.01 for measure in found.values()) == 2


def test_a_network_without_audio_gain_is_still_for_audio():
    found = variances(CPPN(hidden=8, audio_gain=0), made_up_track(), budget="screen")
    assert float(found["audio"]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("variance", "word"), [(0.0, "static"), (9e-5, "static"), (1e-3, "faint"), (0.1, "alive")]
)
def test_a_word_for_each_variance(variance, word):
    assert strength(variance) == word
