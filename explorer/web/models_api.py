"""The API of models: list, metadata, ONNX files."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import FileResponse

from explorer.errors import ExplorerError
from explorer.web import models
from explorer.web.models import DEFAULT, Model
from explorer.web.schemas import ModelDescription, ModelSummary

BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


def add_models(app: FastAPI, explorations: Path, shipped: Path | None) -> None:
    """Add the API of the models of an explorations folder, and of the one in the folder `shipped`."""

    def find(name: str) -> Model:
        return models.find_model(name, explorations, shipped)

    @app.get("/api/models", tags=["models"])
    def list_all() -> list[ModelSummary]:
        """All models, the newest first; the one that ships is the last."""
        listed = models.list_models(explorations, shipped)
        initial = models.initial_model(listed)
        return [_summary(model).model_copy(update={"initial": model == initial}) for model in listed]

    @app.get("/api/models/{name}", tags=["models"])
    def describe(name: str) -> ModelDescription:
        """A model and its metadata."""
        return _description(find(name))

    @app.get("/api/models/{name}/onnx", tags=["models"], response_class=FileResponse, responses=BINARY)
    def network(name: str) -> FileResponse:
        """The network of a model as ONNX."""
        return _network(find(name))

    @app.get("/api/model/latest", tags=["models"], response_class=FileResponse, responses=BINARY)
    def latest() -> FileResponse:
        """The network of the newest model as ONNX."""
        return _network(models.latest_model(explorations, shipped))

    @app.get("/api/model/metadata", tags=["models"])
    def metadata() -> ModelDescription:
        """The metadata of the newest model."""
        return _description(models.latest_model(explorations, shipped))


def _summary(model: Model) -> ModelSummary:
    try:
        return ModelSummary(**_summary_fields(model, model.describe()))
    except ExplorerError as error:  # it stays in the list; a request for it returns the reason
        return ModelSummary(**_summary_fields(model, {}) | {"finished": False, "damaged": str(error)})


def _description(model: Model) -> ModelDescription:
    metadata = model.describe()
    return ModelDescription(**_summary_fields(model, metadata), metadata=metadata)


def _summary_fields(model: Model, metadata: dict[str, Any]) -> dict[str, Any]:
    file = model.network.stat()
    created = None
    if model.id != DEFAULT:
        with suppress(ValueError, OverflowError, OSError):  # a time that no calendar has
            created = datetime.fromtimestamp(file.st_mtime, UTC).isoformat(timespec="seconds")
    return {
        "id": model.id,
        "shipped": model.id == DEFAULT,
        "finished": model.is_finished,
        "created": created,
        "bytes": file.st_size,
        "hidden": _list_of(int, metadata.get("hidden")),
        "trained_on": _names(metadata.get("trained_on")),
    }


def _list_of(item_type: type, value: Any) -> list[Any] | None:
    """The value if it is a list of such items; a file may hold anything."""
    valid = isinstance(value, list) and all(isinstance(item, item_type) for item in value)
    return value if valid else None


def _names(sounds: Any) -> list[str]:
    """The names of the sounds that a model was trained on."""
    items = sounds if isinstance(sounds, list) else []
    return [str(sound["name"]) for sound in items if isinstance(sound, dict) and "name" in sound]


def _network(model: Model) -> FileResponse:
    return FileResponse(
        model.network,
        media_type="application/octet-stream",
        filename=f"{model.id}.onnx",
        headers={"x-model-id": quote(model.id)},
    )
