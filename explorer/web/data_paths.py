"""Paths that the API may read: sound folders below the folder that the server was started in."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from explorer.errors import SettingsError, SoundError

MAX_PATH_CHARACTERS = 1024


def data_folder(root: Path, path: str) -> Path:
    """The folder below `root` that a request names. Raises SettingsError that reveals nothing outside it.

    Refused: `..` anywhere, absolute paths, drives, and links that lead out of `root`.
    """
    if not path.strip() or len(path) > MAX_PATH_CHARACTERS or not path.isprintable():
        raise SettingsError(
            f"data_dir: give the path of a folder, 1 to {MAX_PATH_CHARACTERS} printable characters"
        )
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts or path.startswith("~"):
        raise SettingsError(
            f"data_dir: got {path!r}; allowed: folders below the one the server was started in"
        )
    try:
        folder = (root / path).resolve()
        exists = folder.is_dir()
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a loop of links
        raise SettingsError(f"data_dir: {path!r} cannot be opened: {error}") from None
    if not folder.is_relative_to(root.resolve()):
        raise SettingsError(f"data_dir: {path!r} is outside the folder the server was started in")
    if not exists:
        raise SettingsError(f"data_dir: there is no folder {path!r} below the one the server was started in")
    return folder


def has_sounds(folder: Path) -> bool:
    """Whether a folder has any sound file."""
    from explorer.learn.dataset import sound_files

    try:
        return bool(sound_files(folder))
    except SoundError:
        return False
