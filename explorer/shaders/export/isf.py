"""A look as an ISF file (Interactive Shader Format 2), for VDMX, Resolume, MadMapper and others.

The sound is an input, and so is every knob; state, surface, light and glow are passes.
"""

from __future__ import annotations

import json
from typing import Any

from explorer.shaders.export import light_code
from explorer.shaders.export.look_code import knob_identifier
from explorer.shaders.export.look_program import LookProgram, comment
from explorer.shaders.export.portable_glsl import number
from explorer.shaders.export.sound_code import STATE_COLUMNS, TOP_HERTZ

SOUND_TOP_HERTZ = 22050.0  # of the spectrum that hosts give
INSTRUCTIONS = (
    "ISF 2: the input 'sound' is the spectrum of what the host hears; connect it to its audio analysis.",
    "The sliders are the knobs of the look.",
)
HEAD = """float seconds;
bool first_frame;
float sound_at(float position) {{
  vec2 place = vec2(position * {share}, 0.5);
  return IMG_NORM_PIXEL(sound, place).r;
}}
vec4 state_texel(float x, float y) {{
  vec2 place = (vec2(x, y) + 0.5) / vec2({columns}, {rows});
  return IMG_NORM_PIXEL(state_image, place);
}}
"""
TEXEL = """vec4 {name}_texel(vec2 at) {{
  vec2 place = (at + 0.5) / size;
  return IMG_NORM_PIXEL({name}_image, place);
}}
"""
MAIN = """
void main() {{
  size = RENDERSIZE;
  seconds = clamp(TIMEDELTA, 0.0, 0.25);
  first_frame = FRAMEINDEX == 0;
  vec2 at = floor(gl_FragCoord.xy);
  if (PASSINDEX == 0) {{
    gl_FragColor = state_at(at);
    return;
  }}
  load_columns();
  set_moment();
{passes}}}
"""
PICTURE = "vec4(picture_at(at, float(FRAMEINDEX)), 1.0)"


def isf_file(program: LookProgram) -> str:
    """The header and the shader."""
    header = json.dumps(_header(program), indent=2).replace("*/", "*\\/")
    glow = light_code.glow_code(program.finish) if program.finish and program.has_bloom else ""
    names = _targets(program)[1:]
    parts = [
        *(program.common, _head(program), "".join(TEXEL.format(name=name) for name in names)),
        *(program.state, program.reader, program.surface),
    ]
    if program.is_lit:
        parts += [program.setup, light_code.shading_code(program.light), glow]
        parts.append(light_code.finishing_code(program.finish))
    return f"/*{header}*/\n\n" + "".join(parts) + MAIN.format(passes=_passes(program))


def _head(program: LookProgram) -> str:
    return HEAD.format(
        share=number(TOP_HERTZ / SOUND_TOP_HERTZ),
        columns=number(STATE_COLUMNS),
        rows=number(program.state_rows),
    )


def _targets(program: LookProgram) -> list[str]:
    """The images that passes draw, in their order."""
    steps = ["surface", "light", *(["glow"] if program.has_bloom else [])]
    return ["state", *(steps if program.is_lit else [])]


def _passes(program: LookProgram) -> str:
    """What each pass behind the state draws."""
    if not program.is_lit:
        return "  gl_FragColor = vec4(clamp(pixel_surface(at).rgb, 0.0, 1.0), 1.0);\n"
    values = {"surface": "pixel_surface(at)", "light": "vec4(light_at(at), 1.0)", "glow": "glow_at(at)"}
    outputs = [*(values[name] for name in _targets(program)[1:]), PICTURE]
    steps = (f"  if (PASSINDEX == {n}) gl_FragColor = {value};\n" for n, value in enumerate(outputs, 1))
    return "  set_light();\n" + "".join(steps)


def _header(program: LookProgram) -> dict[str, Any]:
    passes: list[dict[str, Any]] = [
        {"TARGET": f"{name}_image", "FLOAT": True, "PERSISTENT": name in ("state", "glow")}
        for name in _targets(program)
    ]
    passes[0] |= {"WIDTH": f"{STATE_COLUMNS}", "HEIGHT": f"{program.state_rows}"}
    return {
        "DESCRIPTION": "\n".join(program.head(INSTRUCTIONS)),
        "CREDIT": "explorer",
        "ISFVSN": "2",
        "CATEGORIES": ["Generator", "Audio Visualizer"],
        "INPUTS": [
            {"NAME": "sound", "TYPE": "audioFFT"},
            *map(_input, program.knobs, program.knobs.values()),
        ],
        "PASSES": [*passes, {}],
    }


def _input(name: str, setting: Any) -> dict[str, Any]:
    """A knob as a slider; its range takes in the value of the look."""
    knob, value = setting
    low, high = knob.slider or (knob.low, knob.high)
    return {
        "NAME": knob_identifier(name),
        "LABEL": comment(f"{name.replace('_', ' ')}: {knob.help}"),
        "TYPE": "float",
        "MIN": float(min(low, value)),
        "MAX": float(max(high, value)),
        "DEFAULT": value,
    }
