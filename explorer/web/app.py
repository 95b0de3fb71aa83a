"""The HTTP API: training, models, health; and the live page beside it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

import explorer
from explorer.errors import ExplorerError, SettingsError
from explorer.settings import Knob, Settings
from explorer.web import models
from explorer.web.bodies import Health, ModelDescription, ModelSummary, Problem, flags_of, start_body
from explorer.web.built import is_built, serve_page
from explorer.web.guard import Guard
from explorer.web.models import DEFAULT, Model, NoSuchModel
from explorer.web.networks import add_networks
from explorer.web.places import data_folder
from explorer.web.training import Busy, Training, TrainingStatus

PULSE = 0.5  # seconds between two looks at training while someone watches
QUIET = 15.0  # seconds after which a silent stream says that it lives
STATUS_OF: dict[type[ExplorerError], int] = {SettingsError: 422, NoSuchModel: 404, Busy: 409}
DAMAGED = 409  # what lies on the disk is not as it should be
BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


def create_app(
    root: Path,
    explorations: Path,
    settings: type[Settings],
    training: Training,
    hosts: set[str],
    shipped: Path | None = None,
) -> FastAPI:
    """The application: sounds are read below `root`, models and runs of training lie in `explorations`.

    `settings` are those of training, `hosts` the names that the server goes by, `shipped` the folder of the
    model that is there before any other.
    """
    refusals: dict[int | str, dict[str, Any]] = {
        code: {"model": Problem} for code in (400, 403, 404, 409, 411, 413, 422)
    }
    app = FastAPI(
        title="explorer",
        version=explorer.__version__,
        description="Train models that turn sound into Julia sets, and fetch them.",
        docs_url=None,  # their scripts would come from another site
        redoc_url=None,
        responses=refusals,
    )
    app.state.closing = threading.Event()
    app.add_middleware(Guard, hosts=hosts)
    app.add_exception_handler(ExplorerError, _refuse)
    app.add_exception_handler(RequestValidationError, partial(_refuse_invalid, settings.knobs()))
    app.add_exception_handler(HTTPException, _refuse_plainly)
    _add_training(app, root, settings, training)
    _add_models(app, explorations, shipped)
    add_networks(app, explorations)

    @app.get("/api/health", tags=["health"])
    def health() -> Health:
        """Whether the server is well."""
        return Health(
            version=explorer.__version__,
            page=is_built(),
            models=len(models.list_models(explorations, shipped)),
            training=training.status().status,
        )

    @app.api_route(
        "/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    def unknown(path: str) -> Response:
        """What is not there, before the page is asked."""
        raise HTTPException(404, f"there is no /api/{path[:100]}; see /openapi.json")

    serve_page(app)
    return app


def _add_training(app: FastAPI, root: Path, settings: type[Settings], training: Training) -> None:
    body = start_body(settings)

    def start(asked: BaseModel) -> TrainingStatus:
        """Begin to train on a folder of sounds, in a process of its own."""
        values = asked.model_dump()
        folder = data_folder(root, values.pop("data_dir"))
        return training.start(folder, flags_of(settings(**values)))

    start.__annotations__["asked"] = body  # derived above, so it has no name to be written with
    app.post("/api/train/start", status_code=202, tags=["training"])(start)

    @app.get("/api/train/status", tags=["training"])
    def status() -> TrainingStatus:
        """How training goes, at once."""
        return training.status()

    @app.post("/api/train/stop", status_code=202, tags=["training"])
    def stop() -> TrainingStatus:
        """Ask training to end after its step; what it has learned is kept."""
        return training.stop()

    @app.get(
        "/api/train/events",
        tags=["training"],
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    def events(request: Request) -> StreamingResponse:
        """How training goes, as server-sent events: one now, and one whenever it changes."""
        told = _changes(training.status, app.state.closing)
        return StreamingResponse(told, media_type="text/event-stream")

    @app.get("/api/train/history", tags=["training"])
    def history() -> list[dict[str, float | None]]:
        """What was measured after each epoch of the training that `status` tells of."""
        return training.history()

    @app.get("/api/train/settings", tags=["training"])
    def describe() -> dict[str, Any]:
        """The settings of training as a JSON schema, with bounds and help."""
        return body.model_json_schema()


async def _changes(look: Callable[[], TrainingStatus], closing: threading.Event) -> AsyncIterator[str]:
    """Events for every change, until the server closes or the listener leaves."""
    last, silent = "", 0.0
    while not closing.is_set():
        told = (await run_in_threadpool(look)).model_dump_json()
        if told != last:
            yield f"data: {told}\n\n"
            last, silent = told, 0.0
        elif silent >= QUIET:
            yield ": still here\n\n"
            silent = 0.0
        await asyncio.sleep(PULSE)
        silent += PULSE


def _add_models(app: FastAPI, explorations: Path, shipped: Path | None) -> None:
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


def _problem(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"detail": reason.encode("utf-8", "backslashreplace").decode()}, status)


def _refuse(_: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), DAMAGED)
    return _problem(status, str(error))


def _refuse_invalid(knobs: dict[str, Knob], _: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    reason = first["msg"].removeprefix("Value error, ")
    if where in knobs:
        reason = f"got {repr(first.get('input'))[:100]}; allowed: {knobs[where].allowed}"
    return _problem(422, f"{where}: {reason}" if where else reason)


def _refuse_plainly(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, str(error.detail))
