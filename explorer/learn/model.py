"""The model: audio features of the last frames -> visual parameters, seven of a Julia set.

    x = (window - mean) / spread;  per hidden layer x = GELU(LayerNorm(W x + b))
    parameters = low + (high - low) sigmoid(W x + b)

Normalization and ranges are part of the model, so that a program that runs it needs nothing else. GELU is in
its tanh form.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float32
from safetensors.torch import save
from torch import nn

from explorer.audio.live import HOP, LIVE_FEATURES, LIVE_VERSION, RATE, WINDOW
from explorer.errors import ExplorerError, SettingsError
from explorer.fields import FieldSettings
from explorer.fields.julia.model import FORMAT, METADATA_FILE, NORM_EPSILON, WEIGHTS_FILE, read_model
from explorer.fields.julia.parameters import PARAMETERS, Parameter
from explorer.fields.registry import field_from
from explorer.files import write_bytes, write_json
from explorer.learn.settings import TrainSettings

OUTPUT_INIT_SCALE = 0.02  # so small that every parameter begins at its rest

Positions = Float32[torch.Tensor, "*batch parameters"]
Windows = Float32[torch.Tensor, "batch inputs"]
Outputs = Float32[torch.Tensor, "batch parameters"]


class AudioToVisualModel(nn.Module):
    """An MLP with LayerNorm; inputs as `audio.live.live_windows` returns them, outputs in their ranges."""

    mean: torch.Tensor
    spread: torch.Tensor
    low: torch.Tensor
    width: torch.Tensor

    def __init__(
        self,
        settings: TrainSettings | None = None,
        parameters: tuple[Parameter, ...] = PARAMETERS,
        field: FieldSettings | None = None,
    ) -> None:
        """`field` is what the parameters belong to; None for a Julia set."""
        super().__init__()
        self.settings, self.parameter_ranges, self.field = settings or TrainSettings(), parameters, field
        inputs = self.settings.input_dim
        widths = [inputs, *self.settings.hidden]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.norm = nn.ModuleList(nn.LayerNorm(width, eps=NORM_EPSILON) for width in self.settings.hidden)
        self.output = nn.Linear(widths[-1], len(parameters))
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))
        low, high, rest = (
            torch.tensor([getattr(p, end) for p in parameters]) for end in ("low", "high", "rest")
        )
        self.register_buffer("low", low, persistent=False)
        self.register_buffer("width", high - low, persistent=False)
        with torch.no_grad():
            self.output.weight.mul_(OUTPUT_INIT_SCALE)
            self.output.bias.copy_(torch.logit((rest - low) / (high - low), 0.02))

    def forward(self, windows: Windows) -> Outputs:
        """Visual parameters in the order and ranges of `parameter_ranges`."""
        return self.low + self.width * self.positions(windows)

    def positions(self, windows: Float32[torch.Tensor, "*batch inputs"]) -> Positions:
        """The same as positions in their ranges, 0 to 1. Raises SettingsError for windows of wrong width."""
        if windows.shape[-1] != self.mean.shape[0]:
            s = self.settings
            raise SettingsError(
                f"the model needs {self.mean.shape[0]} inputs ({s.window_frames} frames, "
                f"delta {s.include_delta}, delta-delta {s.include_delta_delta}), got {windows.shape[-1]}; "
                "cut the windows with the same settings"
            )
        x = (windows - self.mean) / self.spread
        for linear, norm in zip(self.hidden, self.norm, strict=True):
            x = nn.functional.gelu(norm(linear(x)), approximate="tanh")
        return torch.sigmoid(self.output(x))

    def metadata(self) -> dict[str, Any]:
        """The content of model.json."""
        s = self.settings
        field = {} if self.field is None else {"field": self.field.model_dump(mode="json")}
        return {
            "format": FORMAT,
            "window_frames": s.window_frames,
            "include_delta": s.include_delta or s.include_delta_delta,
            "include_delta_delta": s.include_delta_delta,
            "hidden": list(s.hidden),
            "input_dim": s.input_dim,
            "features": list(LIVE_FEATURES),
            "feature_version": LIVE_VERSION,
            "rate": RATE,
            "hop": HOP,
            "window": WINDOW,
            "parameters": [
                {"name": p.name, "low": p.low, "high": p.high, "rest": p.rest} for p in self.parameter_ranges
            ],
            **field,
        }


def save_model(folder: Path, model: AudioToVisualModel, **more: Any) -> None:
    """Write model.safetensors and model.json, with `more` metadata (trained_on, proof)."""
    write_bytes(folder / WEIGHTS_FILE, save(model.state_dict()), durable=True)
    write_json(folder / METADATA_FILE, {**model.metadata(), **more}, durable=True)


def load_model(folder: Path) -> tuple[AudioToVisualModel, dict[str, Any]]:
    """The model in a folder, and its metadata. Raises ExplorerError for missing or mismatched files."""
    if not (folder / METADATA_FILE).is_file() or not (folder / WEIGHTS_FILE).is_file():
        raise ExplorerError(
            f"{folder.name} holds no trained model ({WEIGHTS_FILE} and {METADATA_FILE}); give a "
            "train_... run that has ended: explorer runs lists them"
        )
    stored = read_model(folder)  # checks that tensors and metadata fit, before a network of any size is built
    names = ("window_frames", "include_delta", "include_delta_delta", "hidden")
    parameters: tuple[Parameter, ...] = PARAMETERS
    field = None
    if "field" in stored.metadata:
        parameters = tuple(_parameter(values) for values in stored.metadata["parameters"])
        field = field_from(stored.metadata["field"])
    settings = TrainSettings(**{name: stored.metadata[name] for name in names})
    model = AudioToVisualModel(settings, parameters, field)
    model.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in stored.tensors.items()})
    return model.eval(), stored.metadata


def _parameter(values: dict[str, Any]) -> Parameter:
    """A parameter from its entry in model.json."""
    low, high = float(values["low"]), float(values["high"])
    return Parameter(values["name"], low, high, float(values.get("rest", low)), "", "")
