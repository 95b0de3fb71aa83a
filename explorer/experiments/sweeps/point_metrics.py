"""What is measured of a point: its diagnosis, as flat numbers for tables and in full for its file."""

from __future__ import annotations

from typing import Any

from explorer.audio import FeatureTrack
from explorer.diagnostics.measure import MEASURES
from explorer.diagnostics.verdict import Facts
from explorer.fields import FieldSettings
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings

Measurement = tuple[dict[str, float], str, str, dict[str, Any]]

METRICS = (*MEASURES, "speed")
"""Columns of every table of points; `speed` is in levels (of 255) a second, the others as in `Diagnosis`."""


def fact_metrics(facts: Facts) -> dict[str, float]:
    """What decides a verdict, under the names of metrics."""
    return {
        "space_variance": facts.space,
        "time_variance": facts.time,
        "audio_variance": facts.audio,
        "neighbour_correlation": facts.neighbor,
        "frame_correlation": facts.frame,
        "saturated": facts.saturated,
        "speed": facts.speed,
    }


def measure(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    threads: int | None = None,
    progress: Progress = silent,
) -> Measurement:
    """(metrics, verdict, sentence, everything) of a field as it would be rendered to a track.

    All but the suggestion, whose search takes many diagnoses: `ex.diagnose` of the loaded point has it.
    """
    from explorer.diagnostics import diagnose  # slow to load, and tables need the names alone

    diagnosis = diagnose(field, track, frames=frames, threads=threads, progress=progress)
    metrics = {name: float(getattr(diagnosis, name)) for name in METRICS}
    return metrics, diagnosis.verdict, diagnosis.sentence, diagnosis.to_dict(suggestion=False)
