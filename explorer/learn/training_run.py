"""A training by its folder, and what lies in it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.experiments.runs import manifest
from explorer.fields.julia import Julia
from explorer.files import read_json
from explorer.learn.model import AudioToVisualModel, load_model

if TYPE_CHECKING:
    import pandas as pd


def field_of(folder: Path) -> Julia:
    """The look that newcomers see, moved by the model in a folder."""
    return Julia.default_look().replace(model=str(folder))


@dataclass(frozen=True, repr=False)
class TrainRun:
    """A finished or unfinished training: model.safetensors, model.onnx, history, proof, pictures."""

    folder: Path

    @property
    def model(self) -> AudioToVisualModel:
        """The best model so far."""
        return load_model(self.folder)[0]

    @property
    def field(self) -> Julia:
        """A Julia set that the model moves, with the smoothing that it was trained for."""
        return field_of(self.folder)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What happened: status, sounds, machine, proof."""
        return manifest.read(self.folder)

    @cached_property
    def proof(self) -> dict[str, Any]:
        """How well rendered pictures follow music that was not trained on (`explorer.learn.evaluation`)."""
        return read_json(self.folder / "proof.json")

    @property
    def proven_on_a_part(self) -> bool:
        """Whether what it is proven on is a part of a sound that it was trained on."""
        learned, proven = (
            {sound["sha256"] for sound in self.manifest.get(name, [])} for name in ("trained_on", "proven_on")
        )
        return not learned.isdisjoint(proven)

    @property
    def history(self) -> pd.DataFrame:
        """The losses of every epoch; empty before the first has ended."""
        import pandas as pd

        path = self.folder / "history.csv"
        return pd.read_csv(path) if path.is_file() else pd.DataFrame()

    def report(self) -> str:
        """The proof as a table of plain text."""
        from explorer.learn.evaluation import lines

        return "\n".join(lines(self.proof))

    def __repr__(self) -> str:
        return f"<TrainRun {self.folder.name}>"  # the name alone: notebooks travel, paths do not

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.folder.name)}</b> ({html.escape(self.manifest['status'])})"
