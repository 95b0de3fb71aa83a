"""Runs of trainings with damaged files: one clear line, or the training goes on without the file."""

import json
from functools import partial

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from explorer.errors import ExplorerError
from explorer.fields.julia import model as julia_model
from explorer.learn import optimization, train
from explorer.learn.checkpoint import TrainingState, load_checkpoint, read_history, save_checkpoint
from explorer.learn.model import load_model, save_model
from explorer.learn.optimization import Trainer
from explorer.learn.settings import TrainSettings
from explorer.learn.training_run import TrainRun
from tests.learn.conftest import synthetic_track
from tests.learn.test_training import SMALL, quick  # noqa: F401  fixture

ROW = {"epoch": 1.0, "loss": 0.5, "validation": 0.4}
CONTENTS = {
    "nothing": b"",
    "nested": b"[" * 100_000,
    "no text": b"\xff\x00",
    "a list": b"[1]",
    "a long integer": b'{"epochs": ' + b"9" * 5000 + b"}",
    "names of Python": b'{"self": 1, "cls": 2, "__init__": 3}',
    "wrong types": b'{"hidden": 5, "epochs": {}, "history": 3, "features": 1, "parameters": "x"}',
    "a network beyond all memory": b'{"hidden": [1000000000, 1000000000]}',
}


def one_line(error):
    """The message of an error, which is one line of reasonable length."""
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


