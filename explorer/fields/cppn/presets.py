"""Ready-made CPPNs: the published networks, and looks to start from."""

from explorer.fields.cppn.settings import CPPN

PRESETS: dict[str, CPPN] = {
    "classic-256x8": CPPN(hidden=256, layers=8),
    "tuned-256x4": CPPN(hidden=256, layers=4),
    "compact-4x3": CPPN(hidden=4, layers=3),
}

DEFAULT_PRESET = "compact-4x3"  # what newcomers see first
