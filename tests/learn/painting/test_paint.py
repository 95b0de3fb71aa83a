"""Painting: what it ends in, stop and resume, pictures of every kind, full disks."""

import shutil
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from explorer import load, load_look, paint
from explorer.errors import ExplorerError, OutputError, SettingsError, Stopped
from explorer.experiments.library.looks import resolve_look
from explorer.experiments.library.table import runs
from explorer.fields import CPPN, Julia
from explorer.fields.cppn.painted import picture_at_rest
from explorer.learn.painting import checkpoint
from explorer.learn.painting import paint as module
from explorer.learn.painting.picture import load_picture
from tests.learn.painting.conftest import STEPS, picture

SMALL = {"hidden": 8, "layers": 3, "seconds": 600}


def weights_of(run):
    return (run.folder / "weights.safetensors").read_bytes()


def test_a_painting_is_a_field_a_look_and_a_row(painting):
    log = painting.manifest
    assert log["status"] == "done"
    assert log["painting"]["steps"] == STEPS
    assert painting.psnr > 11
    assert log["weights"]["sha256"] == painting.field.weights.sha256
    assert {"weights.safetensors", "look.json", "picture_00.png", "sheet.jpg"} <= log["artefacts"].keys()
    np.testing.assert_array_equal(painting.pictures, [picture()])
    root = painting.folder.parent
    assert load_look(painting.folder) == painting.field
    assert resolve_look(painting.folder.name, root).frame_size == (1280, 854)
    with pytest.raises(SettingsError, match=r"is a painting: draw it, as in ex\.load_look"):
        load(painting.folder)
    row = runs(root).iloc[0]
    assert (row["kind"], row["status"], row["size"]) == ("paint", "done", "24x16")


def stop_after(steps):
    calls = iter(range(10**6))

    def progress(step, done, total):
        if next(calls) >= steps:
            raise Stopped("enough")

    return progress


