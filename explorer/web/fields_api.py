"""The API of fields for the page: CPPNs, graphs, patterns and sketches, from looks, runs or settings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from explorer.errors import SettingsError
from explorer.experiments.runs.run_folder import RECIPE
from explorer.fields import FieldSettings
from explorer.fields.sketch.field import class_of_settings
from explorer.fields.sketch.presets import shipped_sketch, sketch_names
from explorer.files import read_json_or_empty
from explorer.settings import Knob
from explorer.shaders.descriptions import MAX_NODES, FieldDescription, limit_message
from explorer.web.field_descriptions import FIELDS, build_field, is_sketch
from explorer.web.models import UnknownModelError

MAX_RUNS = 50
# have no effect on the page: they belong to a track; or are not drawn
TRACK_SETTINGS = ("drift", "drift_span", "keyframes", "model", "routing", "sections")
UNDRAWN = (
    *("light.echoes", "light.echo_delay", "light.echo_scale", "light.echo_turn"),
    *("form.figure", "form.ground_palette", "form.ground_seed"),
)
LIMITS = {"nodes": MAX_NODES}


class FieldSlider(BaseModel):
    """A setting of a field as a control of the page."""

    name: str
    low: float | None
    high: float | None
    step: float | None
    choices: list[str]
    switch: bool
    help: str
    value: Any  # the default


class FieldList(BaseModel):
    """Preset looks, the runs that drew a field of the page, the newest first, and sliders by kind.

    Those of a sketch are under its text.
    """

    looks: dict[str, dict[str, Any]]
    runs: list[str]
    sliders: dict[str, list[FieldSlider]]


class FieldRequest(BaseModel):
    """The settings of a field by name, `kind` among them; the others have their defaults."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field(max_length=40)


def add_fields(app: FastAPI, explorations: Path) -> None:
    """Add the API of fields; runs are read from `explorations`."""

    @app.get("/api/fields", tags=["fields"])
    def list_all() -> FieldList:
        """Looks, runs and settings to start from."""
        presets = {name: look for field in FIELDS.values() for name, look in field.presets().items()}
        sketches = {name: shipped_sketch(name) for name in sketch_names()}
        runs = _runs(explorations)
        looks = {
            name: look.model_dump(mode="json")
            for name, look in {**presets, **sketches}.items()
            if limit_message(look) is None and not look.light.echoes
        }
        sliders = {kind: _sliders(field) for kind, field in FIELDS.items()}
        sliders |= {sketch.source: _sliders(type(sketch)) for sketch in sketches.values()}
        sliders |= _sketch_sliders(map(_field, runs))
        return FieldList(looks=looks, runs=[run.name for run in runs], sliders=sliders)

    @app.get("/api/fields/{run}", tags=["fields"])
    def of_run(run: str) -> FieldDescription:
        """The field that a run drew with."""
        for folder in _runs(explorations):
            if folder.name == run:
                return build_field(_field(folder))
        raise UnknownModelError(f"no run {run[:100]!r} drew a field that the page draws")

    @app.post("/api/fields", tags=["fields"])
    def build(request: FieldRequest) -> FieldDescription:
        """The field of some settings."""
        return build_field(request.settings)


def _sketch_sliders(fields: Iterable[dict[str, Any]]) -> dict[str, list[FieldSlider]]:
    """The sliders of the sketches of runs, by their texts."""
    sliders = {}
    for settings in filter(is_sketch, fields):
        with contextlib.suppress(SettingsError):
            sliders[settings["source"]] = _sliders(class_of_settings(settings))
    return sliders


def _sliders(field: type[FieldSettings]) -> list[FieldSlider]:
    """The settings that have an effect on the page."""
    return [
        _slider(knob)
        for name, knob in field.knobs().items()
        if name.partition(".")[0] not in TRACK_SETTINGS and name not in UNDRAWN
    ]


def _slider(knob: Knob) -> FieldSlider:
    low, high = knob.slider or (None, None)
    if high is not None and knob.name in LIMITS:
        high = min(high, LIMITS[knob.name])
    return FieldSlider(
        name=knob.name,
        low=low,
        high=high,
        step=knob.step,
        choices=list(knob.choices) if low is None else [],
        switch=bool in knob.types,
        help=knob.help,
        value=knob.default,
    )


def _runs(explorations: Path) -> list[Path]:
    """The newest runs whose field may be one that the page draws."""
    try:
        folders = sorted(
            explorations.glob("render_*"), key=lambda path: path.name.partition("_")[2], reverse=True
        )
    except OSError:
        return []
    readable = (run for run in folders[: 4 * MAX_RUNS] if run.name.isprintable() and not run.is_symlink())
    return list(islice((run for run in readable if _may_fit(_field(run))), MAX_RUNS))


def _may_fit(settings: dict[str, Any]) -> bool:
    """Whether the field of a run looks like one that the page draws; building it checks the rest."""
    kind = settings.get("kind")
    if not isinstance(kind, str) or kind not in FIELDS:
        return is_sketch(settings)
    limits = {name: limit for name, limit in LIMITS.items() if name in FIELDS[kind].model_fields}
    widths = {name: settings.get(name, limit + 1) for name, limit in limits.items()}
    return all(isinstance(n, int) and n <= limits[name] for name, n in widths.items())


def _field(run: Path) -> dict[str, Any]:
    field = read_json_or_empty(run / RECIPE).get("field")
    return field if isinstance(field, dict) else {}
