"""Ready-made patterns."""

from explorer.fields.patterns.settings import Patterns

PRESETS: dict[str, Patterns] = {
    "music": Patterns(),
    "coral": Patterns(family="fractal", seed=3),
    "lava": Patterns(family="organic", seed=3),
    "silk": Patterns(family="flowing", seed=1),
    "facets": Patterns(family="geometric", seed=2),
}

DEFAULT_PRESET = "music"
