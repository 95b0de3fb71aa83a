"""A look as one file of WGSL: the compute shader of `explorer.rendering.gpu`, and a step before it.

The step computes the numbers of a moment from columns, so a host needs no formula of its own. What is
constant (weights, palettes) stands in a comment as base64.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.graph import formulas
from explorer.fields.graph.drawing import PAST_SHARE, PRESENT_SHARE
from explorer.fields.graph.kernel import CURVE_STEPS, POSITIONS
from explorer.fields.graph.network import network_of as graph_network
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import DELAYS
from explorer.fields.julia.timeline import CONTROL_NAMES
from explorer.fields.patterns.audio_levels import AudioLevels
from explorer.fields.patterns.families import FAMILY_FORMULAS
from explorer.settings import Knob
from explorer.shaders.compute import cppn, graph, julia, patterns, sketch
from explorer.shaders.compute.program import HEAD, flat, group_points
from explorer.shaders.emitter import procedure_code
from explorer.shaders.export.look_code import julia_numbers, level_text, moving_shader
from explorer.shaders.export.look_program import LookProgram, comment
from explorer.shaders.export.network_code import pixel_inputs
from explorer.shaders.export.portable_glsl import number
from explorer.shaders.patterns_shader import visible_families
from explorer.shaders.wgsl import WGSL, wgsl_function

LIGHT_NOTE = "light and finish are left out: colors are flat, as without them"
MOMENT = replace(WGSL, function="fn {name}({arguments}) {{\n{body}}}\n")
wgsl_procedure = partial(procedure_code, MOMENT)
ROW_READERS = HEAD[HEAD.index("fn row(") : HEAD.index("fn constant(")]
ROWS_BINDING = "var<storage, read> rows: array<f32>;"
INPUTS_BINDING = "var<storage, read> inputs: array<f32>;"
COORDINATES = """
fn row(n: u32, i: u32) -> f32 {
  let size = vec2f(f32(part.x), f32(part.z));
  let at = vec2f(f32(i % part.x), f32(i / part.x)) + 0.5;
  let xy = (at - 0.5 * size) * (2.0 / min(size.x, size.y));
  var values = pixel_inputs(xy.x, xy.y);
  return values[n];
}
fn row4(n: u32, i: u32) -> vec4f {
  return vec4f(row(n, i), row(n, i + 1u), row(n, i + 2u), row(n, i + 3u));
}
"""
STEP = """
@group(0) @binding(3) var<storage, read_write> numbers: array<vec4f>;
{code}
@compute @workgroup_size(1)
fn moment() {{
  set_moment();
{history}}}
"""
HISTORY = """  for (var entry = 0u; entry < {positions}u; entry++) {{
    let k = i32(entry / {steps}u);
    let x = f32(entry % {steps}u) / {steps}.0;
    let y = 1.0 - x;
    let weights = vec4f(y * y * y, 3.0 * x * x * x - 6.0 * x * x + 4.0,
      -3.0 * x * x * x + 3.0 * x * x + 3.0 * x + 1.0, x * x * x) / 6.0;
    for (var sound = 0; sound < {sounds}; sound++) {{
      var past = 0.0;
      for (var n = 0; n < 4; n++) {{
        past += weights[n] * inputs[{first} + sound * {delays} + clamp(k - 1 + n, 0, {delays} - 1)];
      }}
      let place = {place}u + u32(sound) * {positions}u + entry;
      numbers[place / 4u][place % 4u] =
        knob_audio_gain * ({present_share} * present[sound] + {past_share} * past);
    }}
  }}
