"""Files that are either whole or absent: atomic writes, hashes, run folders."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from explorer.errors import OutputError

PART = ".part"  # every unfinished file ends so and is hidden: .NAME.<pid>.<hex>.part
REPLACING = (0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.3)  # seconds between attempts to replace a file


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A hidden temporary path beside `path` that becomes `path` when the block ends well.

    On any error, Ctrl-C included, the temporary file is removed and `path` is left as it was.
    Raises OutputError when the folder or the disk refuses.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        _replace(part, path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # a folder that is a file, or went away, holds no part either
            part.unlink(missing_ok=True)


def _replace(part: Path, path: Path) -> None:
    """os.replace, tried for about a second: Windows refuses it while another process reads `path`."""
    for pause in REPLACING:
        try:
            os.replace(part, path)
            return
        except PermissionError:
            time.sleep(pause)
    os.replace(part, path)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error that tells which file could not be written, why, and what to do."""
    if blocking := in_the_way(path):
        return OutputError(f"cannot write {path}: {blocking} is a file and no folder; choose another name")
    reason = error.strerror or str(error)
    return OutputError(f"cannot write {path}: {reason}; free some space or choose another folder")


def in_the_way(path: Path) -> Path | None:
    """The file that stands where a folder of `path` should be; None when there is none."""
    return next((folder for folder in path.parents if folder.is_file()), None)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a whole file atomically."""
    with atomic_path(path) as part:
        part.write_bytes(data)


def write_json(path: str | Path, data: Any) -> None:
    """Write JSON atomically, readable for people, unicode kept."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode("utf-8"))


def copy(source: Path, target: Path) -> None:
    """Copy a file atomically."""
    with atomic_path(target) as part:
        shutil.copyfile(source, part)


def sweep_parts(folder: Path) -> None:
    """Remove unfinished files in `folder` whose process is gone (killed while writing)."""
    for part in folder.glob(f".*{PART}"):
        pid = part.name.split(".")[-3]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            with suppress(OSError):  # Windows: an orphaned encoder may still hold it
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
            raise cannot_write(folder, error) from error


def explorations_folder(given: str | Path | None = None) -> Path:
    """Where runs land: `given`, else $EXPLORER_EXPLORATIONS, else the nearest parent's explorations/.

    Raises OutputError for a file.
    """
    if given or (given := os.environ.get("EXPLORER_EXPLORATIONS")):
        root = Path(given).expanduser()
        if root.is_file():
            raise OutputError(f"{root} is a file; choose a folder with --explorations")
        return root
    here = Path.cwd()
    near = (folder / "explorations" for folder in (here, *here.parents))
    return next((folder for folder in near if folder.is_dir()), here / "explorations")
