"""A look for TouchDesigner's GLSL TOP: one pass, whose uniforms are time and features."""

from __future__ import annotations

from typing import Any

from explorer.audio.features import TIMBRES
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns, clock
from explorer.fields.graph.timeline import DELAYS
from explorer.fields.julia.parameters import PARAMETERS, SPEED
from explorer.fields.light.columns import DELAYS as HIT_DELAYS
from explorer.fields.patterns import timeline as patterns
from explorer.fields.patterns.selection import FAMILIES
from explorer.shaders.export import light_code
from explorer.shaders.export.column_steps import (
    LEVELS,
    TRACK_SECONDS,
    family_shares,
    julia_control,
    julia_targets,
)
from explorer.shaders.export.look_code import identifier
from explorer.shaders.export.look_program import LookProgram
from explorer.shaders.export.portable_glsl import number
from explorer.shaders.export.sound_code import HIT_ROW, PALETTE_ROW, SOUND_ROW, palette_code, reader_code

INSTRUCTIONS = (
    "TouchDesigner: the pixel shader of a GLSL TOP. Set the uniforms below on its Vectors page, uTime to",
    "absTime.seconds, features from an Audio Analysis CHOP: levels from 0 in silence to 1, timbres (the",
    "centroid, rolloff, zcr, flatness) from -1 to 1. Arrays come from a CHOP on the Arrays page; left out",
    "they are at rest. The constants at the start are the knobs of the look, with their ranges.",
)
STATE_TEXEL = """
vec4 state_texel(float x, float y) {{
{rows}  return vec4(0.0);
}}
"""
TEXELS = """
vec4 surface_texel(vec2 at) { return pixel_surface(at); }
"""
LIGHT_TEXEL = """
vec4 light_texel(vec2 at) { return vec4(light_at(at), 1.0); }
"""
MAIN = """
void load_columns() {{
{columns}}}
out vec4 fragColor;
void main() {{
  size = uTDOutputInfo.res.zw;
  vec2 at = floor(gl_FragCoord.xy);
  load_columns();
  set_moment();
{setup}  fragColor = TDOutputSwizzle(vec4({value}, 1.0));
}}
"""


def touchdesigner_file(program: LookProgram) -> str:
    """The shader, after a comment that says what its uniforms are."""
    uniforms = _uniforms(program)
    head = program.head((*INSTRUCTIONS, "", *(f"{name}: {text}" for name, text in uniforms.items())))
    value, setup, tail = "clamp(pixel_surface(at).rgb, 0.0, 1.0)", "", ""
    if program.is_lit:
        value, setup = "picture_at(at, floor(uTime * 60.0))", "  set_light();\n"
        tail = TEXELS + program.setup + light_code.shading_code(program.light) + LIGHT_TEXEL
        tail += light_code.finishing_code(_without_bloom(program))
    columns = "  set_targets();\n" if isinstance(program.look, Julia) else ""
    columns += "".join(f"  {identifier(name)} = {text};\n" for name, text in _columns(program).items())
    targets = julia_targets(program.look, {name: _uniform(name) for name in LEVELS})
    return "".join(
        (
            *(f"// {line}".rstrip() + "\n" for line in head),
            *("\n", *(f"uniform {_declaration(name)};\n" for name in uniforms)),
            *(program.constants, program.common, _state_texel(program)),
            *(reader_code(program.look, program.code), program.surface, targets, tail),
            MAIN.format(columns=columns, setup=setup, value=value),
        )
    )


def _without_bloom(program: LookProgram) -> Any:
    return program.finish.replace(bloom=0.0) if program.finish else None


def _uniform(name: str) -> str:
    return "u" + "".join(word.capitalize() for word in name.split("_"))


def _declaration(name: str) -> str:
    arrays = {"uHits": f"float uHits[{len(HIT_DELAYS)}]", "uSound": f"vec3 uSound[{DELAYS}]"}
    return arrays.get(name, f"float {name}")


