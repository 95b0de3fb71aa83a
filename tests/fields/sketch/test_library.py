"""The functions of sketches: known answers, the same on numbers, NumPy, torch and in a kernel."""

import math

import numpy as np
import pytest
import torch

from explorer.errors import SettingsError
from explorer.expressions import Value, inputs
from explorer.fields import sketch as s
from explorer.fields.oklab import oklab_to_linear
from explorer.fields.sketch import kernel
from explorer.fields.sketch.evaluation import evaluate
from explorer.fields.sketch.library import LIBRARY, MAX_VALUES, operation
from explorer.fields.sketch.program import split
from explorer.fields.srgb import linear_to_srgb
from tests.fields.sketch.agreement import shader_values

EXACT, ROUNDED = 2e-6, 3e-5
X, Y = 0.3, -0.7  # where functions of two numbers are known
SRGB = float(linear_to_srgb(np.array([X, X / 1000])).sum())

ANSWERS = {  # of x and y at (X, Y)
    "sin": (lambda x, y: s.sin(x * 9), math.sin(2.7)),
    "cos": (lambda x, y: s.cos(y * 9), math.cos(-6.3)),
    "tan": (lambda x, y: s.tan(x), math.tan(X)),
    "exp": (lambda x, y: s.exp(y * 3), math.exp(-2.1)),
    "exp of much": (lambda x, y: s.exp(x * 1e6) * 1e-29, math.exp(69) * 1e-29),
    "log": (lambda x, y: s.log(x), math.log(X)),
    "sqrt": (lambda x, y: s.sqrt(x), math.sqrt(X)),
    "sqrt below 0": (lambda x, y: s.sqrt(y), 0.0),
    "pow": (lambda x, y: s.pow(x, 1.7), X**1.7),
    "whole powers": (lambda x, y: s.pow(y, 3) + s.pow(x, -2) + s.pow(x, 0), Y**3 + X**-2 + 1),
    "root": (lambda x, y: s.pow(x, 0.5), math.sqrt(X)),
    "abs": (lambda x, y: s.abs(y), 0.7),
    "min": (lambda x, y: s.min(1, x, y), Y),
    "max": (lambda x, y: s.max(y, x, 0.1), X),
    "floor": (lambda x, y: s.floor(y * 3), -3.0),
    "round": (lambda x, y: s.round(y) + 10 * s.round(x), -1.0),
    "fract": (lambda x, y: s.fract(y), 0.3),
    "mod": (lambda x, y: s.mod(y, x), 0.2),
    "sign": (lambda x, y: s.sign(y) * 10 + s.sign(x), -9.0),
    "clamp": (lambda x, y: s.clamp(y) + s.clamp(x, 0.5, 1), 0.5),
    "mix": (lambda x, y: s.mix(x, y, 0.25), 0.05),
    "mix of tuples": (lambda x, y: sum(s.mix((x, y), (1, 2), 0.5)), 1.3),
    "step": (lambda x, y: s.step(x, y) + 2 * s.step(y, x), 2.0),
    "smoothstep": (lambda x, y: s.smoothstep(0, 1, x), 3 * X**2 - 2 * X**3),
    "where": (lambda x, y: s.where(operation("less", x, y), 1, 2), 2.0),
    "length": (lambda x, y: s.length(x, y) + s.length(x, y, 2), math.hypot(X, Y) + math.hypot(X, Y, 2)),
    "angle": (lambda x, y: s.angle(x, y), math.atan2(Y, X)),
    "angle to the left": (lambda x, y: s.angle(-x, -y), math.atan2(-Y, -X)),
    "rotate": (lambda x, y: s.rotate(x, y, math.pi / 2)[0], 0.7),
    "random": (lambda x, y: s.fract(s.random(x * 10, y) * 289 + 0.5), 0.5),
    "value noise at 0": (lambda x, y: s.value_noise(x * 0, y * 0) + 1, 0.0),
    "simplex noise at corners": (lambda x, y: s.simplex_noise(x * 0, 0) + s.simplex_noise(x * 0, 0, 0), 0.0),
    "worley": (lambda x, y: s.max(s.worley(x, y)[0] - s.worley(x, y)[1], 0), 0.0),
    "ridges": (lambda x, y: s.ridges(y), 0.3),
    "circle": (lambda x, y: s.circle(x, y, 0.5), math.hypot(X, Y) - 0.5),
    "ring": (lambda x, y: s.ring(x, y, 1, 0.2), 1 - math.hypot(X, Y) - 0.1),
    "box": (lambda x, y: s.box(x, y, 2, 1), 0.2),
    "rounded box": (lambda x, y: s.rounded_box(x, y, 2, 1, 0.1), 0.2),
    "rhombus": (lambda x, y: s.rhombus(x - 0.3, y + 0.7, 2, 1), -1 / math.sqrt(5)),
    "segment": (lambda x, y: s.segment(x, y, 0, 0, 1, 0, 0.2), 0.6),
    "polygon": (lambda x, y: s.polygon(x - 0.3, y + 0.7, 1, 5), -math.cos(math.pi / 5)),
    "corner of a triangle": (lambda x, y: s.triangle(x - 0.3, y - 0.3, 1), 0.0),
    "hexagon": (lambda x, y: s.hexagon(x * 0, y * 0, 2), -math.sqrt(3)),
    "corner of a star": (lambda x, y: s.star(x - 0.3, y - 0.3, 1, 5), 0.0),
    "cross": (lambda x, y: s.cross(x, y, 2, 0.5), 0.05),
    "ellipse": (lambda x, y: s.ellipse(x + 0.7, y + 0.7, 2, 1), 0.0),
    "moon": (lambda x, y: s.moon(x - 0.3, y + 0.7, 1, 0.5), 0.5),
    "tip of a heart": (lambda x, y: s.heart(x - 0.3, y + 1.1, 1), 0.0),
    "union": (lambda x, y: s.union(x, y), Y),
    "smooth union": (lambda x, y: s.union(x, x, 0.4), X - 0.1),
    "intersection": (lambda x, y: s.intersection(x, y), X),
    "difference": (lambda x, y: s.difference(y, x), -0.3),
    "repeat": (lambda x, y: s.repeat(y, 0.5), -0.2),
    "mirror repeat": (lambda x, y: s.mirror_repeat(y, 1), -0.3),
    "repeat around": (lambda x, y: s.repeat_around(x, y, 4)[0], 0.7),
    "glow": (lambda x, y: s.glow(x, x), 0.5),
    "outline": (lambda x, y: s.outline(y + 0.7, 0.1) + s.outline(x, 0.1), 1.0),
    "srgb": (lambda x, y: s.srgb(x) + s.srgb(x * 0.001), SRGB),
    "oklab": (lambda x, y: s.oklab(x + 0.3, 0.1, 0.05)[0], None),
    "oklch": (lambda x, y: s.oklch(0.628, 0.2577, x - 0.2188)[1], 0.0),  # red of sRGB has no green
    "x / 0": (lambda x, y: s.mod(x, y * 0) + s.tan(x * 0), X),
}  # fmt: skip
LAB = np.array([0.6, 0.1, 0.05])
ANSWERS["oklab"] = (ANSWERS["oklab"][0], float(linear_to_srgb(oklab_to_linear(LAB).clip(0, 1))[0]))
TOLERANCE = {"exp of much": 1e-4, "oklch": 0.02, "corner of a star": 1e-4, "srgb": 1e-5}


