"""Formulas as WGSL: the same emitter in another dialect, and the programs that are made of them."""

import math

import numpy as np
import pytest
import torch

from explorer.expressions import inputs
from explorer.fields.kernels import fastmath
from explorer.shaders.compute import narrow_network, wide_network
from explorer.shaders.compute.program import flat
from explorer.shaders.compute.wide_network import MAX_WORKGROUP_BYTES, Tile
from explorer.shaders.wgsl import PI_PARTS, StoredTable, functions, polynomial_formula, wgsl_function, wgsl_of
from tests.shaders.test_glsl import example, looped


def test_a_formula_becomes_a_function():
    assert wgsl_of(example).splitlines() == [
        "fn example(x: f32, y: f32) -> f32 {",
        "  let t0 = max(((x * 2.0) - y), 0.0);",
        "  let t1 = exp(min(((t0 + 0.5) * -1.0), 88.0));",
        "  let t2 = select((t1 * -1.0), cosine(t1), (t0 < 1.0));",
        "  return t2;",
        "}",
    ]
    assert wgsl_of(looped).startswith("fn looped(x: f32, n: array<f32, 3>) -> f32 {")


def test_tables_lie_in_a_buffer():
    (x,) = inputs("x")
    code = wgsl_function("f", ["x: f32"], [StoredTable(8).look_up(x, 4, 16)])
    assert "look_up(u32(12.0), u32(16.0), x)" in code


def test_sines_are_the_polynomials_of_the_kernels():
    z = torch.linspace(-math.pi / 2, math.pi / 2, 1001, dtype=torch.float64)
    for kernel, exact in ((fastmath.sin_polynomial, torch.sin), (fastmath.cos_polynomial, torch.cos)):
        assert float((polynomial_formula(kernel, "p")(z) - exact(z)).abs().max()) < 2e-7
        for suffix in ("", "4"):
            assert f"fn {kernel.__name__}{suffix}(" in functions()


def test_multiples_of_the_parts_of_pi_are_exact():
    n = np.arange(1, 2**15, dtype=np.float32)
    for part in PI_PARTS:
        np.testing.assert_array_equal(n * np.float32(part), n.astype(np.float64) * part)


@pytest.mark.parametrize("hidden", [17, 33, 64, 100, 256, 260, 513, 1024])
def test_a_workgroup_has_memory_and_invocations_on_every_adapter(hidden):
    tile = Tile.of(hidden)
    assert 64 * tile.groups * tile.quads * tile.tiles <= MAX_WORKGROUP_BYTES
    assert tile.groups * tile.tiles <= 256
    assert tile.points % 4 == 0
    code = wide_network.code(tile, 2, ("sin", "cos"), "")
    assert f"@workgroup_size({tile.groups * tile.tiles})" in code
    assert code.count("{") == code.count("}")


def test_a_narrow_network_reads_each_weight_once():
    code = narrow_network.outputs_code(rows=2, hidden=8, activations=("sin", "tanh"))
    assert code.count("constants[") == 2 * 2 + 8 + 4
    assert code.count("{") == code.count("}")


def test_numbers_come_in_groups_of_four():
    numbers = flat(np.ones((1, 3), np.float32), np.ones(2, np.float32))
    np.testing.assert_array_equal(numbers, [1, 1, 1, 1, 1, 0, 0, 0])
    assert len(flat()) == 4
