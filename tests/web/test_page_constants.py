import json

import pytest

from explorer.errors import ExplorerError
from explorer.fields.julia.formulas import color
from explorer.fields.kernels.portable import cos, exp_neg, formula, maximum, where_less
from explorer.web.glsl import glsl_of
from explorer.web.page_constants import CONSTANTS_FILE, page_constants

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
def several(x, n):
    x, y = x + n[1], n[0] * 2
    return x * y


@formula
def strange(x):
    return x**2


@formula
def swapped(x, y):
    x, y = y, x
    return x - y


@pytest.mark.skipif(
    not CONSTANTS_FILE.is_file(), reason="the page's sources are not part of this installation"
)
def test_the_page_was_told_what_the_core_says():
    stored = json.loads(CONSTANTS_FILE.read_text(encoding="utf-8"))
    current = json.loads(json.dumps(page_constants()))
    assert stored == current, "write it again: python -m explorer.web.page_constants"


def test_a_formula_becomes_glsl():
    assert glsl_of(example).splitlines() == [
        "float example(float x, float y) {",
        "  x = max(((x * 2.0) - y), 0.0);",
        "  float z = exp(-((x + 0.5)));",
        "  return (x < 1.0 ? cos(z) : (-z));",
        "}",
    ]
    assert glsl_of(three).startswith("vec3 three(float x) {\n  return vec3(x, (x / 3.0), 1.0);")
    assert glsl_of(color).startswith("vec3 color(float nu,")


def test_several_assignments_and_arrays_of_a_size():
    assert glsl_of(several, {"n": 5}).splitlines() == [
        "float several(float x, float n[5]) {",
        "  x = (x + n[1]);",
        "  float y = (n[0] * 2.0);",
        "  return (x * y);",
        "}",
    ]
    assert "float n[2]" in glsl_of(several)


@pytest.mark.parametrize(("formula", "words"), [(strange, r"x \*\* 2"), (swapped, "y, x")])
def test_what_the_translator_does_not_know_is_told(formula, words):
    with pytest.raises(ExplorerError, match=words):
        glsl_of(formula)
