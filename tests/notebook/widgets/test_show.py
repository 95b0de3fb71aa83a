"""Pictures and videos as outputs of cells."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from explorer.notebook import show, show_video
from explorer.notebook.widgets.show import MAX_EMBEDDED_BYTES, encode_jpeg, encode_png

FRAME = np.random.default_rng(0).integers(0, 256, (36, 64, 3), dtype=np.uint8)


def test_a_png_is_exact_and_a_jpeg_small():
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(FRAME)))), FRAME)
    assert Image.open(io.BytesIO(encode_jpeg(FRAME))).size == (64, 36)
    assert len(encode_jpeg(FRAME)) < len(encode_png(FRAME))


def test_frames_and_figures_become_pictures():
    assert show(FRAME).format == "jpeg"
    figure = Figure(figsize=(2, 1))
    figure.subplots()
    assert Image.open(io.BytesIO(show(figure).data)).size == (160, 80)


def test_a_small_video_is_embedded_and_a_large_one_linked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small, large = tmp_path / "small.mp4", tmp_path / 'runs "1"' / "large.mp4"
    small.write_bytes(b"0" * 100)
    large.parent.mkdir()
    large.write_bytes(b"0" * (MAX_EMBEDDED_BYTES + 1))
    assert "base64" in show_video(small)._repr_html_()
    linked = show_video(large, width=320)._repr_html_()
    assert 'src="runs%20%221%22/large.mp4" width="320"' in linked
    assert 'download="large.mp4"' in linked
    assert str(tmp_path) not in linked


@pytest.mark.parametrize(("name", "words"), [("a.webm", "data:video/webm;"), ("a.gif", "<img")])
def test_other_kinds_of_video_are_shown_and_downloaded(tmp_path, monkeypatch, name, words):
    (tmp_path / name).write_bytes(b"0" * 100)
    shown = show_video(tmp_path / name)._repr_html_()
    assert words in shown
    assert "download" not in shown  # nothing names files of this machine where no server runs
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("explorer.notebook.widgets.show.served_url", lambda path: "/files/a")
    assert f'href="{name}" download="{name}"' in show_video(tmp_path / name)._repr_html_()
