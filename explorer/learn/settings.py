"""The settings of a training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from explorer.audio.live import live_width
from explorer.errors import SettingsError
from explorer.fields import AnyField, Julia
from explorer.fields.julia.parameters import NAMES as PARAMETER_NAMES
from explorer.fields.registry import field_class, field_from
from explorer.files import path_within, read_json
from explorer.learn.run_folder import SETTINGS
from explorer.settings import Settings, knob

RESUMABLE_SETTINGS = ("epochs", "patience")  # may change when a training is resumed
ANALYSIS_PHASE, CLIPS_PHASE, TRAINING_PHASE, EVALUATION_PHASE, WRITING_PHASE = PHASES = (
    "hearing the sounds", "making clips", "training", "proving", "writing",
)  # fmt: skip


MAX_WIDTH, MAX_LAYERS = 2048, 8  # of the hidden layers: 150 MB of weights at most


class TrainSettings(Settings):
    """How a model is trained; `window_frames`, the deltas and `hidden` define the model.

    `field` is taught: a field of any kind, a Julia set where there is none. `moves` names what the model
    moves (see `teaching.parameters`), `pairs` what should follow what, as in `loudness-luminance`.
    """

    added_settings: ClassVar[tuple[str, ...]] = ("field", "moves", "pairs", "preference")

    epochs: int = knob(
        30, low=1, high=10000, slider=(5, 100), step=5, group="training",
        help="How often the training goes through all sequences.",
    )  # fmt: skip
    batch_size: int = knob(
        4, low=1, high=256, slider=(1, 16), step=1, group="training",
        help="Sequences per step.",
    )  # fmt: skip
    learning_rate: float = knob(
        2e-3, low=1e-6, high=1, slider=(1e-4, 1e-2), step=1e-4, group="training",
        help="Highest step of the optimizer; it warms up at first and falls toward the end.",
    )  # fmt: skip
    window_frames: int = knob(
        10, low=1, high=120, slider=(1, 30), step=1, unit="frames", group="model",
        help="Length of the sound before each moment that the model gets, in frames of 1/60 s.",
    )  # fmt: skip
    include_delta: bool = knob(
        False, group="model", help="Give the model the change of each feature as well.",
    )  # fmt: skip
    include_delta_delta: bool = knob(
        False, group="model", help="Give the model the change of the change as well; includes the deltas.",
    )  # fmt: skip
    hidden: tuple[Annotated[int, Field(ge=1, le=MAX_WIDTH)], ...] = Field((96, 96), max_length=MAX_LAYERS)
    sequence: int = knob(
        64, low=8, high=1024, slider=(16, 128), step=8, unit="moments", group="training",
        help="Consecutive moments, 1/30 s apart, over which features and pictures are compared.",
    )  # fmt: skip
    held_out: float = knob(
        0.2, low=0.05, high=0.8, slider=(0.1, 0.5), step=0.05, group="training",
        help="Share of the tracks not to train on; it decides when to stop and shows what was learned.",
    )  # fmt: skip
    patience: int = knob(
        8, low=1, high=10000, slider=(2, 30), step=1, unit="epochs", group="training",
        help="Stop after so many epochs without progress on the held-out tracks.",
    )  # fmt: skip
    made_clips: int = knob(
        0, low=0, high=1000, slider=(0, 64), step=8, group="training",
        help="Number of generated clips of 20 s to train on as well; useful where there is little music.",
    )  # fmt: skip
    preference: float = knob(
        0.0, low=0, high=100, slider=(0, 2), step=0.1, group="training",
        help="Weight of what the stars of the explorations folder say about pictures; 0 leaves them out.",
    )  # fmt: skip
    seed: int = knob(0, low=0, high=2**31 - 1, slider=(0, 20), step=1, help="Seed of everything random.")
    field: AnyField | None = None  # what is taught; none: a Julia set
    moves: tuple[str, ...] = ()  # the names of its parameters; none: those with the largest effects
    pairs: tuple[str, ...] = ()  # what should follow what, by name; none: the usual ones

    @field_validator("moves", "pairs", mode="before")
    @classmethod
    def _parse_names(cls, value: Any) -> Any:
        """Names may be one text, with commas."""
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("field", mode="before")
    @classmethod
    def _parse_field(cls, value: Any) -> Any:
        """A kind stands for its first look; Julia sets have a training of their own, which is the default."""
        if isinstance(value, str):
            value = field_class(value).default_look()
        value = None if value is None else field_from(value)
        return None if isinstance(value, Julia) else value

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if self.field is None and self.moves:
            raise SettingsError(
                f"moves: a Julia set is moved by {', '.join(PARAMETER_NAMES)}, all of them; leave moves out"
            )
        if self.field is None and self.preference:
            raise SettingsError(
                f"preference: got {self.preference:g} for a Julia set, whose training draws no whole looks; "
                "name another field to teach (--field, --look), or leave preference at 0"
            )
        return self

    @field_validator("hidden")
    @classmethod
    def _bound_widths(cls, hidden: tuple[int, ...]) -> tuple[int, ...]:
        """A settings.json or model.json of somebody else must not ask for all memory."""
        if len(hidden) > MAX_LAYERS or not all(1 <= width <= MAX_WIDTH for width in hidden):
            raise ValueError(
                f"got {str(hidden)[:60]}; allowed: up to {MAX_LAYERS} widths from 1 to {MAX_WIDTH}"
            )
        return hidden

    @property
    def input_dim(self) -> int:
        """Number of inputs of the model: 6, 12 or 18 a frame."""
        return self.window_frames * live_width(self.include_delta, self.include_delta_delta)


def saved_settings(folder: Path) -> TrainSettings:
    """The settings of the training in a folder. Raises SettingsError if there is none."""
    try:
        return TrainSettings(**read_json(path_within(folder, SETTINGS)))
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{folder} is not a training that can be resumed: {error}") from None


def resumed_settings(folder: Path, changes: dict[str, Any]) -> TrainSettings:
    """The settings of a resumed training: its own with `changes` of `RESUMABLE_SETTINGS`."""
    saved = saved_settings(folder)
    settings = saved.replace(**changes)
    for name, value in settings:
        if name not in RESUMABLE_SETTINGS and value != getattr(saved, name):
            raise SettingsError(
                f"{name}: {folder.name} was trained with {getattr(saved, name)!r}, not {value!r}; leave "
                "it out, or start a new training"
            )
    return settings
