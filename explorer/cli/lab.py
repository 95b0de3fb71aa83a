"""`explorer lab`: JupyterLab, open at a copy of the first notebook, with the guide beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from explorer import files
from explorer.cli.console import print_line
from explorer.errors import ExplorerError

FIRST_NOTEBOOK = "01_explore.ipynb"
COPIED_SUFFIXES = (".ipynb", ".md", ".jpg", ".png", ".webp")
PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parent
CHECKOUT_COPIES = "my-notebooks"  # of a checkout, in .gitignore
RENDER_MARKDOWN = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}
}


def lab(
    browser: Annotated[bool, typer.Option(help="open a browser window")] = True,
) -> None:
    """Open JupyterLab at a copy of the first notebook, where songs, notebooks and runs are all visible."""
    folder = working_folder()
    copy_notebooks(shipped_notebooks(), folder)
    notebook, root = folder / FIRST_NOTEBOOK, root_folder(folder)
    address = f"--LabApp.default_url=/lab/tree/{quote(notebook.relative_to(root).as_posix())}"
    print_line(f"opening {notebook}; stop with Ctrl-C here")
    runs = files.explorations_folder().absolute()
    if not runs.is_relative_to(root):
        print_line(f"runs go to {runs}, which JupyterLab does not show: start it in a folder above")
    options = [] if browser else ["--no-browser"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--allow-root")  # Jupyter refuses root, and in a container the user often is root
    arguments = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", address, *options]
    with tempfile.TemporaryDirectory() as config:
        # pages of the guide open rendered unless the user's own settings say otherwise
        files.write_json(Path(config) / "labconfig" / "default_setting_overrides.json", RENDER_MARKDOWN)
        path = os.pathsep.join(filter(None, [os.environ.get("JUPYTER_CONFIG_PATH"), config]))
        status = subprocess.run(
            arguments, check=False, env={**os.environ, "JUPYTER_CONFIG_PATH": path}
        ).returncode
    if status:
        raise ExplorerError(f"JupyterLab ended with status {status}; its messages above say why")


def shipped_notebooks() -> Path:
    """Notebooks and guide as they are in this checkout, or in the installed package."""
    return next(folder for folder in (CHECKOUT / "notebooks", PACKAGE / "notebooks") if folder.is_dir())


def working_folder() -> Path:
    """Where the copies are: ./notebooks, and in a checkout a folder that git ignores."""
    current = Path.cwd()
    in_checkout = (CHECKOUT / "notebooks").is_dir() and current.is_relative_to(CHECKOUT)
    return CHECKOUT / CHECKOUT_COPIES if in_checkout else current / "notebooks"


def root_folder(notebooks: Path) -> Path:
    """The folder that JupyterLab shows: one with the current folder, the notebooks and the runs in it.

    Without the runs where that would show a whole disk or all users.
    """
    here = Path(os.path.commonpath([Path.cwd(), notebooks]))
    try:
        root = Path(os.path.commonpath([here, files.explorations_folder().absolute()]))
    except ValueError:  # on another drive
        return here
    return here if root in (Path(root.anchor), *Path.home().parents) else root


def copy_notebooks(source: Path, target: Path) -> None:
    """Copy notebooks, guide and pictures; existing files are kept."""
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.suffix in COPIED_SUFFIXES and not copy.exists():
            files.copy(path, copy)
