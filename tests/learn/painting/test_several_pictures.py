"""Several pictures in one painting: recognizable at the ends, weights on a straight line between them."""

import numpy as np
import pytest
from PIL import Image

from explorer import CPPN, paint
from explorer.errors import SettingsError, Stopped
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.picture_quality import psnr
from explorer.fields.cppn.weights import network_of
from explorer.rendering import Renderer
from explorer.shaders.descriptions import describe
from explorer.shaders.track_field import moment_table
from tests.learn.painting.conftest import picture
from tests.tracks import made_up_track

SMALL = {"hidden": 8, "layers": 3, "seconds": 600, "steps": 60}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """A folder with two pictures of different shapes and a text file, painted."""
    root = tmp_path_factory.mktemp("gallery")
    Image.fromarray(picture()).save(root / "a.png")
    Image.fromarray(picture(20, 20)[::-1, :, ::-1].copy()).save(root / "b.png")
    (root / "notes.txt").write_text("no picture")
    return paint(root, explorations=root / "runs", **SMALL)


def test_each_picture_is_itself_at_its_number(gallery):
    assert [image.shape for image in gallery.pictures] == [(16, 24, 3)] * 2
    for n, original in enumerate(gallery.pictures):
        shown = picture_at_rest(gallery.field.replace(picture=float(n)), 24, 16)
        other = gallery.pictures[1 - n] / 255
        assert psnr(shown, original / 255) > psnr(shown, other) + 1.5
        assert gallery.manifest["quality"][n]["psnr"] == pytest.approx(psnr(shown, original / 255), abs=1e-3)
    first, half, second = (network_of(gallery.field.replace(picture=p)).weights[1] for p in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half, (first + second) / 2, atol=1e-6)
    with pytest.raises(SettingsError, match="got 2; these weights have 2 pictures; allowed: 0 to 1"):
        gallery.field.replace(picture=2.0)
    with pytest.raises(SettingsError, match="got 1; no weights are painted"):
        CPPN(keyframes="1: picture=1")
    assert gallery.field.all_knobs()["picture"].slider == (0, 1)  # from the first to the last
    assert "picture" not in CPPN().all_knobs()


def test_keyframes_go_from_one_to_another_in_kernel_and_page(gallery):
    track = made_up_track(1.0)
    field = gallery.field.replace(keyframes="0: picture=0; 0.8: picture=1", audio_gain=0.0)
    with Renderer(field, track, (24, 16), device="cpu", threads=1) as renderer:
        for t, number in ((0.0, 0.0), (0.4, 0.5), (0.9, 1.0)):
            still = picture_at_rest(gallery.field.replace(picture=number), 24, 16)
            assert np.abs(renderer.frame(t) - 255 * still).max() <= 1
    description, table = describe(field), moment_table(field, track)
    assert len(description.other_weights) == 1
    shares = table.rows[:, [table.names.index(name) for name in ("share 0", "share 1")]]
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-6)
    still = network_of(gallery.field.replace(picture=1.0)).weights[2]
    np.testing.assert_allclose(description.other_weights[0][2], still.ravel())


def stop_at(limit):
    def progress(step, done, total):
        if done >= limit:
            raise Stopped("enough")

    return progress


def test_a_stop_in_the_second_picture_keeps_the_first_and_resumes(gallery, tmp_path):
    images = [picture(), gallery.pictures[1]]
    for limit, count in ((1.0, 1), (1.3, 2)):
        run = paint(images, explorations=tmp_path, progress=stop_at(limit), **SMALL)
        assert run.manifest["status"] == "stopped"
        assert len(run.field.weights.painting.pictures) == count
    again = paint(resume=run.folder, explorations=tmp_path)
    assert again.manifest["status"] == "done"
    assert again.field.weights == CPPN(weights=again.folder).weights
    assert again.psnr == pytest.approx(gallery.psnr, abs=1)
    with pytest.raises(Stopped, match="before it began"):
        paint(images, explorations=tmp_path, progress=stop_at(0.0), **SMALL)
