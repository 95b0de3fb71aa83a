"""The picture, its caption and its diagnosis on screen."""

from explorer.notebook.panel.preview_view import PreviewView


def test_old_numbers_stay_pale_while_new_ones_are_measured_so_that_nothing_jumps(diagnosis):
    view = PreviewView((64, 36))
    assert "measuring" in view.diagnosis.value
    view.show_diagnosis(diagnosis)
    html = view.diagnosis.value
    view.show_diagnosis(None)
    assert view.diagnosis.value == f'<div class="explorer-old" aria-busy="true">{html}</div>'
    view.show_diagnosis(diagnosis)
    assert view.diagnosis.value == html
