"""Networks that a page computes through WebGPU: those that are too large for its fragment shaders."""

from __future__ import annotations

from pydantic import BaseModel

from explorer.fields import CPPN

MAX_HIDDEN, MAX_LAYERS = 32, 12  # of a CPPN that a fragment shader draws in time
MAX_CALL_PRODUCTS = 2**33  # of weights and values: a call that takes longer holds up the rest of the screen
MIN_CALL_POINTS = 2**10
ALIGNMENT = 256  # of calls, points


class ComputeProgram(BaseModel):
    """A compute shader in WGSL, its constants, and the points that a workgroup and a call draw."""

    code: str
    group_points: int
    call_points: int
    constants: list[float]


def is_computed(field: CPPN) -> bool:
    """Whether a page needs WebGPU to draw a network."""
    return field.hidden > MAX_HIDDEN or field.layers > MAX_LAYERS


def compute_program(field: CPPN) -> ComputeProgram:
    """The shader of a network whose weights do not move: bytes of colors, or texels of a lit surface.

    It is the one that `explorer.rendering.gpu` runs. Rows of inputs and the bias of a moment are the page's.
    """
    from explorer.fields.cppn.drawing import output_statistics  # slow to load
    from explorer.fields.cppn.weights import random_network
    from explorer.shaders.compute.cppn import network_program
    from explorer.shaders.compute.program import texel_code

    statistics = output_statistics(field) if field.light.on else None
    code, group_points, constants = network_program(random_network(field), field.palette, statistics)
    points = max(MIN_CALL_POINTS, MAX_CALL_PRODUCTS // field.parameters)
    return ComputeProgram(
        code=texel_code(code),
        group_points=group_points,
        call_points=points // ALIGNMENT * ALIGNMENT,
        constants=constants.tolist(),
    )
