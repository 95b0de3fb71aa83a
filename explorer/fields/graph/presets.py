"""The presets of graph CPPNs as settings: lit looks whose seed and palette change with the sections.

Those in the folder `shipped` were bred by eye; they hold their nodes.
"""

from pathlib import Path
from typing import Any

from explorer.files import read_json


def _look(
    seeds: tuple[int, ...], palettes: tuple[str, ...], min_seconds: float = 16.0, **settings: Any
) -> dict[str, Any]:
    """A lit look; the first seed and palette are its own, the others those of later sections."""
    sections = {"on": True, "seeds": seeds[1:], "palettes": palettes[1:], "min_seconds": min_seconds}
    return {
        "seed": seeds[0],
        "palette": palettes[0],
        "light": True,
        "finish": True,
        "sections": sections,
        **settings,
    }


EARLIER_PRESETS = frozenset(("gossamer",))  # dimmed on loud music, and less of the music than the others

PRESETS: dict[str, dict[str, Any]] = {
    "obsidian": _look(
        (48, 95, 3, 70), ("cinder", "abyss", "orchid", "nightfall"), 20.0, speed=1.2, audio_gain=1.3
    ),
    "anemone": _look((43, 25), ("verdigris", "verdigris"), 20.0, speed=1.05, audio_gain=1.3),
    "iris": _look(
        (14, 37, 95, 80), ("orchid", "nightfall", "lava", "orchid"), 20.0, speed=0.6, audio_gain=1.25
    ),
    "frond": _look((71, 49), ("fern", "verdigris"), 20.0, audio_gain=1.3),
    "gilt": _look((92, 28, 41), ("gold", "gold", "nightfall"), light={"relief": 0.7, "specular": 1.3}),
    "soap": _look((41, 90, 3), ("glacier", "nightfall", "verdigris"), light={"relief": 1.0, "film": 1.0}),
    "contour": _look(
        (49, 70),
        ("gold", "gold"),
        light={"relief": 0.4, "lines": 3.5, "line_width": 1.0},
        speed=0.6,
    ),
    "corona": _look((74, 48, 25), ("orchid", "lava", "abyss"), 20.0, symmetry=5, warp=0.15, speed=0.6),
    "chrysalis": _look(
        (28, 14),
        ("lava", "lava"),
        form={"figure": True, "ground_palette": "nightfall"},
        speed=0.5,
        audio_gain=0.75,
    ),
    "calla": _look(
        (64, 14), ("glacier", "orchid"), form={"figure": True, "ground_palette": "lava"}, speed=0.75
    ),
    "gossamer": _look(
        (70, 14, 31, 48),
        ("abyss", "orchid", "fern", "lava"),
        light={"echoes": 6, "line_width": 0.8, "dynamics": 0.8},
        finish={"exposure": 0.8},
        speed=0.35,
        audio_gain=0.6,
    ),
    "filament": _look((43, 14), ("abyss", "orchid"), form={"zoom_rate": 0.12}, audio_gain=1.25),
}

PRESETS |= {path.stem: read_json(path) for path in sorted((Path(__file__).parent / "shipped").glob("*.json"))}
