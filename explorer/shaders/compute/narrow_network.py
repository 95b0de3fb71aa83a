"""Narrow networks in WGSL: each invocation takes its pixel through all layers, four neurons a variable."""

from __future__ import annotations

ACTIVATIONS = {
    "sin": "sine4({0})",
    "cos": "cosine4({0})",
    "gaussian": "exp(-min({0} * {0}, vec4f(87.0)))",
    "tanh": "hyperbolic_tangent4({0})",
}


def outputs_code(rows: int, hidden: int, activations: tuple[str, ...]) -> str:
    """`fn outputs_at(i: u32) -> vec3f`: the last layer at a point, before the sigmoid."""
    groups = -(-hidden // 4)
    lines = [f"var a: array<vec4f, {groups}>;", *(f"let x{n} = row({n}u, i);" for n in range(rows))]
    for g in range(groups):
        total = f"p[{g}]"
        for n in range(rows):
            total = f"fma(vec4f(x{n}), constants[{n * groups + g}], {total})"
        lines.append(f"var z{g} = {total};")
    offset = rows * groups
    for name in activations[:-1]:
        lines += _stored(groups, name)
        lines += [f"z{g} = vec4f(0.0);" for g in range(groups)]
        lines += [f"for (var k = 0u; k < {groups}u; k++) {{", f"  let w = {offset}u + k * {4 * groups}u;"]
        lines += [
            f"  z{g} = fma(vec4f(a[k].{lane}), constants[w + {n * groups + g}u], z{g});"
            for n, lane in enumerate("xyzw")
            for g in range(groups)
        ]
        lines.append("}")
        offset += 4 * groups * groups
    lines += [*_stored(groups, activations[-1]), "var o = vec3f(0.0);"]
    lines.append(f"for (var k = 0u; k < {groups}u; k++) {{")
    lines += [
        f"  o = fma(vec3f(a[k].{lane}), constants[{offset + n}u + k * 4u].xyz, o);"
        for n, lane in enumerate("xyzw")
    ]
    body = "".join(f"  {line}\n" for line in [*lines, "}", "return o;"])
    return f"fn outputs_at(i: u32) -> vec3f {{\n{body}}}\n"


def _stored(groups: int, activation: str) -> list[str]:
    return [f"a[{g}] = {ACTIVATIONS[activation].format(f'z{g}')};" for g in range(groups)]
