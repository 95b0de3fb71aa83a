"""Light and finish as portable GLSL: from a surface to the picture.

A host brings `size` (of the picture in pixels), `surface_texel(at)`, `light_texel(at)` and `glow_texel(at)`
(the pictures of the steps before; `at` counts whole pixels from the lower left) and `hit_at(delay)`.
"""

from __future__ import annotations

from typing import Any

from explorer.expressions import inputs
from explorer.fields.keyframes import AnimatedSettings
from explorer.fields.light.columns import DELAYS
from explorer.fields.light.finish import GLOW_ROWS, GLOWS, NEUTRAL
from explorer.fields.light.finish import NUMBERS as FINISH_NUMBERS
from explorer.fields.light.settings import Finish, Light
from explorer.fields.light.shading import NUMBERS, light_numbers
from explorer.settings import Knob
from explorer.shaders.export.portable_glsl import glsl_of, glsl_procedure, number
from explorer.shaders.formula_sets import LIGHT_FORMULAS, LIGHT_SIZES

LIGHT_COLUMNS = ("loud", "hit", "swell")
LIGHT_KNOBS = ("relief", "ambient", "diffuse", "specular", "rim", "dynamics")
FINISH_KNOBS = ("exposure", "bloom", "vignette", "grain")
MAX_GLOW_FACTOR = 24  # pixels of the picture to one of the glow: of pictures up to 2,900 pixels high
MAX_REACH = 10  # of a blur, pixels of its image

PLACES = """
vec2 place_of(vec2 at) {
  vec2 middle = at + 0.5 - 0.5 * size;
  return vec2(middle.x, -middle.y) * (2.0 / min(size.x, size.y));
}
"""

SHADING = """
float ring_at(vec2 at, float height) {{
  float away = ring_distance(distance(place_of(at), vec2({focus_x}, {focus_y})), height);
  return hit_at(clamp(away * {delays_per_length}, 0.0, {last_delay})) * fall_off(away);
}}
float height_of_texel(vec2 at, vec4 texel) {{
  float height = finite_height(texel.a);
  return {height};
}}
float height_beside(vec2 at, vec2 away, float own) {{
  vec2 there = at + away;
  bool is_inside = there.x >= 0.0 && there.y >= 0.0 && there.x < size.x && there.y < size.y;
  there = is_inside ? there : at - away;
  float height = height_of_texel(there, surface_texel(there));
  return is_inside ? height : 2.0 * own - height;
}}
vec3 light_at(vec2 at) {{
  vec4 base = surface_texel(at);
  float height = height_of_texel(at, base), flat_height = finite_height(base.a);
  float emission = {emission};
  float across = 0.0, down = 0.0;
  for (int k = 0; k < 4; k++) {{  // a loop: compilers copy what they unroll
    float side = k < 2 ? 1.0 : -1.0, is_across = k == 0 || k == 2 ? 1.0 : 0.0;
    float beside = side * height_beside(at, side * vec2(is_across, is_across - 1.0), height);
    across += is_across * beside;
    down += (1.0 - is_across) * beside;
  }}
  vec3 up = normal(across, down, n);
  vec3 color = lit(up.x, up.y, up.z, base.r, base.g, base.b, n);
{film}{lines}  return vec3(exposed(color.r, emission, n[12], n), exposed(color.g, emission, n[13], n),
    exposed(color.b, emission, n[14], n));
}}
"""
FILM = """  float brightness = (base.r + base.g + base.b) * 0.33333333;
  color = film_color(up.x, up.y, up.z, height, color.r, color.g, color.b, brightness, n);
"""
LINES = """  float line = line_weight(height, across, down, n);
  color = vec3(lined_channel(color.r, line, n[12]), lined_channel(color.g, line, n[13]),
    lined_channel(color.b, line, n[14]));
"""
UNLIT = "\nvec3 light_at(vec2 at) { return surface_texel(at).rgb; }\n"