@pytest.fixture(scope="module")
def in_kernel():
    """All answers from one kernel."""
    program = split(tuple(Value.of(formula(*inputs("x", "y"))) for formula, _ in ANSWERS.values()))
    place = np.zeros((2, 32), np.float32) + np.array([[X], [Y]], np.float32)
    values = np.empty((len(ANSWERS), 32), np.float32)
    numbers = program.numbers_at({}, 1)[0]
    kernel.formula_kernel(program.text)(place.ravel(), 32, numbers, np.float32(0.01), values.ravel(), 32)
    assert (values == values[:, :1]).all()
    return dict(zip(ANSWERS, values[:, 0], strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_known_answers_on_all_back_ends(name, in_kernel):
    formula, answer = ANSWERS[name]
    tolerance = TOLERANCE.get(name, ROUNDED)
    assert float(Value.of(formula(X, Y)).constant) == pytest.approx(answer, abs=tolerance)
    output = [Value.of(formula(*inputs("x", "y")))]
    for make in (lambda number: torch.tensor([number]), lambda number: np.array([number], np.float64)):
        (result,) = evaluate(output, {"x": make(X), "y": make(Y)})
        assert float(result.item()) == pytest.approx(answer, abs=tolerance)
    assert in_kernel[name] == pytest.approx(answer, abs=tolerance)


def test_known_answers_in_a_shader(gpu):
    program = split(tuple(Value.of(formula(*inputs("x", "y"))) for formula, _ in ANSWERS.values()))
    place = np.tile(np.array([X, Y], np.float32), (64, 1))
    (values,) = {tuple(column) for column in shader_values(program, place, program.numbers_at({}, 1)[0]).T}
    for (name, (_, answer)), value in zip(ANSWERS.items(), values, strict=True):
        assert float(value) == pytest.approx(answer, abs=TOLERANCE.get(name, 1e-4)), name


def test_every_function_has_a_known_answer():
    text = " ".join(ANSWERS).replace(" ", "_")
    assert [name for name in LIBRARY if name not in text and name != "fbm"] == []
    assert {*LIBRARY, "pi", "tau", "e"} == {*s.__all__}
    assert all(function.__doc__ for function in LIBRARY.values())


def test_functions_compute_with_arrays_and_refuse_what_is_no_number():
    x = np.linspace(-2, 2, 5)
    np.testing.assert_allclose(s.length(x, 1.0), np.hypot(x, 1))
    assert isinstance(s.sin(torch.zeros(3)), torch.Tensor)
    across, along = s.rotate(x, 0.0, math.pi)
    np.testing.assert_allclose([across, along], [-x, 0 * x], atol=1e-12)
    assert sum(s.floor(0.5) for _ in range(MAX_VALUES + 1)) == 0  # the limit is that of sketches
    with pytest.raises(SettingsError, match=r"sin\(x\): missing a required argument"):
        s.sin()
    with pytest.raises(SettingsError, match="octaves must be a whole number"):
        s.fbm(x, x, octaves=0.5)


@pytest.mark.parametrize("noise", [s.value_noise, s.simplex_noise, s.fbm])
@pytest.mark.parametrize("z", [None, 0.4])
def test_noise_is_smooth_even_and_never_the_same(noise, z):
    x, y = (axis.ravel() * 0.173 + 0.05 for axis in np.mgrid[-25:25, -25:25])
    values = noise(x, y, z)
    assert np.abs(values).max() < 1.02
    assert abs(values.mean()) < 0.2
    assert 0.15 < values.std() < 0.6
    assert np.abs(noise(x + 1e-4, y, z) - values).max() < 0.01
    assert np.abs(noise(x + 7.3, y, z) - values).mean() > 0.1
    torch.testing.assert_close(
        noise(torch.from_numpy(x).float(), torch.from_numpy(y).float(), z).double(),
        torch.from_numpy(values), atol=1e-3, rtol=0,
    )  # fmt: skip


def test_worley_cells_meet_at_edges_and_circle_with_a_phase():
    x, y = (axis.ravel() * 0.11 for axis in np.mgrid[-50:50, -50:50])
    first, second = s.worley(x, y)
    assert (first <= second).all()
    assert second.max() < 1.8
    moved = s.worley(x, y, 0.5)[0]
    assert 0.01 < np.abs(moved - s.worley(x, y, 0.6)[0]).mean() < 0.1
