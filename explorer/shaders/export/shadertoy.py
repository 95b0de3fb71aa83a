"""A look for Shadertoy: the tabs of a shader, one after the other in a file.

Buffer A is the state. A look with light has its surface in Buffer B, its light in C and its glow in D.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.shaders.export import light_code
from explorer.shaders.export.look_program import LookProgram
from explorer.shaders.export.portable_glsl import number
from explorer.shaders.export.sound_code import STATE_COLUMNS, TOP_HERTZ

TAB = "// ======== {name} ========"
TEXEL = "vec4 {name}(vec2 at) {{ return texelFetch(iChannel{channel}, ivec2(at), 0); }}\n"
STATE_TEXEL = (
    "vec4 state_texel(float x, float y) { return texelFetch(iChannel1, ivec2(int(x), int(y)), 0); }\n"
)
SOUND = """float seconds;
bool first_frame;
float sound_at(float position) {{
  int bin = int(position * {top} / (0.5 * iSampleRate) * 1024.0);
  float level = texelFetch(iChannel0, ivec2(min(bin, 511), 0), 0).x;
  return level > 0.0 ? pow(10.0, (70.0 * level - 100.0) * 0.05) : 0.0;  // decibels from -100 to -30
}}
"""
STATE_MAIN = """
void mainImage(out vec4 texel, vec2 place) {{
  seconds = clamp(iTimeDelta, 0.0, 0.25);
  first_frame = iFrame == 0;
  vec2 at = floor(place);
  texel = at.x < {columns} && at.y < {rows} ? state_at(at) : vec4(0.0);
}}
"""
MAIN = """
void mainImage(out vec4 color, vec2 place) {{
  size = iResolution.xy;
{setup}  color = {value};
}}
"""
INSTRUCTIONS = (
    "Shadertoy: one tab for each part below. Set the channels as they are listed; iChannel0 of Buffer A is",
    "a sound (Soundcloud, Mic or music), buffers are read with the filter 'nearest'. Needs 128 x 5 pixels.",
    "The constants at the start of Common are the knobs of the look, with their ranges.",
)


def shadertoy_file(program: LookProgram) -> str:
    """All tabs after a comment that says where they go."""
    head = "".join(f"// {line}".rstrip() + "\n" for line in program.head(INSTRUCTIONS))
    tabs = [("Common", "", program.constants + program.common), *_tabs(program)]
    return head + "".join(
        f"\n{TAB.format(name=name)}\n{f'// {channels}{chr(10)}' if channels else ''}{text}"
        for name, channels, text in tabs
    )


def _tabs(program: LookProgram) -> Sequence[tuple[str, str, str]]:
    """Name, channels and code of the tabs behind Common, in the order in which they are drawn."""
    rows, columns = number(program.state_rows), number(STATE_COLUMNS)
    main = STATE_MAIN.format(rows=rows, columns=columns)
    sound = SOUND.format(top=number(TOP_HERTZ))
    state = ("Buffer A", "iChannel0: sound, iChannel1: Buffer A", STATE_TEXEL + sound + program.state + main)
    surface = STATE_TEXEL + program.reader + program.surface
    moment = "  load_columns();\n  set_moment();\n"
    if not program.is_lit:
        color = "vec4(clamp(pixel_surface(floor(place)).rgb, 0.0, 1.0), 1.0)"
        return [state, ("Image", "iChannel1: Buffer A", surface + MAIN.format(setup=moment, value=color))]
    light = (
        STATE_TEXEL
        + TEXEL.format(name="surface_texel", channel=2)
        + program.reader
        + program.code.code
        + program.setup
        + light_code.shading_code(program.light)
        + MAIN.format(setup=moment + "  set_light();\n", value="vec4(light_at(floor(place)), 1.0)")
    )
    inputs = "iChannel2: Buffer C" + (", iChannel3: Buffer D" if program.has_bloom else "")
    texels = TEXEL.format(name="light_texel", channel=2)
    glow: list[tuple[str, str, str]] = []
    if program.finish and program.has_bloom:
        texels += TEXEL.format(name="glow_texel", channel=3) + light_code.glow_code(program.finish)
        glow = [("Buffer D", inputs, texels + MAIN.format(setup="", value="glow_at(floor(place))"))]
    picture = (
        texels
        + program.setup
        + light_code.finishing_code(program.finish)
        + MAIN.format(setup="  set_light();\n", value="vec4(picture_at(floor(place), float(iFrame)), 1.0)")
    )
    return [
        state,
        (
            "Buffer B",
            "iChannel1: Buffer A",
            surface + MAIN.format(setup=moment, value="pixel_surface(floor(place))"),
        ),
        ("Buffer C", "iChannel1: Buffer A, iChannel2: Buffer B", light),
        *glow,
        ("Image", inputs, picture),
    ]
