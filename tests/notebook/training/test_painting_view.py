"""The painting widget: pictures beside each other while it paints, Stop keeps it, Resume paints on."""

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.learn.painting import paint as module
from explorer.notebook.training.painting_view import painting
from tests.learn.painting.conftest import picture

SMALL = {"hidden": 6, "layers": 2, "seconds": 600}


@pytest.fixture
def view(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PREVIEW_SECONDS", 0.0)
    with painting(picture(), explorations=tmp_path, steps=4, **SMALL) as view:
        yield view


def test_it_paints_shows_the_picture_and_resumes(view):
    with pytest.raises(SettingsError, match="nothing is painted yet"):
        view.field  # noqa: B018
    view.start_button.click()
    assert view.wait(120)
    assert view.growth.value[1:4] == view.original.value[1:4] == b"PNG"
    assert view.run.manifest["status"] == "done"
    assert view.field.weights.run == view.run.folder.name
    assert "PSNR" in view.line.value
    first = view.run.folder
    view.form.controls["steps"].set(6)
    view.resume_button.click()
    assert view.wait(120)
    assert view.run.folder == first
    assert view.run.manifest["painting"]["steps"] == 6
    np.testing.assert_array_equal(view.run.pictures, [picture()])


def test_stop_keeps_the_best_and_errors_appear_in_the_line(tmp_path):
    with painting("gone.jpg", explorations=tmp_path, **SMALL) as view:
        view.start_button.click()
        assert "is not there" in view._errors.widget.value
        view.resume_button.click()
        assert "no painting to resume" in view._errors.widget.value
    with painting(picture(), explorations=tmp_path, **SMALL) as view:
        view.start()
        view.stop()
        assert view.wait(120)
        assert view.stop_button.layout.display == "none"
