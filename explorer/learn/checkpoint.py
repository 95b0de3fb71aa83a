"""The state of a training in one file: weights, best weights, the state of the optimizer, the history."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save as serialize

from explorer.errors import ExplorerError
from explorer.files import parse_json, read_json, write_bytes, write_json
from explorer.learn.optimization import Trainer
from explorer.learn.run_folder import CHECKPOINT, CHECKPOINT_SUMMARY, HISTORY

OPTIMIZER = "optimiser"  # prefix of its tensors in the file; the spelling is part of the file format

LossRow = dict[str, float]
Tensors = dict[str, torch.Tensor]


@dataclass
class TrainingState:
    """The state of a training between two epochs; `history` has a row for each finished epoch."""

    history: list[LossRow] = field(default_factory=list)
    best: Tensors = field(default_factory=dict)
    best_epoch: int = -1

    @property
    def epoch(self) -> int:
        """Number of the next epoch."""
        return len(self.history)

    def add(self, row: LossRow, trainer: Trainer) -> None:
        """After an epoch: add its losses, and store the weights if they are the best so far."""
        best = self.history[self.best_epoch]["validation"] if self.best_epoch >= 0 else float("inf")
        self.history.append(row)
        if row["validation"] < best or not self.best:
            self.best_epoch = len(self.history) - 1
            self.best = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}


def save_checkpoint(folder: Path, trainer: Trainer, state: TrainingState) -> None:
    """Write checkpoint.safetensors, and its epoch and losses in readable form as checkpoint.json."""
    summary = {"epoch": state.epoch, "best_epoch": state.best_epoch, "history": state.history}
    tensors = {f"model.{name}": tensor for name, tensor in trainer.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in state.best.items()}
    for number, moments in trainer.optimizer.state_dict()["state"].items():
        tensors |= {f"{OPTIMIZER}.{number}.{name}": torch.as_tensor(value) for name, value in moments.items()}
    write_bytes(
        folder / CHECKPOINT, serialize(tensors, metadata={"facts": json.dumps(summary)}), durable=True
    )
    write_json(folder / CHECKPOINT_SUMMARY, summary, durable=True)


def write_history(folder: Path, history: list[LossRow]) -> None:
    """Write history.csv, a row for every epoch."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(history[0]))
    table.writeheader()
    table.writerows(history)
    write_bytes(folder / HISTORY, text.getvalue().encode("utf-8"))


def read_history(folder: Path) -> list[LossRow]:
    """The losses of a training, a row for every epoch; empty before the first has ended."""
    path = folder / CHECKPOINT_SUMMARY
    return list(read_json(path)["history"]) if path.is_file() else []


def load_checkpoint(folder: Path, trainer: Trainer) -> TrainingState:
    """Restore a training from its checkpoint; the initial state if there is none yet."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return TrainingState()
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            summary = parse_json(file.metadata()["facts"], path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        trainer.model.load_state_dict(_with_prefix("model.", tensors))
        state: dict[int, Tensors] = {}
        for name, tensor in _with_prefix(f"{OPTIMIZER}.", tensors).items():
            number, _, key = name.partition(".")
            state.setdefault(int(number), {})[key] = tensor
        trainer.optimizer.load_state_dict({**trainer.optimizer.state_dict(), "state": state})
        return TrainingState(summary["history"], _with_prefix("best.", tensors), summary["best_epoch"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, safetensors.SafetensorError) as error:
        raise ExplorerError(f"cannot read {path}: {error}; start a new training") from error


def _with_prefix(prefix: str, tensors: Tensors) -> Tensors:
    """The tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
