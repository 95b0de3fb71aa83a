"""Metrics of pictures whose answers are known."""

import math

import pytest
import torch

from explorer.learn.metrics import METRICS, change, hue, measure


def plain(color, moments=3, size=16):
    """Moments of one color everywhere, with an even structure."""
    colors = torch.tensor(color).expand(1, moments, size, size, 3)
    return torch.zeros(1, moments, size, size), colors


def test_a_plain_picture():
    metrics = measure(*plain((0.5, 0.5, 0.5)))
    assert set(metrics) == set(METRICS)
    assert metrics["luminance"][0] == pytest.approx([0.5] * 3, abs=1e-6)
    for name in ("contrast", "edges", "detail", "change", "variety"):
        assert metrics[name].max() < 1e-3, name


@pytest.mark.parametrize(("color", "turns"), [((1, 0, 0), 0), ((0, 1, 0), 1 / 3), ((0, 0, 1), -1 / 3)])
def test_hues_of_pure_colors(color, turns):
    metrics = measure(*plain(tuple(map(float, color))))["hue"][0, 0].item()
    assert math.remainder(metrics - turns, 1) == pytest.approx(0, abs=1e-6)


def test_luminance_weighs_as_the_eye_does():
    assert measure(*plain((0.0, 1.0, 0.0)))["luminance"][0, 0] == pytest.approx(0.7152)


def test_edges_of_a_ramp_are_its_slope_and_of_stripes_its_steps():
    ramp = torch.linspace(0, 1, 17).expand(1, 2, 17, 17)
    assert measure(ramp, torch.zeros(1, 2, 4, 4, 3))["edges"][0] == pytest.approx([1 / 16] * 2, abs=1e-3)
    assert measure(ramp, torch.zeros(1, 2, 4, 4, 3))["detail"].max() < 1e-6  # a plane is its own mean
    stripes = (torch.arange(16) % 2).float().expand(1, 2, 16, 16)
    metrics = measure(stripes, torch.zeros(1, 2, 4, 4, 3))
    assert metrics["edges"][0] == pytest.approx([1, 1], abs=1e-3)
    assert metrics["detail"][0, 0] == pytest.approx(0.4, abs=1e-6)  # 3 of 5 columns around are alike


def test_change_is_the_mean_step_and_the_first_moment_repeats_it():
    structure = torch.zeros(1, 4, 8, 8)
    structure[0, 1:] = 0.25
    structure[0, 3] = 0.75
    assert change(structure)[0].tolist() == pytest.approx([0.25, 0.25, 0, 0.5])


def test_hue_runs_on_over_the_end_of_the_circle():
    angle = torch.linspace(0, 4 * math.pi, 50)[None]
    metrics = hue(angle.cos(), angle.sin())
    assert metrics[0, -1] - metrics[0, 0] == pytest.approx(2, abs=1e-4)
    assert (metrics.diff(dim=1) > 0).all()


def test_the_gradient_of_hue_is_that_of_the_angle_and_small_for_grey():
    def gradient(strength):
        angle = torch.tensor([[0.7, 0.8]], requires_grad=True)
        hue(strength * angle.cos(), strength * angle.sin()).sum().backward()
        return angle.grad[0]

    assert gradient(0.3).tolist() == pytest.approx([1 / (2 * math.pi)] * 2, rel=0.01)
    assert gradient(1e-4).abs().max() < 1e-3
