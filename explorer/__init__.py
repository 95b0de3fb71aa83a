"""Explore audio-reactive visuals: sound in, neural pictures that move with it out.

    import explorer as ex

    track = ex.analyze("song.ogg")
    image = ex.render_frame(ex.CPPN.preset("compact-4x3"), track, t=1.5)
    run = ex.render(ex.CPPN(gain=4), "song.ogg", size="720p", fps=30)

Names are loaded when they are first used, so that `import explorer` is fast.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.audio import FeatureTrack as FeatureTrack
    from explorer.audio import analyze as analyze
    from explorer.diagnostics import calibrate as calibrate
    from explorer.diagnostics import diagnose as diagnose
    from explorer.errors import ExplorerError as ExplorerError
    from explorer.errors import ExplorerWarning as ExplorerWarning
    from explorer.experiments import Recipe as Recipe
    from explorer.experiments import Run as Run
    from explorer.experiments import load as load
    from explorer.experiments import load_recipe as load_recipe
    from explorer.experiments import render as render
    from explorer.experiments import runs as runs
    from explorer.experiments import sweep as sweep
    from explorer.fields import CPPN as CPPN
    from explorer.notebook import explore as explore
    from explorer.rendering import render_frame as render_frame

_HOMES = {
    "analyze": "audio",
    "FeatureTrack": "audio",
    "CPPN": "fields",
    "render_frame": "rendering",
    "diagnose": "diagnostics",
    "calibrate": "diagnostics",
    "render": "experiments",
    "sweep": "experiments",
    "runs": "experiments",
    "load": "experiments",
    "Run": "experiments",
    "Recipe": "experiments",
    "load_recipe": "experiments",
    "explore": "notebook",
    "ExplorerError": "errors",
    "ExplorerWarning": "errors",
}

__all__ = list(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"explorer.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_HOMES)
