"""`--device`: the same frames from a GPU, named in the manifest, and repeated on the same kind of device."""

import numpy as np
import pytest
from PIL import Image

from explorer.audio import FeatureTrack
from explorer.errors import DeviceLost, ExplorerWarning
from explorer.experiments import Run, render
from explorer.experiments.runs import run_folder
from explorer.fields import CPPN
from explorer.rendering import Renderer
from explorer.rendering.gpu.frame_engine import Flight
from tests.cli.test_commands import run
from tests.signals import music, write_wav


def pictures(folder):
    return [np.asarray(Image.open(path), int) for path in sorted(folder.glob("*.png"))]


def test_a_render_on_a_gpu_has_the_frames_of_the_cpu_and_is_repeated_there(gpu, tmp_path):
    song = write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050)
    look = ("--field", "cppn", "--cppn-hidden", 6, "--cppn-layers", 2, "--gain", 3)
    frames = ("--resolution", "64x36", "--fps", 10, "--duration", 0.2, "--png-dir", tmp_path / "gpu")
    folder = ("--explorations", tmp_path / "runs")
    assert run("render", song, *look, *frames, *folder, "--device", gpu) == 0
    first = Run(next((tmp_path / "runs").iterdir()))
    assert "device" not in first.recipe.to_json()
    device = first.manifest["device"]
    assert device["type"] == "gpu"
    assert device["driver"]
    assert device["backend"]
    assert first.manifest["kernel"] == "wgsl-float32"

    track = FeatureTrack.load(first.folder / run_folder.FEATURES)
    with Renderer(first.field, track, (64, 36), device="cpu") as renderer:
        expected = list(renderer.frames([0.0, 0.1]))
    assert np.abs(np.subtract(pictures(tmp_path / "gpu"), expected)).max() <= 1

    assert run("render", "--recipe", first.folder, song, "--explorations", tmp_path / "again") == 0
    assert Run(next((tmp_path / "again").iterdir())).manifest["device"] == device


def test_the_manifest_names_the_frame_at_which_a_gpu_failed(gpu, tmp_path, monkeypatch):
    song, drawn, read = write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050), [], Flight.read

    def fail_at_the_third(flight, out):  # while the fourth is in flight
        drawn.append(out)
        if len(drawn) >= 3:
            raise DeviceLost("the cable is out")
        read(flight, out)

    monkeypatch.setattr(Flight, "read", fail_at_the_third)
    options = {"size": (64, 36), "fps": 10, "duration": 0.4, "flash_limit": "off", "explorations": tmp_path}
    with pytest.warns(
        ExplorerWarning, match=r"failed at 0\.20 s \(the cable is out\): the CPU draws the rest"
    ):
        made = render(CPPN(hidden=6, layers=2, gain=3.0), song, device=gpu, **options)
    device = made.manifest["device"]
    assert device["lost_at_frame"] == 2
    assert device["type"] == "gpu"
    assert "the cable is out" in device["note"]
    assert made.manifest["performance"]["frames"] == 4
