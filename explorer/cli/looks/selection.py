"""Which look a command draws: that of `--look` or `--preset` with what was typed, on the sound at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.cli.options import FieldFlags
from explorer.experiments.library.look import Look
from explorer.fields import FieldSettings
from explorer.progress import Progress


def selected_look(
    source: str | None,
    field: FieldFlags,
    audio: str | Path,
    render_options: dict[str, Any],
    analysis: dict[str, Any],
    progress: Progress,
    needs_moments: bool = False,
) -> FieldSettings:
    """The field of `--look` or `--preset` with what was typed; the look's analysis and frame shape go into
    the options where nothing else was typed. What is at a moment that the sound does not have is left out,
    unless `needs_moments`.
    """
    look = named_look(source, field, render_options.get("explorations"))
    if look.size:
        render_options.setdefault("size", look.size)
    for name, value in look.analysis.model_dump(exclude={"extras"}).items():
        if value != type(look.analysis).model_fields[name].default:
            analysis.setdefault(name, value)
    look_field = look.field
    is_musical = any(isinstance(moment, str) for moment in look_field.moments)
    if is_musical and not needs_moments and "keyframes" not in field.settings:
        from explorer.audio import analyze

        track = analyze(audio, progress=progress, **{**analysis, "extras": look_field.extras})
        look_field = look_field.with_moments_of(track)
    return look_field


def named_look(source: str | None, field: FieldFlags, explorations: str | None) -> Look:
    """The look of `--look` or `--preset` with what was typed. Raises SettingsError."""
    if source is None:
        return field.build_look()
    from explorer.experiments.library.looks import resolve_look

    look = resolve_look(source, explorations)
    return look.replace(field=field.apply_to(look.field, "--look"))
