"""The code draws the same picture, to the last bit."""

import numpy as np
import pytest

import explorer as ex
from explorer.fields import CPPN, Julia
from explorer.notebook.widgets.code_view import CodeView, python_code
from explorer.rendering import render_frame
from tests.notebook.fake_context import FakeContext

LOOKS = [
    CPPN(hidden=4, layers=2),
    CPPN.preset("molten"),
    CPPN(hidden=7, layers=3, gain=1 / 3, output_gain=0.7, radius=True, symmetry=3, features=("onset", "rms")),
    Julia.preset("seahorse").replace(rotation=0.3, features=("rms", "onset")),
    CPPN(hidden=4, layers=2, light={"relief": 0.2}, finish=True, sections={"seeds": (3,)}),
    CPPN(hidden=4, layers=2, layer_scales=(0.5, 2.0, 1.25), time_span=0.1 + 0.2),
]


@pytest.mark.parametrize("field", LOOKS)
def test_running_it_gives_the_identical_field_and_frame(field, tmp_path):
    context, mode = FakeContext(tmp_path), "calm" if field is LOOKS[0] else "off"
    text = python_code(context.audio, context.track, field, 1.23, (64, 36), flash_limit=mode)
    names = {}
    exec(text, names)
    assert names["field"] == field
    expected = render_frame(field, context.track, 1.23, (64, 36), flash_limit=mode)
    assert np.array_equal(names["image"], expected)
    assert all(len(line) <= 100 or str(context.audio.parent) in line for line in text.splitlines())


def test_the_analysis_is_written_where_it_is_not_the_default(tmp_path):
    context = FakeContext(tmp_path)
    track = ex.analyze(context.audio, smoothing=0.2, fps=30)
    text = python_code(context.audio, track, CPPN(hidden=4, layers=2), 0.7, (64, 36), device="cpu")
    names = {}
    exec(text, names)
    assert names["track"].settings == track.settings
    assert np.array_equal(names["image"], render_frame(names["field"], track, 0.7, (64, 36)))
    assert "device='cpu'" in text
    assert "smoothing" not in python_code(context.audio, context.track, CPPN(), 0.7, (64, 36))


def test_a_file_name_can_break_neither_code_nor_page(tmp_path):
    context = FakeContext(tmp_path)
    text = python_code('it\'s </textarea><script>1</script> "q".wav', context.track, CPPN(), 0.5, (64, 36))
    compile(text, "code", "exec")
    view = CodeView()
    assert view.widget.layout.display == "none"
    view.show(text)
    assert view.text == text
    assert "<script>" not in view.widget.value
    assert view.widget.value.count("</textarea>") == 1
    view.hide()
    assert view.widget.layout.display == "none"
