"""`explorer lab`: JupyterLab, open at the first notebook, with the guide beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from explorer import files
from explorer.cli.console import print_line
from explorer.errors import ExplorerError

FIRST_NOTEBOOK = "01_explore.ipynb"
COPIED_SUFFIXES = (".ipynb", ".md", ".jpg", ".png")
RENDER_MARKDOWN = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}
}


def lab(
    browser: Annotated[bool, typer.Option(help="open a browser window")] = True,
) -> None:
    """Open JupyterLab at the first notebook; without a checkout, notebooks and guide are copied here."""
    notebook = notebooks_folder() / FIRST_NOTEBOOK
    print_line(f"opening {notebook}; stop with Ctrl-C here")
    options = [] if browser else ["--no-browser"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--allow-root")  # Jupyter refuses root, and in a container the user often is root
    arguments = [sys.executable, "-m", "jupyterlab", str(notebook), *options]
    with tempfile.TemporaryDirectory() as config:
        # pages of the guide open rendered unless the user's own settings say otherwise
        files.write_json(Path(config) / "labconfig" / "default_setting_overrides.json", RENDER_MARKDOWN)
        path = os.pathsep.join(filter(None, [os.environ.get("JUPYTER_CONFIG_PATH"), config]))
        status = subprocess.run(
            arguments, check=False, env={**os.environ, "JUPYTER_CONFIG_PATH": path}
        ).returncode
    if status:
        raise ExplorerError(f"JupyterLab ended with status {status}; its messages above say why")


def notebooks_folder() -> Path:
    """Notebooks and guide of this checkout, or copies in ./notebooks (existing files there are kept)."""
    package = Path(__file__).resolve().parents[1]
    if (package.parent / "notebooks" / FIRST_NOTEBOOK).is_file():
        return package.parent / "notebooks"
    target = Path.cwd() / "notebooks"
    copy_notebooks(package / "notebooks", target)
    return target


def copy_notebooks(source: Path, target: Path) -> None:
    """Copy notebooks, guide and pictures; existing files are kept."""
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.suffix in COPIED_SUFFIXES and not copy.exists():
            files.copy(path, copy)
