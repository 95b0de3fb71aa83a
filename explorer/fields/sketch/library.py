"""The functions of the language: how they are written, and what they do when Python calls them.

A function is written once, with operations on numbers. Of expressions it makes an expression, which all back
ends compute; of plain numbers it makes numbers, and of arrays or tensors the same kind of array.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from explorer.errors import SettingsError
from explorer.expressions import Value

MAX_VALUES = 10_000  # operations of one formula while it is translated, before equal ones become one
LIBRARY: dict[str, Callable[..., Any]] = {}

_budget = threading.local()


@contextmanager
def limited_operations() -> Iterator[None]:
    """Count operations meanwhile: beyond `MAX_VALUES` they raise SettingsError."""
    _budget.used = 0
    try:
        yield
    finally:
        _budget.used = None


def spend(operations: int = 1) -> None:
    """Count operations, where they are limited."""
    if (used := getattr(_budget, "used", None)) is None:
        return
    _budget.used = used + operations
    if _budget.used > MAX_VALUES:
        raise SettingsError("the formula has too many operations; use shorter loops or fewer of them")


def operation(name: str, *arguments: Any) -> Value:
    """An operation on numbers; of constants it is computed at once."""
    spend()
    values = [Value.of(argument) for argument in arguments]
    constants = [value.constant for value in values]
    if None in constants:
        return Value(name, *values)
    from explorer.fields.sketch.evaluation import constant_result

    return Value.of(constant_result(name, constants))


def library_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add a function to the language by its name. What is annotated as `int` must be a constant."""
    signature = inspect.signature(function)
    name = function.__name__

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*arguments, **named)
        except TypeError as error:
            raise SettingsError(f"{name}{usage(signature)}: {error}") from None
        plain = list(_numbers(bound.arguments.values()))
        if any(isinstance(value, Value) for value in plain):
            _check_constants(name, signature, bound.arguments)
            return function(*bound.args, **bound.kwargs)
        if all(isinstance(value, int | float | bool | None) for value in plain):
            _check_constants(name, signature, bound.arguments)
            return _plain(function(*bound.args, **bound.kwargs))
        return _of_arrays(function, signature, bound.arguments)

    LIBRARY[name] = call
    return call


def _numbers(arguments: Any) -> Any:
    """Arguments, one by one, also those inside of tuples."""
    for argument in arguments:
        if isinstance(argument, tuple):
            yield from _numbers(argument)
        else:
            yield argument


def usage(signature: inspect.Signature) -> str:
    """`(x, y, octaves=5)`."""
    parameters = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=signature.empty))


def _check_constants(name: str, signature: inspect.Signature, arguments: dict[str, Any]) -> None:
    """Whole numbers for the parameters that are annotated as `int`."""
    for parameter, value in arguments.items():
        if signature.parameters[parameter].annotation in (int, "int"):
            number = value.constant if isinstance(value, Value) else value
            if number is None or number != int(number):
                raise SettingsError(f"{name}: {parameter} must be a whole number that is written down")
            arguments[parameter] = int(number)


def _plain(result: Any) -> Any:
    """Constants as numbers."""
    if isinstance(result, tuple):
        return tuple(map(_plain, result))
    return result.constant if isinstance(result, Value) else result


def _of_arrays(function: Callable[..., Any], signature: inspect.Signature, arguments: dict[str, Any]) -> Any:
    """The function on arrays or tensors, element by element."""
    from explorer.fields.sketch.evaluation import evaluate

    inputs: dict[str, Any] = {}

    def named(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(named, value))
        if value is None or isinstance(value, int | float | str):
            return value
        inputs[name := f"input{len(inputs)}"] = value
        return Value("input", name)

    symbols = {parameter: named(value) for parameter, value in arguments.items()}
    bound = signature.bind_partial()
    _check_constants(function.__name__, signature, symbols)
    bound.arguments.update(symbols)
    result = function(*bound.args, **bound.kwargs)
    outputs: Sequence[Any] = result if isinstance(result, tuple) else (result,)
    values = evaluate([Value.of(output) for output in outputs], inputs)
    return tuple(values) if isinstance(result, tuple) else values[0]
