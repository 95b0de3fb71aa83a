"""What a text defines: its constants and functions, and the sketch with its parameters and sliders."""

from __future__ import annotations

import ast
import keyword
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.errors import SettingsError
from explorer.fields.palette import check_palette
from explorer.fields.sketch.language import MAX_CONSTANT, MAX_NAME_CHARACTERS, SketchText, hint

COORDINATES = ("x", "y", "t", "pixel")
DEFAULT_PALETTE = "ember"
MAX_SLIDERS, MAX_HELP_CHARACTERS = 24, 120
PACKAGES = ("explorer", "explorer.fields.sketch", "__future__")  # whose imports a text may hold
ARITHMETIC: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@dataclass(frozen=True)
class Slider:
    """A number of a sketch that is set with a slider: a knob of its field."""

    name: str
    default: float
    low: float
    high: float
    step: float | None = None
    unit: str = ""
    help: str = ""
    is_whole: bool = False


@dataclass(frozen=True)
class Definition:
    """A text and what it defines; the formula itself is not translated yet."""

    source: SketchText
    function: ast.FunctionDef
    functions: dict[str, ast.FunctionDef]
    constants: dict[str, float]
    palette: str
    sliders: tuple[Slider, ...]

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.function.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """Its positional parameters: coordinates and features."""
        return tuple(argument.arg for argument in self.function.args.args)

    @property
    def features(self) -> tuple[str, ...]:
        """The features of the track that it names."""
        return tuple(name for name in self.inputs if name not in COORDINATES)

    @property
    def help(self) -> str:
        """Its documentation in one line."""
        return " ".join((ast.get_docstring(self.function) or "").split())


def definition_of(source: SketchText, name: str | None = None) -> Definition:
    """Read a text. Raises SketchError; `name` says which of several sketches."""
    tree = source.parse()
    functions: dict[str, ast.FunctionDef] = {}
    constants: dict[str, float] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            _check_name(source, statement, statement.name)
            functions[statement.name] = statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            target, value = _constant(source, statement, constants)
            constants[target] = value
        elif not _is_harmless(statement):
            raise source.error(statement, f"outside of functions there are constants; {hint(statement)}")
    sketches = {n: function for n, function in functions.items() if function.decorator_list}
    palettes = {n: _palette(source, function) for n, function in sketches.items()}
    if name is not None and name in sketches:
        sketches = {name: sketches[name]}
    if len(sketches) != 1:
        names = ", ".join(sketches) or "none"
        raise source.error(None, f"expected one function with @ex.sketch above it, got {names}")
    (function,) = sketches.values()
    _check_parameters(source, function)
    sliders = tuple(_sliders(source, function, constants))
    return Definition(source, function, functions, constants, palettes[function.name], sliders)


def _is_harmless(statement: ast.stmt) -> bool:
    """Imports of explorer, and text that explains."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module in PACKAGES and all(alias.asname is None for alias in statement.names)
    if isinstance(statement, ast.Import):
        return all(alias.name in PACKAGES for alias in statement.names)
    return isinstance(statement, ast.Expr) and _is_text(statement.value)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _constant(
    source: SketchText, statement: ast.Assign | ast.AnnAssign, constants: dict[str, float]
) -> tuple[str, float]:
    """A name and its number."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or statement.value is None:
        raise source.error(statement, "outside of functions there are constants, as in WIDTH = 0.2")
    _check_name(source, statement, targets[0].id)
    return targets[0].id, number_of(source, statement.value, constants)


def number_of(source: SketchText, node: ast.AST, constants: dict[str, float]) -> float:
    """A number that is written down, or computed of such. Raises SketchError."""
    result = math.nan
    match node:
        case ast.Constant(value=bool() | str() | None):
            pass
        case ast.Constant(value=int() | float() as number):
            result = float(number) if abs(number) < MAX_CONSTANT else math.nan
        case ast.Name(id=name) if name in constants or name in ("pi", "tau", "e"):
            result = constants.get(name, getattr(math, name, math.nan))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in ARITHMETIC:
            result = ARITHMETIC[type(op)](number_of(source, operand, constants))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            numbers = number_of(source, left, constants), number_of(source, right, constants)
            try:
                result = ARITHMETIC[type(op)](*numbers)
            except (ArithmeticError, ValueError):
                result = math.nan
    if not math.isfinite(result) or abs(result) >= MAX_CONSTANT:
        raise source.error(node, "expected a number that is written down, as in 0.25 or 2 * pi")
    return result


