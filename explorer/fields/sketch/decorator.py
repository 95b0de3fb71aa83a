"""`@ex.sketch` and `ex.slider`: a function becomes a field."""

from __future__ import annotations

from typing import Any

from explorer.fields import registry
from explorer.fields.sketch.definition import DEFAULT_PALETTE
from explorer.fields.sketch.field import Sketch, sketch_class
from explorer.fields.sketch.source import text_of


def sketch(function: Any = None, /, *, palette: str = DEFAULT_PALETTE) -> Any:
    """Make a field of a function: its text is read and compiled; the function itself is never called.

        @ex.sketch(palette="ember")
        def ripples(x, y, t, bass, *, rings: float = ex.slider(6, 1, 20)):
            return sin(rings * length(x, y) - 4 * t) * (0.6 + bass)

    Parameters are the coordinates `x`, `y` (-1 to 1 on the shorter side, y grows downward), `t` (seconds) and
    `pixel` (its size), and features of the track by name, from 0 in silence to 1 (timbres -1 to 1). Those
    after the `*` are sliders. One number from -1 to 1 is looked up on the palette, three from 0 to 1 are red,
    green and blue. The language and its functions: `explorer.fields.sketch`. Raises SketchError, with the
    line and column, for what the language does not have.
    """
    if function is None:
        return lambda decorated: sketch(decorated, palette=palette)
    cls = sketch_class(text_of(function))
    field: Sketch = cls()
    registry.register(field.kind, cls)
    return field


def slider(
    default: float, low: float, high: float, step: float | None = None, *, unit: str = "", help: str = ""
) -> Any:
    """A parameter of a sketch that is set with a slider: `rings: float = ex.slider(6, 1, 20)`.

    A parameter that is annotated as `int` takes whole numbers; all others can have keyframes.
    """
    return default
