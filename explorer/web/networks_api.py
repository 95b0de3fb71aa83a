"""The API of CPPNs for the page: small networks with their weights, from looks, runs or settings."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from explorer.errors import SettingsError
from explorer.experiments.runs.run_folder import RECIPE
from explorer.fields import CPPN
from explorer.fields.palette import Cosine, parse_palette
from explorer.fields.palette_stops import ColorPath
from explorer.fields.palette_table import color_table, srgb_table
from explorer.files import read_json_or_empty
from explorer.settings import Knob
from explorer.web.models import UnknownModelError

MAX_HIDDEN, MAX_LAYERS = 32, 12  # that a shader draws in time
MAX_RUNS = 50
PAGE_COLORS = 64  # of a palette that is looked up: constants of a shader
TRACK_SETTINGS = ("drift", "drift_span", "keyframes", "sections", "sound_clock")  # have no effect on the page
ECHOES = ("light.echoes", "light.echo_delay", "light.echo_scale", "light.echo_turn")  # neither have these
LIMITS = {"hidden": MAX_HIDDEN, "layers": MAX_LAYERS}


class NetworkSlider(BaseModel):
    """A setting of a network as a control of the page."""

    name: str
    low: float | None
    high: float | None
    step: float | None
    choices: list[str]
    switch: bool
    help: str
    value: Any  # the default


class NetworkList(BaseModel):
    """Preset looks, and the runs that drew with a small network, the newest first."""

    looks: dict[str, dict[str, Any]]
    runs: list[str]
    sliders: list[NetworkSlider]


class NetworkRequest(BaseModel):
    """The settings of a CPPN by name; the others have their defaults."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field(max_length=40)


class NetworkSurface(BaseModel):
    """What light needs of a network: height and hue are (output - mean) x scale of its first two outputs.

    The table holds the colors of the palette in linear light, from dark to light; the accent is one of them.
    """

    mean: tuple[float, float]
    scale: tuple[float, float]
    table: list[float]
    accent: tuple[float, float, float]


class NetworkDescription(BaseModel):
    """A network ready to draw: weights of every layer, row by row, activations, input scale and palette."""

    settings: dict[str, Any]
    shapes: list[tuple[int, int]]
    weights: list[list[float]]
    pixel_inputs: int
    feature_scale: float
    activations: list[str]
    palette: dict[str, Any]
    light: dict[str, Any] | None  # all settings; None where the network is not lit
    finish: dict[str, Any] | None
    surface: NetworkSurface | None


def add_networks(app: FastAPI, explorations: Path) -> None:
    """Add the API of CPPNs; runs are read from `explorations`."""

    @app.get("/api/networks", tags=["networks"])
    def list_all() -> NetworkList:
        """Looks, runs and settings to start from."""
        presets = CPPN.presets()
        looks = {name: look.model_dump(mode="json") for name, look in presets.items() if _fits(look)}
        sliders = [
            _slider(knob)
            for name, knob in CPPN.knobs().items()
            if name.partition(".")[0] not in TRACK_SETTINGS and name not in ECHOES
        ]
        return NetworkList(looks=looks, runs=[run.name for run in _runs(explorations)], sliders=sliders)

    @app.get("/api/networks/{run}", tags=["networks"])
    def of_run(run: str) -> NetworkDescription:
        """The network that a run drew with."""
        for folder in _runs(explorations):
            if folder.name == run:
                return build_network(_field(folder))
        raise UnknownModelError(f"no run {run[:100]!r} drew with a network up to {MAX_HIDDEN} wide")

    @app.post("/api/networks", tags=["networks"])
    def build(request: NetworkRequest) -> NetworkDescription:
        """The network of some settings."""
        return build_network(request.settings)


def build_network(settings: dict[str, Any]) -> NetworkDescription:
    """The network of some settings. Raises SettingsError if they are invalid, or it is too large to draw."""
    field = CPPN(**settings).without_animation.replace(sections=False)  # these belong to a track
    field = field.replace(**{"light.echoes": 0})
    if not _fits(field):
        raise SettingsError(
            f"got a network of {field.hidden} x {field.layers}; the page draws networks up to "
            f"{MAX_HIDDEN} wide and {MAX_LAYERS} deep"
        )
    from explorer.fields.cppn.drawing import FEATURE_SCALE  # slow to load
    from explorer.fields.cppn.weights import random_network

    network = random_network(field)
    return NetworkDescription(
        settings=field.model_dump(mode="json"),
        shapes=[(weight.shape[0], weight.shape[1]) for weight in network.weights],
        weights=[weight.ravel().tolist() for weight in network.weights],
        pixel_inputs=network.pixel_inputs,
        feature_scale=FEATURE_SCALE * field.audio_gain,
        activations=list(network.activations),
        palette=_palette(field.palette),
        light=field.light.model_dump() if field.light.on else None,
        finish=field.finish.model_dump() if field.finish.on else None,
        surface=_surface(field) if field.light.on else None,
    )


def _surface(field: CPPN) -> NetworkSurface:
    from explorer.fields.cppn.drawing import output_statistics  # slow to load
    from explorer.fields.light.tone import accent_of

    (mean, scale), table = output_statistics(field), color_table(field.palette)
    return NetworkSurface(
        mean=tuple(mean[:2].tolist()),
        scale=tuple(scale[:2].tolist()),
        table=table.ravel().tolist(),
        accent=tuple(accent_of(table).tolist()),
    )


def _fits(field: CPPN) -> bool:
    return field.hidden <= MAX_HIDDEN and field.layers <= MAX_LAYERS


def _palette(name: str) -> dict[str, Any]:
    palette = parse_palette(name)
    if palette is None:
        return {"kind": "rgb"}
    if isinstance(palette, ColorPath):
        table = srgb_table(name)
        entries = np.linspace(0, len(table) - 1, PAGE_COLORS).round().astype(int)
        return {"kind": "table", "numbers": table[entries].ravel().tolist()}
    kind = "cosine" if isinstance(palette, Cosine) else "oklab"
    return {"kind": kind, "numbers": palette.numbers, **asdict(palette)}


def _slider(knob: Knob) -> NetworkSlider:
    low, high = knob.slider or (None, None)
    if high is not None and knob.name in LIMITS:
        high = min(high, LIMITS[knob.name])
    return NetworkSlider(
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
    """The newest runs whose field is a network small enough for the page."""
    try:
        folders = sorted(
            explorations.glob("render_*"), key=lambda path: path.name.partition("_")[2], reverse=True
        )
    except OSError:
        return []
    readable = (run for run in folders[: 4 * MAX_RUNS] if run.name.isprintable() and not run.is_symlink())
    return list(islice((run for run in readable if _may_fit(_field(run))), MAX_RUNS))


def _may_fit(settings: dict[str, Any]) -> bool:
    """Whether the field of a run looks like a small network; building it checks the rest."""
    widths = [settings.get(name, limit + 1) for name, limit in LIMITS.items()]
    within = zip(widths, LIMITS.values(), strict=True)
    return settings.get("kind") == "cppn" and all(isinstance(n, int) and n <= limit for n, limit in within)


def _field(run: Path) -> dict[str, Any]:
    field = read_json_or_empty(run / RECIPE).get("field")
    return field if isinstance(field, dict) else {}
