"""The part of the API that gives models away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse

from explorer.errors import ExplorerError
from explorer.web import models
from explorer.web.models import DEFAULT, Model
from explorer.web.schemas import ModelDescription, ModelSummary

BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


def add_models(app: FastAPI, explorations: Path, shipped: Path | None) -> None:
    """The models of an explorations folder, and the one in the folder `shipped`."""

    def named(name: str) -> Model:
        return models.find_model(name, explorations, shipped)

    @app.get("/api/models", tags=["models"])
    def listed() -> list[ModelSummary]:
        """All models, the one trained last first; the one that ships is the last."""
        return [_summary(model) for model in models.list_models(explorations, shipped)]

    @app.get("/api/models/{name}", tags=["models"])
    def one(name: str) -> ModelDescription:
        """A model and what is known of it."""
        return _description(named(name))

    @app.get("/api/models/{name}/onnx", tags=["models"], response_class=FileResponse, responses=BINARY)
    def network(name: str) -> FileResponse:
        """The network of a model as ONNX."""
        return _network(named(name))

    @app.get("/api/model/latest", tags=["models"], response_class=FileResponse, responses=BINARY)
    def latest() -> FileResponse:
        """The network of the model trained last as ONNX."""
        return _network(models.latest_model(explorations, shipped))

    @app.get("/api/model/metadata", tags=["models"])
    def metadata() -> ModelDescription:
        """What is known of the model trained last."""
        return _description(models.latest_model(explorations, shipped))


def _summary(model: Model) -> ModelSummary:
    return ModelSummary(**_facts(model, _told(model)))


def _description(model: Model) -> ModelDescription:
    told = model.describe()
    return ModelDescription(**_facts(model, told), metadata=told)


def _told(model: Model) -> dict[str, Any]:
    try:
        return model.describe()
    except ExplorerError:  # it stays in the list; asking for it says what is wrong
        return {}


def _facts(model: Model, told: dict[str, Any]) -> dict[str, Any]:
    file = model.network.stat()
    created = None
    if model.id != DEFAULT:
        created = datetime.fromtimestamp(file.st_mtime, UTC).isoformat(timespec="seconds")
    return {
        "id": model.id,
        "shipped": model.id == DEFAULT,
        "finished": model.is_finished,
        "created": created,
        "bytes": file.st_size,
        "hidden": _list_of(int, told.get("hidden")),
        "trained_on": _names(told.get("trained_on")),
    }


def _list_of(kind: type, value: Any) -> list[Any] | None:
    """The value where it is such a list; files may hold anything."""
    return value if isinstance(value, list) and all(isinstance(item, kind) for item in value) else None


def _names(sounds: Any) -> list[str]:
    """The names of the sounds that a model was trained on."""
    listed = sounds if isinstance(sounds, list) else []
    return [str(sound["name"]) for sound in listed if isinstance(sound, dict) and "name" in sound]


def _network(model: Model) -> FileResponse:
    return FileResponse(
        model.network,
        media_type="application/octet-stream",
        filename=f"{model.id}.onnx",
        headers={"x-model-id": model.id},
    )
