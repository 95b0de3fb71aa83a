"""Fields as a page draws them: weights of CPPNs, formulas of graphs and patterns, with light and finish."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.palette import Cosine, parse_palette
from explorer.fields.palette_stops import ColorPath
from explorer.fields.palette_table import color_table, srgb_table
from explorer.fields.sketch.field import Sketch
from explorer.shaders.field_shader import FieldShader
from explorer.shaders.page_program import (
    MAX_HIDDEN,
    MAX_LAYERS,
    ComputeProgram,
    compute_program,
    is_computed,
)

MAX_NODES = 64  # of a graph
PAGE_COLORS = 64  # of a palette that is looked up: constants of a shader
COLOR_DIGITS = 6  # of the colors of a palette
MAX_OPERATIONS = 3_000  # of a sketch at a pixel
ShaderField = CPPN | GraphCPPN | Patterns | Sketch


class NetworkSurface(BaseModel):
    """What light needs of a network: height and hue are (output - mean) x scale of its first two outputs.

    The table holds the colors of the palette in linear light, from dark to light; the accent is one of them.
    """

    mean: tuple[float, float]
    scale: tuple[float, float]
    table: list[float]
    accent: tuple[float, float, float]


class NetworkDescription(BaseModel):
    """A network ready to draw: weights of every layer, row by row, activations, input scale and palette.

    With a `program` WebGPU computes it: then the weights are those of the first layer alone.
    """

    kind: Literal["cppn"] = "cppn"
    settings: dict[str, Any]
    shapes: list[tuple[int, int]]
    weights: list[list[float]]
    other_weights: list[list[list[float]]] = []  # of the other networks of one whose weights move
    pixel_inputs: int
    feature_scale: float
    activations: list[str]
    palette: dict[str, Any]
    light: dict[str, Any] | None  # all settings; None where the network is not lit
    finish: dict[str, Any] | None
    surface: NetworkSurface | None
    program: ComputeProgram | None = None


class ExpressionProgram(BaseModel):
    """Numbers of a moment: operations such as `mul 3 4`, and which of them are the results."""

    operations: list[str]
    outputs: list[int]


class ProgramDescription(BaseModel):
    """A field ready to draw as a shader; see `explorer.shaders.field_shader`."""

    kind: Literal["graph", "patterns", "sketch"]
    settings: dict[str, Any]
    code: str
    numbers: ExpressionProgram
    accent: ExpressionProgram
    palettes: list[list[float]]
    is_linear: bool
    light: dict[str, Any] | None
    finish: dict[str, Any] | None


class JuliaDescription(BaseModel):
    """A Julia set ready to draw: what does not change from moment to moment."""

    kind: Literal["julia"] = "julia"
    settings: dict[str, Any]
    light: dict[str, Any] | None
    finish: dict[str, Any] | None


FieldDescription = NetworkDescription | ProgramDescription
AnyDescription = FieldDescription | JuliaDescription


def describe(field: ShaderField | Julia) -> AnyDescription:
    """A field that `limit_message` lets through, ready to draw; sections and echoes are not in it."""
    if isinstance(field, Julia):
        return JuliaDescription(settings=field.model_dump(mode="json"), **_surface_settings(field))
    return _network(field) if isinstance(field, CPPN) else _program(field)


def limit_message(field: ShaderField) -> str | None:
    """Why the page cannot draw a field; None if it can."""
    match field:
        case CPPN() if field.is_animated and is_computed(field):
            return (
                f"got a network of {field.hidden} x {field.layers} whose weights move; the page moves those "
                f"of networks up to {MAX_HIDDEN} wide and {MAX_LAYERS} deep"
            )
        case GraphCPPN() if field.node_count > MAX_NODES:
            return f"got a graph of {field.node_count} nodes; the page draws graphs up to {MAX_NODES} nodes"
        case GraphCPPN() if field.form.figure:
            return "the page draws graphs without a figure; explorer render draws it"
        case Sketch() if (count := type(field).program().text.count("\n")) > MAX_OPERATIONS:
            return f"got a sketch of {count:,} operations at a pixel; the page draws up to {MAX_OPERATIONS:,}"
    return None


def _surface_settings(field: ShaderField | Julia) -> dict[str, Any]:
    """All settings of light and finish, None where they are off."""
    return {
        "light": field.light.model_dump() if field.light.on else None,
        "finish": field.finish.model_dump() if field.finish.on else None,
    }


def _network(field: CPPN) -> NetworkDescription:
    from explorer.fields.cppn.animated import networks  # slow to load
    from explorer.fields.cppn.weights import FEATURE_SCALE

    network, *others = networks(field)
    program = compute_program(field) if is_computed(field) else None
    layers = network.weights[:1] if program else network.weights
    return NetworkDescription(
        program=program,
        settings=field.model_dump(mode="json"),
        shapes=[(weight.shape[0], weight.shape[1]) for weight in network.weights],
        weights=[weight.ravel().tolist() for weight in layers],
        other_weights=[[weight.ravel().tolist() for weight in other.weights] for other in others],
        pixel_inputs=network.pixel_inputs,
        feature_scale=FEATURE_SCALE * field.audio_gain,
        activations=list(network.activations),
        palette=_palette(field.palette),
        surface=_surface(field) if field.light.on else None,
        **_surface_settings(field),
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


def field_shader(field: GraphCPPN | Patterns | Sketch) -> FieldShader:
    """The formulas of a field as a shader."""
    from explorer.shaders.graph_shader import graph_shader  # slow to load
    from explorer.shaders.patterns_shader import patterns_shader
    from explorer.shaders.sketch_shader import sketch_shader

    if isinstance(field, Sketch):
        return sketch_shader(field)
    return graph_shader(field) if isinstance(field, GraphCPPN) else patterns_shader(field)


def _program(field: GraphCPPN | Patterns | Sketch) -> ProgramDescription:
    from explorer.expressions import program  # slow to load

    shader = field_shader(field)
    return ProgramDescription(
        kind="sketch" if isinstance(field, Sketch) else field.kind,
        settings=field.model_dump(mode="json"),
        code=shader.code,
        numbers=ExpressionProgram(**program(shader.numbers)),
        accent=ExpressionProgram(**program(shader.accent)),
        palettes=[palette.astype(float).ravel().round(COLOR_DIGITS).tolist() for palette in shader.palettes],
        is_linear=shader.is_linear,
        **_surface_settings(field),
    )


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
