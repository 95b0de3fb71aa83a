"""The models that the page can use: the trained ones of an explorations folder, and the one that ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError, ReadError
from explorer.experiments.library.model_proof import proof_score
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import is_starred
from explorer.fields.julia.model import METADATA_FILE, ONNX_FILE, SHIPPED_FOLDER
from explorer.files import read_json
from explorer.learn.run_folder import training_folders

DEFAULT = "default"
DESCRIPTION = METADATA_FILE
MAX_NETWORK_BYTES, MAX_DESCRIPTION_BYTES = 64 * 2**20, 2**20


class UnknownModelError(ExplorerError):
    """There is no model of this name."""


@dataclass(frozen=True)
class Model:
    """A model: its name in the API and its folder."""

    id: str
    folder: Path

    @property
    def network(self) -> Path:
        """The ONNX file."""
        return self.folder / ONNX_FILE

    def describe(self) -> dict[str, Any]:
        """The content of model.json. Raises ExplorerError if it is damaged."""
        try:
            return read_json(self.folder / DESCRIPTION)
        except ReadError as error:
            raise ExplorerError(f"{self.id}: {DESCRIPTION} is damaged: {error.reason}") from None

    @property
    def damage(self) -> str | None:
        """Why its description cannot be read; None if it can."""
        try:
            self.describe()
        except ExplorerError as error:
            return str(error)
        return None

    @property
    def drives_another_field(self) -> bool:
        """Whether it was trained for a field that is no Julia set: the page cannot use it."""
        try:
            return "field" in self.describe()
        except ExplorerError:
            return False

    @property
    def is_finished(self) -> bool:
        """Whether its training is finished, according to its manifest."""
        try:
            return bool(manifest.read(self.folder).get("status", "done") == "done")
        except ReadError as error:
            return error.missing  # the model that ships has none, nor has a copied one

    @property
    def is_complete(self) -> bool:
        """Whether both files exist, have a plausible size, and are not links."""
        limits = {ONNX_FILE: MAX_NETWORK_BYTES, DESCRIPTION: MAX_DESCRIPTION_BYTES}
        try:
            return all(
                (path := self.folder / name).is_file()
                and not path.is_symlink()
                and 0 < path.stat().st_size <= limit
                for name, limit in limits.items()
            )
        except OSError:
            return False


def list_models(explorations: Path, default: Path | None = None) -> list[Model]:
    """All complete models of Julia sets: trained ones, the newest first, then the one that ships."""
    trained = [Model(folder.name, folder) for folder in reversed(training_folders(explorations))]
    models = (*trained, Model(DEFAULT, default or SHIPPED_FOLDER))
    return [model for model in models if model.is_complete and not model.drives_another_field]


def initial_model(models: Sequence[Model]) -> Model | None:
    """The model that the page begins with: the newest with a star, or else the best.

    A finished training is better than the model that ships when its own evaluation is: see `proof_score`. So
    a short trial does not take its place. Where there is no other, the first one.
    """
    usable = [model for model in models if model.is_finished and model.damage is None]
    starred = (model for model in usable if is_starred(model.folder))
    best = max(reversed(usable), key=lambda model: proof_score(model.describe().get("proof")), default=None)
    return next(starred, best) or next(iter(models), None)


def find_model(name: str, explorations: Path, default: Path | None = None) -> Model:
    """The model of a name. Only names in the list are accepted, so no name becomes a path."""
    models = list_models(explorations, default)
    for model in models:
        if model.id == name:
            return model
    listed = ", ".join(model.id for model in models[:5]) or "none yet: train one"
    raise UnknownModelError(f"there is no model {name[:100]!r}; there are: {listed}")


def latest_model(explorations: Path, default: Path | None = None) -> Model:
    """The newest model whose description can be read, or else the one that ships."""
    models = list_models(explorations, default)
    newest = next((model for model in models if model.damage is None), None)
    if newest is None:
        raise UnknownModelError("there is no model yet; train one: explorer train FOLDER")
    return newest
