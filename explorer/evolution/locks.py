"""Locks: groups of settings that breeding leaves as they are in the first parent."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.errors import SettingsError
from explorer.settings import Knob, did_you_mean

LOCKS = ("palette", "symmetry", "network")


def parse_locks(locks: Iterable[str] | str) -> tuple[str, ...]:
    """Locks by name, in the order of `LOCKS`. Raises SettingsError for an unknown one."""
    names = [name.strip() for name in locks.split(",")] if isinstance(locks, str) else list(locks)
    names = [name for name in names if name]
    for name in names:
        if name not in LOCKS:
            raise SettingsError(f"no lock '{str(name)[:40]}'{did_you_mean(str(name), LOCKS)}")
    return tuple(lock for lock in LOCKS if lock in names)


def is_locked(knob: Knob, locks: Iterable[str]) -> bool:
    """Whether one of the locks holds a setting."""
    name = knob.name.rpartition(".")[2]
    groups = {
        "palette": name.endswith("palette"),
        "symmetry": name == "symmetry",
        "network": knob.group == "network" or name == "seed",
    }
    return any(groups[lock] for lock in locks)
