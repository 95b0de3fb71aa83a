"""The differentiable image: its gradients, and how close it is to rendered frames."""

import math

import numpy as np
import pytest
import torch

from explorer.fields import Controls
from explorer.fields.julia import Julia
from explorer.fields.julia.parameters import constant
from explorer.learn.differentiable_julia import REST_COLOR, _Orbits, draw_images, julia_constants, orbits
from explorer.learn.evaluation import draw_frames
from explorer.learn.metrics import METRICS, luma, measure
from explorer.learn.orbit_gradients import ITERATIONS, MAX_GRADIENT

PAINT = ("hue", "saturation", "brightness")
NAMES = ("angle", "rotation", "distance", "zoom", *PAINT)


def some_controls(count, seed=0):
    rng = torch.Generator().manual_seed(seed)
    ends = [(0, 2 * math.pi), (0, 2 * math.pi), (1.01, 1.08), (0.6, 1.8), (0.4, 0.6), (0.3, 1), (0.2, 1)]
    values = [low + (high - low) * torch.rand(count, generator=rng) for low, high in ends]
    return dict(zip(NAMES, values, strict=True))


def escape_times(x, y, c):
    return _Orbits.apply(x, y, c, torch.full((len(c), 1), 0.01))[0]


def test_constants_are_those_of_the_field():
    angle, distance = torch.linspace(0, 6.2, 9), torch.linspace(1.01, 1.08, 9)
    result = julia_constants(angle, distance)
    expected = constant(angle.double().numpy(), distance.double().numpy())
    np.testing.assert_allclose(result[:, 0], expected.real, atol=1e-6)
    np.testing.assert_allclose(result[:, 1], expected.imag, atol=1e-6)


def test_escape_times_of_points_that_can_be_followed_by_hand():
    """c = 0: |z_n| = |z_0|^(2^n). From 2: 4, 16, 256: three steps, nu = 3 - log2(ln 256 / ln 32)."""
    x = torch.tensor([[2.0, 0.5, 1e-3] + [0.0] * 13])
    nu = escape_times(x, torch.zeros_like(x), torch.zeros(1, 2))[0]
    assert nu[0] == pytest.approx(3 - math.log2(math.log(256) / math.log(32)), abs=1e-5)
    assert (nu[1:] == ITERATIONS).all()


@pytest.mark.parametrize("which", ["x", "y", "real", "imag"])
def test_gradients_are_those_of_finite_differences(which):
    """At points that escape soon enough for differences to mean something; in sums over a picture's row."""
    rng = torch.Generator().manual_seed(1)
    x = 0.9 + 0.8 * torch.rand(4, 64, generator=rng)
    y = 0.9 + 0.8 * torch.rand(4, 64, generator=rng)
    c = julia_constants(torch.tensor([0.3, 1.5, 3.0, 5.0]), torch.full((4,), 1.05))
    inputs = {"x": x, "y": y, "real": c[:, :1].clone(), "imag": c[:, 1:].clone()}

    def nu(values):
        return escape_times(values["x"], values["y"], torch.cat([values["real"], values["imag"]], dim=1))

    inputs[which] = inputs[which].requires_grad_()
    nu(inputs).sum().backward()
    step = 1e-3
    above, below = ({**inputs, which: inputs[which].detach() + sign * step} for sign in (1, -1))
    expected = (nu(above) - nu(below)) / (2 * step)
    result = inputs[which].grad
    expected = expected if which in "xy" else expected.sum(dim=1, keepdim=True)
    torch.testing.assert_close(result, expected, rtol=0.03, atol=0.03 if which in "xy" else 0.5)


def test_no_gradient_is_longer_than_it_may_be_and_every_one_is_finite():
    """A thousand julia_constants all around the cardioid, pictures that hold their sets."""
    angle = torch.linspace(0, 2 * math.pi, 1000)
    distance = 1.01 + 0.07 * torch.rand(1000, generator=torch.Generator().manual_seed(0))
    places = torch.linspace(-1.3, 1.3, 16)
    y, x = (axis.reshape(1, -1).repeat(1000, 1) for axis in torch.meshgrid(places, places, indexing="ij"))
    x.requires_grad_(), y.requires_grad_()
    nu = escape_times(x, y, julia_constants(angle, distance))
    assert nu.isfinite().all()
    assert (nu >= 0).all()
    nu.sum().backward()
    length = torch.hypot(x.grad, y.grad)
    assert length.isfinite().all()
    assert length.max() <= MAX_GRADIENT * 1.001
    assert length.max() > MAX_GRADIENT * 0.99  # some had to be clipped


def test_every_control_has_a_finite_gradient_in_every_metric_it_shapes():
    controls = {name: values.requires_grad_() for name, values in some_controls(32).items()}
    metrics = measure(*(part[None] for part in draw_images(controls)))
    total = sum(metrics[name].sum() for name in METRICS)
    total.backward()
    for name, values in controls.items():
        assert values.grad.isfinite().all(), name
        assert values.grad.abs().max() > 0, name


def test_the_twin_looks_like_what_is_rendered():
    """Rendered frames (anti-aliased, 100 steps) and differentiable images rank 100 pictures alike."""
    controls = some_controls(100)

    def rendered(controls):
        values = np.stack([np.zeros(100), *(controls[name].numpy() for name in NAMES)], axis=1)
        return draw_frames(Julia(), Controls(values.astype(np.float32), ("time", *NAMES)))

    rest = dict(zip(PAINT, (value.expand(100) for value in REST_COLOR), strict=True))
    real = measure(luma(rendered(controls | rest))[None], rendered(controls)[None])
    differentiable = measure(*(part[None] for part in draw_images(controls)))
    for name, least in {
        "luminance": 0.97,
        "hue": 0.97,
        "variety": 0.97,
        "edges": 0.9,
        "detail": 0.85,
    }.items():
        assert np.corrcoef(real[name][0], differentiable[name][0])[0, 1] > least, name
    assert np.corrcoef(real["change"][0], differentiable["change"][0])[0, 1] > 0.9


def test_orbits_of_any_size_in_whole_vectors():
    controls = some_controls(2)
    nu, exterior, trap = orbits(*(controls[name] for name in NAMES[:4]), size=16)
    assert nu.shape == exterior.shape == trap.shape == (2, 256)
    assert ((exterior >= 0) & (exterior <= 1)).all()
