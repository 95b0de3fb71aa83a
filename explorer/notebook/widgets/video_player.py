"""A video as HTML: a player, and a link that downloads the file."""

from __future__ import annotations

import base64
import html
from pathlib import Path

from explorer.video.containers import container_of


def player_html(path: Path, source: str, link: str, width: int | None = None) -> str:
    """A player for a video of any kind, and a link that saves it under its name, if there is one."""
    container = container_of(path)
    source = html.escape(source, quote=True)
    size = f' width="{width}"' if width else ""
    if container.is_picture:
        player = f'<img class="explorer-video" src="{source}"{size} alt="the video">'
    else:
        player = f'<video class="explorer-video" controls preload="metadata" src="{source}"{size}></video>'
    if not link:
        return player
    name, link = (html.escape(text, quote=True) for text in (path.name, link))
    return f'{player}<br><a class="explorer-link" href="{link}" download="{name}">download {name}</a>'


def data_url(path: Path) -> str:
    """The content of a video as an address of its own."""
    return f"data:{container_of(path).mime};base64,{base64.b64encode(path.read_bytes()).decode()}"
