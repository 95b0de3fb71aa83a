"""The API of the sound that the page begins with."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from pydantic import BaseModel

MISSING_SOUND = "this server has no sound; start it with one: explorer serve song.ogg"


class InitialSound(BaseModel):
    """The sound that the page begins with; `name` is null where there is none."""

    name: str | None


def add_sound(app: FastAPI, sound: Path | None) -> None:
    """Add the API of a sound file, which is the only file that it reads."""

    @app.get("/api/sound", tags=["sound"])
    def describe() -> InitialSound:
        """The name of the sound."""
        return InitialSound(name=sound and sound.name.encode("utf-8", "backslashreplace").decode())

    @app.get("/api/sound/file", tags=["sound"], response_class=FileResponse)
    def file() -> FileResponse:
        """The file itself."""
        if sound is None:
            raise HTTPException(404, MISSING_SOUND)
        return FileResponse(sound, media_type="application/octet-stream")
