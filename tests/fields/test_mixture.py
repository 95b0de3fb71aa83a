"""Mixtures of seeds: on the unit sphere, the bits of a plain seed, and everywhere that a seed works."""

import math

import numpy as np
import pytest

from explorer import CPPN
from explorer.diagnostics import calibrate
from explorer.errors import SettingsError
from explorer.experiments.library.seeds import with_seed
from explorer.fields.cppn.mixture import MAX_TERMS
from explorer.fields.cppn.weights import random_network
from explorer.fields.keyframes import Keyframe
from explorer.rendering import FrameSettings, Renderer
from tests.tracks import made_up_track

TRACK = made_up_track(2.0)
SMALL = CPPN(hidden=8, layers=2, gain=3.0, output_gain=1.0, time_span=10.0)
MIXED = SMALL.replace(seeds=((12, 0.8), (991, 0.6)))


def frame(field, t=1.0, precision="auto"):
    with Renderer(field, TRACK, (48, 27), device="cpu", precision=precision, threads=1) as renderer:
        return renderer.frame(t)


def test_a_mixture_of_one_network_is_its_seed():
    assert SMALL.replace(seeds=((12, 1.0),)) == SMALL.replace(seeds=((12, 0.3),)) == SMALL.replace(seed=12)
    assert "seeds" not in SMALL.model_dump(mode="json")


def test_weights_are_the_weighted_sum_of_those_of_the_seeds():
    parts = [random_network(SMALL.replace(seed=seed)).weights for seed in (12, 991)]
    for mixed, first, second in zip(random_network(MIXED).weights, *parts, strict=True):
        np.testing.assert_allclose(mixed, 0.8 * first + 0.6 * second, rtol=0, atol=1e-6)
    assert MIXED.seed == 12


def test_coefficients_are_scaled_to_the_unit_sphere_so_the_variance_stays():
    wide = CPPN(hidden=256, layers=2, seeds={7: 3.0, 8: -2.0, 9: 5.0}.items())
    assert math.fsum(term.share**2 for term in wide.seeds) == pytest.approx(1, abs=1e-7)
    plain, mixed = (random_network(field).weights[1] for field in (wide.replace(seed=7, seeds=()), wide))
    assert mixed.std() == pytest.approx(plain.std(), rel=0.02)


def test_text_and_json_give_the_same_mixture():
    assert SMALL.replace(seeds="12:0.8, 991:0.6") == MIXED
    thirds = SMALL.replace(seeds=((1, 1), (2, 1), (3, 1)))
    assert CPPN(**thirds.model_dump(mode="json")) == thirds
    assert CPPN(**thirds.model_dump(mode="json")).seeds == thirds.seeds
    assert SMALL.replace(seeds="; ".join(map(str, thirds.seeds))).seeds == thirds.seeds
    assert "seeds=((12, 0.8), (991, 0.6))" in repr(MIXED)


def test_twelve_terms_stay_and_the_smallest_of_more_are_dropped():
    terms = [(seed, 1 + seed) for seed in range(20)]
    seeds = SMALL.replace(seeds=terms).seeds
    assert [term.seed for term in seeds] == list(range(20 - MAX_TERMS, 20))
    assert math.fsum(term.share**2 for term in seeds) == pytest.approx(1, abs=1e-7)
    assert frame(SMALL.replace(seeds=seeds)).std() > 1


@pytest.mark.parametrize(
    "seeds",
    ["12", "12:x", ((-1, 1.0),), ((1.5, 1.0),), ((1, 0.0),), ((1, math.inf), (2, 1)), 5, ((1, 2, 3),)],
)
def test_what_is_no_mixture_is_refused(seeds):
    with pytest.raises(SettingsError, match=r"seeds: .*12|seeds: got the seed"):
        SMALL.replace(seeds=seeds)


def test_another_seed_takes_the_place_of_the_mixture():
    assert MIXED.replace(seed=5) == SMALL.replace(seed=5)
    assert MIXED.replace(seed=5, seeds=MIXED.seeds) == SMALL.replace(seed=5)  # as a form sends it
    assert MIXED.replace(gain=3.5).seeds == MIXED.seeds
    assert with_seed(MIXED, 12) == SMALL.replace(seed=12)


def test_drift_and_keyframes_start_from_the_mixture():
    assert np.abs(frame(MIXED.replace(drift=1e-9)).astype(int) - frame(MIXED)).max() <= 1
    moved = MIXED.replace(keyframes=(Keyframe(at=1.0, settings=(("seed", 5.0),)),))
    assert np.abs(frame(moved, 0.0).astype(int) - frame(MIXED, 0.0)).max() <= 1
    assert np.abs(frame(moved, 1.0).astype(int) - frame(SMALL.replace(seed=5), 1.0)).max() <= 1
    assert np.abs(frame(moved, 0.5).astype(int) - frame(MIXED, 0.5)).mean() > 0.5


@pytest.mark.parametrize("hidden", [8, 40])
def test_drafts_draw_the_same_mixture(hidden):
    field = MIXED.replace(hidden=hidden)
    draft = frame(field, precision="draft").astype(int)
    assert np.abs(draft - frame(field)).mean() < 6
    assert np.abs(draft - frame(field.replace(seed=5), precision="draft")).mean() > 6


def test_calibration_keeps_the_mixture():
    repaired = calibrate(
        MIXED.replace(gain=0.3), TRACK, frames=FrameSettings(width=96, height=54), steady=False
    )
    assert repaired.seeds == MIXED.seeds
    assert repaired.layer_scales is not None
    assert frame(repaired).std() > 2 * frame(MIXED.replace(gain=0.3)).std()
