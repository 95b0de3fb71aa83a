"""Files as links that the browser can open: only the notebook server knows how it serves them."""

from __future__ import annotations

import html
import os
from pathlib import Path
from urllib.parse import quote


def link(path: Path, words: str) -> str:
    """The file as a link in a new tab where the server of this kernel serves it, else its path in words."""
    address = served_at(path)
    if address is None:
        return f"{html.escape(words)}: <code>{html.escape(str(path))}</code>"
    return (
        f'<a href="{html.escape(address)}" target="_blank" rel="noopener" '
        f'class="explorer-link">{html.escape(words)}</a>'
    )


def served_at(path: Path) -> str | None:
    """The address of a file on the page's own server; None where that does not serve it.

    A kernel is a child of its server, which tells its folder in a file that the server package reads.
    """
    try:
        from jupyter_server.serverapp import list_running_servers

        for server in list_running_servers():
            root = Path(server["root_dir"]).resolve()
            if server["pid"] == os.getppid() and path.resolve().is_relative_to(root):
                below = path.resolve().relative_to(root).as_posix()
                return f"{server['base_url']}files/{quote(below)}"
    except (ImportError, OSError, KeyError, ValueError):
        pass
    return None
