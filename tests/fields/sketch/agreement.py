"""Whether a formula comes to the same on all back ends, where its own rounding does not matter."""

import sys
from contextlib import contextmanager

import numpy as np
import torch

from explorer.expressions import Value, operations
from explorer.fields.sketch import kernel
from explorer.fields.sketch.definition import definition_of
from explorer.fields.sketch.evaluation import evaluate
from explorer.fields.sketch.language import SketchError, SketchText
from explorer.fields.sketch.program import split
from explorer.fields.sketch.translation import translated

EVENTS = ("exec", "import", "open", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "pickle.")
POINTS = 512
MAX_ROUNDING, MAX_DIFFERENCE = 1e-5, 2e-3  # relative to 1 or to the size of a number
_events: list[str] = []
_is_watching = False


def _hook(event, arguments):
    is_parser = arguments[:1] == ("<unknown>",)  # which looks for the line of an error in a file of this name
    if _is_watching and event.startswith(EVENTS) and not is_parser:
        _events.append(f"{event} {str(arguments)[:100]}")


sys.addaudithook(_hook)


@contextmanager
def nothing_executed():
    """Fails where something is imported, opened, started or executed meanwhile."""
    global _is_watching
    _events.clear()
    _is_watching = True
    try:
        yield
    finally:
        _is_watching = False
    assert _events == [], _events


def formula_of(text):
    """The outputs of a text, or the error of one line that says why there are none."""
    try:
        return translated(definition_of(SketchText(text)))
    except SketchError as error:
        message = str(error)
    assert "\n" not in message, message
    assert len(message) < 2_500, message
    return message


def points():
    """Coordinates."""
    x, y = np.random.default_rng(0).uniform(-1.6, 1.6, (2, POINTS)).astype(np.float32)
    return {"x": x, "y": y}


def moment_numbers(program):
    """The numbers of a moment: time is 1.7, and all else 0.4."""
    nodes, _ = operations(program.numbers)
    names = {arguments[0] for name, arguments in nodes if name == "input"}
    return program.numbers_at({name: 1.7 if name == "t" else 0.4 for name in names}, 1)[0]


def reference(program):
    """Outputs in double precision, and where rounding hardly changes them."""
    pixel, numbers = points(), moment_numbers(program)
    results = []
    for dtype in (torch.float64, torch.float32):
        inputs = {name: torch.from_numpy(value).to(dtype) for name, value in pixel.items()}
        inputs["pixel"] = torch.tensor(0.01, dtype=dtype)
        inputs |= {str(n): torch.tensor(float(number), dtype=dtype) for n, number in enumerate(numbers)}
        results.append(
            np.stack([r.expand(POINTS).double().numpy() for r in evaluate(program.outputs, inputs)])
        )
    exact, rounded = results
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(exact), 1)
        steady = np.isfinite(exact) & np.isfinite(rounded) & (np.abs(exact - rounded) < MAX_ROUNDING * size)
        return exact, steady & (size < 1e6)


def single_precision(program):
    """Outputs of torch as fields compute them."""
    pixel, numbers = points(), moment_numbers(program)
    inputs = {name: torch.from_numpy(value) for name, value in pixel.items()} | {"pixel": torch.tensor(0.01)}
    inputs |= {str(n): torch.tensor(number) for n, number in enumerate(numbers)}
    return torch.stack([output.expand(POINTS) for output in evaluate(program.outputs, inputs)]).numpy()


def together(formulas):
    """One program of many formulas: one kernel is compiled for all."""
    return split(tuple(Value.of(output) for outputs in formulas for output in outputs))


def kernel_outputs(program):
    """Outputs of the compiled kernel."""
    pixel, numbers = points(), moment_numbers(program)
    values = np.empty((len(program.outputs), POINTS), np.float32)
    place = np.concatenate((pixel["x"], pixel["y"]))
    kernel.formula_kernel(program.text)(place, POINTS, numbers, np.float32(0.01), values.reshape(-1), POINTS)
    return values


def shader_outputs(program):
    """Outputs of a compute shader."""
    pixel = points()
    return shader_values(program, np.column_stack((pixel["x"], pixel["y"])), moment_numbers(program))


def shader_values(program, place, numbers):
    """Outputs of a compute shader at places, whose number 64 divides."""
    from wgpu.utils.compute import compute_with_buffers

    from explorer.shaders.compute.program import flat
    from explorer.shaders.field_shader import Uniform
    from explorer.shaders.wgsl import functions, wgsl_function

    outputs = program.outputs_with(Uniform())
    groups = [outputs[n : n + 4] for n in range(0, len(outputs), 4)]
    arguments, code, calls = ("x: f32", "y: f32", "pixel: f32"), functions(), ""
    for n, group in enumerate(groups):
        code += wgsl_function(f"outputs_{n}", arguments, [*group, *[Value.of(0)] * (4 - len(group))])
        calls += f"  results[i * {len(groups)}u + {n}u] = outputs_{n}(place[i].x, place[i].y, 0.01);\n"
    code += f"""
@group(0) @binding(0) var<storage, read> place: array<vec2f>;
@group(0) @binding(1) var<storage, read> p: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> results: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) at: vec3u) {{
  let i = at.x + u32(p[0].x) * 0u;
{calls}}}
"""
    buffers = {0: np.ascontiguousarray(place), 1: flat(np.asarray(numbers, np.float32))}
    sizes, count = {2: 16 * len(place) * len(groups)}, len(place) // 64
    result = compute_with_buffers(buffers, sizes, code, n=count)[2]
    return np.frombuffer(result, np.float32).reshape(len(place), -1)[:, : len(outputs)].T


def check_agreement(program, values, allowed_share=0.01):
    """Fail where more than a share of an output's steady points differ: one point may be on an edge."""
    exact, steady = reference(program)
    with np.errstate(all="ignore"):
        difference = np.abs(values - exact) / np.maximum(np.abs(exact), 1)
    wrong = (steady & ~(difference < MAX_DIFFERENCE)).sum(1) / np.maximum(steady.sum(1), 1)
    assert (wrong <= allowed_share).all(), [int(n) for n in np.flatnonzero(wrong > allowed_share)]
    return int(steady.sum()), steady.size
