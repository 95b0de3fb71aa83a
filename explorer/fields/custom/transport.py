"""The user's classes on their way to worker processes: calls that carry the classes that they need.

Classes travel by value (cloudpickle), so a worker needs neither the notebook nor the file that defines them.
A call goes the same way as any other, from the process that asks to the worker that it started or connected.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.errors import SettingsError
from explorer.fields import registry
from explorer.fields.custom.definition import kind_of
from explorer.fields.custom.field import Field
from explorer.fields.custom.source import HASH_ATTRIBUTE, source_hash
from explorer.settings import Settings


def with_custom_classes(function: Callable[..., Any], settings: Settings) -> Callable[..., Any]:
    """The function, for any worker: the user's classes among settings go with it. Raises SettingsError."""
    classes = tuple(dict.fromkeys(custom_classes(settings)))
    if not classes:
        return function
    hashes = tuple((kind_of(cls), source_hash(cls)) for cls in classes)
    return CallWithClasses(function, hashes, _pickled(classes))


def custom_classes(settings: Settings) -> Iterator[type[Field]]:
    """The user's classes among settings and the settings inside of them."""
    if isinstance(settings, Field):
        yield type(settings)
    for inner in settings.inner_settings().values():
        yield from custom_classes(inner)


@dataclass(frozen=True)
class CallWithClasses:
    """A function that makes the user's classes known where it is called, unless they are."""

    function: Callable[..., Any]
    hashes: tuple[tuple[str, str], ...]  # kind and source of each class
    classes: bytes

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        kinds = registry.custom_kinds()
        if any(kind not in kinds or source_hash(kinds[kind]) != source for kind, source in self.hashes):
            for cls, (kind, source) in zip(_unpickled(self.classes), self.hashes, strict=True):
                setattr(cls, HASH_ATTRIBUTE, source)
                registry.register(kind, cls)
        return self.function(*arguments, **named)


def _pickled(classes: tuple[type[Field], ...]) -> bytes:
    import cloudpickle

    modules = [sys.modules[name] for name in {cls.__module__ for cls in classes} if name in sys.modules]
    names = set(cloudpickle.list_registry_pickle_by_value())
    modules = [module for module in modules if module.__name__ not in names]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        data: bytes = cloudpickle.dumps(classes)
        return data
    except Exception as error:  # whatever objects raise that cannot be pickled
        raise SettingsError(
            f"{classes[0].__name__} cannot be sent to worker processes ({error}); make what cannot be "
            "pickled inside of its methods"
        ) from error
    finally:
        for module in modules:
            with suppress(ValueError):
                cloudpickle.unregister_pickle_by_value(module)


@lru_cache(maxsize=8)
def _unpickled(data: bytes) -> tuple[type[Field], ...]:
    classes: tuple[type[Field], ...] = pickle.loads(data)
    return classes
