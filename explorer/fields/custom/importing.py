"""Files and modules with fields of the user, imported because the user typed their name."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from explorer.errors import ExplorerError, SettingsError
from explorer.fields.custom.error_place import place_of
from explorer.fields.custom.field import Field


def import_fields(name: str) -> list[type[Field]]:
    """The classes of fields in FILE.py or in a module. Raises SettingsError, also for what the import raises.

    A file is a module of its plain name, and what lies beside it can be imported by it.
    """
    is_file = name.endswith(".py")
    module_name = Path(name).stem if is_file else name
    try:
        module = _import_file(Path(name)) if is_file else importlib.import_module(name)
    except ExplorerError:
        raise
    except Exception as error:
        raise SettingsError(
            f"--import {name}{place_of(error, module_name)}: {type(error).__name__}: {error}"
        ) from error
    classes = [
        value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Field)
    ]
    classes = [cls for cls in classes if cls is not Field]
    if not classes:
        raise SettingsError(
            f"--import {name}: it defines no field; write a class, as in class Ripples(ex.Field)"
        )
    return classes


def _import_file(path: Path) -> ModuleType:
    """The module of a file, once in a process."""
    path, name = path.resolve(), path.stem
    if not path.is_file():
        raise SettingsError(f"--import: there is no file {path}")
    if not name.isidentifier():
        raise SettingsError(f"--import {path.name}: the name of the file must be one that Python can import")
    loaded = sys.modules.get(name)
    if loaded is not None and getattr(loaded, "__file__", None) == str(path):
        return loaded
    specification = importlib.util.spec_from_file_location(name, path)
    if loaded is not None or specification is None or specification.loader is None:
        raise SettingsError(f"--import {path.name}: another module is called '{name}'; rename the file")
    module = sys.modules[name] = importlib.util.module_from_spec(specification)
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
