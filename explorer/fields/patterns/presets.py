"""The presets of patterns as settings; newcomers see the first."""

from typing import Any

EARLIER_PRESETS = frozenset(("lava",))  # no fine structure, and moved by the clock more than by the music

PRESETS: dict[str, dict[str, Any]] = {
    "music": {},
    "coral": {"family": "fractal", "seed": 3},
    "lava": {"family": "organic", "seed": 3},
    "silk": {"family": "flowing", "seed": 1},
    "facets": {"family": "geometric", "seed": 2},
    "strata": {"family": "sections", "light": {"relief": 0.4}, "finish": {"exposure": 1.2}, "speed": 0.8},
    "bronze": {
        "family": "geometric",
        "seed": 2,
        "palette": "gold",
        "light": {"relief": 0.35},
        "finish": {"exposure": 1.15},
    },
}
