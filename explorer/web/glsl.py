"""Formulas as GLSL: what is written once for torch and kernels is written for the page by this translator.

It knows what `explorer.fields.kernels.portable` offers: + - * /, its functions, constants of the module, and
assignments; a formula that returns three numbers becomes a function that returns a vec3.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

from explorer.errors import ExplorerError

CALLS = {  # functions of `either`, and what GLSL calls them
    **{name: f"{name}({{0}})" for name in ("sin", "cos", "tanh", "floor", "sqrt", "log2")},
    "fading": "exp(-({0}))",
    "magnitude": "abs({0})",
    "least": "min({0}, {1})",
    "greatest": "max({0}, {1})",
    "where_less": "({0} < {1} ? {2} : {3})",
}
OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def glsl_of(formula: Callable[..., Any]) -> str:
    """The GLSL function of a formula, by the same name; its arguments are floats."""
    tree = ast.parse(inspect.getsource(formula)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return _Translator(inspect.unwrap(formula).__globals__).function(tree)


class _Translator:
    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._known: set[str] = set()

    def function(self, tree: ast.FunctionDef) -> str:
        arguments = [argument.arg for argument in tree.args.args]
        self._known.update(arguments)
        body = [
            self._statement(line) for line in tree.body if not isinstance(line, ast.Expr)
        ]  # the docstring
        kind = "vec3" if self._gives_colour(tree) else "float"
        listed = ", ".join(f"float {name}" for name in arguments)
        return "\n".join([f"{kind} {tree.name}({listed}) {{", *(f"  {line}" for line in body), "}"])

    def _gives_colour(self, tree: ast.FunctionDef) -> bool:
        last = tree.body[-1]
        value = last.value if isinstance(last, ast.Return) else None
        named = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id
        return isinstance(value, ast.Tuple) or named == "oklab_to_srgb"

    def _statement(self, line: ast.stmt) -> str:
        if isinstance(line, ast.Return) and line.value is not None:
            return f"return {self._value(line.value)};"
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name = line.targets[0].id
            declared = "" if name in self._known else "float "
            self._known.add(name)
            return f"{declared}{name} = {self._value(line.value)};"
        raise ExplorerError(f"a formula for the page may not hold: {ast.unparse(line)}")

    def _value(self, value: ast.expr) -> str:
        match value:
            case ast.Constant(value=int() | float() as number):
                return repr(float(number))
            case ast.Name(id=name) if name in self._known:
                return name
            case ast.Name(id=name):
                return repr(float(self._names[name]))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return f"({self._value(left)} {OPERATORS[type(op)]} {self._value(right)})"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self._value(operand)})"
            case ast.Call(func=ast.Name(id=name), args=arguments):
                given = [self._value(argument) for argument in arguments]
                return CALLS[name].format(*given) if name in CALLS else f"{name}({', '.join(given)})"
            case ast.Tuple(elts=parts):
                return f"vec3({', '.join(map(self._value, parts))})"
        raise ExplorerError(f"a formula for the page may not hold: {ast.unparse(value)}")