@pytest.fixture(scope="module")
def trainer():
    trainer = Trainer(TrainSettings(**SMALL), [synthetic_track(5, 0)], [synthetic_track(5, 1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimization, "draw_images", partial(optimization.draw_images, size=16))
        patch.setattr(optimization, "draw_structure", partial(optimization.draw_structure, size=16))
        next(trainer.epoch(0))
    return trainer


@pytest.fixture
def run(tmp_path, trainer):
    """A folder with a checkpoint and a model."""
    state = TrainingState()
    state.add(dict(ROW), trainer)
    save_checkpoint(tmp_path, trainer, state)
    save_model(tmp_path, trainer.model)
    return tmp_path


def change_checkpoint(folder, change):
    """Write the checkpoint again after `change(tensors, facts)`."""
    with safe_open(folder / "checkpoint.safetensors", framework="pt") as file:
        facts = json.loads(file.metadata()["facts"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
    change(tensors, facts)
    save_file(tensors, folder / "checkpoint.safetensors", metadata={"facts": json.dumps(facts)})


CHANGES = {
    "no weights": lambda tensors, _: [tensors.pop(name) for name in list(tensors) if "model." in name],
    "other widths": lambda tensors, _: tensors.update({"model.output.weight": torch.zeros(7, 99)}),
    "best of other widths": lambda tensors, _: tensors.update({"best.output.weight": torch.zeros(7, 99)}),
    "not finite": lambda tensors, _: tensors["model.output.bias"].fill_(torch.nan),
    "moments of other widths": lambda tensors, _: tensors.update({"optimiser.0.exp_avg": torch.zeros(3)}),
    "moments without a number": lambda tensors, _: tensors.update({"optimiser.x.exp_avg": torch.zeros(3)}),
    "moments of no parameter": lambda tensors, _: tensors.update({"optimiser.99.exp_avg": torch.zeros(3)}),
    "moments missing": lambda tensors, _: tensors.pop("optimiser.0.exp_avg_sq"),
    "no history": lambda _, facts: facts.pop("history"),
    "history of words": lambda _, facts: facts.update(history=[{"validation": "low"}]),
    "history of other rows": lambda _, facts: facts.update(history=[ROW, {"validation": 1.0}]),
    "history of an object": lambda _, facts: facts.update(history={"validation": 1.0}),
    "best epoch beyond": lambda _, facts: facts.update(best_epoch=7),
    "best epoch of words": lambda _, facts: facts.update(best_epoch="first"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_damaged_checkpoint_is_refused_in_one_line(run, trainer, change):
    change_checkpoint(run, change)
    with pytest.raises(
        ExplorerError, match=r"cannot read .*checkpoint\.safetensors: .*; start a new"
    ) as error:
        load_checkpoint(run, trainer)
    one_line(error)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x08" + bytes(7) + b"[[[[[[[[", b"<" + bytes(99)])
def test_a_file_that_is_no_checkpoint_is_refused(run, trainer, content):
    path = run / "checkpoint.safetensors"
    path.write_bytes(content)
    for read in (read_history, lambda folder: load_checkpoint(folder, trainer)):
        with pytest.raises(ExplorerError, match="start a new training") as error:
            read(run)
        one_line(error)
    path.unlink()
    assert read_history(run) == load_checkpoint(run, trainer).history == []
    path.mkdir()  # nothing that is there is taken for a training that has not begun
    with pytest.raises(ExplorerError, match="no ordinary file"):
        load_checkpoint(run, trainer)


def test_the_readable_copy_of_the_history_is_not_relied_on(run):
    for content in CONTENTS.values():
        (run / "checkpoint.json").write_bytes(content)
        assert read_history(run) == [ROW]


def test_a_damaged_model_is_refused_in_one_line_before_memory_is_taken(run):
    path = run / "model.json"
    whole = json.loads(path.read_text())
    changes = (
        {"hidden": [10**9] * 9},
        {"hidden": [12.5]},
        {"window_frames": 3.0},
        {"window_frames": 10**300},
    )
    ranges = ([], [1] * 7, [{**p, "low": "x"} for p in whole["parameters"]], {"a": 1})
    bad = [*CONTENTS.values(), *(json.dumps({**whole, **change}).encode() for change in changes)]
    bad += [json.dumps({**whole, "parameters": value}).encode() for value in ranges]
    for content in bad:
        path.write_bytes(content)
        for read in (load_model, lambda folder: julia_model.load_model(str(folder))):
            with pytest.raises(ExplorerError, match="cannot read the model in") as error:
                read(run)
            one_line(error)


def test_a_training_is_resumed_or_refused_in_one_line(folder, tmp_path, quick):  # noqa: F811
    run = train(folder, epochs=1, explorations=tmp_path / "runs", **SMALL).folder
    for name in ("progress.json", "checkpoint.json", "model.json"):  # written again
        (run / name).write_bytes(CONTENTS["wrong types"])
    assert len(train(folder, resume=run, epochs=2).history) == 2
    damaged = [content for content in CONTENTS.values() if not content.startswith(b"{")]
    for name, contents in (("manifest.json", damaged), ("settings.json", CONTENTS.values())):
        for content in contents:
            (run / name).write_bytes(content)
            with pytest.raises(
                ExplorerError, match=rf"{name}|is not a training that can be resumed"
            ) as error:
                train(folder, resume=run, epochs=3)
            one_line(error)


@pytest.mark.parametrize("content", [b"", b'a,b\n1\n2,3,4,5\n"', b"\xff\xfe\x00"])
def test_a_damaged_history_or_evaluation_is_one_line(tmp_path, content):
    (tmp_path / "history.csv").write_bytes(content)
    with pytest.raises(ExplorerError, match=r"cannot read .*history\.csv") as error:
        _ = TrainRun(tmp_path).history
    one_line(error)
    for text in (
        "{}",
        '{"windows": "x", "tracks": 5}',
        '{"windows": 1, "tracks": ["a"], "pairs": {"a": 1}}',
        "[",
    ):
        (tmp_path / "proof.json").write_text(text)
        with pytest.raises(ExplorerError, match=r"cannot read .*proof\.json") as error:
            TrainRun(tmp_path).report()
        one_line(error)
    (tmp_path / "manifest.json").write_text('{"trained_on": 5}')
    assert "None" in TrainRun(tmp_path)._repr_html_()
