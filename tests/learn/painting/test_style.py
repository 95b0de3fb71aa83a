"""Paintings of a picture's style and of its palette: closer than at the start, stop and resume, manifest."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from explorer import load_look, paint
from explorer.errors import SettingsError, Stopped
from explorer.fields.image_palette import palette_of
from explorer.fields.palette import three_colors
from explorer.learn.painting import statistics, style
from explorer.learn.painting.settings import PaintSettings
from explorer.learn.painting.statistics import COARSE, FINE
from tests.learn.painting.conftest import picture

SMALL = {"hidden": 8, "layers": 3, "seconds": 600}
STEPS, STOP = 12, 5


def last_state(run):
    """The network after its last step, which need not be the best."""
    tensors = load_file(run.folder / "checkpoint_00.safetensors")
    return {name: tensor for name, tensor in tensors.items() if not name.startswith("best")}


@pytest.fixture(scope="module", autouse=True)
def _few_directions():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics, "DIRECTIONS", 6)
        patch.setattr(style, "DIRECTIONS", 6)
        patch.setattr(style, "WINDOWS", {FINE: (1, 24), COARSE: (1, 44)})
        yield


@pytest.fixture(scope="module")
def styled(_few_directions, tmp_path_factory):
    root = tmp_path_factory.mktemp("explorations")
    return paint(picture(), explorations=root, match="style", steps=STEPS, **SMALL)


def test_a_style_is_nearer_than_its_start_and_than_another_picture(styled):
    (quality,) = styled.manifest["quality"]
    assert quality["distance"] == styled.distance < quality["distance_start"]
    assert styled.distance < quality["distance_unrelated"]
    assert {"distance_loud", "distance_shuffled"} <= quality.keys()
    assert f"distance of style {styled.distance:.3f}" in styled.quality_text
    assert load_look(styled.folder) == styled.field
    assert styled.manifest["weights"]["sha256"] == styled.field.weights.sha256
    assert styled.field.weights.painting.notes["quality"] == styled.manifest["quality"]
    with pytest.raises(SettingsError, match=r"has no psnr; .* has distance, distance_loud"):
        styled.psnr  # noqa: B018


def test_a_stopped_style_is_resumed_step_for_step(styled, tmp_path):
    calls = iter(range(10**6))

    def progress(*_):
        if next(calls) >= STOP:
            raise Stopped("enough")

    run = paint(picture(), explorations=tmp_path, match="style", steps=STEPS, progress=progress, **SMALL)
    assert run.manifest["status"] == "stopped"
    again = paint(resume=run.folder, explorations=tmp_path)
    resumed, straight = last_state(again), last_state(styled)
    assert resumed.keys() == straight.keys()
    assert all(torch.equal(resumed[name], straight[name]) for name in straight)
    with pytest.raises(SettingsError, match="only seconds and steps may change, not match"):
        paint(resume=run.folder, match="pixels")


def test_a_palette_is_that_of_the_picture_and_only_its_shares_are_fitted(tmp_path):
    run = paint(picture(), explorations=tmp_path, match="palette", steps=STEPS, **SMALL)
    assert run.field.palette == palette_of(Image.fromarray(picture()))
    assert three_colors(run.field.palette)
    (quality,) = run.manifest["quality"]
    assert run.distance < quality["distance_start"]
    assert "distance_shuffled" not in quality
    again = paint(resume=run.folder, steps=STEPS + 2)
    assert again.field.palette == run.field.palette


def test_several_pictures_and_tiny_ones_have_styles(tmp_path):
    run = paint([picture(), picture()[::-1].copy()], explorations=tmp_path, match="style", steps=2, **SMALL)
    assert len(run.manifest["quality"]) == len(run.painted) == 2
    for match in ("style", "palette"):
        dot = paint(np.full((1, 3, 3), 90, np.uint8), explorations=tmp_path, match=match, steps=2, **SMALL)
        assert np.isfinite(dot.distance)


def test_pixels_are_what_settings_say_by_default():
    assert PaintSettings().match == "pixels"
    assert "match" not in PaintSettings().model_dump()
    with pytest.raises(SettingsError, match="match"):
        PaintSettings(match="texture")
