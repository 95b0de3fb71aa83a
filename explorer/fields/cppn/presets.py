"""The presets of CPPNs as settings: looks to start from (newcomers see the first), the published networks."""

from typing import Any


def _look(**settings: Any) -> dict[str, Any]:
    """Looks run through time in seconds, so that they move alike on a short loop and a long track."""
    return {"time_span": 20.0, "audio_gain": 1.5, **settings}


# flat, and moved by the clock more than by the music
EARLIER_PRESETS = frozenset(
    ("molten", "orchid", "porcelain", "mandala", "marble", "ribbons", "copper", "butterfly")
)

PRESETS: dict[str, dict[str, Any]] = {
    "molten": _look(hidden=8, layers=3, gain=4.5, output_gain=4.0, seed=12, palette="ember", audio_gain=1.2),
    "orchid": _look(
        hidden=16, layers=3, gain=4.0, output_gain=4.0, coord_scale=0.8, seed=14, palette="aurora"
    ),
    "porcelain": _look(
        hidden=24, layers=2, gain=5.0, output_gain=4.0, coord_scale=1.0, seed=12, palette="lagoon"
    ),
    "mandala": _look(
        hidden=16,
        layers=4,
        gain=3.5,
        output_gain=3.0,
        coord_scale=0.7,
        seed=10,
        palette="dusk",
        radius=True,
        symmetry=8,
    ),
    "marble": _look(
        hidden=16, layers=3, gain=4.0, output_gain=4.0, coord_scale=0.7, seed=10, palette="ink", radius=True
    ),
    "ribbons": _look(hidden=4, layers=3, gain=5.0, seed=13, palette="dusk", audio_gain=1.2),
    "copper": _look(
        hidden=24, layers=3, gain=4.0, output_gain=2.5, coord_scale=0.6, seed=10, palette="copper"
    ),
    "butterfly": _look(hidden=12, layers=4, gain=4.0, output_gain=3.0, seed=15, palette="aurora", symmetry=1),
    "magma": _look(
        hidden=8,
        layers=3,
        gain=4.5,
        output_gain=4.0,
        coord_scale=1.1,
        seed=12,
        palette="lava",
        audio_gain=1.2,
        sound_clock=1.0,
        light={"relief": 0.6, "dynamics": 0.85},
        finish={"bloom": 0.06},
    ),
    "rosette": _look(
        hidden=16,
        layers=4,
        gain=3.8,
        output_gain=3.0,
        coord_scale=1.4,
        seed=3,
        palette="nightfall",
        radius=True,
        symmetry=8,
        audio_gain=1.0,
        sound_clock=1.0,
        light={"relief": 0.6, "film": 0.4},
        finish=True,
        sections={"on": True, "seeds": (5, 7), "palettes": ("abyss", "orchid")},
    ),
    "tuned-256x4": {"hidden": 256, "layers": 4},
    "compact-4x3": {"hidden": 4, "layers": 3},
    "classic-256x8": {"hidden": 256, "layers": 8},
}
