"""Texts of sketches for tests."""

import explorer as ex
from explorer.fields.sketch import exp, length, sin
from explorer.fields.sketch.definition import definition_of
from explorer.fields.sketch.language import SketchText
from explorer.fields.sketch.translation import translated

SHIFT = 0.25


def wave(a, rate=2.0):
    return sin(a * rate) * 0.5 + SHIFT  # a function and a constant of one's own


@ex.sketch(palette="lagoon")
def ripples(x, y, t, bass, onset, *, rings: float = ex.slider(6, 1, 20), count: int = ex.slider(2, 1, 5)):
    """Rings from the center."""
    r = length(x, y)
    return sin(rings * r - 4 * t) * (0.6 + bass) + onset * exp(-8 * r) + wave(x) * count


def text_of(body, parameters="x, y, t, bass", helpers=""):
    """A text with one sketch."""
    lines = [*helpers.splitlines(), "@sketch", f"def f({parameters}):"]
    return "\n".join([*lines, *(f"    {line}" for line in body.splitlines())])


def outputs_of(body, parameters="x, y, t, bass", helpers=""):
    """The expressions of a formula."""
    return translated(definition_of(SketchText(text_of(body, parameters, helpers))))
