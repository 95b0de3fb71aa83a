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
from explorer.audio.normalize import STEVENS_EXPONENT
from explorer.fields import CPPN, GraphCPPN, Julia, clock
from explorer.fields.graph.drawing import PAST_SHARE, PRESENT_SHARE
from explorer.fields.graph.kernel import CURVE_STEPS
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import DELAY_STEP_SECONDS, DELAYS
from explorer.fields.light import columns as light
from explorer.fields.palette_table import TABLE_COLORS
from explorer.shaders.export.column_steps import (
    LEVELS,
    column_step,
    first_texel,
    follows_music,
    julia_targets,
    level_text_of,
    rest_value,
)
from explorer.shaders.export.light_code import LIGHT_COLUMNS
from explorer.shaders.export.look_code import LookCode, identifier, level_text
from explorer.shaders.export.portable_glsl import number, vector

STATE_COLUMNS, PALETTE_COLORS = 128, 128  # texels of a row
COLUMN_ROW, HIT_ROW, SOUND_ROW, SPECTRUM_ROW, PALETTE_ROW = range(5)
TOP_HERTZ = 11025.0  # of the spectrum
LIGHT_SOURCES = ("rms", "onset")  # that light follows
PEAK_SECONDS, MEAN_SECONDS, RANGE_SECONDS = 15.0, 5.0, 10.0  # memories of full scale, timbres, light
RISE_SECONDS, FALL_SECONDS, ONSET_SECONDS = 0.024, 0.13, 0.5
MIN_LOUDNESS = 0.05  # of a sound whose timbre counts

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
    vec3 total = vec3(0.0);
    for (int k = 0; k < 2; k++) {
      float entry = min(floor(position), entries - 2.0) + float(k);
      total += (1.0 - abs(position - entry)) * curve_at(entry);
    }
    return total;
  }
"""


def reader_code(look: Any, code: LookCode) -> str:
    """`look_up` for palettes and for what distances hear, and `hit_at`."""
    sound = ""
    if isinstance(look, GraphCPPN):
        levels = [
            level_text(name, identifier(name)) if name in look.features else "0.0" for name in SOUND_INPUTS
        ]
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
    if isinstance(look, CPPN) and look.sound_clock:
        sources += clock.FEATURES
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
  return power > 1e-12 ? pow(power, {half_exponent}) : 0.0;
}}
vec4 sums;  // of amplitudes: a, a h, a^2, a^2 h^2
void add_amplitudes() {{
  sums = vec4(0.0);
  for (int k = 0; k < {count}; k++) {{
    float a = amplitude(float(k)), h = hertz(float(k)) / {top};
    sums += vec4(a, a * h, a * a, a * a * h * h);
  }}
}}
float measured_centroid() {{ return sums.x > 1e-5 ? sums.y / sums.x : 0.0; }}
float measured_loudness() {{
  return 1.0 + max(-{floor}, 3.0103 * log2(max(sums.z, 1e-12))) / {floor};  // decibels
}}
float measured_crossings() {{ return sums.z > 1e-9 ? sqrt(sums.w / sums.z) : 0.0; }}
float measured_flatness() {{
  float logarithms = 0.0;
  for (int k = 0; k < {count}; k++) {{
    float a = amplitude(float(k));
    logarithms += log(a * a + 1e-20);
  }}
  return min(1.0, exp(logarithms / {count}.0) * {count}.0 / (sums.z + 1e-20));
}}
float measured_rolloff() {{
  float goal = {rolloff_share} * sums.x, sum = 0.0, place = 0.0;
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
  add_amplitudes();
  old = state_texel(at.x, 0.0);
{columns}  return vec4(0.0);
}}
"""


def state_code(look: Any, code: LookCode, columns: Sequence[str]) -> str:
    """`vec4 state_at(vec2 at)`: the next state."""
    steps = "".join(
        f"vec4 step_{n}() {{ {column_step(look, name, columns)} }}\n" for n, name in enumerate(columns)
    )
    rows = "".join(
        f"  if (at.x == {number(n)}) return first_frame ? {first_texel(look, name)} : step_{n}();\n"
        for n, name in enumerate(columns)
    )
    hit = f"column_before({number(columns.index('hit'))}).x" if "hit" in columns else "0.0"
    sound = ", ".join(level_text_of(name, columns) for name in SOUND_INPUTS)
    declarations = "".join(f"float now_{n} = 0.0;\n" for n in range(len(columns)))
    loads = "".join(f"  now_{n} = column_before({number(n)}).x;\n" for n in range(len(columns)))
    palettes = "".join(palette_code(k, palette) for k, palette in enumerate(code.palettes))
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
        palettes=palettes
        + f"{declarations}void load_state() {{\n{loads}}}\n"
        + julia_targets(look, {name: level_text_of(name, columns) for name in columns}),
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


def palette_code(place: int, palette: Any) -> str:
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
