"""Files as links that the browser can open: only the notebook server knows how it serves them."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from explorer.notebook.widgets.show import relative


def saved_in(folder: Path, files: Mapping[str, Path]) -> str:
    """Where something was kept, as a line of HTML, with links in new tabs to files that the server serves."""
    links = [_link(path, words) for words, path in files.items() if path.is_file()]
    return " ".join([f"saved in <code>{html.escape(relative(folder))}</code>", *links])


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


def _link(path: Path, words: str) -> str:
    address = served_at(path)
    if address is None:
        return ""
    target = f'href="{html.escape(address)}" target="_blank" rel="noopener"'
    return f'<a class="explorer-link" {target}>{html.escape(words)}</a>'
