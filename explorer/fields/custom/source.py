"""The source of a user's class: its text without comments, and the hash that recipes hold.

The text is that of the class, of its base classes that are the user's, and of the functions and constants of
the same module that it uses, through any number of functions. Other modules are not part of it.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import inspect
import io
import linecache
import sys
import textwrap
import tokenize
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

TEXT_ATTRIBUTE, HASH_ATTRIBUTE = "__class_text__", "__source_hash__"  # of a class
Constant = int | float | str | bytes | bool | tuple | None  # type: ignore[type-arg]


def source_hash(cls: type) -> str:
    """SHA-256 of `source_text`; on a worker, which has no text, that of the process that sent the class."""
    sent = vars(cls).get(HASH_ATTRIBUTE)
    return sent or hashlib.sha256(source_text(cls).encode()).hexdigest()


def source_text(cls: type) -> str:
    """The class, and what it uses of its module, by name: Python without comments and empty lines."""
    parts = {base.__name__: class_text(base) for base in cls.__mro__ if TEXT_ATTRIBUTE in vars(base)}
    parts |= {name: _part_text(name, value) for name, value in sorted(used_globals(cls).items())}
    own = parts.pop(cls.__name__, "")
    return "\n".join([own, *(text for text in parts.values() if text)])


def class_text(cls: type) -> str:
    """The text of a class as it was when it was defined; its compiled functions where there is none."""
    text = vars(cls).get(TEXT_ATTRIBUTE)
    return text or "\n".join(f"{f.__qualname__}: {_code_text(f.__code__)}" for f in _functions(cls))


def defining_text(module: str, qualname: str) -> str:
    """The text of the class that a caller in this module defines just now; empty where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__") != module:
        frame = frame.f_back
    if frame is None:
        return ""
    linecache.checkcache(frame.f_code.co_filename)
    text = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    name, line = qualname.rpartition(".")[2], frame.f_lineno
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    if not classes:
        return ""
    node = min(classes, key=lambda node: abs(node.lineno - line))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return normalized("\n".join(text.splitlines()[first - 1 : node.end_lineno]))


def normalized(text: str) -> str:
    """Python without comments, empty lines and common indentation: what does not change its meaning."""
    text = textwrap.dedent(text)
    lines = text.splitlines()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    for token in tokens:
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def used_globals(cls: type) -> dict[str, Any]:
    """The functions and constants of its own module that the class's functions use, and `torch` itself."""
    used: dict[str, Any] = {}
    waiting = [function for base in cls.__mro__ if _is_own(base) for function in _functions(base)]
    while waiting:
        function = waiting.pop()
        for name in _names(function.__code__):
            value = _plain_function(function.__globals__.get(name, _MISSING))
            if name in used or value is _MISSING or hasattr(builtins, name):
                continue
            if isinstance(value, FunctionType) and value.__module__ == function.__module__:
                waiting.append(value)
                used[name] = value
            elif isinstance(value, Constant) or (isinstance(value, ModuleType) and name == "torch"):
                used[name] = value
    return used


_MISSING = object()


def _is_own(cls: type) -> bool:
    return TEXT_ATTRIBUTE in vars(cls)


def _functions(cls: type) -> Iterator[FunctionType]:
    """The functions in the body of a class, also those inside of properties and other wrappers."""
    for value in vars(cls).values():
        for part in (value, *(getattr(value, name, None) for name in ("fget", "fset", "__func__", "func"))):
            function = _plain_function(part)
            if isinstance(function, FunctionType) and function.__module__ == cls.__module__:
                yield function


def _plain_function(value: Any) -> Any:
    """The function inside a decorated or compiled one."""
    for name in ("py_func", "__wrapped__"):
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, Mapping):
            value = attributes.get(name, value)
    return value


def _names(code: CodeType) -> set[str]:
    """The global names that code uses, nested functions included."""
    inner = [_names(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inner)


def _part_text(name: str, value: Any) -> str:
    if isinstance(value, FunctionType):
        return _function_text(value.__code__, value)
    return "" if isinstance(value, ModuleType) else f"{name} = {value!r}"


@lru_cache(maxsize=256)
def _function_text(code: CodeType, function: FunctionType) -> str:
    try:
        return normalized(inspect.getsource(function))
    except (OSError, TypeError):
        return f"{function.__qualname__}: {_code_text(code)}"


def _code_text(code: CodeType) -> str:
    """What compiled code does, for classes that were typed where no text remains."""
    constants = [_code_text(part) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    return " ".join([code.co_code.hex(), *code.co_names, *constants])
