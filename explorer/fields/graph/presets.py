"""The presets of graph CPPNs as settings; newcomers see the first."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "obsidian": {"seed": 48, "palette": "lava"},
    "anemone": {"seed": 43, "palette": "abyss"},
    "iris": {"seed": 14, "palette": "orchid"},
}
