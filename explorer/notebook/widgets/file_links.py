"""Links to files that the browser can open, and players: only the server knows how it serves them."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from explorer import files
from explorer.video.containers import container_of

MAX_EMBEDDED_BYTES = 8_000_000  # of a video that no server shows; a widget is not saved in the notebook


def saved_links(folder: Path, paths: Mapping[str, Path]) -> str:
    """A line of HTML: the folder that files were saved in, and links in new tabs to those that are served."""
    links = [_link(path, text) for text, path in paths.items() if path.is_file()]
    return " ".join([f"saved in <code>{html.escape(relative_link(folder))}</code>", *links])


def saved_video(path: Path) -> str:
    """A player for a video that was saved, and a link that downloads it.

    Empty for a large one that no server shows.
    """
    url = served_url(path)
    if url is None and path.stat().st_size <= MAX_EMBEDDED_BYTES:
        url = data_url(path)
    return player_html(path, url, url) if url else ""


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


def relative_link(path: Path) -> str:
    """The path as a link from the current folder, with forward slashes; absolute when on another drive."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


def served_url(path: Path) -> str | None:
    """The URL of a file on the page's own server; None where that does not serve it.

    A kernel is a child of its server, which writes its folder to a file under its process number. That file
    is read here: the server package, which reads it too, takes seconds to import.
    """
    try:
        from jupyter_core.paths import jupyter_runtime_dir

        server = files.read_json_or_empty(Path(jupyter_runtime_dir()) / f"jpserver-{os.getppid()}.json")
        below = path.resolve().relative_to(Path(server["root_dir"]).resolve()).as_posix()
        return f"{server['base_url']}files/{quote(below)}"
    except (ImportError, OSError, KeyError, TypeError, ValueError):
        return None


def _link(path: Path, text: str) -> str:
    url = served_url(path)
    if url is None:
        return ""
    target = f'href="{html.escape(url)}" target="_blank" rel="noopener"'
    return f'<a class="explorer-link" {target}>{html.escape(text)}</a>'
