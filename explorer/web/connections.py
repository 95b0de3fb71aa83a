"""Limits of connections: how long a request and an unread answer may take, and how many there may be.

uvicorn itself closes only connections that are idle after an answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 200  # a browser has up to six
REQUEST_SECONDS = 20.0  # from the first byte of a request, or the connection, to the end of its body
READER_SECONDS = 60.0  # until a client takes what waits for it
BUSY_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 20\r\n"
    b'connection: close\r\n\r\n{"detail": "too many connections; try again in 20 seconds"}'
)


class LimitedProtocol(H11Protocol):
    """One connection, which ends when its request or its client is too slow, or there are too many."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Start the time of the first request; refuse the connection if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            self.transport.write(BUSY_ANSWER)
            self.transport.close()
        self._start_limit(REQUEST_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Start the time of a request with its first byte, and stop it at the end of its body."""
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_limit()
        elif self._limit is None:  # further bytes give no further time
            self._start_limit(REQUEST_SECONDS)

    def pause_writing(self) -> None:
        """Start the time of a client that does not read."""
        super().pause_writing()
        self._start_limit(READER_SECONDS)

    def resume_writing(self) -> None:
        """Stop the time of a client that reads again."""
        super().resume_writing()
        self._stop_limit()

    def on_response_complete(self) -> None:
        """Start the time of a client that has not read the rest of a last answer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._start_limit(READER_SECONDS)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, even when its client does not read the rest of an answer."""
        super().timeout_keep_alive_handler()
        self._start_limit(READER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        super().connection_lost(exc)
        self._stop_limit()

    def _start_limit(self, seconds: float) -> None:
        self._stop_limit()
        self._limit = self.loop.call_later(seconds, self.transport.abort)

    def _stop_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
