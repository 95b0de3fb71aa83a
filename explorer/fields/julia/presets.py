"""Ready-made Julia sets."""

from explorer.fields.julia.settings import Julia

PRESETS: dict[str, Julia] = {
    "dahlia": Julia(hue=0.3),
}

DEFAULT_PRESET = "dahlia"
