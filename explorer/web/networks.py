"""CPPNs for the page: narrow networks with their weights, from looks, from runs or from settings."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.fields.palette import Cosine, parse_palette
from explorer.files import read_json_or_empty
from explorer.settings import Knob
from explorer.web.models import ModelNotFoundError

WIDEST, DEEPEST = 32, 12  # what a shader draws in time
MOST_RUNS = 50
OF_A_TRACK = ("drift", "drift_span", "keyframes")
LIMITS = {"hidden": WIDEST, "layers": DEEPEST}


class Slider(BaseModel):
    """A setting of a network as the page shows it."""

    name: str
    low: float | None
    high: float | None
    step: float | None
    choices: list[str]
    switch: bool
    help: str


class Networks(BaseModel):
    """Where to start: ready-made looks, and the runs that drew with a narrow network, the newest first."""

    looks: dict[str, dict[str, Any]]
    runs: list[str]
    sliders: list[Slider]


class Asked(BaseModel):
    """The settings of a CPPN by name; what is left out has its default."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any] = Field(max_length=40)


class Network(BaseModel):
    """A network ready to draw: weights of every layer, row by row, and what lies around them."""

    settings: dict[str, Any]
    shapes: list[tuple[int, int]]
    weights: list[list[float]]
    placed: int
    feature_scale: float
    activations: list[str]
    palette: dict[str, Any]


def add_networks(app: FastAPI, explorations: Path) -> None:
    """The part of the API that the page draws CPPNs with."""

    @app.get("/api/networks", tags=["networks"])
    def listed() -> Networks:
        """Looks, runs and settings to start from."""
        looks = {name: look.model_dump(mode="json") for name, look in CPPN.presets().items() if _fits(look)}
        sliders = [_slider(knob) for name, knob in CPPN.knobs().items() if name not in OF_A_TRACK]
        return Networks(looks=looks, runs=[run.name for run in _runs(explorations)], sliders=sliders)

    @app.get("/api/networks/{run}", tags=["networks"])
    def of_run(run: str) -> Network:
        """The network that a run drew with."""
        for known in _runs(explorations):
            if known.name == run:
                return build_network(_field(known))
        raise ModelNotFoundError(f"no run {run[:100]!r} drew with a network up to {WIDEST} wide")

    @app.post("/api/networks", tags=["networks"])
    def build(asked: Asked) -> Network:
        """The network that settings describe."""
        return build_network(asked.settings)


def build_network(settings: dict[str, Any]) -> Network:
    """The network of some settings. Raises SettingsError when they are wrong, or it is too large to draw."""
    field = CPPN(**settings).without_animation  # drift and keyframes belong to a track
    if not _fits(field):
        raise SettingsError(
            f"got a network of {field.hidden} x {field.layers}; the page draws them up to {WIDEST} wide and "
            f"{DEEPEST} deep"
        )
    from explorer.fields.cppn.network import FEATURE_SCALE  # slow to load
    from explorer.fields.cppn.weights import random_network

    network = random_network(field)
    return Network(
        settings=field.model_dump(mode="json"),
        shapes=[(weight.shape[0], weight.shape[1]) for weight in network.weights],
        weights=[weight.ravel().tolist() for weight in network.weights],
        placed=network.pixel_inputs,
        feature_scale=FEATURE_SCALE * field.audio_gain,
        activations=list(network.activations),
        palette=_palette(field.palette),
    )


def _fits(field: CPPN) -> bool:
    return field.hidden <= WIDEST and field.layers <= DEEPEST


def _palette(name: str) -> dict[str, Any]:
    palette = parse_palette(name)
    if palette is None:
        return {"kind": "rgb"}
    kind = "cosine" if isinstance(palette, Cosine) else "oklab"
    return {"kind": kind, "numbers": palette.numbers, **asdict(palette)}


def _slider(knob: Knob) -> Slider:
    low, high = knob.slider or (None, None)
    if high is not None and knob.name in LIMITS:
        high = min(high, LIMITS[knob.name])
    return Slider(
        name=knob.name,
        low=low,
        high=high,
        step=knob.step,
        choices=list(knob.choices) if low is None else [],
        switch=bool in knob.types,
        help=knob.help,
    )


def _runs(explorations: Path) -> list[Path]:
    """The newest runs whose field is a network that fits."""
    try:
        folders = sorted(
            explorations.glob("render_*"), key=lambda path: path.name.partition("_")[2], reverse=True
        )
    except OSError:
        return []
    fitting = (run for run in folders[: 4 * MOST_RUNS] if not run.is_symlink() and _may_fit(_field(run)))
    return list(fitting)[:MOST_RUNS]


def _may_fit(settings: dict[str, Any]) -> bool:
    """Whether a run's field looks like one; what it really is shows when it is built."""
    widths = [settings.get(name, limit + 1) for name, limit in LIMITS.items()]
    within = zip(widths, LIMITS.values(), strict=True)
    return settings.get("kind") == "cppn" and all(isinstance(n, int) and n <= limit for n, limit in within)


def _field(run: Path) -> dict[str, Any]:
    field = read_json_or_empty(run / "recipe.json").get("field")
    return field if isinstance(field, dict) else {}
