"""The token of a server that other machines reach, as Jupyter has one: it allows to start and stop training.

It is in the link that `explorer serve` prints (`?token=`), then in a cookie that neither scripts nor other
sites get; programs send the header `Authorization: token TOKEN` (or `Bearer TOKEN`).
"""

from __future__ import annotations

import hmac

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from explorer.web.request_guard import Application, Message, Receive, Send
from explorer.web.static_page import HTML_HEAD

COOKIE_ATTRIBUTES = "HttpOnly; SameSite=Strict; Path=/"
TOKEN_NEEDED = (
    "this server needs its token: open the link with ?token= that explorer serve printed, or send the header "
    "Authorization: token TOKEN"
)
TOKEN_PAGE = f"""{HTML_HEAD}<h1>A token is needed</h1>
<p>Open the link with <code>?token=</code> that <code>explorer serve</code> printed where it was started.
The browser then keeps the token.</p></body></html>"""


class TokenGuard:
    """ASGI middleware: answers only requests with the token; one in the address becomes a cookie."""

    def __init__(self, app: Application, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = HTTPConnection(scope)
        cookie = f"explorer-token-{(scope.get('server') or ('', 0))[1]}"  # all ports of a host share cookies
        is_linked = self._is_token(request.query_params.get("token", ""))

        async def send_with_cookie(message: Message) -> None:
            if is_linked and message["type"] == "http.response.start":
                value = f"{cookie}={self._token}; {COOKIE_ATTRIBUTES}"
                message["headers"] = [*message["headers"], (b"set-cookie", value.encode())]
            await send(message)

        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        is_sent = scheme.lower() in ("token", "bearer") and self._is_token(sent.strip())
        if is_linked or is_sent or self._is_token(request.cookies.get(cookie, "")):
            return await self._app(scope, receive, send_with_cookie)
        return await _refusal(request)(scope, receive, send)

    def _is_token(self, text: str) -> bool:
        """Whether a text is the token; the comparison takes equally long for every text of its length."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._token.encode())


def _refusal(request: HTTPConnection) -> Response:
    headers = {"www-authenticate": "Bearer"}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(TOKEN_PAGE, 401, headers)
    return JSONResponse({"detail": TOKEN_NEEDED}, 401, headers)
