"""Where a training stands, in one file: weights, best weights, the optimiser's memory, the history."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save as serialise

from explorer.errors import ExplorerError
from explorer.files import parse_json, read_json, write_bytes, write_json
from explorer.learn.optimization import Fit

NAME = "checkpoint.safetensors"

Row = dict[str, float]
Tensors = dict[str, torch.Tensor]


@dataclass
class Progressed:
    """What a training knows of itself between two epochs: `history` has a row for each that is done."""

    history: list[Row] = field(default_factory=list)
    best: Tensors = field(default_factory=dict)
    best_epoch: int = -1

    @property
    def epoch(self) -> int:
        """The epoch that comes next."""
        return len(self.history)

    def add(self, row: Row, fit: Fit) -> None:
        """After an epoch: remember its losses, and the weights if they are the best so far."""
        best = self.history[self.best_epoch]["validation"] if self.best_epoch >= 0 else float("inf")
        self.history.append(row)
        if row["validation"] < best or not self.best:
            self.best_epoch = len(self.history) - 1
            self.best = {name: tensor.clone() for name, tensor in fit.model.state_dict().items()}


def save(folder: Path, fit: Fit, progressed: Progressed) -> None:
    """Write checkpoint.safetensors, and what it says of itself for people as checkpoint.json."""
    facts = {"epoch": progressed.epoch, "best_epoch": progressed.best_epoch, "history": progressed.history}
    tensors = {f"model.{name}": tensor for name, tensor in fit.model.state_dict().items()}
    tensors |= {f"best.{name}": tensor for name, tensor in progressed.best.items()}
    for number, memory in fit.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{name}": torch.as_tensor(value) for name, value in memory.items()}
    write_bytes(folder / NAME, serialise(tensors, metadata={"facts": json.dumps(facts)}))
    write_json(folder / "checkpoint.json", facts)


def rows(folder: Path) -> list[Row]:
    """The history of a training, a row for every epoch; empty before the first has ended."""
    path = folder / "checkpoint.json"
    return list(read_json(path)["history"]) if path.is_file() else []


def load(folder: Path, fit: Fit) -> Progressed:
    """Put a training where its checkpoint stands; at the beginning where there is none yet."""
    path = folder / NAME
    if not path.is_file():
        return Progressed()
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            facts = parse_json(file.metadata()["facts"], path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        fit.model.load_state_dict(_under("model.", tensors))
        state: dict[int, Tensors] = {}
        for name, tensor in _under("optimiser.", tensors).items():
            number, _, what = name.partition(".")
            state.setdefault(int(number), {})[what] = tensor
        fit.optimiser.load_state_dict({**fit.optimiser.state_dict(), "state": state})
        return Progressed(facts["history"], _under("best.", tensors), facts["best_epoch"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, safetensors.SafetensorError) as error:
        raise ExplorerError(f"cannot read {path}: {error}; start the training anew") from error


def _under(prefix: str, tensors: Tensors) -> Tensors:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