def test_a_stopped_painting_is_kept_and_resumed_step_for_step(painting, tmp_path):
    run = paint(picture(), explorations=tmp_path, steps=STEPS, progress=stop_after(STEPS // 2), **SMALL)
    assert run.manifest["status"] == "stopped"
    assert run.field.weights
    again = paint(resume=run.folder, explorations=tmp_path)
    assert again.folder == run.folder
    assert again.manifest["status"] == "done"
    assert weights_of(again) == weights_of(painting)
    with pytest.raises(SettingsError, match="only seconds and steps may change, not hidden"):
        paint(resume=run.folder, hidden=16)


def test_a_killed_painting_starts_again_or_resumes_from_its_checkpoint(painting, tmp_path):
    folder = tmp_path / painting.folder.name
    shutil.copytree(painting.folder, folder)
    for name in ("checkpoint_00.safetensors", "weights.safetensors", "look.json", "sheet.jpg"):
        (folder / name).unlink()
    with pytest.raises(SettingsError, match=r"no weights\.safetensors"):
        CPPN(weights=folder)
    assert weights_of(paint(resume=folder)) == weights_of(painting)  # from the start, the same
    (folder / "checkpoint_00.safetensors").write_bytes(b"cut")
    with pytest.raises(ExplorerError, match="paint the picture again"):
        paint(resume=folder)
    (folder / "settings.json").unlink()
    with pytest.raises(SettingsError, match="cannot be resumed"):
        paint(resume=folder)


def test_a_full_disk_in_a_checkpoint_is_one_line_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(path, data, **_):
        raise OutputError(f"cannot write {path}: No space left on device; free some space")

    monkeypatch.setattr(checkpoint, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        paint(picture(), explorations=tmp_path, steps=3, **SMALL)
    (row,) = runs(tmp_path).to_dict("records")
    assert row["status"] == "failed"
    assert "No space left" in row["error"]
    assert not list(tmp_path.glob("*/*.part"))
    assert not list(tmp_path.glob("*/weights*"))


def test_the_picture_as_it_grows_reaches_the_caller(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PREVIEW_SECONDS", 0.0)
    monkeypatch.setattr(module, "CHECKPOINT_SECONDS", 0.0)
    pictures = []
    run = paint(picture(), explorations=tmp_path, steps=3, on_picture=pictures.append, **SMALL)
    assert {image.shape for image in pictures} == {(16, 24, 3)}
    assert not (run.folder / "preview.jpg").exists()


def test_size_and_coordinates_of_a_field_are_taken(tmp_path):
    field = CPPN(hidden=6, layers=2, coord_scale=2.0, radius=True, symmetry=4, features=("rms",), seed=5)
    run = paint(picture(16, 16), field, explorations=tmp_path, steps=30, seconds=600)
    names = ("hidden", "layers", "coord_scale", "radius", "symmetry", "features", "seed")
    assert [getattr(run.field, name) for name in names] == [getattr(field, name) for name in names]
    image = picture_at_rest(run.field, 16, 16)
    np.testing.assert_allclose(image, image[::-1], atol=1e-3)  # four-fold
    with pytest.raises(SettingsError, match="weights of a CPPN; got Julia"):
        paint(picture(), Julia(), explorations=tmp_path)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 3), (3, 2, 3), (12, 12, 3)])
def test_tiny_pictures_and_pictures_of_one_color_are_painted(shape, tmp_path):
    run = paint(
        np.full(shape, 90, np.uint8), explorations=tmp_path, steps=60, hidden=4, layers=2, seconds=600
    )
    assert run.psnr > 20
    assert 0 <= run.ssim <= 1


def saved(path, image, **options):
    image.save(path, **options)
    return load_picture(path, 64).image


def test_pictures_are_upright_opaque_and_rgb(tmp_path):
    image = Image.fromarray(picture())
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert saved(tmp_path / "turned.jpg", image, exif=exif).shape == (24, 16, 3)
    clear = image.copy()
    clear.putalpha(0)
    assert (saved(tmp_path / "clear.png", clear) == 255).all()
    assert saved(tmp_path / "print.jpg", image.convert("CMYK")).shape == (16, 24, 3)
    frames = [Image.new("P", (8, 8), n) for n in range(3)]
    assert saved(tmp_path / "moving.gif", frames[0], save_all=True, append_images=frames[1:]).shape == (
        8,
        8,
        3,
    )
    deep = Image.fromarray(np.full((4, 4), 65535, np.uint16))
    assert (saved(tmp_path / "deep.png", deep) == 255).all()
    assert saved(tmp_path / "bits.png", image.convert("1")).shape == (16, 24, 3)
    assert saved(tmp_path / "large.jpg", Image.new("RGB", (4000, 3000), "red")).shape == (48, 64, 3)


def test_a_large_picture_is_decoded_small_or_refused(tmp_path):
    Image.new("1", (1, 1)).save(tmp_path / "huge.png")
    data = bytearray((tmp_path / "huge.png").read_bytes())
    data[16:24] = struct.pack(">II", 20_000, 20_000)  # the header alone decides
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    (tmp_path / "huge.png").write_bytes(data)
    with pytest.raises(SettingsError, match=r"huge.png has (20000x20000|too many) pixels; save it smaller"):
        load_picture(tmp_path / "huge.png", 64)


def test_what_is_no_picture_is_refused_in_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "empty").mkdir()
    shutil.copy(tmp_path / "notes.txt", tmp_path / "empty")
    Image.fromarray(picture()).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:90])
    for source, words in (
        (tmp_path / "empty", "no pictures in empty"), ([], "got 0 pictures"),
        (tmp_path / "gone.jpg", "is not there"),
        (tmp_path / "notes.txt", "is no picture"), (tmp_path / "cut.png", "cannot read cut.png"),
        (np.zeros((4, 4)), "allowed: a file"), (None, "allowed: a file"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=words):
            paint(source, explorations=tmp_path / "runs", steps=1)
    assert not (tmp_path / "runs").exists()
