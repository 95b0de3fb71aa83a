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
LAYERED = SMALL.replace(seeds=((12, (1.0, 0.0, 0.8)), (991, (0.0, 1.0, 0.6))))


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
    [
        "12",
        "12:x",
        ((-1, 1.0),),
        ((1.5, 1.0),),
        ((1, 0.0),),
        ((1, math.inf), (2, 1)),
        5,
        ((1, 2, 3),),
        ((1, (1.0, 0.0, 1.0)),),
        ((1, ()),),
        "1:1/0, 2:1/0/1",
    ],
)
def test_what_is_no_mixture_is_refused(seeds):
    with pytest.raises(SettingsError, match=r"seeds: .*12|seeds: got the seed"):
        SMALL.replace(seeds=seeds)


def test_another_seed_takes_the_place_of_the_mixture():
    assert MIXED.replace(seed=5) == SMALL.replace(seed=5)
    assert MIXED.replace(seed=5, seeds=MIXED.seeds) == SMALL.replace(seed=5)  # as a form sends it
    assert MIXED.replace(gain=3.5).seeds == MIXED.seeds
    assert with_seed(MIXED, 12) == SMALL.replace(seed=12)


@pytest.mark.parametrize("mixed", [MIXED, LAYERED], ids=["whole", "by layer"])
def test_drift_and_keyframes_start_from_the_mixture(mixed):
    assert np.abs(frame(mixed.replace(drift=1e-9)).astype(int) - frame(mixed)).max() <= 1
    moved = mixed.replace(keyframes=(Keyframe(at=1.0, settings=(("seed", 5.0),)),))
    assert np.abs(frame(moved, 0.0).astype(int) - frame(mixed, 0.0)).max() <= 1
    assert np.abs(frame(moved, 1.0).astype(int) - frame(SMALL.replace(seed=5), 1.0)).max() <= 1
    assert np.abs(frame(moved, 0.5).astype(int) - frame(mixed, 0.5)).mean() > 0.5


def test_every_layer_may_have_a_mixture_of_its_own():
    first, second = (random_network(SMALL.replace(seed=seed)).weights for seed in (12, 991))
    layers = random_network(LAYERED).weights
    np.testing.assert_array_equal(layers[0], first[0])
    np.testing.assert_array_equal(layers[1], second[1])
    np.testing.assert_allclose(layers[2], 0.8 * first[2] + 0.6 * second[2], rtol=0, atol=1e-6)
    assert CPPN(**LAYERED.model_dump(mode="json")) == LAYERED
    assert SMALL.replace(seeds="12:1/0/4, 991:0/2/3") == LAYERED
    assert SMALL.replace(seeds=", ".join(map(str, LAYERED.seeds))) == LAYERED
    assert LAYERED.replace(seed=5) == SMALL.replace(seed=5)


def test_one_mixture_in_all_layers_is_that_mixture():
    assert SMALL.replace(seeds="12:0.8/0.8/0.8, 991:0.6/0.6/0.6") == MIXED
    assert SMALL.replace(seeds=((12, (1, 1, 1)),)) == SMALL.replace(seed=12)
    turned = SMALL.replace(seeds=((12, (1, 1, -1)),))
    np.testing.assert_array_equal(
        random_network(turned).weights[2], -random_network(SMALL.replace(seed=12)).weights[2]
    )


def test_another_depth_resizes_a_mixture_by_layer_and_keeps_its_ends():
    deep, flat = LAYERED.replace(layers=4), LAYERED.replace(layers=1)
    assert deep.seeds == ((12, (1.0, 0.0, 0.0, 0.0, 0.8)), (991, (0.0, 1.0, 1.0, 1.0, 0.6)))
    assert flat.seeds == ((12, (1.0, 0.8)), (991, (0.0, 0.6)))
    assert LAYERED.replace(layers=3, seed=5) == SMALL.replace(layers=3, seed=5)
    with pytest.raises(SettingsError, match="seeds: got coefficients for 3 layers; allowed: one, or 5"):
        CPPN(layers=4, seeds=LAYERED.seeds)


def test_a_layer_that_loses_its_terms_takes_the_largest():
    count = MAX_TERMS + 1
    shares = np.eye(count)
    seeds = CPPN(hidden=2, layers=count - 1, seeds=[(n, tuple(row)) for n, row in enumerate(shares)]).seeds
    assert len(seeds) == MAX_TERMS
    assert np.array([term.share for term in seeds]).sum(axis=0) == pytest.approx(1)


@pytest.mark.parametrize("mixed", [MIXED, LAYERED], ids=["whole", "by layer"])
@pytest.mark.parametrize("hidden", [8, 40])
def test_drafts_draw_the_same_mixture(hidden, mixed):
    field = mixed.replace(hidden=hidden)
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
