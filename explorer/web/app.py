"""The HTTP application: the parts of the API, error responses, and the live page."""

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
from explorer.web.fields_api import add_fields
from explorer.web.models import UnknownModelError
from explorer.web.models_api import add_models
from explorer.web.request_guard import RequestGuard
from explorer.web.schemas import Health, Problem
from explorer.web.sound_api import add_sound
from explorer.web.static_page import UNKNOWN_ADDRESS_PAGE, is_built, serve_page
from explorer.web.token_guard import TokenGuard
from explorer.web.training_api import add_training

STATUS_CODES: dict[type[ExplorerError], int] = {
    SettingsError: 422,
    UnknownModelError: 404,
    TrainingConflictError: 409,
}
DAMAGED_FILE_STATUS = 409


def create_app(
    root: Path,
    explorations: Path,
    settings: type[Settings],
    training: TrainingProcess,
    hosts: set[str],
    shipped: Path | None = None,
    secret: str = "",
    token: str = "",
    sound: Path | None = None,
) -> FastAPI:
    """Create the application: sounds are read below `root`, models and trainings are in `explorations`.

    `settings` are those of training, `hosts` the host names of the server, `shipped` the folder of the model
    that ships with explorer. With a `secret` all addresses begin with it, and notebooks may frame the page;
    with a `token` every request needs it. The page begins with `sound`.
    """
    error_responses: dict[int | str, dict[str, Any]] = {
        code: {"model": Problem} for code in (400, 401, 403, 404, 409, 411, 413, 422)
    }
    app = FastAPI(
        title="explorer",
        version=explorer.__version__,
        description="Train models that turn sound into Julia sets, and download them.",
        docs_url=None,  # it would load scripts from another site
        redoc_url=None,
        responses=error_responses,
    )
    app.state.closing = threading.Event()
    if token:
        app.add_middleware(TokenGuard, token=token)
    app.add_middleware(RequestGuard, hosts=hosts, secret=secret)
    app.add_exception_handler(ExplorerError, _explorer_error_response)
    app.add_exception_handler(OSError, _os_error_response)
    app.add_exception_handler(RequestValidationError, partial(_validation_error_response, settings.knobs()))
    app.add_exception_handler(HTTPException, _http_error_response)
    add_training(app, root, settings, training)
    add_models(app, explorations, shipped)
    add_fields(app, explorations)
    add_sound(app, sound)

    @app.get("/api/health", tags=["health"])
    def health() -> Health:
        """Version and state of the server."""
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
        """Unknown addresses of the API, which would otherwise reach the page."""
        raise HTTPException(404, f"there is no /api/{path[:100]}; see /openapi.json")

    serve_page(app)
    return app


def _problem_response(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"detail": reason.encode("utf-8", "backslashreplace").decode()}, status)


def _explorer_error_response(_: Request, error: Exception) -> JSONResponse:
    codes = (code for kind, code in STATUS_CODES.items() if isinstance(error, kind))
    status = next(codes, DAMAGED_FILE_STATUS)
    return _problem_response(status, str(error))


def _os_error_response(_: Request, error: Exception) -> JSONResponse:
    """For files that went away meanwhile, a full disk or missing rights; paths stay untold."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return _problem_response(DAMAGED_FILE_STATUS, f"the server cannot read or write a file of this: {reason}")


def _validation_error_response(knobs: dict[str, Knob], _: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    reason = first["msg"].removeprefix("Value error, ")
    if field in knobs:
        reason = f"got {repr(first.get('input'))[:100]}; allowed: {knobs[field].allowed}"
    return _problem_response(422, f"{field}: {reason}" if field else reason)


def _http_error_response(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == 404 and not path.startswith("/api/") and _accepts_html(request):
        return HTMLResponse(UNKNOWN_ADDRESS_PAGE.format(home="../" * (path.count("/") - 1) or "./"), 404)
    return _problem_response(error.status_code, str(error.detail))


def _accepts_html(request: Request) -> bool:
    """Whether the client is a browser, so that a person reads the response."""
    return "text/html" in request.headers.get("accept", "")
