"""The state of a painting in one file, so that a killed or stopped one can be resumed step for step."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize

from explorer.errors import ExplorerError
from explorer.files import file_within, write_bytes
from explorer.learn.painting.best_state import BestState
from explorer.learn.painting.fitting import Fit
from explorer.learn.painting.optimizer import STATE_NAMES

CHECKPOINT = "checkpoint_{:02d}.safetensors"  # of a picture by its number


def save_checkpoint(path: Path, fit: Fit, best: BestState) -> None:
    """Write the matrices, the best ones, the state of the optimizer and that of the random numbers."""
    tensors = {f"matrix.{n}": matrix.detach() for n, matrix in enumerate(fit.matrices)}
    tensors |= {f"best.{n}": matrix for n, matrix in enumerate(best.matrices)}
    for n, state in enumerate(fit.optimizer.state):
        tensors |= {f"{name}.{n}": values.contiguous() for name, values in state.items()}
    tensors["random"] = fit.random_state
    numbers = {"steps": fit.optimizer.steps, "seconds": best.seconds, "loss": best.loss}
    data = serialize(
        {name: values.contiguous() for name, values in tensors.items()}, {"numbers": json.dumps(numbers)}
    )
    write_bytes(path, data, durable=True)


def load_checkpoint(path: Path, fit: Fit) -> BestState:
    """Restore a painting; its start where there is no checkpoint yet. Raises ExplorerError if damaged."""
    if not file_within(path.parent, path.name):
        return BestState()
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: _as_in_memory(name, file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
            numbers = json.loads((file.metadata() or {})["numbers"])
        count = range(len(fit.matrices))
        matrices, best = ([tensors[f"{name}.{n}"] for n in count] for name in ("matrix", "best"))
        state = [{name: tensors[f"{name}.{n}"] for name in STATE_NAMES} for n in count]
        fit.restore(matrices, state, int(numbers["steps"]), tensors["random"])
        result = BestState(float(numbers["loss"]), float(numbers["seconds"]), best)
        if any(earlier.shape != own.shape for earlier, own in zip(best, fit.matrices, strict=True)):
            raise ValueError("its best network has another shape")
    except (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ExplorerError(f"cannot read {path}: {reason}; paint the picture again") from error
    return result


def _as_in_memory(name: str, values: torch.Tensor) -> torch.Tensor:
    """A tensor aligned and laid out as before it was saved, so that its products round the same.

    Bases come from LAPACK, column by column.
    """
    return values.T.clone(memory_format=torch.contiguous_format).T if "_basis." in name else values.clone()
