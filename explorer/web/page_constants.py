"""What the page must know of the core, as JSON: `python -m explorer.web.page_constants` writes it anew.

The page is built without Python, so the file is kept beside its sources; a test compares the two.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.audio import live
from explorer.audio.features import BANDS, TIMBRES
from explorer.fields import Julia
from explorer.fields.julia import parameters
from explorer.fields.julia.formulas import colour, escape_time, seen_of, tone_of
from explorer.fields.julia.presets import DEFAULT_PRESET, PRESETS
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.files import write_json
from explorer.web.glsl import glsl_of

FILE = Path(__file__).parent / "frontend" / "src" / "constants.json"
# settings of the field that are sliders on the page
LOOK: tuple[str, ...] = ("audio_gain", "speed", "hue", "saturation", "brightness", "zoom", "distance")
LOOK += ("rotation", "start_angle", "travel")
FORMULAS = (escape_time, tone_of, seen_of, colour)


def page_constants() -> dict[str, Any]:
    """Numbers and names of the live analysis, the visual parameters and the colours."""
    look = PRESETS[DEFAULT_PRESET]
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
            "escape": parameters.ESCAPE,
            "trapped": parameters.TRAPPED,
            "limits": {"distance": [1.0, 1.5], "saturation": [0.0, 1.0], "brightness": [0.2, 1.0]},
            "look": [_slider(look, name) for name in LOOK],
            "presets": {name: {key: getattr(field, key) for key in LOOK} for name, field in PRESETS.items()},
            "iterations": look.iterations,
            "formulas": "\n".join(map(glsl_of, FORMULAS)).splitlines(),
        },
        "oklab": {"to_lms": OKLAB_TO_LMS, "to_linear": LMS_TO_LINEAR},
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
