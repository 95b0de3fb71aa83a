"""What a look takes from a sound, as portable GLSL that keeps its memory in a texture: the state.

A row of the state holds the columns of the look, each with three numbers that it remembers; other rows hold
the hits and the sound of the last seconds, the spectrum, and the palettes. It is computed from that of the
frame before. A host brings

    state_texel(x, y)     a texel of the state of the frame before
    sound_at(position)    the amplitude of the sound at a share of `TOP_HERTZ`
    seconds               since the frame before; 0 in the first one, in which all is at rest

Full scale is the recent maximum, as on the live page; percentiles are running extremes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.audio import live
from explorer.audio.features import BANDS, TIMBRES
from explorer.audio.normalize import STEVENS_EXPONENT
from explorer.expressions import Value
from explorer.fields import CPPN, GraphCPPN, Julia, Patterns, clock
from explorer.fields.graph.drawing import PAST_SHARE, PRESENT_SHARE
from explorer.fields.graph.kernel import CURVE_STEPS, POSITIONS
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import DELAY_STEP_SECONDS, DELAYS
from explorer.fields.julia.mapping import parameters_of_levels
from explorer.fields.julia.parameters import CONTROL_LIMITS, PARAMETERS, SPEED, TURN
from explorer.fields.light import columns as light
from explorer.fields.palette_table import TABLE_COLORS
from explorer.fields.patterns import timeline as patterns
from explorer.fields.patterns.selection import FAMILIES
from explorer.shaders.export.light_code import LIGHT_COLUMNS
from explorer.shaders.export.look_code import LookCode, identifier, level_text
from explorer.shaders.export.portable_glsl import glsl_procedure, number, vector

STATE_COLUMNS, PALETTE_COLORS = 128, 128  # texels of a row
COLUMN_ROW, HIT_ROW, SOUND_ROW, SPECTRUM_ROW, PALETTE_ROW = range(5)
TOP_HERTZ = 11025.0  # of the spectrum
LEVELS = (*live.LIVE_FEATURES, *BANDS, "flatness")
LIGHT_SOURCES = ("rms", "onset")  # that light follows
TRACK_SECONDS = 60.0  # of a network whose time spans the track: a live sound has no length
PEAK_SECONDS, MEAN_SECONDS, RANGE_SECONDS = 15.0, 5.0, 10.0  # memories of full scale, timbres, light
RISE_SECONDS, FALL_SECONDS, ONSET_SECONDS = 0.024, 0.13, 0.5
MIN_LOUDNESS = 0.05  # of a sound whose timbre counts
FAMILY_MARGINS = {"loud": 0.06, "quiet": -0.08, "bright": 0.25}  # that select families: levels, octaves
PASSAGE_SECONDS, MEMORY_SECONDS = 4.0, 60.0

READERS = """
vec3 look_up(float row, float entries, float position) {{
  position = clamp(position, 0.0, entries - 1.0);
{sound}  position *= {colors} / (entries - 1.0);
  float below = min(floor(position), {colors} - 1.0), y = row + {first_row};
  return mix(state_texel(below, y).rgb, state_texel(below + 1.0, y).rgb, position - below);
}}
float hit_at(float delay) {{
  float below = min(floor(delay), {last_hit} - 1.0);
  return mix(state_texel(below, {hit_row}).x, state_texel(below + 1.0, {hit_row}).x, delay - below);
}}
"""
SOUND_CURVE = """
vec3 sound_of(float delay) {{
  return state_texel(clamp(delay, 0.0, {last}), {row}).rgb;
}}
vec3 curve_at(float entry) {{
  float k = floor(entry / {steps}), x = entry / {steps} - k, y = 1.0 - x;
  vec3 past = y * y * y * sound_of(k - 1.0) + (3.0 * x * x * x - 6.0 * x * x + 4.0) * sound_of(k)
    + (-3.0 * x * x * x + 3.0 * x * x + 3.0 * x + 1.0) * sound_of(k + 1.0) + x * x * x * sound_of(k + 2.0);
  return knob_audio_gain * ({present_share} * present_sound() + {past_share} / 6.0 * past);
}}
"""
CURVE_LOOK_UP = """  if (row < 0.5) {
    float entry = min(floor(position), entries - 2.0);
    return mix(curve_at(entry), curve_at(entry + 1.0), position - entry);
  }
