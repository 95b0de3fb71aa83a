"""Files that commands write where the user says: checked before any work, new folders are reported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from explorer import files
from explorer.cli.console import print_line
from explorer.errors import SettingsError

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".svg", ".pdf")


class OutputFile:
    """A file that a command will write. Raises SettingsError when it cannot be written.

    A missing folder is created, and `report_written` names it, so that a mistyped name is noticed.
    """

    def __init__(self, flag: str, path: str | Path, kinds: tuple[str, ...] = ()) -> None:
        self.path = Path(path)
        if kinds and self.path.suffix.lower() not in kinds:
            raise SettingsError(f"{flag}: got {str(path)!r}; choose a name that ends in {', '.join(kinds)}")
        if not str(path):
            raise SettingsError(f"{flag}: got ''; give the name of a file")
        if self.path.is_dir():
            raise SettingsError(f"{flag}: {path} is a folder; name a file in it")
        if blocking := files.blocking_file(self.path):
            raise SettingsError(f"{flag}: {blocking} is a file and no folder; choose another name")
        self._new = None if self.path.parent.exists() else self.path.parent

    def report_written(self, label: str) -> None:
        """Print the whole path of the written file, as terminals link it, and of a new folder."""
        print_line(f"{label:<11} {self.path.absolute()}")
        if self._new:
            print_line(f"new folder  {self._new.absolute()}")


@contextmanager
def new_folders(*folders: str | Path | None) -> Iterator[None]:
    """Report which of these folders the block made; the first is that of runs (None: the default one)."""
    runs, *others = folders
    paths = [files.explorations_folder(runs), *(Path(folder) for folder in others if folder)]
    missing = [path for path in paths if not path.exists()]
    try:
        yield
    finally:
        for path in missing:
            if path.is_dir():
                print_line(f"new folder  {path.absolute()}")


def picture_file(flag: str, path: str | Path) -> OutputFile:
    """A picture that will be drawn; the suffix decides the format."""
    return OutputFile(flag, path, PICTURE_SUFFIXES)


def save(figure: Any, target: OutputFile) -> None:
    """Write a matplotlib figure."""
    with files.memory_file(target.path) as file:
        figure.savefig(file, format=target.path.suffix[1:].lower())
