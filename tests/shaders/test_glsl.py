"""Formulas as GLSL: each operation once, loops and branches gone, constants computed."""

import numpy as np
import pytest

from explorer.errors import ExplorerError
from explorer.expressions import inputs, program
from explorer.fields.julia.formulas import color, glow_light
from explorer.fields.kernels.portable import cos, exp_neg, formula, maximum, where_less
from explorer.fields.sketch.field import sketch_of
from explorer.shaders.glsl import glsl_of
from explorer.shaders.sketch_shader import sketch_shader
from tests.fields.sketch.texts import ripples, text_of

SHIFT = 0.5


@formula
def example(x, y):
    """Said here alone."""
    x = maximum(x * 2 - y, 0.0)
    z = exp_neg(x + SHIFT)
    return where_less(x, 1.0, cos(z), -z)


@formula
def three(x):
    return x, x / 3, 1.0


@formula
def looped(x, n):
    for k in range(3):
        x = x * n[k] + (0.0 if k else 0.5)
    return x


@formula
def strange(x):
    return x // 2


@formula
def unknown(x):
    return np.arctan(x)


def test_a_formula_becomes_a_function():
    assert glsl_of(example).splitlines() == [
        "float example(float x, float y) {",
        "  float t0 = max(((x * 2.0) - y), 0.0);",
        "  float t1 = exp(((t0 + 0.5) * -1.0));",
        "  float t2 = ((t0 < 1.0) ? cosine(t1) : (t1 * -1.0));",
        "  return t2;",
        "}",
    ]
    assert glsl_of(three).endswith("  float t0 = (x / 3.0);\n  return vec3(x, t0, 1.0);\n}")
    assert glsl_of(color).startswith("vec3 color(float nu,")


def test_loops_are_unrolled_and_arrays_have_a_size():
    text = glsl_of(looped)
    assert text.startswith("float looped(float x, float n[3]) {")
    assert "(((x * n[0]) + 0.5) * n[1]) * n[2]" in text
    assert "float n[5]" in glsl_of(looped, {"n": 5})


@pytest.mark.parametrize(("formula", "words"), [(strange, "strange cannot become"), (unknown, "arctan")])
def test_what_shaders_cannot_compute_is_refused(formula, words):
    with pytest.raises(ExplorerError, match=words):
        glsl_of(formula)


def test_numbers_of_a_moment_become_a_program_for_the_page():
    x, y = inputs("x", "y")
    numbers = program([np.sin(0.5 * x + np.float64(2)) * 1, np.mod(y, 3.0) + 0 * x, x * 0])
    assert numbers["operations"] == [
        *("constant 0.5", "input x", "mul 0 1", "constant 2.0", "add 2 3", "sin 4", "input y"),
        *("constant 3.0", "mod 6 7", "constant 0.0"),
    ]
    assert numbers["outputs"] == [5, 8, 9]
    assert len(program(glow_light(*inputs("hue", "saturation", "brightness")))["outputs"]) == 3


def test_a_sketch_is_a_shader_of_its_formula_and_its_numbers():
    shader = sketch_shader(ripples(rings=9))
    assert shader.code.startswith("vec4 field_at(float x, float y, float pixel) {")
    assert "sine(" in shader.code
    assert "look_up(1.0, 512.0," in shader.code
    numbers = program(shader.numbers)
    assert {"input time", "input bass", "input onset", "constant 9.0"} <= {*numbers["operations"]}
    moving = sketch_shader(ripples(keyframes=((1.0, {"rings": 9.0}),)))
    assert {"input rings", "input time"} <= {*program(moving.numbers)["operations"]}
    condition = sketch_of(text_of("return where(not x < 0 and t > 1 or y < 0, x, y), x, y"))
    assert "&& (0.5 < p[0].x)) || (y < 0.0)) ? x : y" in sketch_shader(condition.replace(light=True)).code
