"""The chart of the layers: every mark where its value lies."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from explorer.notebook.panel.layer_chart import layer_chart


def drawings(html):
    return [ElementTree.fromstring(svg.replace("&nbsp;", " ")) for svg in re.findall(r"<svg.*?</svg>", html)]


def heights(drawing, kind):
    """Where the marks of a kind stand, in units of the drawing, downwards."""
    return [float(dot.get("cy")) for dot in drawing.iter("circle") if dot.get("class") == kind]


def test_a_dying_signal_goes_down_on_a_logarithmic_axis(diagnosis):
    layers = [replace(layer, signal=10.0**-n) for n, layer in enumerate(diagnosis.layers)]
    signal, _ = drawings(layer_chart(layers))
    places = heights(signal, "measured")
    steps = [after - before for before, after in pairwise(places)]
    assert len(places) == 4
    assert steps == pytest.approx([steps[0]] * 3, abs=0.11)
    assert steps[0] > 0


def test_growth_above_one_stands_above_the_line_and_below_one_under_it(diagnosis):
    first, second, third, last = diagnosis.layers
    _, growth = drawings(layer_chart([replace(first, growth=4.0), replace(second, growth=0.25), third, last]))
    one = next(path.get("d") for path in growth.iter("path") if path.get("class") == "one")
    line = float(one.split()[1].partition("H")[0])
    bars = list(growth.iter("rect"))
    tops = [float(bar.get("y")) for bar in bars]
    bottoms = [float(bar.get("y")) + float(bar.get("height")) for bar in bars]
    assert (bottoms[0], tops[1]) == (pytest.approx(line, abs=0.1), pytest.approx(line, abs=0.1))
    assert tops[0] < line < bottoms[1]
    assert [bar.get("class") for bar in bars[:2]] == ["measured", "dying"]


def test_theory_has_a_mark_of_its_own_shape_and_screen_readers_hear_the_numbers(diagnosis):
    for drawing in drawings(layer_chart(diagnosis.layers)):
        marks = [path for path in drawing.iter("path") if path.get("class") == "theory"]
        assert marks
        assert drawing.get("role") == "img"
    signal, _ = drawings(layer_chart(diagnosis.layers))
    assert f"1 sin: {diagnosis.layers[0].signal:.2g}" in signal.get("aria-label")


def test_a_signal_of_nothing_can_be_drawn(diagnosis):
    dead_layers = [
        replace(layer, signal=0.0, growth=layer.growth and 0.0, predicted=None) for layer in diagnosis.layers
    ]
    for drawing in drawings(layer_chart(dead_layers)):
        assert all(0 <= place <= 104 for place in heights(drawing, "measured"))
