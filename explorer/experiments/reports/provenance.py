"""Provenance: how the pictures of a report were made, without anybody's paths."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from explorer.experiments.reports.load import ReportSource, mapping, number, text
from explorer.experiments.reports.numbers import short_text
from explorer.formatting import duration_text

# An absolute path of either family, up to the last separator: reports travel, paths do not
FOLDERS = re.compile(r"(?<![\w./\\:])(?:[A-Za-z]:[\\/]|/)(?:[^\\/\s'\"<>|:]+[\\/])+")


def without_paths(words: str, *paths: Any) -> str:
    """The words with absolute paths cut down to file names; `paths` may hold spaces."""
    for path in paths:
        if isinstance(path, str) and len(path) > 1:
            words = words.replace(path, re.split(r"[\\/]", path)[-1])
    return FOLDERS.sub("", words.replace(str(Path.home()), "~"))


def provenance(source: ReportSource) -> list[tuple[str, str]]:
    """(name, value) pairs in reading order; what the manifest does not say is left out."""
    log, spec, field = source.log, source.spec, mapping(source.recipe.get("field"))
    audio = mapping(log.get("audio")) | mapping(source.recipe.get("audio"))
    command = text(log.get("command") or "")
    seconds = number(log.get("seconds")) or number(mapping(log.get("performance")).get("seconds"))
    pairs = [
        ("Command", "" if command in ("-", "-c") else without_paths(command, audio.get("path"))),
        ("Started", _time(log.get("started"))),
        ("Ended", _time(log.get("ended"))),
        ("Time taken", duration_text(seconds) if seconds else ""),
        ("Sound", source.audio),
        ("Sound, SHA-256", text(audio.get("sha256") or "")),
        ("Field", text(field.get("kind") or log.get("field") or "")),
        ("Seed of the field", _text_or_empty(field.get("seeds") or field.get("seed"))),
        ("Families", _families(log.get("families"))),
        ("Sampler", text(spec.get("sampler") or "")),
        ("Seed of the sampler", _text_or_empty(spec.get("sampler_seed"))),
        ("Specification", text(log.get("spec_hash") or "")),
        *_machine(log),
        *_versions(mapping(log.get("environment"))),
    ]
    return [(name, value) for name, value in pairs if value]


def performance(source: ReportSource) -> list[tuple[str, str, str]]:
    """What a run cost: (name, value, unit)."""
    values = mapping(source.log.get("performance"))
    entries = (
        ("frames", "frames", ""),
        ("seconds", "in all", "s"),
        ("fps", "frames a second", ""),
        ("megapixels_per_second", "pixels a second", "M"),
        ("times_real_time", "of real time", "x"),
        ("peak_memory_mb", "memory at peak", "MB"),
    )
    numbers = [(label, number(values.get(name)), unit) for name, label, unit in entries]
    return [(label, short_text(value), unit) for label, value, unit in numbers if value is not None]


def _machine(log: dict[str, Any]) -> list[tuple[str, str]]:
    environment, device = mapping(log.get("environment")), mapping(log.get("device"))
    cores = number(environment.get("cores"))
    return [
        ("System", text(environment.get("os") or "")),
        ("Processor", text(environment.get("cpu") or "") + (f", {cores:g} cores" if cores else "")),
        ("GPU", text(environment.get("gpu") or "")),
        ("CUDA", text(environment.get("cuda") or "")),
        ("Drawn on", text(device.get("name") or "")),
        ("Kernel", text(log.get("kernel") or "")),
        ("Precision", text(log.get("precision") or "")),
        ("Threads", _text_or_empty(log.get("threads"))),
    ]


def _versions(environment: dict[str, Any]) -> list[tuple[str, str]]:
    git = mapping(environment.get("git"))
    revision = text(git.get("revision") or "")[:12] + (" (with changes)" if git.get("dirty") else "")
    packages = mapping(environment.get("packages"))
    names = {"audio-feature-explorer": "explorer"}
    return [
        ("Python", text(environment.get("python") or "")),
        *((names.get(name, text(name)), text(version)) for name, version in packages.items() if version),
        ("Revision", revision if git else ""),
    ]


def _families(families: Any) -> str:
    """Which family of patterns is drawn from which second on: `organic 0 s, flowing 7.1 s`."""
    pairs = families if isinstance(families, list) else []
    return ", ".join(
        f"{text(pair[1])} {short_text(number(pair[0]) or 0)} s"
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2
    )


def _text_or_empty(value: Any) -> str:
    return "" if value is None else text(value)


def _time(value: Any) -> str:
    return text(value).replace("T", " ").replace("+00:00", " UTC") if value else ""
