import os
import sys
import time
from pathlib import Path

import pytest

from explorer.experiments.runs import manifest
from explorer.files import write_json
from explorer.learn.settings import TrainSettings
from explorer.learn.subprocess_training import (
    PROCESS_LOST,
    TrainingConflictError,
    TrainingProcess,
    end_reason,
    flags_of,
)
from tests.learn import fake_trainer

PATIENCE = 60  # seconds until a test that hangs fails
ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def training(tmp_path, monkeypatch):
    """Makes what the API has, with the stand-in for training; what still runs at the end is stopped."""
    monkeypatch.setenv("PYTHONPATH", ROOT)
    processes = []

    def make(manner="short"):
        processes.append(TrainingProcess(tmp_path, (sys.executable, fake_trainer.__file__, manner)))
        return processes[-1]

    yield make
    for one in processes:
        one.close()


def until(training, *statuses):
    end = time.monotonic() + PATIENCE
    while (status := training.status()).status not in statuses:
        assert time.monotonic() < end, status
        time.sleep(0.02)
    return status


def test_nothing_was_trained_yet(training):
    assert training().status().status == "idle"
    assert training().history() == []
    with pytest.raises(TrainingConflictError, match="no training"):
        training().stop()


def test_a_training_from_its_start_to_its_end(training, tmp_path):
    training_process = training()
    assert training_process.start(tmp_path / "songs", ["--epochs", "3"]).status == "starting"
    status = until(training_process, "done", "failed")
    assert (status.status, status.epoch, status.epochs, status.loss) == ("done", 2, 3, pytest.approx(1 / 3))
    *arguments, ends_with, process = manifest.read(tmp_path / status.run)["arguments"]
    assert arguments == ["train", str(tmp_path / "songs"), "--epochs", "3", "--explorations", str(tmp_path)]
    assert (ends_with, process) == ("--ends-with", str(os.getpid()))
    assert training_process.history() == [
        {"epoch": 1, "loss": 2.5, "validation": 3},
        {"epoch": 2, "loss": 1.5, "validation": None},
    ]
    training_process.start(tmp_path, [])  # the next may begin
    assert until(training_process, "done").run != status.run


def test_one_at_a_time_and_stopped_on_request(training, tmp_path):
    training_process = training("long")
    training_process.start(tmp_path, [])
    with pytest.raises(TrainingConflictError, match="already"):
        training_process.start(tmp_path, [])
    run = until(training_process, "running").run
    after_restart = training()  # another server on the same folder
    assert (after_restart.status().status, after_restart.status().run) == ("running", run)
    with pytest.raises(TrainingConflictError, match=run):
        after_restart.start(tmp_path, [])
    after_restart.stop()
    assert until(training_process, "stopped").run == run
    assert after_restart.status().status == "stopped"


def test_stopped_before_it_has_made_anything(training, tmp_path):
    training_process = training("long")
    training_process.start(tmp_path, [])
    training_process.stop()
    assert until(training_process, "stopped").run is None


def test_a_run_that_was_stopped_is_gone_on_with(training, tmp_path):
    training_process = training("long")
    training_process.start(tmp_path, [])
    until(training_process, "running")
    assert training_process.stop().status in ("stopping", "stopped")
    run = tmp_path / until(training_process, "stopped").run
    assert training_process.start(tmp_path, [], run).status == "starting"  # and not: stopped
    assert until(training_process, "running", "failed").run == run.name
    training_process.stop()
    until(training_process, "stopped")
    crashing = training("crash")
    crashing.start(tmp_path, [], run)
    status = until(crashing, "failed")
    assert (status.run, status.error) == (None, "RuntimeError: the machine is on fire")


def test_an_interrupt_meant_for_us_does_not_reach_it(training, tmp_path):
    training_process = training("long")
    training_process.start(tmp_path, [])
    until(training_process, "running")
    if hasattr(os, "getpgid"):
        assert os.getpgid(training_process._process.pid) != os.getpgid(0)
    training_process.close()
    assert until(training_process, "stopped").run


def test_a_crash_is_told_with_its_last_lines(training, tmp_path):
    training_process = training("crash")
    training_process.start(tmp_path, [])
    status = until(training_process, "failed")
    assert status.error == "RuntimeError: the machine is on fire"
    assert "listening to the sounds" in status.log
    assert status.run is None


def test_a_process_that_was_killed_is_not_said_to_run(training, tmp_path):
    training_process = training("killed")
    training_process.start(tmp_path, [])
    status = until(training_process, "failed")
    assert (status.error, status.epoch) == (PROCESS_LOST, 1)
    assert training().status().error == PROCESS_LOST


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_a_killed_process_is_named_as_the_reason(training, tmp_path):
    training_process = training("bar")
    training_process.start(tmp_path, [])
    until(training_process, "running")
    training_process._process.kill()
    status = until(training_process, "failed")
    assert status.error == "the training process was killed (signal 9)"
    assert status.log[-1] == "explorer: training 0%"


@pytest.mark.parametrize(
    ("code", "log", "reason"),
    [
        (-9, ["explorer: training 0%"], "the training process was killed (signal 9)"),
        (1, ["explorer: the disk is 100% full", "explorer: hearing the sounds 40%"], "the disk is 100% full"),
        (
            1,
            ["RuntimeError: no", "training:  40%|####      | 0.4 of 1 epochs [00:01<00:02]"],
            "RuntimeError: no",
        ),
        (1, ["explorer: warning: a.wav is short", "explorer: training 0%"], PROCESS_LOST),
        (1, ["explorer: compiling kernels (once)", "explorer: training 40%, 1 min 5 s left"], PROCESS_LOST),
    ],
)
def test_a_line_of_progress_is_no_reason(code, log, reason):
    assert end_reason(code, log) == reason


@pytest.mark.parametrize("damaged", ["", "[]", '{"epoch": "many"}', '{"status": 3}'])
def test_damaged_files_are_survived(training, tmp_path, damaged):
    run = tmp_path / "train_20260101T000000Z_aaaaaa"
    run.mkdir()
    manifest.write(run, {"status": "done"})
    (run / "progress.json").write_text(damaged)
    status = training().status()
    assert (status.run, status.epoch) == (run.name, None)


def test_settings_become_flags():
    assert flags_of(TrainSettings()) == []
    changed = TrainSettings(epochs=3, include_delta=True, learning_rate=1e-4)
    assert flags_of(changed) == ["--epochs", "3", "--learning-rate", "0.0001", "--include-delta"]
    assert flags_of(TrainSettings(seed=1), changed.replace(seed=1)) == [
        *("--epochs", "30", "--learning-rate", "0.002", "--no-include-delta"),
    ]  # fmt: skip


def test_the_newest_run_is_told_of(training, tmp_path):
    for day, status in ((1, "done"), (2, "stopped")):
        run = tmp_path / f"train_2026010{day}T000000Z_aaaaaa"
        run.mkdir()
        write_json(run / "progress.json", {"status": status, "losses": {"loss": 1.0}})
    assert training().status().status == "stopped"
