"""The checker of shapes and types that tests wrap around every function of the package.

Call `install` before anything of the package is imported.
"""

import inspect
import typing
from functools import partial

import jaxtyping
from beartype import BeartypeConf, beartype
from beartype.roar import BeartypeDecorHintPep673Exception

_check = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a valid float
_check_shapes = jaxtyping.jaxtyped


def checked(function):
    """The function with its signature checked; one that speaks of `Self` cannot be, seen alone."""
    try:
        return _check(function)
    except BeartypeDecorHintPep673Exception:
        return function


def install(modules):
    """Check the functions of modules; shapes where a signature has any, for they slow down every call."""
    jaxtyping.jaxtyped = _checked_sparingly
    jaxtyping.install_import_hook(modules, f"{__name__}.checked")


def _checked_sparingly(function=None, *, typechecker):
    """Takes the place of `jaxtyping.jaxtyped`, which the hook writes before every function."""
    if function is None:
        return partial(_checked_sparingly, typechecker=typechecker)
    if inspect.isfunction(function) and not _may_have_shapes(function):
        return typechecker(function)
    return _check_shapes(function, typechecker=typechecker)


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
