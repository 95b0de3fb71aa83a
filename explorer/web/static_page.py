"""The live page: static files that were built while the package was installed, or how to build them."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

PAGE = Path(__file__).parent / "page"
BUILD_HINT = (
    "the live page was not built when explorer was installed; with a network, in a clone of the repository: "
    "python -m pip install -e . (with -v it says what goes wrong)"
)
HTML_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<body style="background:#0b0d14;color:#e8e6e3;font:17px/1.6 system-ui;max-width:34em;margin:12vh auto">"""
# the link is relative: behind a proxy the server does not know its own address
UNKNOWN_ADDRESS_PAGE = f"""{HTML_HEAD}<h1>Nothing is here</h1>
<p>This server has no page at that address. Its live page is
<a style="color:#f2b36b" href="{{home}}">here</a>.</p>
</body></html>"""
UNBUILT_PAGE = f"""{HTML_HEAD}
<h1>No page yet</h1><p>The API works, but {BUILD_HINT}.</p></body></html>"""


def is_built() -> bool:
    """Whether the page is built."""
    return (PAGE / "index.html").is_file()


def serve_page(app: FastAPI) -> None:
    """Serve the page at the root of the server; before it is built, how to build it."""
    # on Windows these come from the registry, where other programs may have changed them
    for media_type, suffix in (
        ("text/javascript", ".js"),
        ("application/wasm", ".wasm"),
        ("image/svg+xml", ".svg"),
    ):
        mimetypes.add_type(media_type, suffix)
    if is_built():
        app.mount("/", StaticFiles(directory=PAGE, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    def unbuilt() -> HTMLResponse:
        return HTMLResponse(UNBUILT_PAGE, 503)
