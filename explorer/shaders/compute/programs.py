"""Which program draws a field, and which fields have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.errors import DeviceError
from explorer.fields import CPPN, FieldSettings, GraphCPPN, Julia, Patterns, Sketch
from explorer.fields.cppn.animated import AnimatedCPPN
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.graph.drawing import PreparedGraph
from explorer.fields.julia.drawing import PreparedJulia
from explorer.fields.mix.compound import CompoundField
from explorer.fields.mix.drawing import PreparedMix
from explorer.fields.patterns.drawing import PreparedPatterns
from explorer.fields.section_change import SectionedField
from explorer.fields.sketch.drawing import PreparedSketch
from explorer.shaders.compute.cppn import cppn_program, has_half_precision
from explorer.shaders.compute.graph import graph_program
from explorer.shaders.compute.julia import julia_program
from explorer.shaders.compute.patterns import patterns_program
from explorer.shaders.compute.program import Program
from explorer.shaders.compute.sketch import sketch_program

FIELDS = (CPPN, GraphCPPN, Julia, Patterns, Sketch)


def has_program(field: FieldSettings) -> bool:
    """Whether a field can be drawn by compute shaders: those that ship, sketches, and mixtures of them."""
    if isinstance(field, CompoundField):
        return all(map(has_program, field.parts.values()))
    return isinstance(field, FIELDS)


def has_half_program(field: FieldSettings) -> bool:
    """Whether a field, or a part of it, has a program in half precision: wide networks without light do.

    In light, the differences of heights between pixels would show what the heights were rounded to.
    """
    if field.light.on:
        return False
    if isinstance(field, CompoundField):
        return any(map(has_half_program, field.parts.values()))
    return isinstance(field, CPPN) and has_half_precision(field.hidden)


def program_of(prepared: Any, moment: int, pixel: float, lit: bool, half: bool = False) -> Program:
    """The program that draws a moment of a field: its bytes, or, with `lit`, the planes of a surface.

    `half`: networks in half precision, but for surfaces, as `has_half_program` says.
    """
    half = half and not lit
    if isinstance(prepared, AnimatedCPPN):
        return cppn_program(prepared.moments[moment], 0, lit, half)
    if isinstance(prepared, PreparedCPPN):
        return cppn_program(prepared, moment, lit, half)
    if isinstance(prepared, PreparedGraph):
        return graph_program(prepared, moment, pixel, lit)
    if isinstance(prepared, PreparedJulia):
        return julia_program(prepared, moment, pixel, lit)
    if isinstance(prepared, PreparedPatterns):
        return patterns_program(prepared, moment, pixel, lit)
    if isinstance(prepared, PreparedSketch):
        return sketch_program(prepared, moment, pixel, lit)
    raise DeviceError(f"{type(prepared).__name__} has no compute shader; choose --device cpu")


def with_leaves(prepared: Any, leaf: Callable[[Any], Any]) -> Any:
    """A field ready to draw, with `leaf(part)` in the place of each part that has a program of its own."""
    if isinstance(prepared, SectionedField | PreparedMix):
        return prepared.with_parts(lambda part: with_leaves(part, leaf))
    return leaf(prepared)