# The glow lies in one picture: what is bright, then each blur across; blurs down are the finish's.
GLOW = """
float glow_factor() {{ return max(2.0, floor(min(size.x, size.y) / {rows}.0 + 0.5)); }}
vec2 glow_size(float reduction) {{ return ceil(ceil(size / glow_factor()) / reduction); }}
vec2 glow_corner(int k) {{
  vec2 bright = glow_size(1.0);
  if (k == 0) return vec2(bright.x, 0.0);
  if (k == 1) return vec2(0.0, bright.y);
  return vec2(glow_size({middle}.0).x + 1.0, bright.y);
}}
float glow_deviation(float heights, float reduction) {{
  return heights * min(size.x, size.y) / glow_factor() / reduction;
}}
vec3 bright_at(vec2 at) {{
  vec3 total = vec3(0.0);
  float factor = glow_factor();
  for (int y = 0; y < {max_factor}; y++) {{
    if (float(y) >= factor) break;
    for (int x = 0; x < {max_factor}; x++) {{
      if (float(x) >= factor) break;
      vec2 place = min(at * factor + vec2(float(x), float(y)), size - 1.0);
      total += max(light_texel(vec2(place.x, size.y - 1.0 - place.y)).rgb - {threshold}, 0.0);
    }}
  }}
  return total / (factor * factor);
}}
{reduced}
vec4 glow_at(vec2 at) {{
  if (at.x < glow_size(1.0).x && at.y < glow_size(1.0).y) return vec4(bright_at(at), 1.0);
{across}  return vec4(0.0);
}}
"""
REDUCED = """
vec3 reduced_{k}(vec2 at) {{
  vec3 total = vec3(0.0);
  for (int y = 0; y < {reduction}; y++)
    for (int x = 0; x < {reduction}; x++)
      total += glow_texel(min(at * {reduction}.0 + vec2(float(x), float(y)), glow_size(1.0) - 1.0)).rgb;
  return total / {count}.0;
}}
{blurs}vec3 shine_{k}(vec2 at) {{
  vec2 last = glow_size({reduction}.0) - 1.0;
  vec2 place = clamp(at / (glow_factor() * {reduction}.0) - 0.5, vec2(0.0), last), share = fract(place);
  vec3 total = vec3(0.0);
  for (int k = 0; k < 4; k++) {{
    vec2 corner = vec2(k == 1 || k == 3 ? 1.0 : 0.0, k > 1 ? 1.0 : 0.0);
    vec2 weight = mix(1.0 - share, share, corner);
    total += weight.x * weight.y * down_{k}(min(floor(place) + corner, last));
  }}
  return total;
}}
"""
BLUR = """vec3 {direction}_{k}(vec2 at) {{
  vec2 last = glow_size({reduction}.0) - 1.0;
  float deviation = glow_deviation({heights}, {reduction}.0), reach = floor(3.0 * deviation + 0.5), sum = 0.0;
  vec3 total = vec3(0.0);
  for (int k = -{max_reach}; k <= {max_reach}; k++) {{
    float step = float(k);
    if (abs(step) > reach) continue;
    float weight = exp(-0.5 * step * step / (deviation * deviation));
    total += weight * {sample};
    sum += weight;
  }}
  return total / sum;
}}
"""
BLUR_SAMPLES = {
    "across": "reduced_{k}(vec2(clamp(at.x + step, 0.0, last.x), at.y))",
    "down": "glow_texel(glow_corner({k}) + clamp(at + vec2(0.0, step), vec2(0.0), last)).rgb",
}
ACROSS = """  vec2 at_{k} = at - glow_corner({k}), size_{k} = glow_size({reduction}.0);
  if (at_{k}.x >= 0.0 && at_{k}.y >= 0.0 && at_{k}.x < size_{k}.x && at_{k}.y < size_{k}.y)
    return vec4(across_{k}(at_{k}), 1.0);
"""

# Interleaved gradient noise: Jimenez, "Next generation post processing in Call of Duty", SIGGRAPH 2014.
FINISHING = """
float noise_at(vec2 at) {{ return fract(52.9829189 * fract(dot(at, vec2(0.06711056, 0.00583715)))); }}
vec3 picture_at(vec2 at, float frame) {{
  vec3 color = light_texel(at).rgb;
  vec2 top = vec2(at.x + 0.5, size.y - at.y - 0.5);
{bloom}  vec2 corner = top / size * 2.0 - 1.0;
  color *= darkened(corner.x, corner.y, f) * f[0];
{filmic}  vec2 seed = at + 5.588238 * mod(frame, 64.0);
  float random = noise_at(seed) + noise_at(seed + vec2(47.0, 17.0)) - 1.0;
  return clamp(encoded(color.r, color.g, color.b, random, f), 0.0, 1.0);
}}
"""


def light_formulas() -> str:
    """The formulas that all steps take from."""
    return "\n".join(glsl_of(formula, LIGHT_SIZES) for formula in LIGHT_FORMULAS) + "\n" + PLACES


