"""train(): sounds in, a model that moves Julia sets with them out, in a folder that can be gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from explorer.errors import SettingsError, Stopped
from explorer.experiments import manifest
from explorer.experiments.library import find
from explorer.files import explorations_folder, new_folder, sweep_parts, write_json
from explorer.learn import checkpoint
from explorer.learn.checkpoint import Progressed
from explorer.learn.dataset import Track, load_tracks, made_tracks, split
from explorer.learn.fitting import Fit, one_thread
from explorer.learn.history import write_history
from explorer.learn.model import load_model, save_model
from explorer.learn.run import TrainRun
from explorer.learn.settings import STOP, TrainSettings
from explorer.learn.status import Status
from explorer.progress import Progress, silent

Source = str | Path | Iterable[str | Path]
MAY_CHANGE = ("epochs", "patience")  # when a training goes on


def train(
    source: Source,
    *,
    proof_on: Sequence[str | Path] = (),
    progress: Progress = silent,
    explorations: str | Path | None = None,
    resume: str | Path | None = None,
    **settings: Any,
) -> TrainRun:
    """Train on a folder of sounds, or on files; see `TrainSettings` for the settings.

    A share of the tracks is held out: it decides when to stop, and `proof_on` (else those tracks) shows what
    was learned. Ctrl-C, a `Stopped` from `progress` or a file `stop` in the run folder end the training
    after the step with what is there; `resume` goes on with a run. Raises SoundError without a usable sound,
    SettingsError for wrong settings or a run that was about something else.
    """
    folder = find(resume, explorations) if resume else None
    chosen = _settings(folder, settings)
    proven = load_tracks(proof_on, progress) if proof_on else []
    tracks = [
        track for track in load_tracks(source, progress) if track.sha256 not in {t.sha256 for t in proven}
    ]
    if not tracks:
        raise SettingsError("every sound is one to prove on; give others to train on")
    tracks += made_tracks(chosen.made_clips, chosen.seed, progress)
    learned, held_out = split(tracks, chosen.held_out, chosen.seed)
    about = {
        "trained_on": [_name(track) for track in learned],
        "held_out": [_name(track) for track in held_out],
        "proven_on": [_name(track) for track in proven or held_out],
    }
    folder = folder or new_folder(explorations_folder(explorations), "train")
    log = _begin(folder, chosen, about)
    status = Status(folder, chosen.epochs)
    try:
        with one_thread():
            ended = _fit(folder, Fit(chosen, learned, held_out), status, progress)
            run = _finish(folder, chosen, about, proven or held_out, progress)
        log |= {"status": ended, "proof": run.proof}
        status.tell(status=ended, seconds_left=0.0)
    except BaseException as error:
        log |= manifest.ended_by(error)
        status.tell(status=log["status"], error=log["error"].strip().splitlines()[-1])
        raise
    finally:
        log |= {"ended": manifest.now(), "files": manifest.artefacts(folder)}
        manifest.write(folder, log)
    return run


def _settings(folder: Path | None, given: dict[str, Any]) -> TrainSettings:
    """The settings given; those of a run that goes on may change in few points only."""
    if folder is None:
        return TrainSettings(**given)
    try:
        saved = TrainSettings(**json.loads((folder / "settings.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"{folder} is no training that could go on: {error}") from None
    chosen = saved.replace(**given)
    for name, value in chosen:
        if name not in MAY_CHANGE and value != getattr(saved, name):
            raise SettingsError(
                f"{name}: {folder.name} was trained with {getattr(saved, name)!r}, not {value!r}; leave "
                "it out, or start a new training"
            )
    return chosen


def _begin(folder: Path, settings: TrainSettings, about: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Write settings and manifest; refuse to go on with other sounds."""
    if (folder / manifest.NAME).is_file():
        before = manifest.read(folder)
        if before["trained_on"] != about["trained_on"] or before["held_out"] != about["held_out"]:
            raise SettingsError(f"{folder.name} was trained on other sounds; give the same, or start anew")
    (folder / STOP).unlink(missing_ok=True)
    sweep_parts(folder)
    write_json(folder / "settings.json", settings.model_dump())
    log = {
        "schema": manifest.SCHEMA,
        "kind": "train",
        "status": "running",
        **manifest.here(),
        "command": manifest.command(),
        "seed": settings.seed,
        **about,
        "environment": manifest.environment(),
    }
    manifest.write(folder, log)
    return log


def _fit(folder: Path, fit: Fit, status: Status, progress: Progress) -> str:
    """All epochs, or as many as it takes; the best model lies in the folder then. "done" or "stopped"."""
    progressed = checkpoint.load(folder, fit)
    first, last = progressed.epoch, fit.settings.epochs
    ended = "done"
    try:
        while progressed.epoch < last and not _exhausted(progressed, fit.settings.patience):
            number = progressed.epoch
            status.facts["epoch"] = number + 1
            rows = []
            for step, steps, losses in fit.epoch(number):
                rows.append(losses)
                status.step(losses, number - first + step / steps, last - first)
                progress("training", number + step / steps, last)
                if status.stop_wanted:
                    raise Stopped("a file asked for it")
            _end_epoch(folder, fit, progressed, rows, status)
    except (KeyboardInterrupt, Stopped):
        ended = "stopped"
    if progressed.best:
        fit.model.load_state_dict(progressed.best)
    save_model(folder, fit.model)
    return ended


def _end_epoch(
    folder: Path, fit: Fit, progressed: Progressed, rows: list[dict[str, float]], status: Status
) -> None:
    validation = fit.validate()
    means = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    row = {
        "epoch": float(progressed.epoch + 1),
        "loss": sum(means.values()),
        "validation": sum(validation.values()),
    }
    row |= means | {f"validation {name}": value for name, value in validation.items()}
    progressed.add(row, fit)
    checkpoint.save(folder, fit, progressed)
    write_history(folder, progressed.history)
    status.tell(validation=validation)


def _exhausted(progressed: Progressed, patience: int) -> bool:
    """Whether the last epochs brought nothing on the tracks held out."""
    return progressed.epoch - 1 - progressed.best_epoch >= patience


def _finish(
    folder: Path, settings: TrainSettings, about: dict[str, Any], tracks: list[Track], progress: Progress
) -> TrainRun:
    """The proof, the pictures, the model's facts and ONNX."""
    from explorer.learn.onnx_export import export
    from explorer.learn.pictures import write_pictures
    from explorer.learn.proof import prove

    proof = prove(folder, tracks, settings.seed, progress)
    write_json(folder / "proof.json", proof)
    save_model(folder, load_model(folder)[0], trained_on=about["trained_on"], proof=proof)
    run = TrainRun(folder)
    write_pictures(folder, tracks[0], proof, checkpoint.rows(folder))
    export(folder)
    return run


def _name(track: Track) -> dict[str, Any]:
    return {"name": track.name, "sha256": track.sha256, "seconds": round(track.seconds, 2)}
