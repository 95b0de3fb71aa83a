"""Constants and formulas of the core for the page: `python -m explorer.web.page_constants` writes them.

The page is built without Python, so the file is stored with its sources; a test says when it is out of date.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from explorer.audio import live
from explorer.audio.features import BANDS, TIMBRES
from explorer.audio.normalize import STEVENS_EXPONENT
from explorer.expressions import inputs, program
from explorer.fields import Julia, clock, section_change, srgb
from explorer.fields.cppn.field import CLOCK_SPEED
from explorer.fields.graph import drawing as graph
from explorer.fields.graph.kernel import CURVE_STEPS
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.graph.timeline import DELAY_STEP_SECONDS, DELAYS, delay_columns
from explorer.fields.julia import formulas as julia
from explorer.fields.julia import parameters
from explorer.fields.julia.drawing import MIN_ACCENT
from explorer.fields.kernels import color_formulas as colors
from explorer.fields.light import columns, finish, shading
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF, Light
from explorer.fields.patterns import selection, timeline
from explorer.fields.patterns.drawing import MIN_SHARE
from explorer.fields.sketch.program import MAX_NUMBER
from explorer.files import write_json
from explorer.rendering import flashes
from explorer.shaders.formula_sets import COLOR_FORMULAS, JULIA_FORMULAS, LIGHT_FORMULAS, LIGHT_SIZES
from explorer.shaders.glsl import glsl_of
from explorer.shaders.page_program import MAX_HIDDEN, MAX_LAYERS

CONSTANTS_FILE = Path(__file__).parents[1] / "frontend" / "src" / "constants.json"
LOOK_SETTINGS = (  # of the field; sliders on the page
    *("audio_gain", "speed", "hue", "saturation", "brightness", "zoom", "distance"),
    *("rotation", "start_angle", "travel"),
)


def page_constants() -> dict[str, Any]:
    """Numbers, names and formulas of the live analysis, the visual parameters, colors and flashes."""
    return {
        "analysis": _analysis(),
        "features": {"bands": BANDS, "timbres": TIMBRES, "loudness_exponent": STEVENS_EXPONENT},
        "julia": _julia(),
        "color": _color(),
        "light": _light(),
        "without_webgpu": {"hidden": MAX_HIDDEN, "layers": MAX_LAYERS},
        "clock": {
            "silent_rate": clock.SILENT_RATE,
            "loudness_rate": clock.LOUDNESS_RATE,
            "onset_rate": clock.ONSET_RATE,
            "flux_rate": clock.FLUX_RATE,
            "min_onset": clock.MIN_ONSET,
            "speed": CLOCK_SPEED,
        },
        "graph": _graph(),
        "patterns": _patterns(),
        "sections": _sections(),
        "sketch": {"max_number": MAX_NUMBER},
        "flashes": {
            "min_change": flashes.MIN_CHANGE,
            "max_dark_luminance": flashes.MAX_DARK_LUMINANCE,
            "max_flashes": flashes.MAX_FLASHES,
            "exempt_share": round(flashes.MIN_AREA / (flashes.SCREEN[0] * flashes.SCREEN[1]), 3),
        },
    }


def _analysis() -> dict[str, Any]:
    """The analysis of live sound."""
    return {
        "rate": live.RATE,
        "hop": live.HOP,
        "window": live.WINDOW,
        "features": list(live.LIVE_FEATURES),
        "min_spectrum_sum": live.MIN_SPECTRUM_SUM,
        "floor_db": live.FLOOR_DB,
        "rolloff_share": live.ROLLOFF_SHARE,
        "onset_frames": live.ONSET_FRAMES,
    }


def _julia() -> dict[str, Any]:
    """Julia sets: visual parameters, looks and formulas."""
    look = Julia.default_look()
    return {
        "parameters": [asdict(parameter) for parameter in parameters.PARAMETERS],
        "speed": parameters.SPEED,
        "turn": parameters.TURN,
        "extent": parameters.EXTENT,
        "escape_radius": parameters.ESCAPE_RADIUS,
        "trap_steps": parameters.TRAP_STEPS,
        "control_limits": parameters.CONTROL_LIMITS,
        "look": [_slider(look, name) for name in LOOK_SETTINGS],
        "presets": {name: _look(field) for name, field in Julia.presets().items()},
        "iterations": look.iterations,
        "accent": program(julia.glow_light(*inputs("hue", "saturation", "brightness"))),
        "min_accent": MIN_ACCENT,
        "formulas": "\n".join(map(glsl_of, JULIA_FORMULAS)).splitlines(),
    }


def _color() -> dict[str, Any]:
    """The curve of sRGB, and the palettes of networks."""
    return {
        "srgb": {
            "slope": srgb.SLOPE,
            "limit": srgb.ENCODED_LIMIT,
            "scale": srgb.SCALE,
            "offset": srgb.OFFSET,
            "gamma": srgb.GAMMA,
        },
        "luminance": srgb.LUMINANCE,
        "linear_light": glsl_of(colors.linear_light).splitlines(),
        "formulas": "\n".join(map(glsl_of, COLOR_FORMULAS)).splitlines(),
    }


def _graph() -> dict[str, Any]:
    """The sound that runs outward in graph CPPNs."""
    return {
        "sounds": SOUND_INPUTS,
        "delays": DELAYS,
        "delay_seconds": DELAY_STEP_SECONDS,
        "past": delay_columns("")[0].strip(),
        "curve_steps": CURVE_STEPS,
        "present_share": graph.PRESENT_SHARE,
        "past_share": graph.PAST_SHARE,
    }


def _patterns() -> dict[str, Any]:
    """The clock of patterns, and the numbers that select their families."""
    return {
        "silent_rate": timeline.SILENT_RATE,
        "energy_rate": timeline.ENERGY_RATE,
        "min_share": MIN_SHARE,
        "families": selection.FAMILIES,
        "silence_db": selection.SILENCE_DBFS,
        "min_loud_step": selection.MIN_LOUD_STEP_DB,
        "min_quiet_step": selection.MIN_QUIET_STEP_DB,
        "min_bright_step": selection.MIN_BRIGHT_STEP_OCTAVES,
        "hysteresis": selection.HYSTERESIS,
        "onset_seconds": selection.ONSET_SEARCH_SECONDS,
        "strong_onset": selection.STRONG_ONSET,
        "min_centroid": selection.MIN_CENTROID_HZ,
    }


def _sections() -> dict[str, Any]:
    """The ring in which a section opens."""
    return {
        "edge": section_change.EDGE,
        "front": section_change.FRONT,
        "front_height": section_change.FRONT_HEIGHT,
        "front_light": section_change.FRONT_LIGHT,
        "front_decay": section_change.FRONT_DECAY,
        "max_distance": section_change.MAX_DISTANCE,
    }


def _light() -> dict[str, Any]:
    """Light and finish: the numbers of a moment, and the formulas of the shaders."""
    return {
        "loudness_seconds": columns.LOUDNESS_SECONDS,
        "loudness_percentiles": columns.LOUDNESS_PERCENTILES,
        "min_loudness_span": columns.MIN_LOUDNESS_SPAN,
        "hit_percentiles": columns.HIT_PERCENTILES,
        "min_hit_span": columns.MIN_HIT_SPAN,
        "attack_seconds": columns.ATTACK_SECONDS,
        "release_seconds": columns.RELEASE_SECONDS,
        "swell_seconds": columns.SWELL_SECONDS,
        "min_swell": columns.MIN_SWELL,
        "max_swell": columns.MAX_SWELL,
        "delays": len(columns.DELAYS),
        "delay_seconds": float(columns.DELAYS[1]),
        "numbers": _light_numbers(),
        "glow_rows": finish.GLOW_ROWS,
        "glows": finish.GLOWS,
        "sizes": LIGHT_SIZES,
        "off": {"light": LIGHT_OFF.model_dump(), "finish": FINISH_OFF.model_dump()},
        "formulas": "\n".join(glsl_of(formula, LIGHT_SIZES) for formula in LIGHT_FORMULAS).splitlines(),
    }


def _light_numbers() -> dict[str, Any]:
    """The numbers of a moment, from the settings of light, the moment and the size of a pixel."""
    names = tuple(Light.knobs())
    light = SimpleNamespace(**dict(zip(names, inputs(*names), strict=True)))
    loud, hit, swell, *accent, pixel = inputs("loud", "hit", "swell_now", "red", "green", "blue", "pixel")
    return program(shading.light_numbers(light, loud, hit, swell, accent, pixel))


def _look(field: Julia) -> dict[str, Any]:
    """A preset look: values of sliders, light and finish."""
    values = {name: getattr(field, name) for name in LOOK_SETTINGS}
    return {"values": values, "light": field.light.model_dump(), "finish": field.finish.model_dump()}


def _slider(look: Julia, name: str) -> dict[str, Any]:
    """A setting of the look as a slider of the page."""
    knob = Julia.knobs()[name]
    assert knob.slider is not None
    low, high = knob.slider
    return {
        "name": name,
        "value": getattr(look, name),
        "low": low,
        "high": high,
        "step": knob.step,
        "help": knob.help,
    }


if __name__ == "__main__":
    write_json(CONSTANTS_FILE, page_constants())
