"""The file names in the run folder of a training; those of the model are in `fields.julia.model`."""

from __future__ import annotations

from pathlib import Path

PREFIX = "train"  # of the folder's name
SETTINGS = "settings.json"
PROGRESS = "progress.json"
STOP = "stop"  # a file of this name ends the training after the current step
CHECKPOINT = "checkpoint.safetensors"
CHECKPOINT_SUMMARY = "checkpoint.json"
HISTORY = "history.csv"
HISTORY_PLOT = "history.png"
PREFERENCE = "preference.json"  # what was learned from stars, where it is a term of the loss
EVALUATION = "proof.json"
EVALUATION_PLOT = "proof.png"
PREVIEW = "preview.jpg"  # while it trains


def training_folders(explorations: Path) -> list[Path]:
    """Run folders of trainings, the oldest first; links and names that are no text are left out."""
    try:
        folders = [path for path in explorations.iterdir() if path.name.startswith(f"{PREFIX}_")]
    except OSError:
        return []
    return sorted(p for p in folders if p.name.isprintable() and not p.is_symlink() and p.is_dir())
