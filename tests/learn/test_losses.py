"""Losses: each alone moves what it should move, and has no effect where there is nothing to follow."""

import math

import numpy as np
import pytest
import torch

from explorer.audio.live import LIVE_FEATURES
from explorer.fields.julia.parameters import NAMES
from explorer.learn.losses import (
    PAIRS,
    REST_WEIGHTS,
    STEP_WEIGHTS,
    collapse_loss,
    correlation,
    losses,
    pair_loss,
    rest_loss,
    smoothness_loss,
)
from explorer.learn.metrics import METRICS
from explorer.learn.optimization import image_metrics, integrate, smooth
from tests.learn.conftest import synthetic_track


def sequences(count=2, moments=16):
    """Features of some sequences, and positions of parameters between and at them that need gradients."""
    values = [synthetic_track(6, seed).values[: 2 * moments : 2] for seed in range(count)]
    features = dict(zip(LIVE_FEATURES, torch.from_numpy(np.stack(values)).unbind(2), strict=True))
    rng = torch.Generator().manual_seed(0)
    positions = 0.3 + 0.4 * torch.rand(count, 2 * moments, 7, generator=rng)
    return features, positions.requires_grad_()


def pictures(positions):
    """Metrics of differentiable images of these positions."""
    from explorer.learn.model import AudioToVisualModel

    model = AudioToVisualModel()
    return image_metrics(model.low + model.width * smooth(positions), torch.Generator().manual_seed(0))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_each_pair_alone_reaches_every_output_that_it_drives(pair):
    features, positions = sequences()
    pair_loss(pair, features, pictures(positions)).backward()
    assert positions.grad.isfinite().all()
    for name in pair.parameters:
        column = positions.grad[:, :, NAMES.index(name)]
        assert (column != 0).float().mean() > 0.9, name


@pytest.mark.parametrize("lever", ["speed", "turn"])
def test_the_slope_of_change_is_what_a_longer_step_really_does(lever):
    outputs = torch.tensor([1.04, 0.0, 0.8, 0.0, 0.5, 0.7, 0.7]).repeat(1, 48, 1)
    outputs[..., NAMES.index(lever)] = 0.2
    outputs.requires_grad_()

    def change(outputs):
        return image_metrics(outputs, torch.Generator().manual_seed(0))["change"][0, 1:]

    column, longer = NAMES.index(lever), outputs.detach().clone()
    change(outputs).sum().backward()
    slopes = outputs.grad[0, 2:, column]
    assert (slopes > 0).all()  # whatever detail the step crosses
    longer[:, 20:22, column] += 0.2  # of one picture, the tenth after the first
    grown = (change(longer) - change(outputs)).detach()
    assert grown[9] == pytest.approx(0.2 * slopes[18:20].sum().item(), rel=0.3)
    assert grown[10:].abs().max() < grown[9] / 3  # the pictures after it are as far apart as before


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_frozen_metric_is_pushed_apart_where_its_features_move(pair):
    features, _ = sequences()
    metrics = {name: 0.1 * pair.metric_floor * torch.rand(2, 16) for name in METRICS}
    assert collapse_loss(pair, features, metrics) > 0.5
    still = {name: torch.full_like(values, 0.4) for name, values in features.items()}
    assert collapse_loss(pair, still, metrics) < 1e-6
    alive = {name: 10 * pair.metric_floor * torch.rand(2, 16) for name in METRICS}
    assert collapse_loss(pair, features, alive) == 0


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_pair_is_satisfied_by_a_metric_that_follows_and_not_by_one_that_opposes(pair):
    features, _ = sequences()
    follows = sum(features[name] for name in pair.features) * pair.sign
    assert pair_loss(pair, features, {pair.metric: follows}) < -0.7
    assert pair_loss(pair, features, {pair.metric: -follows}) > 0.7


def test_every_output_is_driven_or_only_smoothed_on_purpose():
    driven = {name for pair in PAIRS for name in pair.parameters}
    assert set(NAMES) - driven == {"distance"}


def test_correlation_is_pearsons_and_0_for_what_stands_still():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 3, 50)).astype(np.float32)
    result = correlation(torch.from_numpy(a), torch.from_numpy(b))
    expected = [np.corrcoef(x, y)[0, 1] for x, y in zip(a, b, strict=True)]
    assert result.tolist() == pytest.approx(expected, abs=1e-4)
    assert correlation(torch.full((1, 50), 0.3), torch.from_numpy(b[:1]), 0.01).abs().item() < 1e-6


def test_smoothness_weighs_steps_and_rest_the_mean():
    _, positions = sequences()
    positions = torch.full_like(positions, 0.5)
    assert smoothness_loss(positions) == 0
    stepped = positions.clone()
    stepped[:, 16:, NAMES.index("saturation")] += 0.3
    assert smoothness_loss(stepped) == pytest.approx(STEP_WEIGHTS["saturation"] * 0.09 / 31 / 7, rel=1e-3)
    at_rest = torch.tensor([3 / 7, 0.1, 1 / 3, 0.05, 0.5, 0.7, 0.625]).expand(2, 32, 7)
    assert rest_loss(at_rest) == pytest.approx(0, abs=1e-6)
    assert rest_loss(positions) > 0
    apart = at_rest.clone()
    apart[..., NAMES.index("turn")] += 0.1
    assert rest_loss(apart) == pytest.approx(REST_WEIGHTS["turn"] * 0.01 / 7, rel=1e-3)


def test_all_terms_are_there_and_finite_in_silence_too():
    features, positions = sequences()
    silent = {name: torch.zeros_like(values) for name, values in features.items()}
    terms = losses(silent, pictures(positions), positions)
    assert set(terms) == {pair.name for pair in PAIRS} | {"smoothness", "collapse", "rest"}
    sum(terms.values()).backward()
    assert positions.grad.isfinite().all()


def test_smoothing_keeps_means_and_softens_steps():
    steady = torch.full((1, 32, 7), 0.4)
    torch.testing.assert_close(smooth(steady), steady)
    step = torch.zeros(1, 32, 7)
    step[:, 16:] = 1
    result = smooth(step)[0, :, 0]
    assert (result.diff() >= -1e-6).all()
    assert 0.05 < result[15] < 0.5
    assert result.sum() == pytest.approx(16, abs=1e-4)


def test_speed_runs_up_to_an_angle():
    outputs = torch.zeros(1, 30, 7)
    outputs[..., NAMES.index("speed")] = 1
    controls, steps = integrate(outputs, torch.Generator().manual_seed(0))
    angle = controls["angle"][0]
    assert len(angle) == 15
    assert angle[-1] - angle[0] == pytest.approx(0.5 * 14 / 30, rel=1e-4)  # 0.5 rad/s, a picture every 1/30 s
    assert steps["angle"] == pytest.approx(torch.full((1, 15), 0.5 / 30), rel=1e-4)
    assert 0 <= angle[0] <= 2 * math.pi + 0.02
