"""Refuses requests from other sites, with other host names or with large bodies, before anything is read.

A page of another site can send requests to this machine, and its own host name can be made to point here
(DNS rebinding). So Host must be a name of this server, and Origin, if present, this very server. A server for
a notebook may be reached through a tunnel or a proxy, under host names that it cannot know: there all
addresses begin with a secret instead, and only that server allows notebooks to frame the page.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024  # the largest valid request has a dozen settings
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
# Jupyter on this machine at any port, and 'self': Jupyter's own proxy
NOTEBOOK_ANCESTORS = "'self' http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*"
HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class RequestGuard:
    """ASGI middleware: refuses other hosts, other origins and large bodies; adds security headers."""

    def __init__(self, app: Application, hosts: Iterable[str], secret: str = "") -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}
        self._secret = secret
        ancestors = NOTEBOOK_ANCESTORS if secret else "'none'"
        self._policy = {"content-security-policy": CONTENT_SECURITY_POLICY + ancestors}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return None  # there are no websockets; uvicorn closes them
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = self._without_secret(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                cache = "public, max-age=31536000, immutable" if "/assets/" in scope["path"] else "no-cache"
                headers = {**HEADERS, **self._policy, "cache-control": cache}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in headers.items()),
                ]
            await send(message)

        error = self._check_sender(headers, path) or self._check_request(headers, path or "")
        if error:
            return await _send_error(send_with_headers, *error)
        return await self._app({**scope, "path": path}, receive, send_with_headers)

    def _without_secret(self, path: str) -> str | None:
        """The path after the secret, if the server has one; None if the secret is wrong."""
        if not self._secret:
            return path
        _, first, rest = (*path.split("/", 2), "", "")[:3]
        return f"/{rest}" if hmac.compare_digest(first.encode(), self._secret.encode()) else None

    def _check_sender(self, headers: dict[str, str], path: str | None) -> tuple[int, str] | None:
        """Status and reason if a request cannot be from our own page; else None."""
        if path is None:
            return 403, "this server answers only the notebook that started it"
        if self._secret:
            return None  # only that notebook knows it
        host = headers.get("host", "")
        if not self._is_own_host(host):
            return (
                403,
                f"{host!r} is not a name of this server; open it at the address that it printed",
            )
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, f"requests from pages of {origin!r} are refused"
        return None

    def _check_request(self, headers: dict[str, str], path: str) -> tuple[int, str] | None:
        """Status and reason if a request is refused; else None."""
        if path.startswith("/api") and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return 403, "requests from other sites are refused"
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdecimal():
            return 411, "a request must have a Content-Length"
        if int(length) > MAX_BODY_BYTES:
            return 413, f"the request has {length} bytes; allowed: {MAX_BODY_BYTES}"
        return None

    def _is_own_host(self, host: str) -> bool:
        """Whether a Host header names this server, at any port."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name in self._hosts or ("*" in self._hosts and _is_numeric(name))


def host_names(address: str, machine: str) -> set[str]:
    """The host names of a server bound to an address; `*` stands for any numeric address.

    A numeric address cannot be rebound, because no name is looked up.
    """
    local = {"localhost", "127.0.0.1", "::1"}
    if address in ("0.0.0.0", "::"):
        return local | {"*", machine, f"{machine}.local"}
    return local | {address}


def is_loopback(address: str) -> bool:
    """Whether an address is reachable from this machine only."""
    return address == "localhost" or (_is_numeric(address) and ipaddress.ip_address(address).is_loopback)


def _is_numeric(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _send_error(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"detail": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
