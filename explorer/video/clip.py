"""Videos as moviepy clips: for cuts, comparisons side by side, titles and GIFs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.errors import SettingsError
from explorer.video.decode import read_comment


def open_clip(path: str | Path) -> Any:
    """A moviepy VideoFileClip with its sound; close it when done. Raises SettingsError for what is no video.

    For exact exports use `VideoWriter`: moviepy's own writer rounds the frame rate.
    """
    path = Path(path)
    if not path.is_file():
        raise SettingsError(f"there is no video {path}; the run may have been stopped before its end")
    read_comment(path)  # refuses what names other files; moviepy would open them
    from moviepy import VideoFileClip

    return VideoFileClip(str(path))
