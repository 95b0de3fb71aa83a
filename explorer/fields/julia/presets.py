"""The presets of Julia sets as settings; newcomers see the first."""

from typing import Any

EARLIER_PRESETS = frozenset(("ammonite",))  # dimmed on quiet music

PRESETS: dict[str, dict[str, Any]] = {
    "dahlia": {
        "model": "default",
        "start_angle": 1.15,
        "hue": 0.52,
        "saturation": 1.2,
        "brightness": 1.1,
        "zoom": 1.7,
    },
    "seahorse": {"start_angle": 2.45, "hue": 0.92, "zoom": 2.2, "distance": 1.2},
    "jade": {"start_angle": 1.75, "hue": 0.37, "saturation": 1.1},
    "frost": {
        "start_angle": 0.85,
        "hue": 0.76,
        "saturation": 0.7,
        "brightness": 1.1,
        "zoom": 1.4,
        "distance": 0.7,
    },
    "marigold": {"start_angle": 4.2, "hue": 0.13, "saturation": 1.1, "zoom": 1.7, "distance": 1.4},
    "charcoal": {"start_angle": 5.3, "hue": 0.1, "saturation": 0.12, "brightness": 1.15, "zoom": 1.25},
    "ammonite": {
        "audio_gain": 0.65,
        "start_angle": 4.2,
        "hue": 0.19,
        "saturation": 1.4,
        "brightness": 0.65,
        "zoom": 1.7,
        "distance": 1.4,
        "light": {"relief": 0.5, "dynamics": 0.6, "rings": 0.3},
        "finish": {"exposure": 0.8},
    },
    "amethyst": {
        "model": "default",
        "start_angle": 1.15,
        "hue": 0.52,
        "saturation": 1.5,
        "brightness": 0.65,
        "zoom": 1.7,
        "light": {"relief": 0.6, "dynamics": 0.6, "rings": 0.15},
        "finish": {"exposure": 0.75},
    },
}
