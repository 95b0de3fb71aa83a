"""Who may ask, and how much: foreign pages and names are refused before anything is read.

A page of another site can send requests to this machine, and a name of its own can be made to point here
(DNS rebinding). So the Host must be one that this server goes by, and the Origin of a page this very server.
A server for a notebook may be reached through a tunnel or a proxy, under names that it cannot know: there all
addresses begin with a secret instead, and only that server lets itself be framed.
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

LARGEST_BODY = 64 * 1024  # bytes; the largest request there is has a dozen settings
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
# Jupyter on this machine, at whatever port, and 'self': Jupyter's own proxy
NOTEBOOKS = "'self' http://localhost:* https://localhost:* http://127.0.0.1:* https://127.0.0.1:*"
HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware: refuses foreign hosts, origins and large bodies; its headers keep the page in."""

    def __init__(self, app: Application, hosts: Iterable[str], secret: str = "") -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}
        self._secret = secret
        self._policy = {"content-security-policy": POLICY + (NOTEBOOKS if secret else "'none'")}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return None  # no websockets here; uvicorn closes what nobody answers
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = self._without_secret(scope["path"])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                cache = "public, max-age=31536000, immutable" if "/assets/" in scope["path"] else "no-cache"
                added = {**HEADERS, **self._policy, "cache-control": cache}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in added.items()),
                ]
            await send(message)

        refusal = self._stranger(headers, path) or self._refusal(headers, path or "")
        if refusal:
            return await _answer(send_guarded, *refusal)
        return await self._app({**scope, "path": path}, receive, send_guarded)

    def _without_secret(self, path: str) -> str | None:
        """The path behind the secret, where there is one; None where it is not known."""
        if not self._secret:
            return path
        _, first, rest = (*path.split("/", 2), "", "")[:3]
        return f"/{rest}" if hmac.compare_digest(first.encode(), self._secret.encode()) else None

    def _stranger(self, headers: dict[str, str], path: str | None) -> tuple[int, str] | None:
        """Why a request cannot be from our own page; None where it can."""
        if path is None:
            return 403, "this server answers the notebook that started it alone"
        if self._secret:
            return None  # who knows it was told
        host = headers.get("host", "")
        if not self._knows(host):
            return (
                403,
                f"this server does not go by the name {host!r}; open it by the address that it printed",
            )
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return 403, f"requests from pages of {origin!r} are refused"
        return None

    def _refusal(self, headers: dict[str, str], path: str) -> tuple[int, str] | None:
        """Status and reason, or None for what may pass."""
        if path.startswith("/api") and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return 403, "requests from other sites are refused"
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdecimal():
            return 411, "a request must tell its length (Content-Length)"
        if int(length) > LARGEST_BODY:
            return 413, f"the request has {length} bytes; allowed: {LARGEST_BODY}"
        return None

    def _knows(self, host: str) -> bool:
        """Whether a Host header names this server, at whatever port."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name in self._hosts or ("*" in self._hosts and _is_address(name))


def hosts_of(bound: str, machine: str) -> set[str]:
    """The names by which a server bound to an address may be asked; `*` stands for any numeric address.

    A numeric address cannot be rebound, since no name was looked up.
    """
    local = {"localhost", "127.0.0.1", "::1"}
    if bound in ("0.0.0.0", "::"):
        return local | {"*", machine, f"{machine}.local"}
    return local | {bound}


def is_local(bound: str) -> bool:
    """Whether an address is reached from this machine alone."""
    return bound == "localhost" or (_is_address(bound) and ipaddress.ip_address(bound).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _answer(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"detail": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
