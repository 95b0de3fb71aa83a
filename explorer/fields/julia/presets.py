"""Ready-made Julia sets."""

from explorer.fields.julia.settings import Julia

PRESETS: dict[str, Julia] = {
    "dahlia": Julia(model="default", start_angle=1.15, hue=0.52, saturation=1.2, brightness=1.1, zoom=1.7),
    "seahorse": Julia(start_angle=2.45, hue=0.92, zoom=2.2, distance=1.2),
    "jade": Julia(start_angle=1.75, hue=0.37, saturation=1.1),
    "frost": Julia(start_angle=0.85, hue=0.76, saturation=0.7, brightness=1.1, zoom=1.4, distance=0.7),
    "marigold": Julia(start_angle=4.2, hue=0.13, saturation=1.1, zoom=1.7, distance=1.4),
    "charcoal": Julia(start_angle=5.3, hue=0.1, saturation=0.12, brightness=1.15, zoom=1.25),
}

DEFAULT_PRESET = "dahlia"
