"""Calibrated networks live at any depth."""

import pytest

from explorer.audio import DEMO_CLIP, analyze
from explorer.diagnostics import calibrate, diagnose
from explorer.diagnostics.music_share import music_share
from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.fields.cppn.weights import random_network
from explorer.rendering import FrameSettings
from tests.diagnostics.linear import Linear, half_and_half


@pytest.fixture(scope="module")
def demo():
    return analyze(DEMO_CLIP)


def success(track, hidden, layers, seeds):
    """Shares of seeds that are alive, and whose correlation of neighbors is 0.9 to 0.95."""
    fields = [calibrate(CPPN(hidden=hidden, layers=layers, seed=seed), track) for seed in range(seeds)]
    found = [diagnose(field, track, budget="draft") for field in fields]
    alive = sum(one.verdict == "alive" for one in found) / seeds
    return alive, sum(0.9 <= float(one.neighbour_correlation) <= 0.95 for one in found) / seeds


@pytest.mark.parametrize(
    ("hidden", "layers"), [(16, 1), (16, 16), pytest.param(64, 8, marks=pytest.mark.slow)]
)
def test_calibrated_networks_are_alive(demo, hidden, layers):
    assert success(demo, hidden, layers, seeds=1) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("hidden", [16, 24, 32, 64, 128])
@pytest.mark.parametrize("layers", [1, 2, 3, 4, 6, 8, 12, 16])
def test_at_least_95_of_100_are_alive(demo, hidden, layers):
    alive, aimed = success(demo, hidden, layers, seeds=20)
    assert alive >= 0.95
    assert aimed >= 0.9


@pytest.fixture(scope="module")
def calibrated(demo):
    """A field that is noise without."""
    return calibrate(CPPN(hidden=32, layers=8, gain=5.0), demo)


def test_the_gain_does_not_matter(demo, calibrated):
    """Static at gain 1, noise at gain 5: both become the same picture."""
    found = random_network(calibrate(CPPN(hidden=32, layers=8, gain=1.0), demo)).weights
    for one, other in zip(found, random_network(calibrated).weights, strict=True):
        assert one == pytest.approx(other, rel=1e-2)


def test_the_variance_is_kept_and_frames_are_alike(demo, calibrated):
    found = diagnose(calibrated, demo, budget="draft")
    assert float(found.space_variance) > 0.03
    assert float(found.audio_variance) > 0.015
    assert found.flags == ()


def test_the_music_keeps_its_share(demo):
    field = CPPN.preset("molten")
    before, after = (diagnose(one, demo, budget="draft") for one in (field, calibrate(field, demo)))
    assert music_share(after) > 0.9 * music_share(before)
    assert after.flags == ()


def test_without_steadying_only_the_scales_change(demo):
    field = CPPN(hidden=32, layers=3)
    found = calibrate(field, demo, steady=False)
    assert found.replace(layer_scales=None) == field
    assert len(found.layer_scales) == 4


def test_the_aim_holds_for_the_resolution_that_was_given(demo):
    frames = FrameSettings(width=1280, height=720)
    field = calibrate(CPPN(hidden=32, layers=4), demo, frames=frames)
    assert 0.9 <= float(diagnose(field, demo, frames=frames, budget="draft").neighbour_correlation) <= 0.95
    assert float(diagnose(field, demo, budget="draft").neighbour_correlation) < 0.85


def test_scales_multiply_the_weights():
    field = CPPN(hidden=4, layers=2)
    plain, scaled = random_network(field), random_network(field.replace(layer_scales=(2.0, 1.0, 0.5)))
    for scale, one, other in zip((2.0, 1.0, 0.5), plain.weights, scaled.weights, strict=True):
        assert other == pytest.approx(scale * one, rel=1e-6)
    assert field.replace(layer_scales=(2.0, 1.0, 0.5)).parameters == field.parameters


@pytest.mark.parametrize("scales", [(1.0, 1.0), (1.0, 0.0, 1.0), (1.0, float("nan"), 1.0)])
def test_scales_that_do_not_fit_are_refused(scales):
    with pytest.raises(SettingsError, match="layer_scales"):
        CPPN(hidden=4, layers=2, layer_scales=scales)


def test_another_depth_gives_the_scales_up():
    field = CPPN(hidden=4, layers=2, layer_scales=(1.0, 2.0, 3.0))
    assert field.replace(layers=2, gain=3.0).layer_scales == (1.0, 2.0, 3.0)
    assert field.replace(layers=3).layer_scales is None


def test_a_field_without_layers_is_refused():
    with pytest.raises(SettingsError, match="CPPN"):
        calibrate(Linear(), half_and_half())
