"""`explorer train` and `explorer export`."""

import json
import subprocess
import sys

import pytest

from explorer.cli import INTERRUPT_STATUS, main
from explorer.learn import onnx_export
from tests.learn.conftest import evaluate_little
from tests.signals import music, write_wav

QUICK = ["--epochs", "1", "--window-frames", "2", "--sequence", "16"]


def test_train_then_export(tmp_path, capsys, monkeypatch):
    evaluate_little(monkeypatch)
    monkeypatch.setattr(onnx_export, "encode_onnx", lambda model: b"graph")  # the true one: tests/learn
    monkeypatch.setattr(onnx_export, "max_difference", lambda model, data: 0.0)
    for seed in range(2):
        write_wav(tmp_path / f"{seed}.wav", music(5.2, 48000, seed), 48000)
    there = ["--explorations", str(tmp_path / "runs")]
    assert main(["train", str(tmp_path), *QUICK, "--include-delta", *there]) == 0
    said = capsys.readouterr().out
    assert "rms-luminance" in said
    assert "held out: " in said
    (run,) = (tmp_path / "runs").glob("train_*")
    made = {path.suffix for path in run.iterdir()}
    assert made == {".json", ".csv", ".png", ".jpg", ".onnx", ".safetensors"}
    facts = json.loads((run / "model.json").read_text())
    assert facts["input_dim"] == 24
    assert facts["include_delta"] is True
    (run / "model.onnx").unlink()
    assert main(["export", run.name, *there]) == 0
    assert (run / "model.onnx").read_bytes() == b"graph"
    assert "model.onnx" in capsys.readouterr().out


def test_it_ends_with_the_process_that_began_it(tmp_path):
    write_wav(tmp_path / "a.wav", music(5.2, 48000), 48000)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    there = ["--explorations", str(tmp_path / "runs"), "--ends-with"]
    assert main(["train", str(tmp_path), *QUICK, *there, str(ended.pid)]) == INTERRUPT_STATUS
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["train"], "name a folder with music"),
        (["train", "nowhere"], "there is no folder "),
        (["train", "--shipped", "--epochs", "3"], "name a folder with music"),
        (["train", "music", "--epochs", "0"], "epochs"),
        (["train", ".", "--prove", "nofile"], "there is no folder "),
        (["train", "music", "--window-frames", "500"], "window_frames"),
        (["train", "music", "--resume", "train_none"], "no run 'train_none'"),
        (["export", "nothing"], "no run 'nothing'"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path, monkeypatch, capsys, command, told):
    monkeypatch.chdir(tmp_path)
    write_wav(tmp_path / "a.wav", music(1, 48000), 48000)
    assert main(command) in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
