"""Files: atomic writes, the one reader of JSON, hashes, folders with a time in their name."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import math
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import OutputError, ReadError
from explorer.formatting import size_text

PART_SUFFIX = ".part"  # of unfinished files, which are hidden: .NAME.<pid>.<hex>.part
MAX_JSON_BYTES = 32 * 2**20  # the largest that we write, a sweep of 10,000 points, has about 8
MAX_JSON_DEPTH = 100  # levels; our own files have less than ten
TOO_DEEP = f"it is nested more than {MAX_JSON_DEPTH} levels deep"
MAX_NAME_BYTES = 255  # of a file, in UTF-8, on all common file systems
NUMBER = (int, float)  # for `check_types`
RUN_NAME = re.compile(r"(render|sweep|train|breed|atlas|paint)_\d{8}T\d{6}Z_[0-9a-f]{6}")  # from `new_folder`
REPLACE_PAUSES = (0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.3)  # seconds between attempts to replace a file


@contextmanager
def atomic_path(path: str | Path, *, durable: bool = False) -> Iterator[Path]:
    """A hidden temporary path beside `path` that becomes `path` when the block succeeds.

    On any error, Ctrl-C included, the temporary file is removed and `path` is left as it was. A `durable`
    file is on the disk itself before it has its name, so that a power failure cannot leave it cut or empty.
    The block has to notice short writes: data in memory goes through `write_bytes` or `memory_file`.
    Raises OutputError when the folder or the disk refuses.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}{PART_SUFFIX}")
    try:
        make_folder(path.parent)
        yield part
        if durable:
            _flush(part)
        _replace(part, path)
        if durable:
            _flush_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        with suppress(OSError):  # the folder may be a file, or gone
            part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises OutputError for a run folder: `new_folder` alone makes those.

    So one that was deleted while somebody worked in it does not come back in part.
    """
    if folder.is_dir():
        return
    if RUN_NAME.fullmatch(folder.name):
        raise OutputError(f"{folder} is not there any more; it was deleted or moved during the work")
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)


def _replace(part: Path, path: Path) -> None:
    """os.replace, tried for about a second: Windows refuses it while another process reads `path`."""
    for pause in REPLACE_PAUSES:
        try:
            os.replace(part, path)
            return
        except PermissionError:
            time.sleep(pause)
    os.replace(part, path)


def _flush(path: Path) -> None:
    """Wait until a file is on the disk itself."""
    with path.open("rb+") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk itself, where the system can do that."""
    with suppress(OSError):  # Windows opens no folders, some network file systems refuse to flush them
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def flush_files(folder: Path) -> None:
    """Wait until all files of a folder are on the disk itself, before another file says that they are there.

    Raises OutputError when the disk refuses.
    """
    paths = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    try:
        with ThreadPoolExecutor(8) as pool:  # together they wait for the disk about as long as one alone
            list(pool.map(_flush, paths))
    except OSError as error:
        raise write_error(folder, error) from error
    _flush_folder(folder)


def write_error(path: Path, error: OSError) -> OutputError:
    """The error for a file that could not be written, with its reason and what to do."""
    if obstacle := blocking_file(path):
        return OutputError(f"cannot write {path}: {obstacle} is a file and no folder; choose another name")
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {path}: {reason}; free some space or choose another folder")


def blocking_file(path: Path) -> Path | None:
    """The file where a folder of `path` should be; None when there is none."""
    return next((folder for folder in path.parents if folder.is_file()), None)


def write_bytes(path: str | Path, data: bytes | memoryview, *, durable: bool = False) -> None:
    """Write a whole file atomically. Raises OutputError unless every byte of it was taken."""
    with atomic_path(path, durable=durable) as part:
        with part.open("wb") as file:
            file.write(data)
        if part.stat().st_size != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def memory_file(path: str | Path) -> Iterator[io.BytesIO]:
    """A file in memory, for encoders that ignore short writes; `write_bytes` writes it after the block."""
    file = io.BytesIO()
    try:
        yield file
    except OSError as error:  # what an encoder says of pictures that its format cannot hold
        raise write_error(Path(path), error) from error
    write_bytes(path, file.getbuffer())


def create_file(path: Path, data: bytes) -> bool:
    """Write a file that does not exist yet; False where it does. Others may see it before it is whole.

    Raises OutputError when the folder or the disk refuses; no file is left then.
    """
    try:
        make_folder(path.parent)
        file = path.open("xb")
    except FileExistsError:
        return False
    except OSError as error:
        raise write_error(path, error) from error
    try:
        with file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise write_error(path, error) from error
    return True


def write_json(path: str | Path, data: Any, *, durable: bool = False) -> None:
    """Write JSON atomically, indented, with unicode as it is."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode("utf-8"), durable=durable)


def read_json(path: str | Path) -> dict[str, Any]:
    """The JSON object in a file. Raises ReadError as `read_text` and `parse_json` do."""
    return parse_json(read_text(path), path)


def read_json_or_empty(path: str | Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where the file is missing or damaged."""
    try:
        return read_json(path)
    except ReadError:
        return {}


