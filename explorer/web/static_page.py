"""The live page: files that were built while the package was installed, or a word on what is missing."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

PAGE = Path(__file__).parent / "page"
HOW = (
    "the live page was not built when explorer was installed; with a network, in a clone of the repository: "
    "python -m pip install -e . (with -v it says what goes wrong)"
)
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>explorer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<body style="background:#0b0d14;color:#e8e6e3;font:17px/1.6 system-ui;max-width:34em;margin:12vh auto">"""
# the way back is relative: what this server is called from outside, it cannot know
NOT_HERE = f"""{HEAD}<h1>Nothing is here</h1><p>This server has no page at that address. Its live page is
<a style="color:#f2b36b" href="{{home}}">here</a>.</p></body></html>"""
MISSING = f"""{HEAD}
<h1>No page yet</h1><p>The API works, but {HOW}.</p></body></html>"""


def is_built() -> bool:
    """Whether there is a page to show."""
    return (PAGE / "index.html").is_file()


def serve_page(app: FastAPI) -> None:
    """Show the page at the root of the server; before it is built, say how to build it."""
    # Windows takes these from its registry, where other programs may have changed them
    for kind, ending in (
        ("text/javascript", ".js"),
        ("application/wasm", ".wasm"),
        ("image/svg+xml", ".svg"),
    ):
        mimetypes.add_type(kind, ending)
    if is_built():
        app.mount("/", StaticFiles(directory=PAGE, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    def missing() -> HTMLResponse:
        return HTMLResponse(MISSING, 503)
