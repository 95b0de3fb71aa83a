"""The files of an atlas: its specification and its batches, as `explorer.evolution.atlas` writes them.

The points are those of a sweep, but that a batch of them follows from the results of the batches before. A
batch is written before its points are drawn, so what is missing after a kill is drawn again, the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import field_validator, model_validator

from explorer import files
from explorer.diagnostics.look_measures import LOOK_MEASURES
from explorer.errors import ReadError, SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.run_folder import ATLAS, BATCHES, batch_path, is_point_key
from explorer.experiments.sweeps.parameter_paths import with_parameters
from explorer.experiments.sweeps.specification import PointsSpecification, hash_of, key_of
from explorer.settings import Settings, did_you_mean, knob

MAX_EVALUATIONS = 100_000
MAX_CELLS = 100  # along an axis


class AtlasSpecification(PointsSpecification):
    """Everything that determines an atlas but how many looks it evaluates, saved as atlas.json.

    Looks are judged on pictures of `picture` pixels, at moments of a stretch of the sound.
    """

    folder_kind: ClassVar[str] = "atlas"
    file_name: ClassVar[str] = ATLAS

    axes: tuple[str, str]
    cells: int = knob(20, low=2, high=MAX_CELLS, help="cells along each axis")
    seed: int = knob(0, low=0, high=2**32 - 1, help="of the random numbers of the search")
    begin: float = knob(0.0, low=0, unit="s", help="where the stretch begins that the looks are seen on")
    seconds: float = knob(4.0, low=0.01, high=60, unit="s", help="length of that stretch")
    picture: tuple[int, int] = (160, 90)
    batch: int = knob(40, low=1, high=1000, help="looks that are chosen at once")
    first_batches: int = knob(1, low=1, help="batches that are spread evenly before any is chosen")
    evaluations: int = knob(2000, low=1, high=MAX_EVALUATIONS, help="how many looks were planned")

    @field_validator("axes")
    @classmethod
    def _check_axes(cls, axes: tuple[str, str]) -> tuple[str, str]:
        return check_axes(axes)

    def recipe(self, params: dict[str, Any]) -> Recipe:
        """The recipe of a point."""
        return with_parameters(self.base, params)


def check_axes(axes: Any) -> tuple[str, str]:
    """Two different measures by name. Raises SettingsError."""
    names = [name.strip() for name in axes.split(",")] if isinstance(axes, str) else list(axes)
    for name in names:
        if name not in LOOK_MEASURES:
            close = did_you_mean(str(name), LOOK_MEASURES)
            raise SettingsError(f"axes: no measure '{str(name)[:40]}'{close}")
    if len(names) != 2 or names[0] == names[1]:
        raise SettingsError(f"axes: got {', '.join(names) or 'none'}; give two different measures")
    return names[0], names[1]


class Batch(Settings):
    """Looks that were chosen together: their positions in the search, and what they are."""

    number: int = knob(0, low=0, high=MAX_EVALUATIONS)
    positions: tuple[tuple[float, ...], ...]
    params: tuple[dict[str, Any], ...]

    @model_validator(mode="after")
    def _check_length(self) -> Batch:
        if len(self.positions) != len(self.params):
            raise ValueError(f"it has {len(self.positions)} positions and {len(self.params)} points")
        return self

    @property
    def keys(self) -> list[str]:
        """The keys of the points; looks that are the same have the same."""
        return [key_of(params) for params in self.params]

    def write(self, folder: Path) -> None:
        """Write the file of the batch, with a checksum."""
        values = self.model_dump(mode="json")
        path = batch_path(folder, self.number)
        files.write_json(path, values | {"checksum": hash_of(values)}, durable=True)

    @classmethod
    def read(cls, folder: Path, number: int) -> Batch | None:
        """A batch; None where there is none yet. Raises SettingsError for one that was edited."""
        path = batch_path(folder, number)
        try:
            values = files.read_json(files.path_within(files.path_within(folder, BATCHES), path.name))
            checksum = values.pop("checksum", None)
            batch = cls(**values)
        except ReadError as error:
            if error.missing:
                return None
            raise SettingsError(f"{path} cannot be read: {error.reason}") from None
        except (SettingsError, TypeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}") from None
        if checksum != hash_of(values) or batch.number != number:
            raise SettingsError(f"{path} was edited: an atlas cannot change; restore the file")
        return batch


def atlas_points(folder: Path) -> dict[str, dict[str, Any]]:
    """The parameters of every point that was chosen so far, by key, in the order of choice.

    Raises SettingsError for a batch that was edited or is damaged.
    """
    points: dict[str, dict[str, Any]] = {}
    number = 0
    while batch := Batch.read(folder, number):
        points |= dict(zip(batch.keys, batch.params, strict=True))
        number += 1
    return {key: params for key, params in points.items() if is_point_key(key)}
