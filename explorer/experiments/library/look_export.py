"""Looks as files for other tools: a page, and shaders of several programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer import files
from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.base import check_field, track_for
from explorer.fields.registry import kind_label
from explorer.shaders.export.isf import isf_file
from explorer.shaders.export.look_program import LookProgram, program_notes
from explorer.shaders.export.page import LIVE_LEVELS, look_page, track_content
from explorer.shaders.export.portable import portable_field
from explorer.shaders.export.shadertoy import shadertoy_file
from explorer.shaders.export.touchdesigner import touchdesigner_file
from explorer.shaders.export.wgsl_file import LIGHT_NOTE, wgsl_file

TRACK_SUFFIX = ".html"
TARGETS = {
    TRACK_SUFFIX: "a page for any browser, with a microphone or a file",
    ".frag": "the tabs of a shader for Shadertoy",
    ".fs": "an ISF generator for VDMX, Resolume or MadMapper",
    ".glsl": "a GLSL TOP for TouchDesigner",
    ".wgsl": "a compute shader for WebGPU, networks of any size, without light",
}
SHADER_FILES = {
    ".frag": shadertoy_file, ".fs": isf_file, ".glsl": touchdesigner_file, ".wgsl": wgsl_file,
}  # fmt: skip
ANALYSIS_NOTE = "the settings of its analysis are those of Python; the tool measures the sound in its own way"


@dataclass(frozen=True)
class LookExport:
    """A file that a look was written to, and what it leaves out."""

    path: Path
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join((f"LookExport({str(self.path)!r})", *(f"  {note}" for note in self.notes)))


def export_look(
    field: FieldSettings,
    path: str | Path,
    track: FeatureTrack | str | Path | None = None,
    *,
    name: str | None = None,
    analysis: Mapping[str, Any] | None = None,
) -> LookExport:
    """Write a look as a file for another tool; the ending of `path` says which one.

    `.html` is one page that draws by itself, with a microphone or a file; with a `track` (or a sound file) it
    also plays along it exactly. `.frag` is for Shadertoy, `.fs` (ISF) for VDMX, Resolume or MadMapper,
    `.glsl` for TouchDesigner, `.wgsl` for programs with WebGPU. What a file leaves out stands in it and in
    `notes` of what is returned.

    Raises SettingsError for a field that has no shader.
    """
    check_field(field)
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in TARGETS:
        raise SettingsError(f"got {str(path)!r}; choose a name that ends in {', '.join(TARGETS)}")
    if track is not None and suffix != TRACK_SUFFIX:
        raise SettingsError(
            f"a {suffix} file moves with a live sound alone; leave the track out, or write {TRACK_SUFFIX}"
        )
    title = name or kind_label(field.kind)
    portable = portable_field(field, LIVE_LEVELS, wide=suffix == ".wgsl")
    changed = AnalysisSettings(**dict(analysis or {})).replace(extras=()) != AnalysisSettings()
    notes = (*portable.notes, *([ANALYSIS_NOTE] if changed else []))
    if track is not None:
        notes = tuple(f"with a microphone or another file: {note}" for note in notes)
    if suffix in SHADER_FILES:
        look = portable.field
        if suffix == ".wgsl" and look.is_lit:
            look, notes = look.replace(light=False, finish=False), (*notes, LIGHT_NOTE)
        notes = (*notes, *program_notes(look, has_bloom=suffix != ".glsl"))
        text = SHADER_FILES[suffix](LookProgram(title, look, notes))
        files.write_bytes(target, text.encode("ascii"))
        return LookExport(target, notes)
    content = track_content(field, track_for(field, track)) if track is not None else None
    files.write_bytes(target, look_page(title, portable.field, notes, content))
    return LookExport(target, notes)
