"""`explorer app`: the panel as a web page, served by Voila on this machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from explorer.cli.console import print_line
from explorer.cli.options import DeviceOption, Explorations
from explorer.errors import ExplorerError
from explorer.files import write_json
from explorer.progress_bar import ProgressBar

MISSING_EXTRA = 'explorer app needs Voila; install it with: pip install "audio-feature-explorer[app]"'


def app(
    audio: Annotated[Path | None, typer.Argument(help="sound file [default: the clip that ships]")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="where to serve, or near it when taken")] = 8866,
    browser: Annotated[bool, typer.Option(help="open a browser window")] = True,
    device: DeviceOption = "auto",
    explorations: Explorations = None,
) -> None:
    """Show the panel as a web page, without JupyterLab; on this machine only, until Ctrl-C."""
    from explorer.audio import DEMO_CLIP, analyze

    sound = Path(audio or DEMO_CLIP).expanduser().resolve()
    with ProgressBar() as bar:
        analyze(sound, progress=bar)  # an unusable sound fails here, and the page opens at once
    settings = {"device": device, "explorations": explorations}
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / "explorer.ipynb"
        write_json(notebook, _notebook(sound, settings))
        _serve(notebook, port, browser)


def _notebook(sound: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """A notebook with one cell that opens the panel in the current folder."""
    lines = [
        f"import os; os.chdir({os.getcwd()!r})",
        "import explorer as ex",
        f"ex.explore({str(sound)!r}, **{settings!r})",
    ]
    cell: dict[str, Any] = {"cell_type": "code", "id": "panel", "metadata": {}}
    cell |= {"execution_count": None, "outputs": [], "source": "\n".join(lines)}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [cell],
        "metadata": {"kernelspec": kernel, "title": f"explorer: {sound.name}"},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _serve(notebook: Path, port: int, browser: bool) -> None:
    """Run Voila until Ctrl-C, which also stops its kernels."""
    try:
        from tornado.ioloop import IOLoop
        from voila.app import Voila
    except ImportError as error:
        raise ExplorerError(MISSING_EXTRA) from error
    server = Voila.instance()
    options = [str(notebook), f"--port={port}", "--Voila.log_level=ERROR"]
    server.initialize(options if browser else [*options, "--no-browser"])
    # the loop starts once Voila listens, perhaps on another port than requested
    IOLoop.current().add_callback(
        lambda: print_line(f"the panel is at {server.display_url}  stop with Ctrl-C here")
    )
    server.start()
