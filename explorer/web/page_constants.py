"""What the page must know of the core, as JSON: `python -m explorer.web.page_constants` writes it anew.

The page is built without Python, so the file is kept beside its sources; a test compares the two.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.audio import live
from explorer.audio.features import BANDS, TIMBRES
from explorer.fields import Julia, srgb
from explorer.fields.julia import parameters
from explorer.fields.julia.formulas import color, escape_time, exterior_weight, tone_of
from explorer.fields.kernels import color_formulas as colors
from explorer.files import write_json
from explorer.web.glsl import glsl_of

COLOR_FORMULAS: tuple[Any, ...] = (
    colors.srgb,
    colors.clipped_srgb,
    colors.weighted_sum,
    colors.cube,
    colors.oklab_to_srgb,
)
COLOR_FORMULAS += (colors.cosine_channel, colors.cosine_color, colors.oklab_color)
FILE = Path(__file__).parent / "frontend" / "src" / "constants.json"
# settings of the field that are sliders on the page
LOOK: tuple[str, ...] = ("audio_gain", "speed", "hue", "saturation", "brightness", "zoom", "distance")
LOOK += ("rotation", "start_angle", "travel")
JULIA_FORMULAS = (escape_time, tone_of, exterior_weight, color)


def page_constants() -> dict[str, Any]:
    """Numbers and names of the live analysis, the visual parameters and the colours."""
    look = Julia.default_look()
    return {
        "analysis": {
            "rate": live.RATE,
            "hop": live.HOP,
            "window": live.WINDOW,
            "features": list(live.LIVE_FEATURES),
            "silent": live.MIN_SPECTRUM_SUM,
            "faintest": live.FLOOR_DB,
            "rolloff": live.ROLLOFF_SHARE,
            "surroundings": live.ONSET_FRAMES,
        },
        "features": {"bands": BANDS, "timbres": TIMBRES},
        "julia": {
            "parameters": [asdict(parameter) for parameter in parameters.PARAMETERS],
            "speed": parameters.SPEED,
            "turn": parameters.TURN,
            "extent": parameters.EXTENT,
            "escape": parameters.ESCAPE_RADIUS,
            "trapped": parameters.TRAP_STEPS,
            "limits": parameters.CONTROL_LIMITS,
            "look": [_slider(look, name) for name in LOOK],
            "presets": {
                name: {key: getattr(field, key) for key in LOOK} for name, field in Julia.presets().items()
            },
            "iterations": look.iterations,
            "formulas": "\n".join(map(glsl_of, JULIA_FORMULAS)).splitlines(),
        },
        "color": {
            "srgb": {
                "slope": srgb.SLOPE,
                "limit": srgb.ENCODED_LIMIT,
                "scale": srgb.SCALE,
                "offset": srgb.OFFSET,
                "gamma": srgb.GAMMA,
            },
            "luminance": srgb.LUMINANCE,
            "formulas": "\n".join(map(glsl_of, COLOR_FORMULAS)).splitlines(),
        },
    }


def _slider(look: Julia, name: str) -> dict[str, Any]:
    """A setting of the look as the page shows it."""
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
    write_json(FILE, page_constants())
