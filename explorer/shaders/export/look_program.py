"""A look as the parts of a shader for another program, and what its head says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.light.settings import Finish, Light
from explorer.settings import Knob
from explorer.shaders.export import light_code, sound_code
from explorer.shaders.export.column_steps import follows_music
from explorer.shaders.export.look_code import LookCode, knob_identifier, look_code
from explorer.shaders.export.portable_glsl import functions, glsl_of, number

SAMPLES_NOTE = "one sample a pixel; for smoother edges draw it larger and scale it down"
FLASH_NOTE = "nothing dims flashes here; look at it before you show it to others"
FAMILY_NOTE = "the sound selects families by running means, not by the whole song"


@dataclass(frozen=True, eq=False)
class LookProgram:
    """A field that `portable_field` returned, with a title and what is left out."""

    title: str
    look: Any
    notes: tuple[str, ...]

    @cached_property
    def code(self) -> LookCode:
        """The shader of the look itself."""
        return look_code(self.look)

    @property
    def light(self) -> Light | None:
        """None where it is off."""
        return self.look.light if self.look.light.on else None

    @property
    def finish(self) -> Finish | None:
        """None where it is off."""
        return self.look.finish if self.look.finish.on else None

    @property
    def is_lit(self) -> bool:
        """Whether there are steps between surface and picture."""
        return self.light is not None or self.finish is not None

    @property
    def has_bloom(self) -> bool:
        """Whether bright places glow."""
        return light_code.has_bloom(self.finish)

    @property
    def knobs(self) -> Mapping[str, tuple[Knob, float]]:
        """What can be turned, with its value, by the end of its name in the shader."""
        own = {name: (knob, float(getattr(self.look, name))) for name, knob in self.code.knobs.items()}
        return own | light_code.light_knobs(self.light, self.finish)

    @cached_property
    def columns(self) -> Sequence[str]:
        """The columns of the state, in their order."""
        return sound_code.state_columns(self.look, self.code, self.light is not None)

    @property
    def state_rows(self) -> int:
        """The height of the state, texels."""
        return sound_code.PALETTE_ROW + len(self.code.palettes)

    @property
    def constants(self) -> str:
        """The knobs as constants."""
        knobs = self.knobs.items()
        return "".join(
            f"const float {knob_identifier(name)} = {number(value)};  // {_range(knob)}{comment(knob.help)}\n"
            for name, (knob, value) in knobs
        )

    @property
    def common(self) -> str:
        """Declarations and functions that read no texture."""
        parts = ["vec2 size;\n", sound_code.globals_code(self.code, self.light is not None), functions()]
        return "".join(parts) + (light_code.light_formulas() if self.is_lit else light_code.PLACES)

    @property
    def reader(self) -> str:
        """`load_columns`, `look_up` and `hit_at`, which read the state."""
        loading = sound_code.loading_code(self.columns, self.code)
        return loading + sound_code.reader_code(self.look, self.code)

    @property
    def surface(self) -> str:
        """`set_moment`, and `vec4 linear_surface_at(vec2 at)` at a pixel: linear light where it is lit."""
        curve = "" if self.code.is_linear or not self.is_lit else glsl_of(linear_light) + LINEAR_SURFACE
        value = "linear(surface)" if curve else "surface"
        return self.code.code + curve + SURFACE.format(value=value)

    @property
    def setup(self) -> str:
        """`set_light`."""
        return light_code.light_setup(self.light, self.finish)

    @property
    def state(self) -> str:
        """`state_at`."""
        return sound_code.state_code(self.look, self.code, self.columns)

    def head(self, instructions: Sequence[str]) -> list[str]:
        """What the file says first; nothing in it ends a comment."""
        lines = [f"{self.title}: a look of explorer", "", *instructions, ""]
        lines += [f"Not carried over: {note}" for note in self.notes]
        return list(map(comment, lines))


LINEAR_SURFACE = """
vec4 linear(vec4 surface) {
  vec3 c = max(surface.rgb, 0.0);
  return vec4(linear_light(c.r), linear_light(c.g), linear_light(c.b), surface.a);
}
"""
SURFACE = """
vec4 pixel_surface(vec2 at) {{
  vec4 surface = surface_at(place_of(at), 2.0 / min(size.x, size.y));
  return {value};
}}
"""


def comment(text: str) -> str:
    """A text that can stand in a comment of one line: nothing in it ends the comment."""
    return re.sub(r"[^\x20-\x7e]", "?", text).replace("\\", "/").replace("*/", "* /")


def _range(knob: Knob) -> str:
    return f"{knob.slider[0]:g} to {knob.slider[1]:g}: " if knob.slider else ""


def program_notes(look: Any, has_bloom: bool = True) -> list[str]:
    """What every shader leaves out of a look."""
    notes = [FLASH_NOTE]
    if look.finish.on and look.finish.samples > 1:
        notes.append(SAMPLES_NOTE)
    if follows_music(look):
        notes.append(FAMILY_NOTE)
    if look.finish.on and look.finish.bloom and not has_bloom:
        notes.append("bloom: add a Bloom TOP behind it")
    return notes
