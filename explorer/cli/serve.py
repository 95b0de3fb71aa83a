"""`explorer serve`: the live page and the training API on one port."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from explorer.audio.sound_file import open_sound
from explorer.cli.console import print_error, print_line
from explorer.cli.options import Explorations
from explorer.errors import ExplorerError
from explorer.files import explorations_folder

MISSING_EXTRA = 'explorer serve needs FastAPI; install it with: pip install "audio-feature-explorer[web]"'


def serve(
    audio: Annotated[
        str | None, typer.Argument(metavar="[AUDIO]", help="the sound file that the page begins with")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="where to serve; 0: any free port")] = 8000,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="who may reach it: 0.0.0.0 is all")
    ] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="open a browser window")] = False,
    no_token: Annotated[
        bool,
        typer.Option(
            "--no-token",
            help="with --host: whoever reaches it may start and stop training",
        ),
    ] = False,
    explorations: Explorations = None,
    in_notebook: Annotated[
        bool,
        typer.Option(
            "--in-notebook",
            hidden=True,
            help="as a child of a notebook, which may frame the page; the server ends with it",
        ),
    ] = False,
) -> None:
    """Serve the live page and the training API until Ctrl-C, by default on this machine only.

    Other machines need the token that is in the printed link. Training reads sounds below the current folder
    and nothing else; the page gets AUDIO.
    """
    try:
        from explorer.web import server, static_page
        from explorer.web.request_guard import is_loopback
    except ImportError as error:
        raise ExplorerError(MISSING_EXTRA) from error
    if in_notebook and not static_page.is_built():
        raise ExplorerError(static_page.BUILD_HINT)
    if not static_page.is_built():
        print_error(f"warning: {static_page.BUILD_HINT}")
    sound = open_sound(audio).path.resolve() if audio else None
    if no_token and not is_loopback(host):
        print_error("warning: --no-token: whoever reaches this address may start and stop training here")

    def on_ready(address: str) -> None:
        print_line(f"live page and training API: {address}  stop with Ctrl-C here")
        if open_:
            webbrowser.open(address)

    folder = explorations_folder(explorations).resolve()
    server.serve(
        Path.cwd(),
        folder,
        host,
        port,
        on_ready,
        needs_token=not no_token,
        in_notebook=in_notebook,
        sound=sound,
    )
