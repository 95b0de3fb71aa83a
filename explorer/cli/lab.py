"""`explorer lab`: JupyterLab, open at the first notebook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.console import print_line
from explorer.errors import ExplorerError

FIRST_NOTEBOOK = "01_explore.ipynb"


def lab(
    browser: Annotated[bool, typer.Option(help="open a browser window")] = True,
) -> None:
    """Open JupyterLab at the first notebook; without a checkout, the notebooks are copied to ./notebooks."""
    notebook = notebooks_folder() / FIRST_NOTEBOOK
    print_line(f"opening {notebook}; stop with Ctrl-C here")
    options = [] if browser else ["--no-browser"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--allow-root")  # Jupyter refuses root, and in a container the user often is root
    arguments = [sys.executable, "-m", "jupyterlab", str(notebook), *options]
    status = subprocess.run(arguments, check=False).returncode
    if status:
        raise ExplorerError(f"JupyterLab ended with status {status}; its messages above say why")


def notebooks_folder() -> Path:
    """The notebooks in this checkout, or fresh copies in ./notebooks (what is there already is kept)."""
    package = Path(__file__).resolve().parents[1]
    if (package.parent / "notebooks" / FIRST_NOTEBOOK).is_file():
        return package.parent / "notebooks"
    here = Path.cwd() / "notebooks"
    here.mkdir(exist_ok=True)
    for source in (package / "notebooks").glob("*.ipynb"):
        if not (here / source.name).exists():
            shutil.copyfile(source, here / source.name)
    return here
