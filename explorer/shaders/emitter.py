"""Formulas as functions of a shading language: one emitter, and what languages differ in as a `Dialect`."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.errors import ExplorerError
from explorer.expressions import Value, operations

OPERATORS = {  # that all languages write alike
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / {1})",
    **{name: f"{name}({{0}})" for name in ("exp", "floor", "sqrt", "abs", "log2")},
    **{name: f"{name}({{0}}, {{1}})" for name in ("pow", "min", "max")},
    "sin": "sine({0})",
    "cos": "cosine({0})",
    "sigmoid": "(1.0 / (1.0 + exp(-({0}))))",
    "less": "({0} < {1})",
    "and": "({0} && {1})",
    "or": "({0} || {1})",
    "not": "(!{0})",
    **{channel: f"{{0}}.{channel}" for channel in "rgb"},
}
MAX_INLINE_CHARACTERS = 60  # of an operation that no variable is made for
ALWAYS_INLINE = ("less", "and", "or", "not", *"rgb")


@dataclass(frozen=True)
class Dialect:
    """How a language writes operations, types, variables and functions."""

    templates: Mapping[str, str]  # of operations
    vectors: Mapping[int, str]  # types of so many numbers
    array: str  # the type of `size` numbers, after its name where it is an argument
    argument: str
    variable: str
    function: str

    def type_of(self, operation: str) -> str:
        """The type of the result of an operation."""
        return self.vectors[3 if operation == "look_up" else 1]


class Argument(Value):
    """An argument of a function: a number, or an array of them where a formula reads it by index."""

    def __init__(self, name: str) -> None:
        super().__init__("input", name)
        self.name, self.size = name, 0

    def __getitem__(self, index: int) -> Value:
        self.size = max(self.size, index + 1)
        return Value("input", f"{self.name}[{index}]")


def formula_code(
    dialect: Dialect, formula: Callable[..., Any], sizes: Mapping[str, int] | None = None
) -> str:
    """The function of a formula, by the same name, with all that it calls.

    Arguments are numbers, or arrays of the `sizes` by name; without a size an array ends with the last number
    that is read.
    """
    arguments = [Argument(name) for name in inspect.signature(formula).parameters]
    try:
        results = formula(*arguments)
    except TypeError as error:
        raise ExplorerError(f"{formula.__name__} cannot become a shader: {error}") from error
    declarations = []
    for argument in arguments:
        size = (sizes or {}).get(argument.name, argument.size)
        template = dialect.array if size else dialect.argument
        declarations.append(template.format(type=dialect.vectors[1], name=argument.name, size=size))
    values = results if isinstance(results, tuple | list) else [results]
    return function_code(dialect, formula.__name__, declarations, values)


def function_code(dialect: Dialect, name: str, declarations: Iterable[str], results: Sequence[Value]) -> str:
    """A function that returns values: a number, or as many as the language has a type for."""
    lines, texts = _statements(dialect, results, {})
    kind = dialect.vectors[len(texts)]
    value = texts[0] if len(texts) == 1 else f"{kind}({', '.join(texts)})"
    body = "".join(f"  {line}\n" for line in [*lines, f"return {value};"])
    return dialect.function.format(kind=kind, name=name, arguments=", ".join(declarations), body=body)


def procedure_code(
    dialect: Dialect, name: str, targets: Iterable[str], results: Iterable[Any], inputs: Mapping[str, str]
) -> str:
    """A function that assigns values to targets; `inputs` are texts of inputs by name."""
    lines, texts = _statements(dialect, [Value.of(result) for result in results], inputs)
    lines += [f"{target} = {text};" for target, text in zip(targets, texts, strict=True)]
    body = "".join(f"  {line}\n" for line in lines)
    return dialect.function.format(kind="void", name=name, arguments="", body=body)


def _statements(
    dialect: Dialect, results: Sequence[Value], inputs: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Lines that compute values, and the texts of the values."""
    templates = dialect.templates
    nodes, outputs = operations([Value.of(result) for result in results])
    uses = Counter(n for operation, arguments in nodes if operation in templates for n in arguments)
    lines: list[str] = []
    texts: list[str] = []
    for number, (operation, arguments) in enumerate(nodes):
        if operation == "constant":
            text = repr(arguments[0])
        elif operation == "input":
            text = inputs.get(arguments[0], arguments[0])
        else:
            text = templates[operation].format(*(texts[n] for n in arguments))
            is_short = uses[number] == 1 and len(text) <= MAX_INLINE_CHARACTERS
            if operation not in ALWAYS_INLINE and not is_short:
                name = f"t{len(lines)}"
                lines.append(dialect.variable.format(type=dialect.type_of(operation), name=name, value=text))
                text = name
        texts.append(text)
    return lines, [texts[n] for n in outputs]
