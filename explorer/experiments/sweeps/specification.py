"""The specification of a sweep: everything that determines its points, frozen, saved as sweep.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import field_validator

from explorer.errors import ReadError, SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.run_folder import POINTS, SPECIFICATION, is_point_key, point_folder
from explorer.experiments.sweeps.parameter_paths import with_parameters
from explorer.experiments.sweeps.samplers import Sampler
from explorer.files import path_within, read_json
from explorer.settings import Settings, did_you_mean, knob


class Clip(Settings):
    """The short video of a point."""

    duration: float = knob(4.0, low=0.1, high=3600, unit="s", group="points", help="how long the clip is")
    size: tuple[int, int] = (320, 180)


class PointsSpecification(Settings):
    """What determines the points of a folder, frozen in a file of it: the base of sweeps and of atlases."""

    folder_kind: ClassVar[str]  # of the manifest, and the beginning of the folder's name
    file_name: ClassVar[str]

    version: Literal[1] = 1
    base: Recipe

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the file."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    def summary(self) -> dict[str, Any]:
        """The values that the manifest repeats."""
        return self.to_dict()

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hash_of(self.to_dict())

    def differences(self, other: PointsSpecification) -> list[str]:
        """What differs in another specification, in words; empty when both are the same."""
        before, after = _flat(self.summary()), _flat(other.summary())
        return [
            f"{name} was {_short(before.get(name))} and is {_short(after.get(name))}"
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The specification of a folder. Raises SettingsError."""
        try:
            return cls(**read_json(path_within(folder, cls.file_name)))
        except (ValueError, TypeError) as error:
            reason = error.reason if isinstance(error, ReadError) else error
            raise SettingsError(
                f"{folder} holds no {cls.folder_kind} that this version reads ({cls.file_name}: {reason})"
            ) from None


class Specification(PointsSpecification):
    """A base recipe, what is varied in it, and what is drawn of every point.

    `points` are (key, parameters) in order; `vary` lists the values of every varied setting, `ranges` where
    they were drawn from a span. `moments` are seconds of the sound.
    """

    folder_kind: ClassVar[str] = "sweep"
    file_name: ClassVar[str] = SPECIFICATION

    vary: dict[str, list[Any]]
    ranges: dict[str, tuple[float, float]]
    sampler: Sampler = "grid"
    samples: int | None = None
    sampler_seed: int = 0
    moments: tuple[float, ...]
    thumb: int = knob(320, low=16, high=2048, unit="px", group="points", help="longer side of a thumbnail")
    clip: Clip | None = None
    points: tuple[tuple[str, dict[str, Any]], ...]

    @field_validator("points")
    @classmethod
    def _name_folders(cls, points: Any) -> Any:
        """Keys become the names of folders, so only those of the one known form are allowed."""
        for key, _ in points:
            if not is_point_key(key):
                raise ValueError(f"{key[:40]!r} is no key of a point; allowed: 12 digits of 0-9 and a-f")
        return points

    def recipe(self, key: str) -> Recipe:
        """The recipe of a point."""
        return with_parameters(self.base, self.params(key))

    def params(self, key: str) -> dict[str, Any]:
        """The varied settings of a point."""
        if key not in self.by_key:
            raise SettingsError(f"the sweep has no point '{key}'{did_you_mean(key, self.by_key)}")
        return self.by_key[key]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The points' keys in order."""
        return tuple(key for key, _ in self.points)

    @cached_property
    def by_key(self) -> dict[str, dict[str, Any]]:
        """The points' parameters by key, in order."""
        return dict(self.points)

    def summary(self) -> dict[str, Any]:
        """All but the points."""
        values = self.to_dict()
        del values["points"]
        return values

    def differences(self, other: PointsSpecification) -> list[str]:
        """See `PointsSpecification.differences`; the points themselves where nothing else differs."""
        lines = super().differences(other)
        same = isinstance(other, Specification) and self.points == other.points
        return lines or ([] if same else ["its points differ"])

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The specification of a sweep folder. Raises SettingsError, also for points that are links out."""
        spec = super().read(folder)
        try:
            for key in spec.keys if (folder / POINTS).exists() else ():
                point_folder(folder, key)
        except ReadError as error:
            raise SettingsError(f"{folder} holds no sweep that this version reads ({error.reason})") from None
        return spec


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a specification, as it is or as its file holds it."""
    return hashlib.sha256(_canonical(dict(values)).encode()).hexdigest()


def key_of(params: Mapping[str, Any]) -> str:
    """The name of a point's folder: 12 hex of the SHA-256 of its parameters' canonical JSON."""
    return hashlib.sha256(_canonical(dict(params)).encode()).hexdigest()[:12]


def _canonical(values: Any) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by dotted names; what is varied stays together."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
