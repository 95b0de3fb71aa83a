"""The diagnosis as HTML: every number with its interval, and layers drawn where they are."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from explorer.diagnostics import diagnose
from explorer.fields import CPPN
from explorer.notebook.panel.diagnosis_html import badge, diagnosis_html
from explorer.notebook.panel.layer_chart import layer_chart
from explorer.notebook.panel.preview_view import PreviewView
from tests.notebook.fake_context import FakeContext


@pytest.fixture(scope="module")
def diagnosis(tmp_path_factory):
    track = FakeContext(tmp_path_factory.mktemp("song")).track
    return diagnose(CPPN(hidden=16, layers=3, gain=0.8), track, budget="draft")


def drawings(html):
    return [ElementTree.fromstring(svg.replace("&nbsp;", " ")) for svg in re.findall(r"<svg.*?</svg>", html)]


def heights(drawing, kind):
    """Where the marks of a kind stand, in units of the drawing, downwards."""
    return [float(dot.get("cy")) for dot in drawing.iter("circle") if dot.get("class") == kind]


def test_it_has_verdict_reason_variances_and_intervals(diagnosis):
    html = diagnosis_html(diagnosis)
    assert badge("static") in html
    assert diagnosis.sentence.partition(": ")[2].replace("'", "&#x27;") in html
    for group in ("space", "time", "audio"):
        assert f"{group} variance" in html
    measure = replace(diagnosis.space_variance, value=0.0327, low=0.0306, high=0.0343)
    html = diagnosis_html(replace(diagnosis, space_variance=measure))
    assert "<b>0.0327</b>" in html
    assert "[0.0306, 0.0343]" in html


def test_dots_stand_in_while_it_is_measured():
    html = diagnosis_html(None)
    assert "measuring" in html
    assert html.count("<b>&hellip;</b>") == 3
    assert "<svg" not in html


def test_a_field_without_layers_has_no_chart(diagnosis):
    assert layer_chart(()) == ""
    assert "<svg" not in diagnosis_html(replace(diagnosis, layers=()))


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


def test_old_numbers_stay_pale_while_new_ones_are_measured_so_that_nothing_jumps(diagnosis):
    view = PreviewView((64, 36))
    assert "measuring" in view.diagnosis.value
    view.show_diagnosis(diagnosis)
    html = view.diagnosis.value
    view.show_diagnosis(None)
    assert view.diagnosis.value == f'<div class="explorer-old" aria-busy="true">{html}</div>'
    view.show_diagnosis(diagnosis)
    assert view.diagnosis.value == html
