"""Request and response schemas of the API; the one that starts training is derived from its settings."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from explorer.settings import Knob, Settings


class Problem(BaseModel):
    """Why a request was refused, in one line: what was given, what is allowed, what to do."""

    detail: str


class ModelSummary(BaseModel):
    """One model of the list."""

    id: str
    shipped: bool
    finished: bool  # false: training was stopped early, or is running
    created: str | None
    bytes: int
    hidden: list[int] | None = None
    trained_on: list[str] = []
    damaged: str | None = None  # why its model.json cannot be read
    initial: bool = False  # in the list: the page begins with it


class ModelDescription(ModelSummary):
    """A model with the content of its model.json."""

    metadata: dict[str, Any]


class Health(BaseModel):
    """Version and state of the server."""

    status: str = "ok"
    version: str
    page: bool
    models: int
    training: str


@cache
def start_training_schema(settings: type[Settings]) -> type[BaseModel]:
    """The request that starts training: a folder of sounds, and every setting of training with its bounds."""
    fields: dict[str, Any] = {
        "data_dir": (str, Field(description="folder of sounds, below the folder the server was started in"))
    }
    for name, knob in settings.knobs().items():
        annotation = settings.model_fields[name].annotation
        bounds: dict[str, Any] = {"ge": knob.low, "le": knob.high} if _is_number(knob) else {}
        fields[name] = (annotation, Field(knob.default, description=knob.help, **bounds))
    config = ConfigDict(extra="forbid", title="StartTraining", allow_inf_nan=False)
    return create_model("StartTraining", __config__=config, **fields)


def _is_number(knob: Knob) -> bool:
    return bool({int, float} & set(knob.types)) and knob.types[0] in (int, float)
