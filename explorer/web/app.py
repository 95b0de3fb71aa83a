"""The HTTP application: its parts, what it answers when something is wrong, and the live page beside it."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

import explorer
from explorer.errors import ExplorerError, SettingsError
from explorer.learn.subprocess_training import TrainingConflictError, TrainingProcess
from explorer.settings import Knob, Settings
from explorer.web import models
from explorer.web.guard import Guard
from explorer.web.models import NoSuchModel
from explorer.web.models_api import add_models
from explorer.web.networks import add_networks
from explorer.web.schemas import Health, Problem
from explorer.web.static_page import NOT_HERE, is_built, serve_page
from explorer.web.training_api import add_training

STATUS_OF: dict[type[ExplorerError], int] = {SettingsError: 422, NoSuchModel: 404, TrainingConflictError: 409}
DAMAGED = 409  # what lies on the disk is not as it should be


def create_app(
    root: Path,
    explorations: Path,
    settings: type[Settings],
    training: TrainingProcess,
    hosts: set[str],
    shipped: Path | None = None,
    secret: str = "",
) -> FastAPI:
    """The application: sounds are read below `root`, models and runs of training lie in `explorations`.

    `settings` are those of training, `hosts` the names that the server goes by, `shipped` the folder of the
    model that is there before any other. With a `secret` all addresses begin with it, and notebooks may
    frame the page.
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
    app.add_middleware(Guard, hosts=hosts, secret=secret)
    app.add_exception_handler(ExplorerError, _refuse)
    app.add_exception_handler(RequestValidationError, partial(_refuse_invalid, settings.knobs()))
    app.add_exception_handler(HTTPException, _refuse_plainly)
    add_training(app, root, settings, training)
    add_models(app, explorations, shipped)
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


def _refuse_plainly(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == 404 and not path.startswith("/api/") and _is_browser(request):
        return HTMLResponse(NOT_HERE.format(home="../" * (path.count("/") - 1) or "./"), 404)
    return _problem(error.status_code, str(error.detail))


def _is_browser(request: Request) -> bool:
    """Whether people will read the answer."""
    return "text/html" in request.headers.get("accept", "")
