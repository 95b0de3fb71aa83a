"""The models that can be played with: the trained ones of an explorations folder, and the one that ships."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import ExplorerError, ReadError
from explorer.experiments.runs import manifest
from explorer.fields.julia.model import METADATA_FILE, ONNX_FILE, SHIPPED_FOLDER
from explorer.files import read_json

DEFAULT = "default"
DESCRIPTION = METADATA_FILE
LARGEST_NETWORK, LARGEST_DESCRIPTION = 64 * 2**20, 2**20  # bytes; what is larger is none of ours


class NoSuchModel(ExplorerError):  # noqa: N818  as in: there is no such model
    """No model by that name."""


@dataclass(frozen=True)
class Model:
    """A model by the name that the API gives it, and the folder that holds it."""

    id: str
    folder: Path

    @property
    def network(self) -> Path:
        """The ONNX file."""
        return self.folder / ONNX_FILE

    def describe(self) -> dict[str, Any]:
        """What model.json tells. Raises ExplorerError when it is damaged."""
        try:
            return read_json(self.folder / DESCRIPTION)
        except ReadError as error:
            raise ExplorerError(f"{self.id}: {DESCRIPTION} is damaged: {error.reason}") from None

    @property
    def is_finished(self) -> bool:
        """Whether its training came to its end, as far as its folder tells."""
        try:
            return bool(manifest.read(self.folder).get("status", "done") == "done")
        except ExplorerError:
            return True  # what ships, and what was brought here, has none

    @property
    def is_whole(self) -> bool:
        """Whether both files are there, of a sensible size, and not links to somewhere else."""
        limits = {ONNX_FILE: LARGEST_NETWORK, DESCRIPTION: LARGEST_DESCRIPTION}
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
    """All whole models: trained ones, the newest first, then the one that ships."""
    try:
        folders = [folder for folder in explorations.iterdir() if folder.name.startswith("train_")]
    except OSError:
        folders = []
    trained = [
        Model(folder.name, folder) for folder in sorted(folders, reverse=True) if not folder.is_symlink()
    ]
    return [model for model in (*trained, Model(DEFAULT, default or SHIPPED_FOLDER)) if model.is_whole]


def find_model(name: str, explorations: Path, default: Path | None = None) -> Model:
    """The model by its name; only names of the list are known, so no name is ever made into a path."""
    known = list_models(explorations, default)
    for model in known:
        if model.id == name:
            return model
    listed = ", ".join(model.id for model in known[:5]) or "none yet: train one"
    raise NoSuchModel(f"there is no model {name[:100]!r}; there are: {listed}")


def latest_model(explorations: Path, default: Path | None = None) -> Model:
    """The model trained last, or the one that ships."""
    known = list_models(explorations, default)
    if not known:
        raise NoSuchModel("there is no model yet; train one: explorer train FOLDER")
    return known[0]
