"""Formulas as GLSL: formulas for torch and kernels, translated for the page's shaders.

The translator supports what `explorer.fields.kernels.portable` offers: + - * /, its functions, other
formulas, numbers of the module, numbers of an array at fixed indices, and assignments, several at once where
none reads what another has set. A formula that returns three numbers becomes a function that returns a vec3.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from explorer.errors import ExplorerError

CALLS = {  # functions of `portable` in GLSL
    **{name: f"{name}({{0}})" for name in ("sin", "cos", "floor", "sqrt", "abs", "log2")},
    "tanh": "tanh(clamp({0}, -15.0, 15.0))",  # some drivers divide infinity by itself beyond
    "exp_neg": "exp(-({0}))",
    "power": "pow({0}, {1})",
    "minimum": "min({0}, {1})",
    "maximum": "max({0}, {1})",
    "fma": "({0} * {1} + {2})",
    "where_less": "({0} < {1} ? {2} : {3})",
}
OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def glsl_of(formula: Callable[..., Any], sizes: Mapping[str, int] | None = None) -> str:
    """The GLSL function of a formula, by the same name; its arguments are floats, or arrays of floats.

    `sizes` are those of arrays by name of the argument; without it an array ends with the last number that is
    read.
    """
    return _Translator(formula, sizes or {}).function()


def _tree(formula: Callable[..., Any]) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(formula))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


class _Translator:
    def __init__(self, formula: Callable[..., Any], sizes: Mapping[str, int]) -> None:
        self._sizes = sizes
        function = inspect.unwrap(formula)
        self._names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
        self._tree = _tree(formula)
        self._variables = {argument.arg for argument in self._tree.args.args}

    def function(self) -> str:
        lines = [line for line in self._tree.body if not isinstance(line, ast.Expr)]  # without the docstring
        kind = "vec3" if self.returns_color() else "float"
        arguments = ", ".join(f"float {a.arg}{self._array_size(a.arg)}" for a in self._tree.args.args)
        body = (f"  {statement}" for line in lines for statement in self._statements(line))
        return "\n".join([f"{kind} {self._tree.name}({arguments}) {{", *body, "}"])

    def returns_color(self) -> bool:
        """Whether it returns three numbers, its own or those of another formula."""
        last = self._tree.body[-1]
        value = last.value if isinstance(last, ast.Return) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id not in CALLS:
            return _Translator(self._names[value.func.id], {}).returns_color()
        return isinstance(value, ast.Tuple)

    def _array_size(self, argument: str) -> str:
        """`[5]` for an argument of which the formula reads up to number 4; nothing for a plain number."""
        if argument in self._sizes:
            return f"[{self._sizes[argument]}]"
        read = [
            node.slice.value
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id == argument
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ]
        return f"[{max(read) + 1}]" if read else ""

    def _statements(self, line: ast.stmt) -> Iterator[str]:
        match line:
            case ast.Return(value=ast.expr() as value):
                yield f"return {self._value(value)};"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield self._assignment(name, value)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                names = [ast.unparse(target) for target in targets]
                for n, (name, value) in enumerate(zip(names, values, strict=True)):
                    if not _variables(value).isdisjoint(names[:n]):
                        raise _unsupported(line)
                    yield self._assignment(name, value)
            case _:
                raise _unsupported(line)

    def _assignment(self, name: str, value: ast.expr) -> str:
        declaration = "" if name in self._variables else "float "
        text = f"{declaration}{name} = {self._value(value)};"
        self._variables.add(name)
        return text

    def _value(self, value: ast.expr) -> str:
        match value:
            case ast.Constant(value=int() | float() as number):
                return repr(float(number))
            case ast.Name(id=name) if name in self._variables:
                return name
            case ast.Name(id=name) if name in self._names:
                return repr(float(self._names[name]))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
                return f"{name}[{index}]"
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return f"({self._value(left)} {OPERATORS[type(op)]} {self._value(right)})"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(-{self._value(operand)})"
            case ast.Call(func=ast.Name(id=name), args=arguments):
                values = [self._value(argument) for argument in arguments]
                if name in CALLS:
                    return CALLS[name].format(*values)
                return f"{_tree(self._names[name]).name}({', '.join(values)})"
            case ast.Tuple(elts=parts):
                return f"vec3({', '.join(map(self._value, parts))})"
        raise _unsupported(value)


def _variables(value: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


def _unsupported(node: ast.AST) -> ExplorerError:
    return ExplorerError(f"a formula for the page may not hold: {ast.unparse(node)}")
