"""`explorer serve` as a child of this kernel, for the live page in a cell.

It is a process of its own since shells do not know one another, and so that neither waits for the other. It
ends by itself when its standard input does, which the system closes however this kernel ends.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError, SettingsError
from explorer.files import explorations_folder, parse_json, parse_json_value
from explorer.processes import NEW_PROCESS_GROUP

PATIENCE = 120  # seconds that the server may take to begin, or to answer, on a busy machine
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
COMMAND = (sys.executable, "-m", "explorer", "serve", "--port", "0", "--in-notebook", "--explorations")


class PageServer:
    """A running server; `address` ends in a slash. Raises ExplorerError with its words when it ends at once.

    It takes the models and runs of `explorations`, and reads sounds to train on below the current folder.
    """

    def __init__(self, explorations: Path, command: tuple[str, ...] = COMMAND) -> None:
        self.address = ""
        self._said: list[str] = []
        self._heard = threading.Event()
        self._process = subprocess.Popen(
            [*command, str(explorations)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **NEW_PROCESS_GROUP,
        )
        threading.Thread(target=self._listen, name="explorer-page-server", daemon=True).start()
        if not self._heard.wait(PATIENCE) or not self.address:
            self.close()
            raise ExplorerError(self._said[-1] if self._said else "the server of the live page did not begin")

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def draws(self, field: dict[str, Any]) -> None:
        """Raise SettingsError, with the server's words, when the page cannot draw a field."""
        if field["kind"] == "cppn":
            self._ask("networks", {"settings": field})
        elif field["model"] != "none":
            known = [model["id"] for model in self._ask("models")]
            if field["model"] not in known:
                raise SettingsError(f"model: got {field['model']!r}; the page has: {', '.join(known)}")

    def close(self) -> None:
        """End it. May be called twice."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _listen(self) -> None:
        """The address is the first line that has one; what follows is read so that it never waits for us."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said = [*self._said[-20:], line.strip().removeprefix("explorer: ")]
            found = re.search(r"http://\S+/", line)
            if found and not self.address:
                self.address = found[0]
                self._heard.set()
        self._heard.set()

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}api/{path}", data, headers={"content-type": "application/json"}
        )
        try:
            with DIRECTLY.open(request, timeout=PATIENCE) as told:
                return parse_json_value(told.read().decode(), self.address)
        except urllib.error.HTTPError as error:
            raise SettingsError(_reason(error)) from None
        except OSError as error:
            reason = f"the server of the live page does not answer: {error}; run the cell again"
            raise ExplorerError(reason) from None


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(parse_json(error.read().decode(), error.url)["detail"])
    except (OSError, ValueError, KeyError):
        return f"the server of the live page answers {error.code}"


_running: dict[Path, PageServer] = {}  # by explorations folder: one a kernel, for all its cells
_lock = threading.Lock()


def page_server(explorations: str | Path | None = None) -> PageServer:
    """The kernel's server for an explorations folder: the one that runs, or a new one."""
    folder = explorations_folder(explorations).resolve()
    with _lock:
        server = _running.get(folder)
        if server is None or not server.is_alive:
            server = _running[folder] = PageServer(folder)
        return server