def _uniforms(program: LookProgram) -> dict[str, str]:
    """What each uniform is, by name."""
    look = program.look
    names = {"uTime": "seconds"}
    if isinstance(look, CPPN) and look.sound_clock:
        names["uTime"] = "seconds, slower in silence and faster on hits: a Speed CHOP over loudness"
    names |= {_uniform(name): "a timbre" if name in TIMBRES else "a level" for name in _live_features(look)}
    if isinstance(look, GraphCPPN):
        rate = f"({clock.LOUDNESS_RATE} rms^2 + {clock.FLUX_RATE} flux + {clock.ONSET_RATE} onset) x speed"
        names["uMotion"] = f"the integral of {rate} x audio gain: a Speed CHOP"
        names["uSound"] = f"{DELAYS} levels of bass, mid and treble, now and each 0.04 s before (array)"
    if isinstance(look, Patterns):
        names["uMotion"] = f"the integral of {patterns.ENERGY_RATE} rms x speed x audio gain: a Speed CHOP"
        if family_shares(look) is None:
            names |= {_uniform(name): "the share of this family; their sum is 1" for name in FAMILIES}
    if isinstance(look, Julia):
        names["uMotion"] = f"radians that c has traveled beyond rest: the integral of {SPEED} speed"
        names["uTurn"] = "radians that the picture has turned"
    if program.light:
        names |= {"uLoud": "loudness, from 0 to 1", "uSwell": "how far loudness rises over seconds, 0 to 1"}
        names["uHits"] = (
            f"{len(HIT_DELAYS)} strengths of hits from 0 to 1, now and each 1/45 s before (array)"
        )
    return names


def _live_features(look: Any) -> list[str]:
    return [name for name in look.features if name in LEVELS]


def _columns(program: LookProgram) -> dict[str, str]:
    """The texts of columns, of uniforms."""
    look = program.look
    texts = {
        name: _uniform(name) if name in TIMBRES else f"{_uniform(name)} * 2.0 - 1.0"
        for name in _live_features(look)
    }
    if isinstance(look, CPPN):
        span = look.time_span if isinstance(look.time_span, int | float) else TRACK_SECONDS
        texts["time"] = "1.0" if look.weights else f"uTime * {number(2 / span)} - 1.0"
    elif isinstance(look, GraphCPPN):
        texts |= {"time": f"{number(clock.SILENT_RATE)} * knob_speed * uTime", "motion": "uMotion"}
        texts["rotation"] = f"uMotion * knob_spin + {texts['time']} * (knob_spin - {number(look.spin)})"
    elif isinstance(look, Patterns):
        texts |= {"time": f"{number(patterns.SILENT_RATE)} * knob_speed * uTime", "motion": "uMotion"}
        shares = family_shares(look)
        texts |= {name: number(shares[n]) if shares else _uniform(name) for n, name in enumerate(FAMILIES)}
    elif isinstance(look, Julia):
        texts = _julia_columns(look)
    else:
        texts["time"] = "uTime"
    if program.light:
        texts |= {"loud": "uLoud", "hit": "uHits[0]", "swell": "uSwell"}
    return texts


def _julia_columns(look: Julia) -> dict[str, str]:
    """The parameters follow the features at once: what smooths them stands before the TOP."""
    rests = {parameter.name: number(parameter.rest) for parameter in PARAMETERS}
    moving = f"(uTime * ({number(look.travel)} + {number(SPEED)} * {rests['speed']} * knob_speed) + uMotion)"
    texts = {"angle": julia_control("angle", moving), "rotation": julia_control("rotation", "uTurn")}
    for n, parameter in enumerate(PARAMETERS):
        rest, low, high = (number(value) for value in (parameter.rest, parameter.low, parameter.high))
        value = f"clamp({rest} + knob_audio_gain * (target_{n} - {rest}), {low}, {high})"
        if parameter.name not in ("speed", "turn"):
            texts[parameter.name] = julia_control(parameter.name, value)
    return texts


def _state_texel(program: LookProgram) -> str:
    """What other files keep in a texture: uniforms, and palettes in the text."""
    rows = ""
    if program.light:
        rows += f"  if (y == {number(HIT_ROW)}) return vec4(uHits[int(x)], 0.0, 0.0, 0.0);\n"
    if isinstance(program.look, GraphCPPN):
        rows += f"  if (y == {number(SOUND_ROW)}) return vec4(uSound[int(x)], 0.0);\n"
    palettes = ""
    for k, palette in enumerate(program.code.palettes):
        palettes += palette_code(k, palette)
        rows += f"  if (y == {number(PALETTE_ROW + k)}) return vec4(palette_{k}(x), 1.0);\n"
    return palettes + STATE_TEXEL.format(rows=rows)
