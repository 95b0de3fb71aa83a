"""Pictures in files."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from explorer.errors import OutputError, SettingsError
from explorer.video import PngSequence, save_image

PICTURE = np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)


def test_png_is_lossless_and_carries_the_recipe(tmp_path):
    recipe = '{"name": "Café 日本", "text": "' + "x" * 100_000 + '"}'
    save_image(PICTURE, tmp_path / "ü.PNG", comment=recipe)
    with Image.open(tmp_path / "ü.PNG") as image:
        assert (np.asarray(image) == PICTURE).all()
        assert image.text["Comment"] == recipe


def test_jpeg_carries_the_recipe(tmp_path):
    save_image(np.full((16, 16, 3), 99, np.uint8), tmp_path / "a.jpg", comment="Café")
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.format == "JPEG"
        assert image.info["comment"].decode() == "Café"
        assert np.abs(np.asarray(image).astype(int) - 99).max() <= 1


def test_comment_too_long_for_a_jpeg(tmp_path):
    with pytest.raises(SettingsError, match="64 kB"):
        save_image(PICTURE, tmp_path / "a.jpg", comment="x" * 70_000)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"\.png"):
        save_image(PICTURE, tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


def test_numbered_frames(tmp_path):
    frames = PngSequence(tmp_path / "frames")
    for n in range(3):
        frames.write(PICTURE + np.uint8(n))
    names = [f"frame_{n:06d}.png" for n in (1, 2, 3)]
    assert sorted(file.name for file in (tmp_path / "frames").iterdir()) == names
    for n, name in enumerate(names):
        with Image.open(tmp_path / "frames" / name) as image:
            assert (np.asarray(image) == PICTURE + np.uint8(n)).all()


def test_two_sequences_do_not_mix(tmp_path):
    PngSequence(tmp_path).write(PICTURE)
    with pytest.raises(OutputError, match="already holds frames"):
        PngSequence(tmp_path)
