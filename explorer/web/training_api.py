"""The part of the API that trains: start, watch, stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from explorer.errors import SettingsError
from explorer.learn.subprocess_training import TrainingProcess, TrainingStatus, flags_of
from explorer.settings import Settings
from explorer.web.data_paths import data_folder, holds_sounds
from explorer.web.schemas import start_body

PULSE = 0.5  # seconds between two looks at training while someone watches
QUIET = 15.0  # seconds after which a silent stream says that it lives


def add_training(app: FastAPI, root: Path, settings: type[Settings], training: TrainingProcess) -> None:
    """Sounds are read below `root`; `settings` are those of training."""
    body = start_body(settings)

    def start(asked: BaseModel) -> TrainingStatus:
        """Begin to train on a folder of sounds, in a process of its own."""
        values = asked.model_dump()
        folder = data_folder(root, given := values.pop("data_dir"))
        if not holds_sounds(folder):
            reason = "holds no sound file; give a folder with music (wav, flac, ogg, mp3, m4a)"
            raise SettingsError(f"data_dir: {given!r} {reason}")
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
    def events() -> StreamingResponse:
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
