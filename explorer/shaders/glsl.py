"""Formulas as GLSL functions.

Sines are `sine` and `cosine` of the page (`picture/sine.glsl.ts`): those of graphics cards are too coarse.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from explorer.errors import ExplorerError
from explorer.expressions import Value, operations

TEMPLATES = {
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / {1})",
    **{name: f"{name}({{0}})" for name in ("exp", "floor", "sqrt", "abs", "log2")},
    **{name: f"{name}({{0}}, {{1}})" for name in ("pow", "min", "max", "mod")},
    "sin": "sine({0})",
    "cos": "cosine({0})",
    "tanh": "tanh(clamp({0}, -15.0, 15.0))",  # some drivers divide infinity by itself beyond
    "sigmoid": "(1.0 / (1.0 + exp(-({0}))))",
    "hypot": "length(vec2({0}, {1}))",
    "atan2": "atan({0}, {1})",
    "less": "({0} < {1})",
    "where": "({0} ? {1} : {2})",
    "look_up": "look_up({0}, {1}, {2})",  # row of a texture, number of entries, position
    **{channel: f"{{0}}.{channel}" for channel in "rgb"},
}
MAX_INLINE_CHARACTERS = 60  # of an operation that no variable is made for
ALWAYS_INLINE, TYPES = ("less", *"rgb"), {"look_up": "vec3"}
VECTORS = {1: "float", 2: "vec2", 3: "vec3", 4: "vec4"}


class Argument(Value):
    """An argument of a function: a number, or an array of them where a formula reads it by index."""

    def __init__(self, name: str) -> None:
        super().__init__("input", name)
        self.name, self.size = name, 0

    def __getitem__(self, index: int) -> Value:
        self.size = max(self.size, index + 1)
        return Value("input", f"{self.name}[{index}]")


def glsl_of(formula: Callable[..., Any], sizes: Mapping[str, int] | None = None) -> str:
    """The GLSL function of a formula, by the same name, with all that it calls.

    Arguments are floats, or arrays of floats of the `sizes` by name; without a size an array ends with the
    last number that is read.
    """
    arguments = [Argument(name) for name in inspect.signature(formula).parameters]
    try:
        results = formula(*arguments)
    except TypeError as error:
        raise ExplorerError(f"{formula.__name__} cannot become a shader: {error}") from error
    declarations = []
    for argument in arguments:
        size = (sizes or {}).get(argument.name, argument.size)
        declarations.append(f"float {argument.name}{f'[{size}]' if size else ''}")
    return glsl_function(
        formula.__name__, declarations, results if isinstance(results, tuple | list) else [results]
    )


def glsl_function(name: str, declarations: Iterable[str], results: Sequence[Value]) -> str:
    """A GLSL function that returns values: a float, or a vector of up to four."""
    lines, texts = _statements(results)
    kind = VECTORS[len(texts)]
    value = texts[0] if len(texts) == 1 else f"{kind}({', '.join(texts)})"
    body = "".join(f"  {line}\n" for line in [*lines, f"return {value};"])
    return f"{kind} {name}({', '.join(declarations)}) {{\n{body}}}"


def _statements(results: Sequence[Value]) -> tuple[list[str], list[str]]:
    """Lines that compute values, and the texts of the values."""
    nodes, outputs = operations([Value.of(result) for result in results])
    uses = Counter(n for operation, arguments in nodes if operation in TEMPLATES for n in arguments)
    lines: list[str] = []
    texts: list[str] = []
    for number, (operation, arguments) in enumerate(nodes):
        if operation == "constant":
            text = repr(arguments[0])
        elif operation == "input":
            text = arguments[0]
        else:
            text = TEMPLATES[operation].format(*(texts[n] for n in arguments))
            is_short = uses[number] == 1 and len(text) <= MAX_INLINE_CHARACTERS
            if operation not in ALWAYS_INLINE and not is_short:
                name = f"t{len(lines)}"
                lines.append(f"{TYPES.get(operation, 'float')} {name} = {text};")
                text = name
        texts.append(text)
    return lines, [texts[n] for n in outputs]
