"""The report of one run: its video, what it looks like, how it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.experiments.reports.load import STATES, ReportSource, mapping, number, text
from explorer.experiments.reports.numbers import short_text
from explorer.experiments.reports.page import write_page
from explorer.experiments.reports.provenance import performance, provenance, without_paths
from explorer.experiments.reports.thumbnails import embed
from explorer.experiments.runs.run_folder import POSTER, RECIPE, REPORT, SHEET, video_path
from explorer.files import file_within
from explorer.video.containers import CONTAINERS

POSTER_BYTES, SHEET_BYTES = 180_000, 500_000  # of JPEG


def write_run(source: ReportSource) -> Path:
    """Write `report.html` into the folder of a run."""
    folder, error = source.folder, source.log.get("error")
    audio = mapping(source.log.get("audio")).get("path")
    flags = source.diagnosis.get("flags")
    video = file_within(folder, video_path(folder).name)
    verdict = text(source.diagnosis.get("verdict") or "").lower()
    return write_page(
        folder / REPORT,
        "run.html.j2",
        kind="video" if source.kind == "render" else source.kind,
        audio=source.audio,
        status=source.status,
        notices=source.notices,
        lead=lead(source.recipe),
        error=without_paths(text(error), audio) if error else "",
        video=video.name if video else "",
        is_picture=bool(video and CONTAINERS[video.suffix[1:]].is_picture),
        poster=embed(file_within(folder, POSTER), POSTER_BYTES),
        sheet=embed(file_within(folder, SHEET), SHEET_BYTES),
        verdict=verdict if verdict in STATES else "",
        sentence=text(source.diagnosis.get("sentence") or ""),
        flags=[text(flag) for flag in flags] if isinstance(flags, list) else [],
        measures=_measures(source.diagnosis),
        performance=performance(source),
        recipe=json.dumps(source.recipe, indent=2, ensure_ascii=False),
        command=f"explorer render --recipe {RECIPE}",
        settings=_settings(source.recipe),
        provenance=provenance(source),
    )


def lead(recipe: dict[str, Any]) -> list[str]:
    """`1280x720`, `30 fps`, `0:10`: what a run is, in a few words."""
    frames, field = mapping(recipe.get("frames")), mapping(recipe.get("field"))
    words = [text(field["kind"])] if field.get("kind") else []
    if frames.get("width") and frames.get("height"):
        words.append(f"{frames['width']}x{frames['height']}")
    if frames.get("fps"):
        words.append(f"{text(frames['fps'])} fps")
    if length := number(frames.get("duration")):
        words.append(f"{length:g} s")
    return words


def _settings(recipe: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every setting of the recipe by its part, in words."""
    return [
        (
            part,
            [(name.replace("_", " "), _value_text(value)) for name, value in mapping(recipe[part]).items()],
        )
        for part in ("field", "frames", "analysis", "encoder")
        if mapping(recipe.get(part))
    ]


def _value_text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    plain = value is None or isinstance(value, bool | int | float | str)
    return short_text(value) if plain else text(value)


def _measures(diagnosis: dict[str, Any]) -> list[tuple[str, float, str]]:
    """The measures of a diagnosis: (name, value, its interval in words or nothing)."""
    measures = []
    for name, measure in {**mapping(diagnosis.get("measures")), "speed": diagnosis.get("speed")}.items():
        ends = [number(mapping(measure).get(end)) for end in ("low", "high")]
        value = number(mapping(measure).get("value")) if isinstance(measure, dict) else number(measure)
        if value is not None:
            interval = f"{short_text(ends[0])} to {short_text(ends[1])}" if None not in ends else ""
            measures.append((text(name), value, interval))
    return measures
