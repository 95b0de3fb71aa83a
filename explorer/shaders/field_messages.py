"""A field along a track as a message to a page: JSON, and the bytes of its numbers.

    {parts, sections, moments, calm, fps, reason} + float32 bytes

Long lists of numbers are {floats: {first, count}} in the bytes. `moments` is null where they are those of the
field before. A `reason` says why the page cannot draw a field; then nothing else comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from explorer.audio import FeatureTrack
from explorer.fields import FieldSettings
from explorer.fields import calm as calm_rules
from explorer.shaders.track_field import (
    MomentTable,
    moment_table,
    needs_webgpu,
    page_limit,
    section_descriptions,
)

MIN_FLOATS = 12  # of a list that is sent as bytes
CALM_RULES = {
    name.lower(): getattr(calm_rules, name)
    for name in (
        *("FLICKER_SWING", "GATE_SWING", "HIT_SWING"),
        *("MIN_SPACING", "MAX_SPACING", "SPACING_RAMP"),
        *("OPEN_BEFORE", "OPEN_AFTER", "OPENING_SECONDS", "CLOSING_SECONDS"),
    )
}


def field_message(
    field: FieldSettings,
    track: FeatureTrack,
    *,
    calm: bool,
    no_webgpu: str = "",
    stretch: tuple[float, float] | None = None,
    previous: MomentTable | None = None,
    check: Callable[[], None] = lambda: None,
) -> tuple[dict[str, Any], bytes, MomentTable | None]:
    """A field without its moments, the bytes of its numbers, and its moments; or the reason against it."""
    if reason := page_limit(field) or (no_webgpu if needs_webgpu(field) else None):
        return {"reason": reason}, b"", None
    floats: list[float] = []
    parts, sections = section_descriptions(field, track)
    packed = [_pack(part.model_dump(mode="json"), floats) for part in parts]
    check()
    table = moment_table(field, track, calm=calm, stretch=stretch, previous=previous, check=check)
    message: dict[str, Any] = {"parts": packed, "moments": None, "sections": sections and asdict(sections)}
    message |= {"reason": "", "calm": CALM_RULES, "fps": track.fps}
    return message, np.array(floats, np.float32).tobytes(), table


def with_moments(message: dict[str, Any], data: bytes, table: MomentTable) -> tuple[dict[str, Any], bytes]:
    """A field with its moments."""
    first = len(data) // 4
    moments = asdict(table) | {
        "fps": message["fps"],
        "rows": {"first": first, "count": table.rows.size},
        "slow": {"first": first + table.rows.size, "count": table.slow.size},
    }
    return message | {"moments": moments}, data + table.rows.tobytes() + table.slow.tobytes()


def _pack(value: Any, floats: list[float]) -> Any:
    """A value with places in `floats` for its long lists of numbers."""
    if isinstance(value, dict):
        return {name: _pack(each, floats) for name, each in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) < MIN_FLOATS or not all(isinstance(each, float) for each in value):
        return [_pack(each, floats) for each in value]
    floats += value
    return {"floats": {"first": len(floats) - len(value), "count": len(value)}}
