"""Files: atomic writes, the one reader of JSON, hashes, folders with a time in their name."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import math
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
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
        path.parent.mkdir(parents=True, exist_ok=True)
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
        path.parent.mkdir(parents=True, exist_ok=True)
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
    """A whole text file in UTF-8.

    Raises ReadError for what is missing, longer than `MAX_JSON_BYTES` or no text. A FIFO or a device is
    refused and not opened, since opening it may wait forever.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ReadError(path, "it is a folder" if path.is_dir() else "it is no ordinary file")
        with path.open("rb") as file:
            data = file.read(MAX_JSON_BYTES + 1)
        if len(data) > MAX_JSON_BYTES:
            raise ReadError(path, f"it is larger than {size_text(MAX_JSON_BYTES)}")
        return data.decode("utf-8")
    except OSError as error:
        raise ReadError(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ReadError(path, "it is not text in UTF-8") from error


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
