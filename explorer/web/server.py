"""The server of `explorer serve`: API and page on one port."""

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
from explorer.web.connections import LimitedProtocol
from explorer.web.request_guard import host_names, is_loopback

SHUTDOWN_SECONDS = 3  # for open connections


class _Server(uvicorn.Server):
    """Calls back when it listens, and when it shuts down: it would wait for open event streams."""

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

    def stop_with(self, pipe: BinaryIO) -> None:
        """Stop at the end of a pipe: the process at its other end is gone."""

        def watch() -> None:
            with suppress(OSError, ValueError):
                while pipe.read(1024):
                    pass
            self._on_exit()
            self.should_exit = True

        threading.Thread(target=watch, name="explorer-stop", daemon=True).start()


def serve(
    root: Path,
    explorations: Path,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    *,
    needs_token: bool = True,
    in_notebook: bool = False,
    sound: Path | None = None,
) -> None:
    """Serve API and page until Ctrl-C; `on_ready` gets the address. Raises ExplorerError for a bad address.

    An address that other machines reach gets a new token, unless `needs_token` is false: it is part of the
    address that `on_ready` gets, and every request needs it. The page begins with `sound`.

    `in_notebook`: as the child of a notebook, which may frame the page and alone knows its address. The
    server stops when its standard input ends, that is with the notebook.
    """
    from explorer.learn.settings import TrainSettings

    listener = _bind(host, port)
    training = TrainingProcess(explorations)
    secret = secrets.token_urlsafe(16) if in_notebook else ""
    hosts = host_names(host, platform.node())
    token = secrets.token_urlsafe(16) if needs_token and not in_notebook and not is_loopback(host) else ""
    app = create_app(
        root, explorations, TrainSettings, training, hosts, secret=secret, token=token, sound=sound
    )
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="none",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    local = host in ("127.0.0.1", "::1", "0.0.0.0", "::")
    name = "localhost" if local and not in_notebook else host
    address = f"http://{name}:{listener.getsockname()[1]}"
    address += f"/{secret}/" if secret else f"/?token={token}" if token else ""
    server = _Server(config, lambda: on_ready(address), app.state.closing.set)
    if in_notebook:
        server.stop_with(sys.stdin.buffer)
    try:
        server.run([listener])
    finally:
        training.close()
        listener.close()


def _bind(host: str, port: int) -> socket.socket:
    """A bound socket. Raises ExplorerError with one line for a port in use."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        if platform.system() != "Windows":  # there this option would share a port in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExplorerError(
            f"cannot serve at {host}:{port}: {reason}; choose another with --port or --host"
        ) from None
    return listener