"""


def reader_code(look: Any, code: LookCode) -> str:
    """`look_up` for palettes and for what distances hear, and `hit_at`."""
    sound = ""
    if isinstance(look, GraphCPPN):
        levels = [level_text(name) if name in look.features else "0.0" for name in SOUND_INPUTS]
        sound = f"vec3 present_sound() {{ return vec3({', '.join(levels)}); }}" + SOUND_CURVE.format(
            last=number(DELAYS - 1),
            row=number(SOUND_ROW),
            steps=number(CURVE_STEPS),
            present_share=number(PRESENT_SHARE),
            past_share=number(PAST_SHARE),
        )
    return sound + READERS.format(
        sound=CURVE_LOOK_UP if sound else "",
        colors=number(PALETTE_COLORS - 1),
        first_row=number(PALETTE_ROW - 1),
        last_hit=number(len(light.DELAYS) - 1),
        hit_row=number(HIT_ROW),
    )


def state_columns(look: Any, code: LookCode, lit: bool) -> list[str]:
    """The columns of the state in their order: those that are drawn, then what they follow."""
    own = [*code.columns, *(LIGHT_COLUMNS if lit else ())]
    sources = [*_features_of(look), *LIGHT_SOURCES]
    internal = ["energy", "brightness level"] if follows_music(look) else []
    internal += ["speed", "turn"] if isinstance(look, Julia) else []
    return list(dict.fromkeys([*own, *sources, *internal]))


def _features_of(look: Any) -> list[str]:
    return [name for name in look.features if name in LEVELS] + (["centroid"] if follows_music(look) else [])


def loading_code(columns: Sequence[str], code: LookCode) -> str:
    """`void load_columns()`: from the state to globals such as `in_bass`."""
    names = [name for name in columns if name in code.columns or name in LIGHT_COLUMNS]
    lines = [f"  {identifier(name)} = state_texel({number(columns.index(name))}, 0.0).x;\n" for name in names]
    return f"void load_columns() {{\n{''.join(lines)}}}\n"


def globals_code(code: LookCode, lit: bool) -> str:
    """Declarations of columns and of the numbers of a moment."""
    names = list(dict.fromkeys([*code.columns, *(LIGHT_COLUMNS if lit else ())]))
    lines = [f"float {identifier(name)} = {number(rest_value(name))};\n" for name in names]
    return "".join(lines) + f"vec4 p[{code.groups}];\nvec3 accent;\nfloat n[22], f[4];\n"


def rest_value(name: str) -> float:
    """A column in silence."""
    if name in LEVELS:
        return 0.0 if name in TIMBRES else -1.0
    return {"loud": 0.5, "organic": 1.0}.get(name, 0.0)


MEASURES = """
vec4 old;
float share_of(float memory) {{ return 1.0 - exp(-seconds / max(memory, 1e-4)); }}
vec4 column_before(float column) {{ return state_texel(column, 0.0); }}
float amplitude(float k) {{ return state_texel(k, {spectrum_row}).x; }}
float hertz(float k) {{ return (k + 0.5) * {step}; }}
float band(float low, float high) {{
  float power = 0.0;
  for (int k = 0; k < {count}; k++)
    if (hertz(float(k)) >= low && hertz(float(k)) < high) power += amplitude(float(k)) * amplitude(float(k));
  return pow(max(power, 1e-12), {half_exponent});
}}
vec4 moments_of() {{
  vec4 sums = vec4(0.0);
  for (int k = 0; k < {count}; k++) {{
    float a = amplitude(float(k)), h = hertz(float(k)) / {top};
    sums += vec4(a, a * h, a * a, a * a * h * h);
  }}
  return sums;
}}
float measured_centroid() {{ vec4 sums = moments_of(); return sums.x > 1e-5 ? sums.y / sums.x : 0.0; }}
float measured_loudness() {{ return 1.0 + max(-{floor}, 10.0 * log2(max(moments_of().z, 1e-12)) * 0.30103) / {floor}; }}
float measured_crossings() {{ vec4 sums = moments_of(); return sums.z > 1e-9 ? sqrt(sums.w / sums.z) : 0.0; }}
float measured_flatness() {{
  float logarithms = 0.0;
  for (int k = 0; k < {count}; k++) {{
    float a = amplitude(float(k));
    logarithms += log(a * a + 1e-20);
  }}
  return min(1.0, exp(logarithms / {count}.0) * {count}.0 / (moments_of().z + 1e-20));
}}
float measured_rolloff() {{
  float goal = {rolloff_share} * moments_of().x, sum = 0.0, place = 0.0;
  for (int k = 0; k < {count}; k++) {{
    sum += amplitude(float(k));
    if (sum < goal) place = float(k + 1) / {count}.0;
  }}
  return place;
}}
float measured_flux() {{
  float rises = 0.0;
  for (int k = 0; k < {count}; k++) {{
    vec4 texel = state_texel(float(k), {spectrum_row});
    rises += max(0.0, sqrt(texel.x) - sqrt(texel.y));
  }}
  return log(1.0 + 100.0 * rises / {count}.0);
}}
vec4 level_of(float value) {{
  float peak = max(max(value, old.y * exp(-seconds / {peak})), 1e-3), now = 2.0 * value / peak - 1.0;
  return vec4(old.x + share_of(now > old.x ? {rise} : {fall}) * (now - old.x), peak, value, 0.0);
}}
vec4 onset_of(float change) {{
  float mean = old.w + share_of({onset}) * (change - old.w);
  return vec4(level_of(max(0.0, change - old.w)).xyz, mean);
}}
vec4 timbre_of(float value, float loud) {{
  float octaves = log2(max(value, 1e-4)), sounding = loud > {min_loudness} ? 1.0 : 0.0;
  float mean = old.z > 0.5 ? old.y + sounding * share_of({mean}) * (octaves - old.y) : octaves;
  float now = sounding * clamp(octaves - mean, -1.0, 1.0);
  return vec4(old.x + share_of({rise}) * (now - old.x), mean, max(old.z, sounding), 0.0);
}}
vec4 loud_of(float rms) {{
  float smooth_level = old.z + share_of({loudness}) * (rms * 0.5 + 0.5 - old.z);
  float high = max(smooth_level, old.y + share_of({range}) * (smooth_level - old.y));
  float low = min(smooth_level, old.w + share_of({range}) * (smooth_level - old.w));
  if (high < 0.02) return vec4(0.5, high, smooth_level, low);  // no sound yet
  return vec4(clamp((smooth_level - low) / max(high - low, {min_span}), 0.0, 1.0), high, smooth_level, low);
}}
vec4 hit_of(float onset) {{
  float level = onset * 0.5 + 0.5, mean = old.y + share_of({range}) * (level - old.y);
  float strength = clamp((level - mean) / max(1.0 - mean, {min_hit_span}), 0.0, 1.0);
  float peak = max(strength, old.z * exp(-seconds / {release}));
  return vec4(old.x + share_of({attack}) * (peak - old.x), mean, peak, 0.0);
}}
vec4 swell_of(float loud) {{
  float soon = old.y + share_of({swell_soon}) * (loud - old.y);
  float late = old.z + share_of({swell_late}) * (loud - old.z);
  return vec4(clamp((soon - late - {min_swell}) / {swell_span}, 0.0, 1.0), soon, late, 0.0);
}}
"""
STATE = """
{palettes}
{steps}
vec4 history_texel(float x, float row, vec4 now, float step) {{
  float whole = state_texel({phase}, row).w + seconds / step, shift = floor(whole);
  if (x == {phase}) return vec4(0.0, 0.0, 0.0, whole - shift);
  if (x < shift || x == 0.0) return now;
  return vec4(state_texel(x - shift, row).rgb, 0.0);
}}
vec4 state_at(vec2 at) {{
  if (at.y == {spectrum_row}) {{
    float power = 0.0;
    for (int k = 0; k < 4; k++) {{
      float a = sound_at((at.x + (float(k) + 0.5) * 0.25) / {count}.0);
      power += a * a;
    }}
    return vec4(sqrt(power), state_texel(at.x, at.y).x, 0.0, 0.0);
  }}
{palette_rows}  if (at.y == {hit_row})
    return first_frame ? vec4(0.0) : history_texel(at.x, at.y, {hit}, {hit_step});
  if (at.y == {sound_row})
    return first_frame ? vec4(0.0) : history_texel(at.x, at.y, {sound}, {sound_step});
  if (at.y > 0.0) return vec4(0.0);
  load_state();
  old = state_texel(at.x, 0.0);
{columns}  return vec4(0.0);
}}
"""


def state_code(look: Any, code: LookCode, columns: Sequence[str]) -> str:
    """`vec4 state_at(vec2 at)`: the next state."""
    steps = "".join(
        f"vec4 step_{n}() {{ {_step(look, name, columns)} }}\n" for n, name in enumerate(columns)
    )
    rows = "".join(
        f"  if (at.x == {number(n)}) return first_frame ? {first_texel(look, name)} : step_{n}();\n"
        for n, name in enumerate(columns)
    )
    hit = f"column_before({number(columns.index('hit'))}).x" if "hit" in columns else "0.0"
    sound = ", ".join(level_text_of(name, columns) for name in SOUND_INPUTS)
    declarations = "".join(f"float now_{n} = 0.0;\n" for n in range(len(columns)))
    loads = "".join(f"  now_{n} = column_before({number(n)}).x;\n" for n in range(len(columns)))
    palettes = "".join(_palette_code(k, palette) for k, palette in enumerate(code.palettes))
    measures = MEASURES.format(
        spectrum_row=number(SPECTRUM_ROW),
        step=number(TOP_HERTZ / STATE_COLUMNS),
        top=number(TOP_HERTZ),
        count=STATE_COLUMNS,
        half_exponent=number(STEVENS_EXPONENT / 2),
        floor=number(live.FLOOR_DB),
        rolloff_share=number(live.ROLLOFF_SHARE),
        peak=number(PEAK_SECONDS),
        rise=number(RISE_SECONDS),
        fall=number(FALL_SECONDS),
        onset=number(ONSET_SECONDS),
        mean=number(MEAN_SECONDS),
        min_loudness=number(MIN_LOUDNESS),
        loudness=number(light.LOUDNESS_SECONDS),
        range=number(RANGE_SECONDS),
        min_span=number(light.MIN_LOUDNESS_SPAN),
        min_hit_span=number(light.MIN_HIT_SPAN),
        release=number(light.RELEASE_SECONDS),
        attack=number(light.ATTACK_SECONDS / 2),
        swell_soon=number(light.SWELL_SECONDS[0]),
        swell_late=number(light.SWELL_SECONDS[1]),
        min_swell=number(light.MIN_SWELL),
        swell_span=number(light.MAX_SWELL - light.MIN_SWELL),
    )
    state = STATE.format(
        palettes=palettes + f"{declarations}void load_state() {{\n{loads}}}\n" + _julia_targets(look, columns),
        steps=steps,
        phase=number(STATE_COLUMNS - 1),
        spectrum_row=number(SPECTRUM_ROW),
        count=STATE_COLUMNS,
        palette_rows="".join(
            f"  if (at.y == {number(PALETTE_ROW + k)}) return vec4(palette_{k}(at.x), 1.0);\n"
            for k in range(len(code.palettes))
        ),
        hit_row=number(HIT_ROW),
        hit=f"vec4({hit}, 0.0, 0.0, 0.0)",
        hit_step=number(float(light.DELAYS[1])),
        sound_row=number(SOUND_ROW),
        sound=f"vec4({sound}, 0.0)",
        sound_step=number(DELAY_STEP_SECONDS),
        columns=rows,
    )
    return measures + state


def level_text_of(name: str, columns: Sequence[str]) -> str:
    """A level of the frame before, from 0 to 1; 0 of a feature that the look does not use."""
    if name not in columns:
        return "0.0"
    text = f"column_before({number(columns.index(name))}).x"
    return text if name in TIMBRES else f"({text} * 0.5 + 0.5)"


def _palette_code(place: int, palette: Any) -> str:
    """`palette_k(x)`: a color of a table, found by halves."""
    entries = [round(n * (TABLE_COLORS - 1) / (PALETTE_COLORS - 1)) for n in range(PALETTE_COLORS)]
    colors = [palette[entry].tolist() for entry in entries]

    def branch(first: int, count: int, indent: str) -> str:
        if count == 1:
            return f"{indent}return {vector(colors[first])};\n"
        half = first + count // 2
        low, high = (branch(start, count // 2, indent) for start in (first, half))
        return f"{indent}if (x < {number(half)}) {{\n{low}{indent}}}\n{high}"

    return f"vec3 palette_{place}(float x) {{\n{branch(0, PALETTE_COLORS, '  ')}}}\n"


def first_texel(look: Any, name: str) -> str:
    """A column in the first frame, with what it remembers."""
    if name == "time" and isinstance(look, CPPN):
        return vector([1.0 if look.weights else -1.0, 0, 0, 0])
    if isinstance(look, Julia):
        rests = {parameter.name: parameter.rest for parameter in PARAMETERS}
        return f"vec4({_julia_control(look, name, number(rests.get(name, 0.0)))}, {number(rests.get(name, 0.0))}, 0.0, 0.0)"
    if isinstance(look, Patterns) and name in FAMILIES:
        shares = family_shares(look) or [float(family == "organic") for family in FAMILIES]
        return vector([shares[FAMILIES.index(name)], 0, 0, 0])
    return vector([rest_value(name), 0, 0, 0])


def family_shares(look: Patterns) -> list[float] | None:
    """The shares of families that settings fix."""
    if look.weights is not None:
        return [weight / sum(look.weights) for weight in look.weights]
    if look.family in FAMILIES and look.timeline is None:
        return [float(name == look.family) for name in FAMILIES]
    return None


def follows_music(look: Any) -> bool:
    """Whether the sound selects families."""
    return isinstance(look, Patterns) and family_shares(look) is None


def _step(look: Any, name: str, columns: Sequence[str]) -> str:
    """Statements that return a column, from `old` and from the columns of the frame before."""
    before = {each: f"now_{n}" for n, each in enumerate(columns)}
    measures = {
        **{band: f"level_of(band({number(low)}, {number(high)}))" for band, (low, high) in BANDS.items()},
        "rms": "level_of(measured_loudness())",
        "flux": "level_of(measured_flux())",
        "onset": "onset_of(measured_flux())",
        "centroid": "timbre_of(measured_centroid(), measured_loudness())",
        "rolloff": "timbre_of(measured_rolloff(), measured_loudness())",
        "zcr": "timbre_of(measured_crossings(), measured_loudness())",
        "flatness": "timbre_of(measured_flatness(), measured_loudness())",
        "loud": f"loud_of({before.get('rms')})",
        "hit": f"hit_of({before.get('onset')})",
        "swell": f"swell_of({before.get('loud')})",
    }
    if name in measures:
        return f"return {measures[name]};"
    if name in look.features:
        return f"return {first_texel(look, name)};"
    if isinstance(look, Julia):
        return _julia_step(look, name, columns)
    if isinstance(look, Patterns):
        return _patterns_step(look, name, columns)
    return f"return vec4({_clock_step(look, name, columns)}, 0.0, 0.0, 0.0);"


def _clock_step(look: Any, name: str, columns: Sequence[str]) -> str:
    if isinstance(look, CPPN):
        span = look.time_span if isinstance(look.time_span, int | float) else TRACK_SECONDS
        return "1.0" if look.weights else f"old.x + seconds * {number(2 / span)}"
    if not isinstance(look, GraphCPPN):
        return "old.x + seconds"
    time = f"{number(clock.SILENT_RATE)} * knob_speed * seconds"
    rms, flux, onset = (level_text_of(each, columns) for each in ("rms", "flux", "onset"))
    rms, flux, onset = (
        text if each in look.features else "0.0"
        for each, text in (("rms", rms), ("flux", flux), ("onset", onset))
    )
    drive = (
        f"({number(clock.LOUDNESS_RATE)} * {rms} * {rms} + {number(clock.FLUX_RATE)} * {flux} + "
        f"{number(clock.ONSET_RATE)} * ({onset} > {number(clock.MIN_ONSET)} ? {onset} : 0.0))"
    )
    motion = f"{drive} * knob_speed * knob_audio_gain * seconds"
    turn = f"({time} + {motion}) * knob_spin - {time} * {number(look.spin)}"
    return f"old.x + {({'time': time, 'motion': motion, 'rotation': turn})[name]}"


def _patterns_step(look: Patterns, name: str, columns: Sequence[str]) -> str:
    rms = level_text_of("rms", columns)
    if name == "time":
        return f"return vec4(old.x + {number(patterns.SILENT_RATE)} * knob_speed * seconds, 0.0, 0.0, 0.0);"
    if name == "motion":
        rate = f"{number(patterns.ENERGY_RATE)} * {rms if 'rms' in look.features else '0.0'}"
        return f"return vec4(old.x + {rate} * knob_speed * knob_audio_gain * seconds, 0.0, 0.0, 0.0);"
    if name == "energy":
        return (
            f"float passage = old.y + share_of({number(look.window)}) * ({rms} - old.y), "
            f"memory = old.z + share_of({number(MEMORY_SECONDS)}) * (passage - old.z); "
            "return vec4(passage - memory, passage, memory, 0.0);"
        )
    if name == "brightness level":
        centroid = level_text_of("centroid", columns)
        return f"return vec4(old.x + share_of({number(look.window)}) * ({centroid} - old.x), 0.0, 0.0, 0.0);"
    if not follows_music(look):
        return f"return {first_texel(look, name)};"
    energy, bright = (
        f"column_before({number(columns.index(each))}).x" for each in ("energy", "brightness level")
    )
    margins = {key: number(value) for key, value in FAMILY_MARGINS.items()}
    selected = (
        f"{energy} > {margins['loud']} ? {number(FAMILIES.index('geometric'))} : "
        f"{bright} > {margins['bright']} ? {number(FAMILIES.index('fractal'))} : "
        f"{energy} < {margins['quiet']} ? {number(FAMILIES.index('organic'))} : "
        f"{number(FAMILIES.index('flowing'))}"
    )
    return (
        f"float family = {selected}, goal = family == {number(FAMILIES.index(name))} ? 1.0 : 0.0; "
        f"return vec4(old.x + share_of({number(max(look.fade, 0.1) / 2)}) * (goal - old.x), 0.0, 0.0, 0.0);"
    )


def _julia_step(look: Julia, name: str, columns: Sequence[str]) -> str:
    """The parameters are smoothed in the second number, angles are integrated there."""
    if name in ("angle", "rotation"):
        source, factor = {"angle": ("speed", SPEED), "rotation": ("turn", TURN)}[name]
        rate = f"{number(factor)} * knob_speed * knob_audio_gain * column_before({number(columns.index(source))}).y"
        drift = f" + {number(look.travel)}" if name == "angle" else ""
        control = _julia_control(look, name, "sum")
        return f"float sum = old.y + ({rate}{drift}) * seconds; return vec4({control}, sum, 0.0, 0.0);"
    place = [parameter.name for parameter in PARAMETERS].index(name)
    parameter = PARAMETERS[place]
    gain = "1.0" if name in ("speed", "turn") else "knob_audio_gain"
    rest, low, high = (number(value) for value in (parameter.rest, parameter.low, parameter.high))
    return (
        f"set_targets(); float goal = clamp({rest} + {gain} * (target_{place} - {rest}), {low}, {high}), "
        f"value = old.y + share_of({number(look.smoothing)}) * (goal - old.y); "
        f"return vec4({_julia_control(look, name, 'value')}, value, 0.0, 0.0);"
    )


def _julia_control(look: Julia, name: str, value: str) -> str:
    """A control of a Julia set from its parameter, or from its sum."""
    low, high = (number(limit) for limit in CONTROL_LIMITS.get(name, (0.0, 0.0)))
    if name in ("angle", "rotation"):
        return f"knob_{'start_angle' if name == 'angle' else name} + {value}"
    if name == "distance":
        return f"clamp(1.0 + knob_distance * ({value} - 1.0), {low}, {high})"
    if name in CONTROL_LIMITS:
        return f"clamp(knob_{name} * {value}, {low}, {high})"
    return {"zoom": f"knob_zoom * {value}", "hue": f"knob_hue + {value}"}.get(name, value)


def _julia_targets(look: Any, columns: Sequence[str]) -> str:
    """`void set_targets()`: the hand-written mapping of the levels of the frame before."""
    if not isinstance(look, Julia):
        return ""

    def level(name: str) -> Any:
        return Value("input", level_text_of(name, columns)) if name in look.features else Value.of(0)

    targets = [f"target_{n}" for n in range(len(PARAMETERS))]
    return f"float {', '.join(targets)};\n" + glsl_procedure(
        "set_targets", targets, parameters_of_levels(level)
    )
