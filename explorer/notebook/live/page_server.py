"""`explorer serve` as a child process of this kernel, for the live page in a cell.

It is a process of its own since `notebook` does not import `web`, and so that neither waits for the other. It
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

MAX_SERVERS = 4  # of a kernel, 150 MB each: the one that was started first ends for another
TIMEOUT_SECONDS = 120  # for the server to start, or to answer, on a busy machine
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy: it is on this machine
COMMAND = (sys.executable, "-m", "explorer", "serve", "--port", "0", "--in-notebook", "--explorations")


class PageServer:
    """A running server; `address` ends in a slash. Raises ExplorerError with its last line if it ends early.

    It serves the models and runs of `explorations` and the `sound` that the page begins with, and reads
    sounds to train on below the current folder.
    """

    def __init__(
        self, explorations: Path, command: tuple[str, ...] = COMMAND, sound: Path | None = None
    ) -> None:
        self.address = ""
        self._lines: list[str] = []
        self._started = threading.Event()
        self._process = subprocess.Popen(
            [*command, str(explorations), *([str(sound)] if sound else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **NEW_PROCESS_GROUP,
        )
        threading.Thread(target=self._read_output, name="explorer-page-server", daemon=True).start()
        if not self._started.wait(TIMEOUT_SECONDS) or not self.address:
            self.close()
            raise ExplorerError(
                self._lines[-1] if self._lines else "the server of the live page did not start"
            )

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def check_field(self, field: dict[str, Any]) -> None:
        """Raise SettingsError, with the server's reason, when the page cannot draw a field."""
        if field["kind"] != "julia":
            self._request("fields", {"settings": field})
        elif field["model"] != "none":
            names = [model["id"] for model in self._request("models")]
            if field["model"] not in names:
                raise SettingsError(f"model: got {field['model']!r}; the page has: {', '.join(names)}")

    def close(self) -> None:
        """End it. May be called twice."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _read_output(self) -> None:
        """Find the address in the first line that has one; read on, so that the server never waits for us."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines = [*self._lines[-20:], line.strip().removeprefix("explorer: ")]
            match = re.search(r"http://\S+/", line)
            if match and not self.address:
                self.address = match[0]
                self._started.set()
        self._started.set()

    def _request(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}api/{path}", data, headers={"content-type": "application/json"}
        )
        try:
            with OPENER.open(request, timeout=TIMEOUT_SECONDS) as response:
                return parse_json_value(response.read().decode(), self.address)
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


# by explorations folder and sound: one per kernel, for all its cells
_running: dict[tuple[Path, Path | None], PageServer] = {}
_lock = threading.Lock()


def page_server(explorations: str | Path | None = None, sound: Path | None = None) -> PageServer:
    """The kernel's server for an explorations folder and a sound: the one that runs, or a new one."""
    folder = explorations_folder(explorations).resolve()
    with _lock:
        server = _running.get((folder, sound))
        if server is None or not server.is_alive:
            if len(_running) >= MAX_SERVERS:
                _running.pop(next(iter(_running))).close()
            server = _running[folder, sound] = PageServer(folder, sound=sound)
        return server
