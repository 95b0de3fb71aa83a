"""The diagnosis as HTML: every number with its interval."""

from dataclasses import replace

from explorer.notebook.panel.diagnosis_html import diagnosis_html
from explorer.notebook.panel.layer_chart import layer_chart
from explorer.notebook.widgets.markup import badge


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
