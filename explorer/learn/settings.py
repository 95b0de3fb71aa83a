"""The settings of a training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.audio.live import live_width
from explorer.errors import SettingsError
from explorer.files import read_json
from explorer.settings import Settings, knob

SETTINGS, PROGRESS, PREVIEW = "settings.json", "progress.json", "preview.jpg"  # in a run folder
MAY_CHANGE = ("epochs", "patience")  # when a training goes on
HEARING, CLIPS, TRAINING, PROVING, WRITING = PHASES = (
    "hearing the sounds", "making clips", "training", "proving", "writing",
)  # fmt: skip
STOP = "stop"  # a file of this name in a run folder ends its training after the step


class TrainSettings(Settings):
    """How a model is trained; `window_frames`, the deltas and `hidden` say what the model is."""

    epochs: int = knob(
        30, low=1, high=10000, slider=(5, 100), step=5, group="training",
        help="How often all sequences are gone through.",
    )  # fmt: skip
    batch_size: int = knob(
        4, low=1, high=256, slider=(1, 16), step=1, group="training",
        help="Sequences per step.",
    )  # fmt: skip
    learning_rate: float = knob(
        2e-3, low=1e-6, high=1, slider=(1e-4, 1e-2), step=1e-4, group="training",
        help="Highest step of the optimiser; it warms up, and falls towards the end.",
    )  # fmt: skip
    window_frames: int = knob(
        10, low=1, high=120, slider=(1, 30), step=1, unit="frames", group="model",
        help="How far the model hears back, in frames of 1/60 s.",
    )  # fmt: skip
    include_delta: bool = knob(
        False, group="model", help="Let the model hear how each feature changes, too.",
    )  # fmt: skip
    include_delta_delta: bool = knob(
        False, group="model", help="And how that changes; brings the deltas along.",
    )  # fmt: skip
    hidden: tuple[int, ...] = (96, 96)  # widths of the hidden layers
    sequence: int = knob(
        64, low=8, high=1024, slider=(16, 128), step=8, unit="moments", group="training",
        help="Consecutive moments, 1/30 s apart, over which features and pictures are compared.",
    )  # fmt: skip
    held_out: float = knob(
        0.2, low=0.05, high=0.8, slider=(0.1, 0.5), step=0.05, group="training",
        help="Share of the tracks that is not trained on but shows when to stop, and what was learned.",
    )  # fmt: skip
    patience: int = knob(
        8, low=1, high=10000, slider=(2, 30), step=1, unit="epochs", group="training",
        help="Stop after so many epochs without progress on the tracks held out.",
    )  # fmt: skip
    made_clips: int = knob(
        0, low=0, high=1000, slider=(0, 64), step=8, group="training",
        help="Generated clips of 20 s to train on besides; good where there is little music.",
    )  # fmt: skip
    seed: int = knob(0, low=0, high=2**31 - 1, slider=(0, 20), step=1, help="Of everything random.")

    @property
    def input_dim(self) -> int:
        """Numbers the model is given: 6, 12 or 18 a frame."""
        return self.window_frames * live_width(self.include_delta, self.include_delta_delta)


def saved_settings(folder: Path) -> TrainSettings:
    """The settings of the training in a folder. Raises SettingsError where there is none."""
    try:
        return TrainSettings(**read_json(folder / SETTINGS))
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{folder} is no training that could go on: {error}") from None


def continued(folder: Path, given: dict[str, Any]) -> TrainSettings:
    """The settings of a training that goes on: those it had, of which few may change."""
    saved = saved_settings(folder)
    chosen = saved.replace(**given)
    for name, value in chosen:
        if name not in MAY_CHANGE and value != getattr(saved, name):
            raise SettingsError(
                f"{name}: {folder.name} was trained with {getattr(saved, name)!r}, not {value!r}; leave "
                "it out, or start a new training"
            )
    return chosen
