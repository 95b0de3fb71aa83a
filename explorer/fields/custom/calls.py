"""Calls of a user's methods: what they raise names their line, and what they return is checked."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

import numpy as np
import torch
from jaxtyping import Float
from pydantic import ValidationError

from explorer.errors import ExplorerError, warn
from explorer.fields.custom.error_place import place_of

_WITH_NAN: WeakSet[type] = WeakSet()  # classes that were reported


class CustomFieldError(ExplorerError):
    """A class of the user's own that raised an error, or gave something else than colors."""


def call(field: Any, method: str, *arguments: Any) -> Any:
    """The result of a method. Raises CustomFieldError from what it raises, with the line where."""
    try:
        return getattr(field, method)(*arguments)
    except ExplorerError:
        raise
    except Exception as error:
        place = place_of(error, type(field).__module__)
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        if isinstance(error, ValidationError):  # of pydantic: its settings are frozen
            text = "the settings of a field do not change while it draws; keep what you compute in variables"
        raise CustomFieldError(f"{type(field).__name__}.{method}{place}: {text}") from error


def checked_planes(
    field: Any, method: str, values: Any, count: int, shape: tuple[int, int], like: torch.Tensor | None
) -> Float[torch.Tensor, "moments points planes"]:
    """A result as float32 (moments, points, planes). Raises CustomFieldError with what was expected.

    `values` may be `count` planes, each of which spreads to (moments, points); of one plane it is that.
    What is not a number becomes 0, with a warning for each class.
    """
    name = f"{type(field).__name__}.{method}"
    if count > 1 and isinstance(values, tuple | list) and len(values) == count:
        planes = [_plane(name, value, shape, like) for value in values]
        return _finite(field, method, torch.stack(planes, -1))
    if count == 1:
        return _finite(field, method, _plane(name, values, shape, like)[..., None])
    result = _floats(name, values, like)
    expected = (shape[0], count, shape[1]) if method == "numbers" else (*shape, count)
    if tuple(result.shape) != expected:
        raise CustomFieldError(
            f"{name} gave {_described(result)}; expected {expected}: "
            f"(moments, {'5, points' if method == 'numbers' else 'points, 3'}), or a tuple of {count} arrays"
        )
    return _finite(field, method, result.mT if method == "numbers" else result)


def _plane(name: str, value: Any, shape: tuple[int, int], like: torch.Tensor | None) -> torch.Tensor:
    result = _floats(name, value, like, also_numbers=True)
    try:
        return result.expand(shape)
    except RuntimeError:
        raise CustomFieldError(
            f"{name} gave {_described(result)}; expected (moments, points) = {shape}, or what spreads to it"
        ) from None


def _floats(name: str, value: Any, like: torch.Tensor | None, also_numbers: bool = False) -> torch.Tensor:
    """As a float32 tensor beside `like`. Raises CustomFieldError for anything but numbers with fractions."""
    if isinstance(value, int | float) and also_numbers:
        value = float(value)
    try:
        result = (
            value
            if isinstance(value, torch.Tensor)
            else torch.from_numpy(np.require(value, requirements="W"))
        )
    except (TypeError, ValueError):
        raise CustomFieldError(f"{name} gave {type(value).__name__}; expected an array of colors") from None
    if not result.dtype.is_floating_point:
        raise CustomFieldError(f"{name} gave {_described(result)}; expected float32, in [0, 1] for colors")
    return result.to(torch.float32) if like is None else result.to(like.device, torch.float32)


def _described(result: torch.Tensor) -> str:
    return f"{str(result.dtype).removeprefix('torch.')} of shape {tuple(result.shape)}"


def _finite(field: Any, method: str, values: torch.Tensor) -> torch.Tensor:
    """Zeros for what is not a number: black, or level."""
    if bool(torch.isfinite(values).all()):
        return values
    cls = type(field)
    if cls not in _WITH_NAN:
        _WITH_NAN.add(cls)
        warn(f"{cls.__name__}.{method} gives what is not a number at some points; they are black")
    return torch.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0)