"""
NETWORK_MOMENT = """fn set_moment() {{
  for (var g = 0u; g < {groups}u; g++) {{
{body}
    numbers[g] = total;
  }}
}}
"""
PIXEL = "(2.0 / f32(min(part.x, part.z)))"


@dataclass(frozen=True, eq=False)
class WgslLook:
    """A program without its numbers: the step fills `groups` of four of them from columns."""

    code: str
    group_points: int
    constants: Float32[np.ndarray, " constants"]
    rows: Sequence[Value]  # the inputs of a pixel, of x and y
    columns: Sequence[str]
    knobs: dict[str, tuple[Knob, float]]
    moment: str  # `fn set_moment()`
    groups: int
    history: str = ""  # statements behind it


def wgsl_file(program: LookProgram) -> str:
    """The file."""
    look = wgsl_look(program.look)
    constants = "".join(
        f"const knob_{name} = f32({number(value)});  // {comment(knob.help)}\n"
        for name, (knob, value) in look.knobs.items()
    )
    five = [*look.rows, *[Value.of(0)] * (5 - len(look.rows))]
    coordinates = wgsl_function("pixel_inputs", ("x: f32", "y: f32"), five) + COORDINATES
    code = look.code.replace(ROW_READERS, coordinates).replace(ROWS_BINDING, INPUTS_BINDING)
    head = "".join(f"// {line}".rstrip() + "\n" for line in program.head(_instructions(look)))
    data = base64.b64encode(look.constants.astype("<f4").tobytes()).decode("ascii")
    step = STEP.format(code=look.moment, history=look.history)
    return f"{head}\n{constants}{code}{step}\n// constants: {data}\n"


def wgsl_look(look: Any) -> WgslLook:
    """The program of a field without light and finish."""
    if isinstance(look, CPPN):
        return _network(look)
    if isinstance(look, Julia):
        return _julia(look)
    if isinstance(look, GraphCPPN):
        return _graph(look)
    return _patterns(look) if isinstance(look, Patterns) else _sketch(look)


def _instructions(look: WgslLook) -> list[str]:
    """The bindings, and how the two entry points are called."""
    delays = (
        f", then {DELAYS} levels (0 to 1) of bass, mid and treble, one after the other"
        if look.history
        else ""
    )
    return [
        "WGSL: two compute entry points. Run 'moment' with one workgroup for each frame, then 'main' with",
        f"ceil(width * height / {look.group_points}) workgroups. All bindings are in group 0:",
        "",
        "  0  uniform, vec4u: width, width * height, height, 0 of the picture",
        f"  1  storage, read, f32: the columns of the moment{delays}",
        f"  2  storage, read, vec4f: {len(look.constants) // 4} constants: the last line, base64 of float32",
        f"  3  storage, vec4f: {look.groups} numbers of the moment; 'moment' writes them, 'main' reads them",
        "  4  storage, u32: the picture, three bytes a pixel (sRGB), row by row from the top; a multiple of",
        "     12 bytes",
        "",
        "Columns, features from -1 to 1: " + ", ".join(look.columns),
    ]


def _texts(columns: Sequence[str]) -> dict[str, str]:
    return {name: f"inputs[{n}]" for n, name in enumerate(columns)}


def _targets(count: int) -> list[str]:
    return [f"numbers[{n // 4}].{'xyzw'[n % 4]}" for n in range(count)]


def _padded(values: Sequence[Any]) -> list[Any]:
    """Values to whole groups of four."""
    return [*values, *[0.0] * (-len(values) % 4)]


def _network(look: CPPN) -> WgslLook:
    """Time and features become the bias of the first layer, whose weights follow the other constants."""
    from explorer.fields.cppn.weights import FEATURE_SCALE, network_of  # slow to load

    network = network_of(look)
    code, points, constants = cppn.network_program(network, look.palette, None)
    first = network.weights[0][:, network.pixel_inputs :]
    weights = np.pad(first.T, ((0, 0), (0, -len(first) % 4)))
    groups, place = weights.shape[1] // 4, len(constants) // 4
    columns = ("time", *look.features)
    texts = _texts(columns)
    gain = f"{number(FEATURE_SCALE)} * knob_audio_gain"
    lines = ["    var total = inputs[0] * constants[PLACE + g];"]
    for n, name in enumerate(look.features, 1):
        level = level_text(name, texts[name]) if look.weights else texts[name]
        lines.append(f"    total += {gain} * {level} * constants[PLACE + {n * groups}u + g];")
    body = "\n".join(lines).replace("PLACE", f"{place}u")
    moment = NETWORK_MOMENT.format(groups=groups, body=body)
    return WgslLook(
        code=code,
        group_points=points,
        constants=flat(constants, weights.astype(np.float32)),
        rows=pixel_inputs(look, Value.of(look.coord_scale)),
        columns=columns,
        knobs=_knobs(look, {"audio_gain": look.knobs()["audio_gain"]}),
        moment=moment,
        groups=groups,
    )


def _julia(look: Julia) -> WgslLook:
    numbers, _ = julia_numbers()
    numbers[4] = numbers[4] * Value("input", "pixel")
    texts = _texts(CONTROL_NAMES) | {"pixel": PIXEL}
    return WgslLook(
        code=julia.julia_code(look.iterations, look.samples, False),
        group_points=group_points(False),
        constants=julia.NO_CONSTANTS,
        rows=_plane(),
        columns=CONTROL_NAMES,
        knobs={},
        moment=wgsl_procedure("set_moment", _targets(8), numbers, texts),
        groups=2,
    )


def _plane() -> list[Value]:
    """x, y and what is added before a level is cut to a byte."""
    return [*inputs("x", "y"), Value.of(0.5)]


def _graph(look: GraphCPPN) -> WgslLook:
    moving = moving_shader(look)
    *rows, contrast = moving.shader.numbers
    size = formulas.NUMBERS + 1
    octaves = len(rows) // size
    numbers = [value for n in range(octaves) for value in _padded(rows[n * size : (n + 1) * size])]
    figure = [*[0.0] * graph.CONTRAST, contrast]
    numbers = [*numbers, *_padded(figure)]
    columns = (*moving.clocks, *(name for name in SOUND_INPUTS if name in look.features))
    places = _texts(columns)
    texts = moving.texts(lambda name: places.get(name, "0.0"))
    present = ", ".join(texts[name] if name in look.features else "0.0" for name in SOUND_INPUTS)
    history = f"  let present = vec3f({present});\n" + HISTORY.format(
        positions=POSITIONS,
        steps=CURVE_STEPS,
        sounds=len(SOUND_INPUTS),
        first=len(columns),
        delays=DELAYS,
        place=len(numbers),
        present_share=number(PRESENT_SHARE),
        past_share=number(PAST_SHARE),
    )
    return WgslLook(
        code=graph.graph_code(graph_network(look), None, octaves, False),
        group_points=group_points(False),
        constants=graph.palette_tables((look.palette,), False),
        rows=_plane(),
        columns=columns,
        knobs=_knobs(look, moving.knobs),
        moment=wgsl_procedure("set_moment", _targets(len(numbers)), numbers, texts),
        groups=-(-(len(numbers) + len(SOUND_INPUTS) * POSITIONS) // 4),
        history=history,
    )


def _patterns(look: Patterns) -> WgslLook:
    """Shares and the size of a pixel, then the numbers of each family."""
    moving, visible = moving_shader(look), visible_families(look)
    shares, numbers = moving.shader.numbers[: len(visible)], moving.shader.numbers[len(visible) :]
    families = []
    for n in visible:
        family = FAMILY_FORMULAS[n]
        size = len(family.numbers(look, AudioLevels(*[0.0] * 7)))
        palette = family.palette if look.palette == "family" else look.palette
        families.append((n, int(getattr(look, family.count)), size, palette))
    rows = [*_padded(shares), Value("input", "pixel"), *[0.0] * 3, *numbers]
    columns = _texts(moving.columns)
    texts = moving.texts(lambda name: columns[name]) | {"pixel": PIXEL}
    x, y = inputs("x", "y")
    return WgslLook(
        code=patterns.patterns_code(tuple(families), False),
        group_points=group_points(False),
        constants=patterns.palette_tables(tuple(families)),
        rows=[x, y, Value("hypot", x, y), Value("atan2", x, y), Value.of(0.5)],
        columns=moving.columns,
        knobs=_knobs(look, moving.knobs),
        moment=wgsl_procedure("set_moment", _targets(len(rows)), rows, texts),
        groups=-(-len(rows) // 4),
    )


def _sketch(look: Any) -> WgslLook:
    """The size of a pixel, then the numbers of the formula."""
    moving = moving_shader(look)
    rows = [Value("input", "pixel"), *[0.0] * 3, *moving.shader.numbers]
    columns = _texts(moving.columns)
    texts = moving.texts(lambda name: columns[name]) | {"pixel": PIXEL}
    return WgslLook(
        code=sketch.sketch_code(type(look).program(), False),
        group_points=group_points(False),
        constants=sketch.palette_table(look.palette, False),
        rows=_plane(),
        columns=moving.columns,
        knobs=_knobs(look, moving.knobs),
        moment=wgsl_procedure("set_moment", _targets(len(rows)), rows, texts),
        groups=-(-len(rows) // 4),
    )


def _knobs(look: Any, knobs: Any) -> dict[str, tuple[Knob, float]]:
    return {name: (knob, float(getattr(look, name))) for name, knob in knobs.items()}
