"""From the syntax tree of a sketch to expressions: loops are unrolled, and calls are put in place.

Nothing is executed: every part of the tree is matched against what the language has.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.errors import SettingsError
from explorer.expressions import Value, operations
from explorer.fields.sketch import mathematics
from explorer.fields.sketch.definition import Definition
from explorer.fields.sketch.language import (
    ARRAY_MODULES,
    MAX_CALLS,
    MAX_CONSTANT,
    MAX_OPERATIONS,
    MAX_PASSES,
    MAX_STEPS,
    SketchError,
    hint,
)
from explorer.fields.sketch.library import LIBRARY, limited_operations, operation
from explorer.settings import did_you_mean

CONSTANTS = {"pi": mathematics.pi, "tau": mathematics.tau, "e": mathematics.e}
ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: operation("add", a, b) if _both_constant(a, b) else a + b,
    ast.Sub: lambda a, b: operation("sub", a, b) if _both_constant(a, b) else a - b,
    ast.Mult: lambda a, b: operation("mul", a, b) if _both_constant(a, b) else a * b,
    ast.Div: mathematics.divide,
    ast.Mod: LIBRARY["mod"],
    ast.Pow: LIBRARY["pow"],
    ast.FloorDiv: lambda a, b: LIBRARY["floor"](mathematics.divide(a, b)),
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda a, b: operation("less", a, b),
    ast.Gt: lambda a, b: operation("less", b, a),
    ast.LtE: lambda a, b: _not(operation("less", b, a)),
    ast.GtE: lambda a, b: _not(operation("less", a, b)),
    ast.Eq: lambda a, b: _equal(a, b),
    ast.NotEq: lambda a, b: _not(_equal(a, b)),
}


@dataclass(frozen=True)
class Condition:
    """The result of a comparison: what `where` takes, and no number."""

    value: Value


@dataclass
class Translator:
    """The translation of one sketch."""

    definition: Definition
    steps: int = 0
    calls: list[str] = field(default_factory=list)

    def outputs(self) -> tuple[Value, ...]:
        """One number, or the three of a color; inputs are named like the parameters."""
        function = self.definition.function
        parameters = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
        with limited_operations():
            result = self._body(function, {name: Value("input", name) for name in parameters})
        outputs = result if isinstance(result, tuple) else (result,)
        if len(outputs) not in (1, 3) or not all(isinstance(output, Value) for output in outputs):
            raise self._error(
                function.body[-1], "a sketch returns one number, or a color: three numbers from 0 to 1"
            )
        count = len(operations(outputs)[0])
        if count > MAX_OPERATIONS:
            raise self._error(
                function, f"the formula has {count} operations; allowed: {MAX_OPERATIONS}; use shorter loops"
            )
        return outputs

    def _error(self, node: ast.AST, message: str) -> SketchError:
        return self.definition.source.error(node, message)

    def _body(self, function: ast.FunctionDef, names: dict[str, Any]) -> Any:
        """The result of a function."""
        *statements, last = function.body
        for statement in statements:
            self._statement(statement, names)
        if not isinstance(last, ast.Return) or last.value is None:
            raise self._error(last, f"{function.name} ends with return and what it computes")
        return self._value(last.value, names)

    def _step(self, node: ast.AST) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise self._error(node, f"the sketch takes more than {MAX_STEPS} steps; use shorter loops")

    def _statement(self, statement: ast.stmt, names: dict[str, Any]) -> None:
        self._step(statement)
        match statement:
            case ast.Assign(targets=targets, value=value):
                result = self._value(value, names)
                for target in targets:
                    self._assign(target, result, names)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._value(value, names), names)
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                before = self._value(ast.copy_location(ast.Name(target.id), target), names)
                result = self._arithmetic(statement, op, before, self._value(value, names))
                self._assign(target, result, names)
            case ast.For(orelse=[]):
                self._loop(statement, names)
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                pass
            case ast.Expr():
                raise self._error(statement, "this line computes what no other line uses")
            case _:
                raise self._error(statement, hint(statement))

    def _assign(self, target: ast.expr, value: Any, names: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                names[name] = value
            case ast.Tuple(elts=targets) if isinstance(value, tuple) and len(value) == len(targets):
                for inner, part in zip(targets, value, strict=True):
                    self._assign(inner, part, names)
            case ast.Tuple(elts=targets):
                got = f"{len(value)} values" if isinstance(value, tuple) else "one number"
                raise self._error(target, f"expected {len(targets)} values, got {got}")
            case _:
                raise self._error(target, "assign to a name, or to names: a, b = ...")

    def _loop(self, loop: ast.For, names: dict[str, Any]) -> None:
        bounds = loop.iter
        is_range = isinstance(bounds, ast.Call) and getattr(bounds.func, "id", None) == "range"
        if (
            not isinstance(bounds, ast.Call)
            or not is_range
            or bounds.keywords
            or not 0 < len(bounds.args) < 4
        ):
            raise self._error(loop.iter, "loops run over range(10), with numbers that are written down")
        numbers = [self._number(argument, names).constant for argument in bounds.args]
        if any(number is None or number % 1 or abs(number) > 1e9 for number in numbers):
            raise self._error(loop.iter, "range takes whole numbers that are written down, no sliders")
        whole = [int(number) for number in numbers if number is not None]
        if len(whole) == 3 and not whole[2]:
            raise self._error(loop.iter, "the third number of range is not 0")
        passes = range(*whole)
        if len(passes) > MAX_PASSES:
            raise self._error(loop.iter, f"the loop has {len(passes)} passes; allowed: {MAX_PASSES}")
        for n in passes:
            self._assign(loop.target, Value.of(n), names)
            for statement in loop.body:
                self._statement(statement, names)

    def _number(self, node: ast.expr, names: dict[str, Any]) -> Value:
        """The value of an expression that is a number."""
        value = self._value(node, names)
        if isinstance(value, Condition):
            raise self._error(node, "a comparison belongs into where(condition, a, b)")
        if isinstance(value, tuple):
            raise self._error(node, "expected one number, got a tuple; its parts are a[0], a[1]")
        result: Value = value
        return result

    def _value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        self._step(node)
        match node:
            case ast.Constant(value=bool()):
                raise self._error(node, "write 0 or 1")
            case ast.Constant(value=int() | float() as number):
                if not abs(number) < MAX_CONSTANT:
                    raise self._error(node, f"numbers are below {MAX_CONSTANT:g}")
                return Value.of(number)
            case ast.Name(id=name):
                return self._name(node, name, names)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._arithmetic(node, ast.Mult(), Value.of(-1.0), self._number(operand, names))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._number(operand, names)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Condition(_not(self._condition(operand, names)))
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(node, op, self._value(left, names), self._value(right, names))
            case ast.Compare():
                return self._comparison(node, names)
            case ast.BoolOp(op=op, values=values):
                name = "and" if isinstance(op, ast.And) else "or"
                conditions = [self._condition(value, names) for value in values]
                result = conditions[0]
                for condition in conditions[1:]:
                    result = _join(name, result, condition)
                return Condition(result)
            case ast.Tuple(elts=parts):
                return tuple(self._parts(parts, names))
            case ast.Subscript(value=value, slice=index):
                return self._part(node, self._value(value, names), self._number(index, names))
            case ast.Call():
                return self._call(node, names)
            case ast.Attribute(value=owner, attr=attribute):
                raise self._error(node, self._attribute_hint(owner, attribute))
            case _:
                raise self._error(node, hint(node))

    def _parts(self, nodes: list[ast.expr], names: dict[str, Any]) -> list[Any]:
        """Values one by one; a star puts those of a tuple in."""
        values: list[Any] = []
        for node in nodes:
            value = self._value(node.value if isinstance(node, ast.Starred) else node, names)
            if not isinstance(node, ast.Starred):
                values.append(value)
            elif isinstance(value, tuple):
                values += value
            else:
                raise self._error(node, "a star goes before a tuple")
        return values

    def _part(self, node: ast.AST, value: Any, index: Value) -> Any:
        place = index.constant
        size = len(value) if isinstance(value, tuple) else 0
        if place is None or place % 1 or not -size <= place < size:
            raise self._error(node, "an index is a number that is written down, of a part of a tuple")
        return value[int(place)]

    def _name(self, node: ast.AST, name: str, names: dict[str, Any]) -> Any:
        if name in names:
            return names[name]
        constants = CONSTANTS | self.definition.constants
        if name in constants:
            return Value.of(constants[name])
        if name in LIBRARY or name in self.definition.functions:
            raise self._error(node, f"{name} is a function: write {name}(...)")
        valid = sorted({*names, *constants})
        raise self._error(node, f"no name {name!r}{did_you_mean(name, valid)}")

    def _arithmetic(self, node: ast.AST, op: ast.AST, a: Any, b: Any) -> Value:
        if type(op) not in ARITHMETIC:
            raise self._error(node, "numbers have + - * / % // **")
        for value in (a, b):
            if isinstance(value, tuple):
                raise self._error(node, "tuples have no arithmetic; compute with their parts, or use mix")
            if isinstance(value, Condition):
                raise self._error(node, "a comparison belongs into where(condition, a, b)")
        with self._at(node):
            return _bounded(ARITHMETIC[type(op)](a, b))

    def _comparison(self, node: ast.Compare, names: dict[str, Any]) -> Condition:
        """Also a chain, as in 0 < x < 1."""
        sides = [self._number(side, names) for side in (node.left, *node.comparators)]
        result: Value | None = None
        for op, a, b in zip(node.ops, sides, sides[1:], strict=False):
            if type(op) not in COMPARISONS:
                raise self._error(node, "comparisons are < <= > >= == !=")
            part = COMPARISONS[type(op)](a, b)
            result = part if result is None else _join("and", result, part)
        assert result is not None
        return Condition(result)

    def _condition(self, node: ast.expr, names: dict[str, Any]) -> Value:
        value = self._value(node, names)
        if not isinstance(value, Condition):
            raise self._error(node, "expected a comparison, as in x < 0")
        return value.value

    def _call(self, node: ast.Call, names: dict[str, Any]) -> Any:
        if isinstance(node.func, ast.Attribute):
            raise self._error(node.func, self._attribute_hint(node.func.value, node.func.attr))
        if not isinstance(node.func, ast.Name):
            raise self._error(node.func, "functions are called by their name")
        name, functions = node.func.id, self.definition.functions
        if name not in functions and name not in LIBRARY:
            valid = sorted({*LIBRARY, *functions})
            raise self._error(node.func, f"no function {name!r}{did_you_mean(name, valid)}")
        arguments = self._parts(node.args, names)
        named = {}
        for option in node.keywords:
            if option.arg is None:
                raise self._error(node, "arguments are written one by one")
            named[option.arg] = self._value(option.value, names)
        if name in functions:
            return self._own_call(node, functions[name], arguments, named)
        if name != "where" and any(isinstance(value, Condition) for value in (*arguments, *named.values())):
            raise self._error(node, "a comparison belongs into where(condition, a, b)")
        return self._library_call(node, name, arguments, named)

    def _library_call(self, node: ast.Call, name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        if name == "where" and not isinstance(named.get("condition", next(iter(arguments), None)), Condition):
            raise self._error(node, "where(condition, a, b) begins with a comparison, as in x < 0")
        plain = [_unwrapped(value) for value in arguments]
        plain_named = {key: _unwrapped(value) for key, value in named.items()}
        with self._at(node):
            try:
                return _values(LIBRARY[name](*plain, **plain_named))
            except SettingsError:
                raise
            except (TypeError, ValueError):  # tuples where numbers belong
                raise SettingsError(f"{name} takes numbers, or tuples of the same length") from None

    def _own_call(
        self, node: ast.Call, function: ast.FunctionDef, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        name, parameters = function.name, function.args
        if name in self.calls or function is self.definition.function:
            raise self._error(node, f"{name} calls itself; write a loop")
        if len(self.calls) >= MAX_CALLS:
            raise self._error(node, f"functions call each other more than {MAX_CALLS} deep")
        if function.decorator_list or parameters.vararg or parameters.kwarg or parameters.posonlyargs:
            raise self._error(function, f"{name} has parameters with names, and no decorator")
        every = [argument.arg for argument in (*parameters.args, *parameters.kwonlyargs)]
        values = self._defaults(function) | dict(zip(every[: len(parameters.args)], arguments, strict=False))
        twice = {*every[: len(arguments)]} & {*named}
        missing = [each for each in every if each not in values and each not in named]
        if len(arguments) > len(parameters.args) or not {*named} <= {*every} or twice or missing:
            raise self._error(node, f"{name} takes ({', '.join(every)})")
        self.calls.append(name)
        result = self._body(function, values | named)
        self.calls.pop()
        return result

    def _defaults(self, function: ast.FunctionDef) -> dict[str, Any]:
        parameters = function.args
        last = parameters.args[len(parameters.args) - len(parameters.defaults) :]
        pairs = [*zip(last, parameters.defaults, strict=True)]
        pairs += [
            (each, default)
            for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
            if default is not None
        ]
        return {each.arg: self._value(default, {}) for each, default in pairs}

    def _at(self, node: ast.AST) -> _Place:
        return _Place(self, node)

    def _attribute_hint(self, owner: ast.expr, attribute: str) -> str:
        if attribute in LIBRARY:
            text = f"{owner.id}.{attribute}" if isinstance(owner, ast.Name) else f".{attribute}"
            return f"{text[:60]}: write {attribute}(...)"
        if isinstance(owner, ast.Name) and owner.id in ARRAY_MODULES:
            return f"{owner.id}.{attribute[:40]}{did_you_mean(attribute, sorted(LIBRARY))}"
        return f".{attribute[:40]}: a formula is one number per pixel, without attributes and methods"


@dataclass
class _Place:
    """What the library refuses, with the place of its call."""

    translator: Translator
    node: ast.AST

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, SettingsError) and not isinstance(error, SketchError):
            raise self.translator._error(self.node, str(error)) from None


def _unwrapped(value: Any) -> Any:
    return value.value if isinstance(value, Condition) else value


def _values(result: Any) -> Any:
    return tuple(map(_values, result)) if isinstance(result, tuple) else _bounded(result)


def _bounded(result: Any) -> Value:
    """A value; of constants one that 32 bits hold."""
    value = Value.of(result)
    constant = value.constant
    if constant is None or abs(constant) <= MAX_CONSTANT:
        return value
    return Value.of(math.copysign(MAX_CONSTANT, constant))


def _both_constant(a: Any, b: Any) -> bool:
    return Value.of(a).constant is not None and Value.of(b).constant is not None


def _not(condition: Value) -> Value:
    constant = condition.constant
    return Value("not", condition) if constant is None else Value.of(not constant)


def _join(name: str, a: Value, b: Value) -> Value:
    """Both, or one of two conditions; of those that are known already what remains."""
    for first, second in ((a, b), (b, a)):
        if first.constant is not None:
            decides = bool(first.constant) == (name == "or")
            return first if decides else second
    return Value(name, a, b)


def _equal(a: Value, b: Value) -> Value:
    return _join("and", _not(operation("less", a, b)), _not(operation("less", b, a)))


def translated(definition: Definition) -> tuple[Value, ...]:
    """The outputs of a sketch as expressions. Raises SketchError."""
    try:
        return Translator(definition).outputs()
    except RecursionError:
        message = "the sketch is too deep; give parts of it names"
        raise definition.source.error(definition.function, message) from None