def finishing_code(finish: Finish | None) -> str:
    """`vec3 picture_at(vec2 at, float frame)`: sRGB."""
    shines = [f"{number(share)} * shine_{k}(top)" for k, (share, *_) in enumerate(GLOWS)]
    bloom = f"  color += knob_finish_bloom * ({' + '.join(shines)});\n" if has_bloom(finish) else ""
    filmic = "  color = filmic(color.r, color.g, color.b);\n" if (finish or NEUTRAL).filmic else ""
    return FINISHING.format(bloom=bloom, filmic=filmic)


def has_bloom(finish: Finish | None) -> bool:
    """Whether bright places glow."""
    return finish is not None and finish.bloom > 0


def light_knobs(light: Light | None, finish: Finish | None) -> dict[str, tuple[Knob, float]]:
    """The settings of light and finish that can be turned, with their values."""
    knobs: dict[str, tuple[Knob, float]] = {}
    if light:
        knobs |= {f"light_{name}": (Light.knobs()[name], getattr(light, name)) for name in LIGHT_KNOBS}
    if finish:
        names = [name for name in FINISH_KNOBS if name != "bloom" or finish.bloom]
        knobs |= {f"finish_{name}": (Finish.knobs()[name], getattr(finish, name)) for name in names}
    return knobs


def light_setup(light: Light | None, finish: Finish | None) -> str:
    """`set_light`: the numbers of light and finish."""
    targets, values, names = [], [], [*LIGHT_COLUMNS, "pixel", "red", "green", "blue"]
    texts = {name: f"in_{name}" for name in LIGHT_COLUMNS}
    texts |= {"pixel": "(2.0 / min(size.x, size.y))"}
    texts |= {"red": "accent.r", "green": "accent.g", "blue": "accent.b"}
    if light:
        moving: Any = AnimatedSettings(light, dict(zip(LIGHT_KNOBS, inputs(*LIGHT_KNOBS), strict=True)))  # type: ignore[arg-type]
        loud, hit, swell, pixel, *accent = inputs(*names)
        values += light_numbers(moving, loud, hit, swell, accent, pixel)
        targets += [f"n[{k}]" for k in range(len(NUMBERS))]
        texts |= {name: f"knob_light_{name}" for name in LIGHT_KNOBS}
    own = finish or NEUTRAL
    texts |= {
        name: f"knob_finish_{name}" if finish else number(float(getattr(own, name))) for name in FINISH_KNOBS
    }
    exposure, vignette, grain = inputs("exposure", "vignette", "grain")
    values += [exposure, 0.0, vignette, grain]
    targets += [f"f[{k}]" for k in range(len(FINISH_NUMBERS))]
    return glsl_procedure("set_light", targets, values, texts)


def shading_code(light: Light | None) -> str:
    """`vec3 light_at(vec2 at)`: linear light."""
    if light is None:
        return UNLIT
    rings = light.rings > 0
    return SHADING.format(
        focus_x=number(light.focus_x),
        focus_y=number(light.focus_y),
        delays_per_length=number(1 / (light.ring_speed * float(DELAYS[1]))),
        last_delay=number(len(DELAYS) - 1),
        height="finite_height(height + ring_height(ring_at(at, height), n))" if rings else "height",
        emission="ring_light(ring_at(at, flat_height), flat_height, n)" if rings else "0.0",
        film=FILM if light.film > 0 else "",
        lines=LINES if light.has_lines else "",
    )


def glow_code(finish: Finish) -> str:
    """`vec4 glow_at(vec2 at)`, and what the finish adds of it."""
    reduced, across = "", ""
    for k, (_, heights, reduction) in enumerate(GLOWS):
        numbers = {"k": k, "heights": number(heights), "reduction": reduction, "max_reach": MAX_REACH}
        blurs = "".join(
            BLUR.format(direction=direction, sample=sample.format(k=k), **numbers)
            for direction, sample in BLUR_SAMPLES.items()
        )
        reduced += REDUCED.format(k=k, reduction=reduction, count=reduction * reduction, blurs=blurs)
        across += ACROSS.format(k=k, reduction=reduction)
    return GLOW.format(
        rows=GLOW_ROWS,
        middle=GLOWS[1][2],
        max_factor=MAX_GLOW_FACTOR,
        threshold=number(finish.threshold),
        reduced=reduced,
        across=across,
    )
