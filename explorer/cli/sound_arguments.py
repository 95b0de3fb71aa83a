"""The files that `explorer render` is given: sounds, folders of sounds, and OUT."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer.audio.missing_sound import SOUND_SUFFIXES
from explorer.cli.console import print_error, print_line
from explorer.errors import ExplorerError, SettingsError, Stopped
from explorer.formatting import count_text
from explorer.video.containers import SUFFIXES


def split_output(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Sounds, and OUT: the second of two arguments unless it is a sound or a folder that is there.

    Folders stand for the sound files in them, and patterns for what they match, where the shell left them.
    Raises SettingsError.
    """
    if len(arguments) == 2 and _is_output(arguments[1]):
        return _expanded(arguments[:1]), arguments[1]
    return _expanded(arguments), None


def draw_each(sounds: Sequence[str], draw: Callable[[str], None]) -> None:
    """Draw several sounds, one run each. One that fails is reported, and the rest is drawn.

    Raises ExplorerError at the end when some failed.
    """
    failures = []
    for number, sound in enumerate(sounds, start=1):
        print_line(f"{number} of {len(sounds)}      {sound}")
        try:
            draw(sound)
        except Stopped:
            raise
        except ExplorerError as error:
            print_error(f"{Path(sound).name}: {error}")
            failures.append(Path(sound).name)
    if failures:
        raise ExplorerError(
            f"{len(failures)} of {count_text(len(sounds), 'sound')} failed: {', '.join(failures)}; "
            "the lines above say why"
        )


def _is_output(name: str) -> bool:
    path = Path(name)
    if path.suffix.lower() in SUFFIXES or not name:
        return True
    return not (path.exists() or glob.has_magic(name) or path.suffix.lower() in SOUND_SUFFIXES)


def _expanded(names: Sequence[str]) -> list[str]:
    sounds: list[str] = []
    for name in names:
        if name and Path(name).is_dir():
            sounds += _sounds_in(Path(name))
        elif glob.has_magic(name) and not Path(name).exists():
            matches = sorted(glob.glob(name))
            if not matches:
                raise SettingsError(f"no file matches {name}; check the name")
            sounds += matches
        else:
            sounds.append(name)
    return sounds


def _sounds_in(folder: Path) -> list[str]:
    """The sound files of a folder, by their ending and name, without those of folders in it."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND_SUFFIXES)
    sounds = [str(path) for path in paths if path.is_file()]
    if not sounds:
        raise SettingsError(
            f"{folder} is a folder without sound files; name one that has some ({', '.join(SOUND_SUFFIXES)})"
        )
    return sounds
