"""Explore audio-reactive visuals: sound in, neural pictures that move with it out.

    import explorer as ex

    track = ex.analyze("song.ogg")
    image = ex.render_frame(ex.CPPN.preset("compact-4x3"), track, t=1.5)
    run = ex.render(ex.CPPN(gain=4), "song.ogg", size="720p", fps=30)

Names are loaded when they are first used, so that `import explorer` is fast.
"""

from types import FunctionType
from typing import Any

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    value = _load(name)
    if isinstance(value, FunctionType):
        from explorer.progress_bar import with_progress_bar

        value = globals()[name] = with_progress_bar(value)
    return value
