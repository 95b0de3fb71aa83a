"""The checks of shapes and types that tests wrap around every function whose signature has shapes.

These are checked in their first calls in each test, and then in every 50th: the check takes longer than many
a function. It is made at the first call, since no process calls them all. The types of all other functions
are left to mypy. A function inside another is made again in each call of that one, and wrapping it takes
milliseconds: the first ones in each process are wrapped, and then every 50th. Call `install` before the
package is imported.
"""

import dataclasses
import functools
import inspect
import typing
from collections import Counter

import jaxtyping
from beartype import BeartypeConf, beartype
from beartype.roar import BeartypeDecorHintPep673Exception

FIRST, EVERY = 2, 50  # calls whose shapes are checked

_check_types = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a valid float
_check_shapes = jaxtyping.jaxtyped
_calls: Counter[typing.Hashable] = Counter()  # by function
_wrappings: Counter[typing.Hashable] = Counter()  # by the code of a function inside another


def install(modules):
    """Wrap the functions and dataclasses of modules when they are imported."""
    jaxtyping.jaxtyped = checked  # what the hook writes before every function and class
    jaxtyping.install_import_hook(modules, f"{__name__}.check_types")


def begin_test():
    """From now on, the first calls of every function are checked again."""
    _calls.clear()


def check_types(function):
    """The function with its types checked; one that mentions `Self` cannot be, without its class."""
    try:
        return _check_types(function)
    except BeartypeDecorHintPep673Exception:
        return function


def checked(function=None, *, typechecker):
    """Takes the place of `jaxtyping.jaxtyped`."""
    if function is None:
        return functools.partial(checked, typechecker=typechecker)
    if inspect.isclass(function):
        if dataclasses.is_dataclass(function) and "__init__" in vars(function):
            function.__init__ = checked(function.__init__, typechecker=typechecker)
        return function
    if "<locals>" in function.__qualname__ and not _is_due(function.__code__, _wrappings):
        return function
    if not _may_have_shapes(function):
        return function
    with_shapes = None
    if "<locals>" in function.__qualname__:  # local names are known now
        with_shapes = _check_shapes(function, typechecker=typechecker)

    @functools.wraps(function)
    def call(*arguments, **named):
        nonlocal with_shapes
        if not _is_due(function, _calls):
            return function(*arguments, **named)
        if with_shapes is None:  # names of later modules are there now
            is_shaped = _may_have_shapes(function)
            with_shapes = _check_shapes(function, typechecker=typechecker) if is_shaped else function
        return with_shapes(*arguments, **named)

    return call


def _is_due(key, counter):
    """Count a call, or a function that was made; whether it is to be checked."""
    counter[key] = count = counter[key] + 1
    return count <= FIRST or count % EVERY == 0


def _may_have_shapes(function):
    try:
        hints = inspect.get_annotations(function, eval_str=True)
    except Exception:  # a name that is not there yet
        return True
    return any(map(_is_shaped, hints.values()))


def _is_shaped(hint):
    if isinstance(hint, list | tuple):  # the parameters of a Callable
        return any(map(_is_shaped, hint))
    if inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return isinstance(hint, str) or any(map(_is_shaped, typing.get_args(hint)))
