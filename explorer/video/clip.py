"""Videos as moviepy clips: for cuts, comparisons side by side, titles and GIFs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.errors import SettingsError


def open_clip(path: str | Path) -> Any:
    """A moviepy VideoFileClip with its sound; close it when done. Raises SettingsError when it is missing.

    For exact exports use `VideoWriter`: moviepy's own writer rounds the frame rate.
    """
    path = Path(path)
    if not path.is_file():
        raise SettingsError(f"there is no video {path}; the run may have been stopped before its end")
    from moviepy import VideoFileClip

    return VideoFileClip(str(path))