def _check_name(source: SketchText, node: ast.AST, name: str) -> None:
    """Names are ASCII, short, and no words of Python."""
    is_plain = name.isascii() and name.isidentifier() and not name.startswith("__")
    if not is_plain or len(name) > MAX_NAME_CHARACTERS or keyword.iskeyword(name):
        raise source.error(
            node, f"the name {name[:60]!r}: allowed are 1 to {MAX_NAME_CHARACTERS} letters a-z, digits and _"
        )


def _palette(source: SketchText, function: ast.FunctionDef) -> str:
    """The palette that the decorator names."""
    if len(function.decorator_list) != 1:
        raise source.error(function, "a sketch has one decorator: @ex.sketch")
    decorator = function.decorator_list[0]
    call = decorator if isinstance(decorator, ast.Call) else None
    target = call.func if call else decorator
    named = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    if named != "sketch":
        raise source.error(decorator, "a sketch has one decorator: @ex.sketch")
    if call is None:
        return DEFAULT_PALETTE
    options = {option.arg: option.value for option in call.keywords}
    palette = options.pop("palette", ast.Constant(DEFAULT_PALETTE))
    if options or call.args or not isinstance(palette, ast.Constant) or not isinstance(palette.value, str):
        raise source.error(call, 'expected @ex.sketch(palette="ember"), with the text of a palette')
    try:
        return check_palette(palette.value)
    except SettingsError as error:
        raise source.error(call, str(error)) from None


def _check_parameters(source: SketchText, function: ast.FunctionDef) -> None:
    """Positional ones have no defaults; all names differ, whatever their case is."""
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        raise source.error(function, "parameters have names: coordinates and features, then * and sliders")
    if arguments.defaults:
        raise source.error(
            arguments.defaults[0],
            "coordinates and features have no default; sliders stand after a *: "
            "def f(x, y, t, bass, *, rings: float = ex.slider(6, 1, 20))",
        )
    names: set[str] = set()
    for argument in (*arguments.args, *arguments.kwonlyargs):
        _check_name(source, argument, argument.arg)
        if argument.arg.lower() in names:
            raise source.error(argument, f"there are two parameters {argument.arg}; choose another name")
        names.add(argument.arg.lower())


def _sliders(source: SketchText, function: ast.FunctionDef, constants: dict[str, float]) -> Iterator[Slider]:
    """The keyword parameters."""
    parameters = function.args.kwonlyargs
    if len(parameters) > MAX_SLIDERS:
        raise source.error(parameters[-1], f"a sketch has up to {MAX_SLIDERS} sliders")
    for argument, default in zip(parameters, function.args.kw_defaults, strict=True):
        yield _slider(source, argument, default, constants)


def _slider(
    source: SketchText, argument: ast.arg, default: ast.expr | None, constants: dict[str, float]
) -> Slider:
    target = getattr(default, "func", None)
    named = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    if not isinstance(default, ast.Call) or named != "slider":
        raise source.error(
            default or argument, f"{argument.arg} needs a range: {argument.arg}: float = ex.slider(6, 1, 20)"
        )
    values: dict[str, Any] = dict(zip(("default", "low", "high", "step"), default.args, strict=False))
    values |= {option.arg or "**": option.value for option in default.keywords}
    unknown = [name for name in values if name not in ("default", "low", "high", "step", "unit", "help")]
    if unknown or len(default.args) > 4 or not {"default", "low", "high"} <= {*values}:
        raise source.error(default, "expected ex.slider(default, low, high), and step=, unit=, help=")
    texts = {name: values.pop(name) for name in ("unit", "help") if name in values}
    if not all(map(_is_text, texts.values())):
        raise source.error(default, "unit and help are texts")
    numbers: dict[str, Any] = {n: number_of(source, value, constants) for n, value in values.items()}
    if not numbers["low"] <= numbers["default"] <= numbers["high"] or numbers["low"] == numbers["high"]:
        raise source.error(
            default,
            "expected ex.slider(default, low, high) with low < high and the default between, got "
            f"{numbers['default']:g}, {numbers['low']:g}, {numbers['high']:g}",
        )
    if numbers.get("step", 1) <= 0:
        raise source.error(default, "step is above 0")
    is_whole = isinstance(argument.annotation, ast.Name) and argument.annotation.id == "int"
    if is_whole and any(number % 1 for number in numbers.values()):
        raise source.error(default, f"{argument.arg} is whole: int; write float, or whole numbers")
    short: dict[str, Any] = {
        name: " ".join(str(text.value).split())[:MAX_HELP_CHARACTERS] for name, text in texts.items()
    }
    return Slider(argument.arg, **numbers, **short, is_whole=is_whole)
