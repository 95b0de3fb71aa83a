"""What `explorer serve` runs: a port or a clear word, API and page, quiet until something is wrong."""

from __future__ import annotations

import platform
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import uvicorn

from explorer.errors import ExplorerError
from explorer.learn.subprocess_training import TrainingProcess
from explorer.web.app import create_app
from explorer.web.guard import hosts_of

PATIENCE = 3  # seconds that open connections get when the server ends


class _Server(uvicorn.Server):
    """Tells streams that the server ends, or it would wait for them; says when it listens."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_exit: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_ready, self._on_exit = on_ready, on_exit

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_exit()
        super().handle_exit(sig, frame)

    def leave_with(self, pipe: BinaryIO) -> None:
        """End when a pipe does: whoever held its other end is gone."""

        def watch() -> None:
            with suppress(OSError, ValueError):
                while pipe.read(1024):
                    pass
            self._on_exit()
            self.should_exit = True

        threading.Thread(target=watch, name="explorer-leave", daemon=True).start()


def serve(
    root: Path,
    explorations: Path,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    *,
    in_notebook: bool = False,
) -> None:
    """Serve API and page until Ctrl-C; `on_ready` gets the address. Raises ExplorerError when it cannot.

    `in_notebook`: as the child of a notebook, which may frame the page and alone knows its address; when
    standard input ends, and so the notebook, the server does too.
    """
    from explorer.learn.settings import TrainSettings

    door = _open(host, port)
    training = TrainingProcess(explorations)
    secret = secrets.token_urlsafe(16) if in_notebook else ""
    hosts = hosts_of(host, platform.node())
    app = create_app(root, explorations, TrainSettings, training, hosts, secret=secret)
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, timeout_graceful_shutdown=PATIENCE, ws="none"
    )
    anywhere = host in ("127.0.0.1", "::1", "0.0.0.0", "::")
    shown = "localhost" if anywhere and not in_notebook else host
    address = f"http://{shown}:{door.getsockname()[1]}" + (f"/{secret}/" if secret else "")
    server = _Server(config, lambda: on_ready(address), app.state.closing.set)
    if in_notebook:
        server.leave_with(sys.stdin.buffer)
    try:
        server.run([door])
    finally:
        training.close()
        door.close()


def _open(host: str, port: int) -> socket.socket:
    """A bound socket: a port that is taken is told in one line."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind, protocol)
        if platform.system() != "Windows":  # there it would share a port that is in use
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExplorerError(
            f"cannot serve at {host}:{port}: {reason}; choose another with --port or --host"
        ) from None
    return door
