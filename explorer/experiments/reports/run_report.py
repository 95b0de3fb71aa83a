"""The report of one run: its video, what it looks like, how it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from explorer.experiments.reports.load import STATES, Collected, mapping, number, text
from explorer.experiments.reports.numbers import short
from explorer.experiments.reports.page import write_page
from explorer.experiments.reports.provenance import performance, provenance, without_paths
from explorer.experiments.reports.thumbnails import embed

POSTER, SHEET = 180_000, 500_000  # bytes of JPEG


def write_run(found: Collected) -> Path:
    """Write `report.html` into the folder of a run."""
    folder, error = found.folder, found.log.get("error")
    audio = mapping(found.log.get("audio")).get("path")
    flags = found.diagnosis.get("flags")
    verdict = text(found.diagnosis.get("verdict") or "").lower()
    return write_page(
        folder / "report.html",
        "run.html.j2",
        kind="video" if found.kind == "render" else found.kind,
        audio=found.audio,
        status=found.status,
        notices=found.notices,
        lead=lead(found.recipe),
        error=without_paths(text(error), audio) if error else "",
        video="video.mp4" if (folder / "video.mp4").is_file() else "",
        poster=embed(folder / "poster.jpg", POSTER),
        sheet=embed(folder / "sheet.jpg", SHEET),
        verdict=verdict if verdict in STATES else "",
        sentence=text(found.diagnosis.get("sentence") or ""),
        flags=[text(flag) for flag in flags] if isinstance(flags, list) else [],
        measures=_measures(found.diagnosis),
        performance=performance(found),
        recipe=json.dumps(found.recipe, indent=2, ensure_ascii=False),
        command="explorer render --recipe recipe.json",
        settings=_settings(found.recipe),
        provenance=provenance(found),
    )


def lead(recipe: dict[str, Any]) -> list[str]:
    """`1280x720`, `30 fps`, `0:10`: what a run is, in a few words."""
    frames, field = mapping(recipe.get("frames")), mapping(recipe.get("field"))
    said = [text(field["kind"])] if field.get("kind") else []
    if frames.get("width") and frames.get("height"):
        said.append(f"{frames['width']}x{frames['height']}")
    if frames.get("fps"):
        said.append(f"{text(frames['fps'])} fps")
    if length := number(frames.get("duration")):
        said.append(f"{length:g} s")
    return said


def _settings(recipe: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every setting of the recipe by its part, in words."""
    return [
        (part, [(name.replace("_", " "), _said(value)) for name, value in mapping(recipe[part]).items()])
        for part in ("field", "frames", "analysis", "encoder")
        if mapping(recipe.get(part))
    ]


def _said(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    plain = value is None or isinstance(value, bool | int | float | str)
    return short(value) if plain else text(value)


def _measures(diagnosis: dict[str, Any]) -> list[tuple[str, float, str]]:
    """The measures of a diagnosis: (name, value, its interval in words or nothing)."""
    found = []
    for name, said in {**mapping(diagnosis.get("measures")), "speed": diagnosis.get("speed")}.items():
        ends = [number(mapping(said).get(end)) for end in ("low", "high")]
        value = number(mapping(said).get("value")) if isinstance(said, dict) else number(said)
        if value is not None:
            interval = f"{short(ends[0])} to {short(ends[1])}" if None not in ends else ""
            found.append((text(name), value, interval))
    return found
