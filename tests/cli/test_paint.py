"""`explorer paint`, and the run that it ends in as a look of `render`."""

import pytest
from PIL import Image

from explorer.cli import main
from explorer.experiments.runs import manifest
from explorer.experiments.runs.recipe import load_recipe
from tests.learn.painting.conftest import picture
from tests.signals import music, write_wav


def test_paint_says_how_to_render(tmp_path, capsys):
    Image.fromarray(picture()).save(tmp_path / "photo.png")
    there = ["--explorations", str(tmp_path / "runs")]
    quick = ["--steps", "3", "--hidden", "6", "--layers", "2"]
    assert main(["paint", str(tmp_path / "photo.png"), *quick, *there]) == 0
    (run,) = (tmp_path / "runs").glob("paint_*")
    assert f"explorer render AUDIO --look {run.name}" in capsys.readouterr().out
    assert main(["paint", "--resume", run.name, "--steps", "5", *there]) == 0
    assert "5 steps, PSNR " in capsys.readouterr().out
    assert main(["paint", str(tmp_path / "photo.png"), "--match", "palette", *quick, *there]) == 0
    assert "3 steps, distance of palette " in capsys.readouterr().out


@pytest.mark.slow
def test_a_painted_video_repeats_without_its_painting(tmp_path):
    Image.fromarray(picture()).save(tmp_path / "photo.png")
    write_wav(tmp_path / "s.wav", music(1.0, 16000), 16000)
    there = ["--explorations", str(tmp_path / "runs")]
    quick = ["--steps", "5", "--hidden", "6", "--layers", "2"]
    assert main(["paint", str(tmp_path / "photo.png"), *quick, *there]) == 0
    (run,) = (tmp_path / "runs").glob("paint_*")
    small = ["--resolution", "64x36", "--fps", "5", *there]
    assert main(["render", str(tmp_path / "s.wav"), "--look", run.name, *small]) == 0
    (render,) = (tmp_path / "runs").glob("render_*")
    assert load_recipe(render / "video.mp4").field.weights.run == run.name
    assert {"at_rest", "loudest"} == manifest.read(render)["picture"].keys()
    for folder in (run, tmp_path / "photo.png"):
        folder.rename(tmp_path / f"gone {folder.name}")
    assert main(["render", str(tmp_path / "s.wav"), "--recipe", str(render), *there]) == 0
    first, again = sorted((tmp_path / "runs").glob("render_*"))
    assert (first / "poster.jpg").read_bytes() == (again / "poster.jpg").read_bytes()


def test_paint_says_what_it_needs(tmp_path, capsys):
    assert main(["paint"]) == 2
    assert "name a picture, as in: explorer paint photo.jpg" in capsys.readouterr().err
    (tmp_path / "notes.txt").write_text("words")
    assert main(["paint", str(tmp_path / "notes.txt"), "--explorations", str(tmp_path)]) == 2
    assert "notes.txt is no picture" in capsys.readouterr().err
