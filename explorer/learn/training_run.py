"""A training by its run folder, and the results in it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import ReadError
from explorer.experiments.runs import manifest
from explorer.fields import FieldSettings, Julia
from explorer.fields.julia.model import METADATA_FILE
from explorer.fields.registry import field_from
from explorer.files import explorations_folder, path_within, read_json
from explorer.learn.model import AudioToVisualModel, load_model
from explorer.learn.run_folder import EVALUATION, HISTORY

if TYPE_CHECKING:
    import pandas as pd


def field_with_model(folder: Path) -> FieldSettings:
    """The field that the model in a folder was trained for, or the first look of Julia sets, driven by it."""
    settings = read_json(path_within(folder, METADATA_FILE)).get("field")
    if settings is None:
        return Julia.default_look().replace(model=str(folder))
    is_listed = (explorations_folder() / folder.name).resolve() == folder.resolve()
    field: FieldSettings = field_from(settings)
    return field.replace(model=folder.name if is_listed else str(folder))


@dataclass(frozen=True, repr=False)
class TrainRun:
    """A finished or unfinished training: model.safetensors, model.onnx, history, evaluation, images."""

    folder: Path

    @property
    def model(self) -> AudioToVisualModel:
        """The best model so far."""
        return load_model(self.folder)[0]

    @property
    def field(self) -> FieldSettings:
        """The field that the model drives, with the smoothing that it was trained for."""
        return field_with_model(self.folder)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest: status, sounds, machine, evaluation."""
        return manifest.read(self.folder)

    @cached_property
    def proof(self) -> dict[str, Any]:
        """How well rendered images follow music that was not trained on (`explorer.learn.evaluation`)."""
        return read_json(path_within(self.folder, EVALUATION))

    @property
    def is_evaluated_on_training_sound(self) -> bool:
        """Whether it is evaluated on the last part of a sound whose first part it was trained on."""
        training, evaluation = (
            {sound["sha256"] for sound in self.manifest.get(name, [])} for name in ("trained_on", "proven_on")
        )
        return not training.isdisjoint(evaluation)

    @property
    def history(self) -> pd.DataFrame:
        """The losses of every epoch; empty before the first has ended. Raises ReadError if damaged."""
        import pandas as pd

        path = self.folder / HISTORY
        try:
            return pd.read_csv(path) if path.is_file() else pd.DataFrame()
        except (OSError, ValueError) as error:  # also the errors of pandas
            raise ReadError(path, " ".join(str(error).split())) from error

    def report(self) -> str:
        """The evaluation as a table of plain text. Raises ReadError if it is damaged."""
        from explorer.learn.evaluation import table_lines

        try:
            return "\n".join(table_lines(self.proof))
        except ReadError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ReadError(self.folder / EVALUATION, "it is no evaluation of a model") from error

    def __repr__(self) -> str:
        return f"<TrainRun {self.folder.name}>"  # the name alone: notebooks are shared, paths are not

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.folder.name)}</b> ({html.escape(str(self.manifest.get('status')))})"
