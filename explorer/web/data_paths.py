"""Which files the API may touch: sounds below the folder that it was started in, and nothing else."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from explorer.errors import SettingsError, SoundError

LONGEST = 1024  # characters of a path


def data_folder(root: Path, given: str) -> Path:
    """The folder below `root` that a request names. Raises SettingsError, without telling what lies outside.

    Refused: `..` anywhere, absolute paths, drives, and links that lead out of `root`.
    """
    if not given.strip() or len(given) > LONGEST or not given.isprintable():
        raise SettingsError(f"data_dir: give the path of a folder, 1 to {LONGEST} printable characters")
    posix, windows = PurePosixPath(given), PureWindowsPath(given)
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts or given.startswith("~"):
        raise SettingsError(
            f"data_dir: got {given!r}; allowed: folders below the one the server was started in"
        )
    try:
        folder = (root / given).resolve()
        exists = folder.is_dir()
    except (OSError, ValueError, RuntimeError) as error:  # too long a name, a circle of links
        raise SettingsError(f"data_dir: {given!r} cannot be opened: {error}") from None
    if not folder.is_relative_to(root.resolve()):
        raise SettingsError(f"data_dir: {given!r} leads out of the folder the server was started in")
    if not exists:
        raise SettingsError(f"data_dir: there is no folder {given!r} below the one the server was started in")
    return folder


def holds_sounds(folder: Path) -> bool:
    """Whether training would find anything to listen to."""
    from explorer.learn.dataset import sound_files

    try:
        return bool(sound_files(folder))
    except SoundError:
        return False
