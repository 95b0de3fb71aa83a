"""What of a field a tool without this package can draw, and what it leaves out, in words."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from explorer.errors import SettingsError
from explorer.fields import CPPN, FieldSettings, GraphCPPN, Julia, Mix, Patterns, Sequence
from explorer.fields.julia.settings import FEATURES as MAPPING_FEATURES
from explorer.fields.registry import kind_label
from explorer.fields.routing import columns_by_feature
from explorer.fields.sketch.field import Sketch
from explorer.shaders.descriptions import limit_message
from explorer.shaders.page_program import MAX_HIDDEN, MAX_LAYERS, is_computed


@dataclass(frozen=True)
class PortableField:
    """A field without what belongs to a track, and a note for each thing that is left out."""

    field: Any
    notes: tuple[str, ...]


def portable_field(field: FieldSettings, features: Container[str], *, wide: bool = False) -> PortableField:
    """The part of a field that moves with the `features` of a live sound; `wide`: networks of any size.

    Raises SettingsError if there is none.
    """
    check_exportable(field, wide=wide)
    notes = []
    if isinstance(field, Julia) and field.model != "none":
        notes.append("the trained model is left out: the formulas of model='none' move it")
        field = field.replace(model="none", features=MAPPING_FEATURES)
    if field.is_driven:
        notes.append("the trained model is left out: its own hearing moves it")
        field = field.replace(model="none")
    if field.keyframes or field != field.without_animation:
        notes.append("keyframes and drift belong to a track: settings stay where they are")
    if field.sections.on:
        notes.append("sections need the whole song: it stays with the first one")
    if field.echo_count:
        notes.append("echoes are left out")
    if columns := columns_by_feature(field.routing):
        notes.append(f"columns of your own are left out; in their place: {', '.join(columns)}")
    silent = [name for name in field.features if name not in features]
    if silent:
        notes.append(f"{', '.join(silent)}: not measured in a live sound, always at rest")
    changes: dict[str, Any] = {"sections": False, "light.echoes": 0, "routing": ()}
    if isinstance(field, GraphCPPN) and field.form.figure:
        notes.append("the figure is left out: the whole plane is drawn")
        changes["form.figure"] = False
    return PortableField(field.without_animation.replace(**changes), tuple(notes))


def check_exportable(field: FieldSettings, *, wide: bool = False) -> None:
    """Raise SettingsError, with what to do, for a field that has no shader."""
    if isinstance(field, Mix):
        raise SettingsError("a mixture has no shader; export the fields that it is made of, one by one")
    if isinstance(field, Sequence):
        raise SettingsError("a sequence has no shader; export its looks, one by one, or render a video")
    if not isinstance(field, CPPN | GraphCPPN | Patterns | Julia | Sketch):
        raise SettingsError(
            f"{kind_label(field.kind)} is a class of your own: its formula is Python and has no shader; "
            "write it as a sketch (@ex.sketch), or render a video"
        )
    if isinstance(field, CPPN) and wide:
        return
    if isinstance(field, CPPN) and is_computed(field):
        raise SettingsError(
            f"it cannot be exported: got a network of {field.hidden} x {field.layers}; exports but "
            f".wgsl draw networks up to {MAX_HIDDEN} wide and {MAX_LAYERS} deep"
        )
    without_figure: Any = field.replace(**{"form.figure": False}) if isinstance(field, GraphCPPN) else field
    if not isinstance(field, Julia) and (reason := limit_message(without_figure)):
        raise SettingsError(f"it cannot be exported: {reason.replace('the page draws', 'exports draw')}")
