"""The state of a training in one file: weights, best weights, the state of the optimizer, the history."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import save as serialize

from explorer.errors import ExplorerError, ReadError
from explorer.files import parse_json, path_within, write_bytes, write_json
from explorer.learn.optimization import Trainer
from explorer.learn.run_folder import CHECKPOINT, CHECKPOINT_SUMMARY, HISTORY

OPTIMIZER = "optimiser"  # prefix of its tensors in the file; the spelling is part of the file format
OPTIMIZER_TENSORS = {"step", "exp_avg", "exp_avg_sq"}  # of AdamW, for each parameter

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
    """The losses of a training, a row for every epoch; empty before the first has ended.

    Raises ExplorerError for a damaged checkpoint.
    """
    path = folder / CHECKPOINT
    return _read_checkpoint(path)[0].history if path.exists() else []


def load_checkpoint(folder: Path, trainer: Trainer) -> TrainingState:
    """Restore a training from its checkpoint; the initial state if there is none yet.

    Raises ExplorerError for a damaged checkpoint, or one of another model.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return TrainingState()
    state, tensors = _read_checkpoint(path)
    try:
        if state.best:
            trainer.model.load_state_dict(state.best)  # has to fit too
        trainer.model.load_state_dict(_with_prefix("model.", tensors))
        moments = _optimizer_state(_with_prefix(f"{OPTIMIZER}.", tensors), trainer)
        trainer.optimizer.load_state_dict({**trainer.optimizer.state_dict(), "state": moments})
    except (ValueError, LookupError, TypeError, RuntimeError) as error:
        raise _damaged(path, error) from error
    return state


def _read_checkpoint(path: Path) -> tuple[TrainingState, Tensors]:
    """The state and all tensors in a checkpoint. Raises ExplorerError unless they are complete and finite."""
    try:
        if not path_within(path.parent, path.name).is_file():
            raise ValueError("it is no ordinary file")
        with safetensors.safe_open(path, framework="pt") as file:
            summary = parse_json((file.metadata() or {})["facts"], path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        if not all(torch.isfinite(tensor).all() for tensor in tensors.values()):
            raise ValueError("it holds numbers that are not finite")
        history, best_epoch = summary["history"], summary["best_epoch"]
        if not _is_history(history) or not isinstance(best_epoch, int) or not -1 <= best_epoch < len(history):
            raise ValueError("its history is damaged")
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from error
    return TrainingState(history, _with_prefix("best.", tensors), best_epoch), tensors


def _damaged(path: Path, error: Exception) -> ExplorerError:
    reason = error.reason if isinstance(error, ReadError) else " ".join(str(error).split())
    return ExplorerError(f"cannot read {path}: {reason}; start a new training")


def _is_history(rows: Any) -> bool:
    """Whether these are rows of losses, all with the same names."""
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and "validation" in row
        and row.keys() == rows[0].keys()
        and all(isinstance(value, int | float) for value in row.values())
        for row in rows
    )


def _optimizer_state(tensors: Tensors, trainer: Trainer) -> dict[int, Tensors]:
    """The state of the optimizer by number of parameter. Raises ValueError unless it fits the model."""
    shapes = [parameter.shape for parameter in trainer.model.parameters()]
    state: dict[int, Tensors] = {}
    for name, tensor in tensors.items():
        number, _, key = name.partition(".")
        if tensor.shape != (shapes[int(number)] if key != "step" else torch.Size([])):
            raise ValueError(f"the optimizer has {tuple(tensor.shape)} numbers as {name}")
        state.setdefault(int(number), {})[key] = tensor
    if any(moments.keys() != OPTIMIZER_TENSORS for moments in state.values()):
        raise ValueError("the state of the optimizer is incomplete")
    return state


def _with_prefix(prefix: str, tensors: Tensors) -> Tensors:
    """The tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
