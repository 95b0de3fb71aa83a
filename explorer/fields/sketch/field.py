"""`Sketch`: a field made of a text. Each text has a class of its own, with a knob for each slider."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float, Float32
from pydantic import AfterValidator, field_validator
from pydantic import Field as Setting

from explorer.audio import FeatureTrack
from explorer.audio.features import FEATURES
from explorer.errors import SettingsError
from explorer.fields import keyframes, registry
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.palette import PaletteName, check_palette
from explorer.fields.prepared import Prepared
from explorer.fields.sketch.definition import COORDINATES, Definition, Slider, definition_of
from explorer.fields.sketch.language import SketchText
from explorer.fields.sketch.program import SketchProgram, split
from explorer.settings import knob

KIND_MARK = f"sketch{registry.CUSTOM_MARK}"  # before the name, in the kind of a sketch
TIME = "time"  # the column of seconds
MAX_CLASSES = 256  # in memory


class Sketch(FieldSettings):
    """The base of sketches; `explorer.sketch` makes one of a function, `sketch_of` of a text."""

    kind: str = ""
    source: str = ""  # the text
    features: tuple[str, ...] = ()
    palette: Annotated[PaletteName | str, AfterValidator(check_palette)] = knob(
        "ember", group="look", help="a name, or three colors, dark to light; of a value from -1 to 1"
    )
    audio_gain: float = knob(
        1.0, low=0, high=5, slider=(0, 2), step=0.05, group="audio", help="how strongly the sound moves it"
    )

    definition: ClassVar[Definition]

    @field_validator("source", mode="before", check_fields=False)
    @classmethod
    def _own_source(cls, value: Any) -> str:
        """The text of the class. Raises SettingsError for another one."""
        own = cls.definition.source.text
        if value and value != own:
            raise SettingsError(f"the text of {cls.definition.name} is another; make a sketch of that text")
        return own

    def __call__(self, **changes: Any) -> Any:
        """The same with other settings: `ripples(rings=8)`."""
        return self.replace(**changes)

    def __reduce__(self) -> Any:
        """Pickled as settings: a worker makes the class of the text."""
        return _restored, (self.model_dump(),)

    @classmethod
    @cache
    def program(cls) -> SketchProgram:
        """The formula, translated."""
        from explorer.fields.sketch.translation import translated

        return split(translated(cls.definition))

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """`time` in seconds, the features and the animated settings."""
        track = self.routed(track)
        moments = np.asarray(times, dtype=np.float64)
        animated = keyframes.values(self, track, moments)
        columns = [moments, *track.at(moments, self.features).T, *animated.values()]
        values = np.column_stack(columns).astype(np.float32)
        return self.completed(Controls(values, (TIME, *self.features, *animated)), track, moments)

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: the text, to be read."""
        return {"source": self.source, **super().notes(track)}

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, and a fixed noise in [0, 1) for rounding to 8 bits (dither)."""
        from explorer.fields.sketch.drawing import pixel_inputs

        return pixel_inputs(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """The formula at some moments."""
        from explorer.fields.sketch.drawing import PreparedSketch

        return PreparedSketch(self, controls)


def sketch_class(source: SketchText, name: str | None = None) -> type[Sketch]:
    """The class of a text, checked and translated; one text has one. Raises SketchError."""
    definition = definition_of(source, name)
    _check_names(definition)
    if source != SketchText(source.text):  # errors say where it was typed
        from explorer.fields.sketch.translation import translated

        translated(definition)
    return _class_of(source.text, definition.name)


@lru_cache(MAX_CLASSES)
def _class_of(text: str, name: str) -> type[Sketch]:
    definition = definition_of(SketchText(text), name)
    kind = KIND_MARK + definition.name
    settings: dict[str, tuple[Any, Any]] = {
        "kind": (Literal[kind], kind),
        "source": (str, Setting(text, validate_default=True)),
        "features": (tuple[str, ...], definition.features),
        "palette": (
            Sketch.model_fields["palette"].annotation,
            _with_default(definition.palette),
        ),
    }
    settings |= {slider.name: _slider_knob(slider) for slider in definition.sliders}
    movable = ("audio_gain", *(slider.name for slider in definition.sliders if not slider.is_whole))
    namespace: dict[str, Any] = {name: default for name, (_, default) in settings.items()}
    annotations = {name: annotation for name, (annotation, _) in settings.items()}
    namespace |= {
        "__module__": __name__,
        "__qualname__": definition.name,
        "__doc__": definition.help or f"The sketch {definition.name}.",
        "__annotations__": annotations | {"definition": ClassVar[Any]},
        "definition": definition,
        "movable": movable,
        "usable_features": definition.features,
    }
    metaclass: Any = type(FieldSettings)
    cls: type[Sketch] = metaclass(definition.name, (Sketch,), namespace)
    cls.program()
    return cls


def _with_default(palette: str) -> Any:
    return knob(palette, group="look", help=str(Sketch.model_fields["palette"].description))


def _slider_knob(slider: Slider) -> tuple[type, Any]:
    """Type and knob of a slider."""
    kind: type = int if slider.is_whole else float
    low, high = kind(slider.low), kind(slider.high)
    step = slider.step or (1 if slider.is_whole else _step(slider.high - slider.low))
    value = knob(
        kind(slider.default), low=low, high=high, slider=(low, high), step=kind(step), unit=slider.unit,
        group="look", help=slider.help or slider.name.replace("_", " "),
    )  # fmt: skip
    return kind, value


def _step(span: float) -> float:
    """A power of ten, about a hundredth of a range."""
    return float(10.0 ** np.floor(np.log10(span / 50)))


def _check_names(definition: Definition) -> None:
    """Refuse parameters that are named like something that every field has."""
    function = definition.function
    for argument in (*function.args.args, *function.args.kwonlyargs):
        name = argument.arg
        is_slider = argument in function.args.kwonlyargs
        is_reserved = hasattr(FieldSettings, name) or name in FieldSettings.model_fields or name in (
            *("time", "palette", "audio_gain", "source", "definition", "program", "loud", "hit", "swell"),
            *(COORDINATES if is_slider else ()),
        )  # fmt: skip
        if is_reserved:
            raise definition.source.error(argument, f"the name '{name}' is taken in fields; choose another")
        if is_slider and name in FEATURES:
            raise definition.source.error(
                argument, f"'{name}' is a feature of the track: write it before the *, or choose another name"
            )


def sketch_of(text: str, name: str | None = None, place: str = "the sketch") -> Sketch:
    """The sketch in a text, which is compiled and never executed. Raises SketchError.

    `name` says which of several. The text is that of a notebook's cell or of a file: imports of explorer,
    constants, functions, and one function with `@ex.sketch` above it.
    """
    return sketch_class(SketchText(text, place), name)()


def _restored(values: Mapping[str, Any]) -> Any:
    return class_of_settings(values)(**values)


def class_of_settings(values: Mapping[str, Any]) -> type[FieldSettings]:
    """The class of settings from a file: that of the text in them. Raises SettingsError."""
    text, kind = values.get("source"), str(values.get("kind"))
    if not isinstance(text, str) or not text:
        return registry.field_class(kind)
    return sketch_class(SketchText(text), kind.removeprefix(KIND_MARK)[:100])


registry.register_maker(KIND_MARK, class_of_settings)
