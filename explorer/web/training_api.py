"""The API of training: start, watch, stop."""

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
from explorer.web.data_paths import data_folder, has_sounds
from explorer.web.schemas import start_training_schema

POLL_SECONDS = 0.5  # between two reads of the status while a client listens
KEEP_ALIVE_SECONDS = 15.0  # without a change, until a comment keeps the stream open


def add_training(app: FastAPI, root: Path, settings: type[Settings], training: TrainingProcess) -> None:
    """Add the API of training; sounds are read below `root`, `settings` are those of training."""
    schema = start_training_schema(settings)

    def start(request: BaseModel) -> TrainingStatus:
        """Start a training on a folder of sounds, in a process of its own."""
        values = request.model_dump()
        folder = data_folder(root, path := values.pop("data_dir"))
        if not has_sounds(folder):
            reason = "holds no sound file; give a folder with music (wav, flac, ogg, mp3, m4a)"
            raise SettingsError(f"data_dir: {path!r} {reason}")
        return training.start(folder, flags_of(settings(**values)))

    start.__annotations__["request"] = schema  # derived above, so it has no static name
    app.post("/api/train/start", status_code=202, tags=["training"])(start)

    @app.get("/api/train/status", tags=["training"])
    def status() -> TrainingStatus:
        """The current status of training."""
        return training.status()

    @app.post("/api/train/stop", status_code=202, tags=["training"])
    def stop() -> TrainingStatus:
        """Request the end of training after the current step; the model is kept."""
        return training.stop()

    @app.get(
        "/api/train/events",
        tags=["training"],
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    def events() -> StreamingResponse:
        """The status of training as server-sent events: one now, and one after each change."""
        changes = _changes(training.status, app.state.closing)
        return StreamingResponse(changes, media_type="text/event-stream")

    @app.get("/api/train/history", tags=["training"])
    def history() -> list[dict[str, float | None]]:
        """The losses after each epoch of the training in `status`."""
        return training.history()

    @app.get("/api/train/settings", tags=["training"])
    def describe() -> dict[str, Any]:
        """The settings of training as a JSON schema, with bounds and help."""
        return schema.model_json_schema()


async def _changes(read_status: Callable[[], TrainingStatus], closing: threading.Event) -> AsyncIterator[str]:
    """Events for every change, until the server closes or the client disconnects."""
    last, idle = "", 0.0
    while not closing.is_set():
        status = (await run_in_threadpool(read_status)).model_dump_json()
        if status != last:
            yield f"data: {status}\n\n"
            last, idle = status, 0.0
        elif idle >= KEEP_ALIVE_SECONDS:
            yield ": keep-alive\n\n"
            idle = 0.0
        await asyncio.sleep(POLL_SECONDS)
        idle += POLL_SECONDS