def read_text(path: str | Path) -> str:
    """A whole text file in UTF-8. Raises ReadError as `read_bytes` does, and for what is no text."""
    try:
        return read_bytes(path, MAX_JSON_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(path, "it is not text in UTF-8") from error


def read_bytes(path: str | Path, max_bytes: int | None = None) -> bytes:
    """A whole file. Raises ReadError for what is missing or longer than `max_bytes`.

    A FIFO or a device is refused and not opened, since opening it may wait forever.
    """
    path = Path(path)
    try:
        is_ordinary = stat.S_ISREG(path.stat().st_mode)
        data = b""
        if is_ordinary:
            with path.open("rb") as file:
                data = file.read(-1 if max_bytes is None else max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise ReadError(path, getattr(error, "strerror", None) or str(error)) from error
    if not is_ordinary:
        raise ReadError(path, "it is a folder" if path.is_dir() else "it is no ordinary file")
    if max_bytes is not None and len(data) > max_bytes:
        raise ReadError(path, f"it is larger than {size_text(max_bytes)}")
    return data


def is_plain_name(name: str) -> bool:
    """Whether a name from a file is that of something in a folder: no separators, no `..`, not too long."""
    is_single = name not in ("", ".", "..") and Path(name).name == name and "\0" not in name
    return is_single and len(name.encode("utf-8", "surrogateescape")) <= MAX_NAME_BYTES


def is_file(path: Path) -> bool:
    """Whether there is an ordinary file; False, too, for a path that no file can have."""
    try:
        return path.is_file()
    except OSError:  # too long, or a loop of links
        return False


def path_within(folder: Path, name: str) -> Path:
    """The path of what has this name in a folder that somebody else may have made.

    Raises ReadError for a name with separators, and for a link that leads out of the folder.
    """
    if not is_plain_name(name):
        raise ReadError(name[:100], "it is no name of a file")
    path = folder / name
    try:
        leads_out = path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise ReadError(path, str(error)) from error
    if leads_out:
        raise ReadError(path, "it is a link out of its folder; put the file itself there")
    return path


def file_within(folder: Path, name: str) -> Path | None:
    """The path of an ordinary file in a folder as `path_within` allows it; None where there is none."""
    try:
        path = path_within(folder, name)
    except ReadError:
        return None
    return path if is_file(path) else None


def check_types(values: Mapping[str, Any], types: Mapping[str, Any], source: object) -> None:
    """Raise ReadError unless the values of a JSON object have the types of a table, as far as they are there.

    The table holds by name a type, several, or a table for the object there; `*` stands for every name.
    None is always allowed.
    """
    for name, expected in types.items():
        for key in values if name == "*" else [name]:
            value = values.get(key)
            nested = isinstance(expected, Mapping)
            if value is None:
                continue
            if not isinstance(value, dict if nested else expected) or (
                isinstance(value, bool) and expected is not bool
            ):
                raise ReadError(source, f"'{key[:40]}' is {_short_json(value)}, which has the wrong type")
            if nested:
                check_types(value, expected, source)


def _short_json(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


def parse_json(text: str, source: object) -> dict[str, Any]:
    """The JSON object in a text. Raises ReadError, which names `source`, as `parse_json_value` does."""
    value = parse_json_value(text, source)
    if not isinstance(value, dict):
        raise ReadError(source, "a JSON object was expected")
    return value


def parse_json_value(text: str, source: object) -> Any:
    """The JSON value in a text (RFC 8259). Raises ReadError that names `source`.

    Also refused: NaN and numbers beyond the range of a double, lone surrogates, which
    no file can hold, and more than `MAX_JSON_DEPTH` levels, so that nothing later runs out of stack.
    """
    if len(text) > MAX_JSON_BYTES:
        raise ReadError(source, f"it is larger than {size_text(MAX_JSON_BYTES)}")
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_finite, parse_constant=_finite)
        _check_values(value)
        return value
    except json.JSONDecodeError as error:
        raise ReadError(source, f"it holds no JSON: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise ReadError(source, TOO_DEEP) from error
    except ValueError as error:
        raise ReadError(source, str(error)) from error


def _integer(digits: str) -> int:
    _finite(digits)  # beyond the range of a double, arithmetic with it would fail
    return int(digits)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is no number that can be stored")
    return value


def _check_values(value: Any) -> None:
    """Raise ValueError unless a JSON value is of bounded depth and can be stored again; level by level."""
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise ValueError(TOO_DEEP)


def _children(value: Any) -> Iterable[Any]:
    """What a list or object holds, keys included. Raises ValueError for text that cannot be stored."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("it holds half of a surrogate pair, which is no character")
    return ()


def copy(source: Path, target: Path) -> None:
    """Copy a file atomically."""
    with atomic_path(target, durable=True) as part:
        shutil.copyfile(source, part)


def remove_stale_parts(folder: Path) -> None:
    """Remove unfinished files in `folder` whose process no longer runs (killed while writing)."""
    for part in folder.glob(f".*{PART_SUFFIX}"):
        pid = part.name.split(".")[-3]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            with suppress(OSError):  # Windows: an orphaned encoder may have it open
                part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def new_folder(root: Path, kind: str) -> Path:
    """Make `root/KIND_YYYYMMDDTHHMMSSZ_<6 hex>` (UTC). Two calls never get the same folder."""
    while True:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        folder = root / f"{kind}_{stamp}_{secrets.token_hex(3)}"
        try:
            root.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            if not root.is_dir():
                raise OutputError(f"{root} is a file; choose a folder with --explorations") from None
        except OSError as error:
            raise write_error(folder, error) from error


def explorations_folder(folder: str | Path | None = None) -> Path:
    """Where runs are written: `folder`, else $EXPLORER_EXPLORATIONS, else the nearest parent's explorations/.

    Raises OutputError for a file.
    """
    if folder or (folder := os.environ.get("EXPLORER_EXPLORATIONS")):
        root = Path(folder).expanduser()
        if root.is_file():
            raise OutputError(f"{root} is a file; choose a folder with --explorations")
        return root
    current = Path.cwd()
    candidates = [parent / "explorations" for parent in (current, *current.parents)]
    return next((path for path in candidates if path.is_dir()), candidates[0])
