"""train(): sounds in, a model that moves Julia sets with them out, in a folder that can be gone on with."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from explorer.errors import SettingsError, Stopped
from explorer.experiments.library.lookup import find
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import MANIFEST
from explorer.files import explorations_folder, new_folder, sweep_parts, write_bytes, write_json
from explorer.learn import checkpoint
from explorer.learn.checkpoint import Progressed
from explorer.learn.dataset import (
    Track,
    Unusable,
    by_length,
    load_proof,
    load_tracks,
    made_tracks,
    sound_files,
    split,
)
from explorer.learn.loss_history import write_history
from explorer.learn.model import load_model, save_model
from explorer.learn.optimization import STRIDE, Fit, one_thread
from explorer.learn.preview import Preview
from explorer.learn.progress_file import Status
from explorer.learn.settings import (
    PREVIEW,
    PROGRESS,
    SETTINGS,
    STOP,
    TRAINING,
    WRITING,
    TrainSettings,
    continued,
)
from explorer.learn.training_run import TrainRun
from explorer.progress import Progress, silent

ABOUT = ("trained_on", "held_out", "proven_on")  # what a manifest says of the sounds
Source = str | Path | Iterable[str | Path]


class Sounds(NamedTuple):
    """Tracks to train on, those that decide when to stop, those to prove on; and what is not used."""

    learned: list[Track]
    held_out: list[Track]
    proven: list[Track]
    short: list[Track]
    unusable: list[Unusable]

    def about(self) -> dict[str, list[Any]]:
        """What the manifest says of them."""
        told = (self.learned, self.held_out, self.proven)
        named = [[_name(track) for track in tracks] for tracks in told]
        return {
            **dict(zip(ABOUT, named, strict=True)),
            "left_out": [track.name for track in self.short],
            "skipped": [file._asdict() for file in self.unusable],
        }


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
    after the step with what is there; `resume` goes on with a run. Before the first step nothing is kept, nor
    where the sounds or settings are refused: SoundError without a usable sound, SettingsError for wrong
    settings, a run that was about something else, or one with nothing left to train.
    """
    earlier = find(resume, explorations) if resume else None
    chosen = continued(earlier, settings) if earlier else TrainSettings(**settings)
    if earlier:
        _refuse_finished(earlier, chosen)
    files = sound_files(source)
    folder = earlier or new_folder(explorations_folder(explorations), "train")
    with _refused_without_a_trace(folder):
        status, log = _begin(folder, chosen, progress)
        sounds = _sounds(files, proof_on, chosen, status)
        log = _about(folder, log, sounds.about())
    try:
        with one_thread():
            ended = _fit(folder, Fit(chosen, sounds.learned, sounds.held_out), sounds.proven[0], status)
            run = _finish(folder, chosen, sounds, status)
        log |= {"status": ended, "proof": run.proof}
        status.tell(status=ended, share=1.0, seconds_left=0.0)
    except BaseException as error:
        log |= manifest.ended_by(error)
        status.tell(status=log["status"], error=log["error"].strip().splitlines()[-1])
        raise
    finally:
        log |= {"ended": manifest.now(), "files": manifest.artifacts(folder)}
        manifest.write(folder, log)
    return run


def _refuse_finished(folder: Path, settings: TrainSettings) -> None:
    """Raises SettingsError where a training has come to its end and its settings ask for no more."""
    rows = checkpoint.rows(folder)
    if manifest.read(folder).get("status") != "done" or not rows:
        return
    best = min(range(len(rows)), key=lambda epoch: rows[epoch]["validation"])
    nothing = f"nothing left to train: {folder.name} has had"
    if len(rows) >= settings.epochs:
        raise SettingsError(f"{nothing} its {len(rows)} epochs; raise epochs (--epochs) to go on")
    if len(rows) - 1 - best >= settings.patience:
        raise SettingsError(
            f"{nothing} {len(rows)} epochs, the last {len(rows) - 1 - best} of them in vain; raise patience "
            "(--patience) to go on"
        )


@contextmanager
def _refused_without_a_trace(folder: Path) -> Iterator[None]:
    """Where the work in here ends with an error, a new folder goes again, and an old one is as it was."""
    names = (MANIFEST, SETTINGS, PROGRESS)
    before = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    try:
        yield
    except BaseException:
        for name, data in before.items():
            write_bytes(folder / name, data)
        if not before:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _begin(folder: Path, settings: TrainSettings, progress: Progress) -> tuple[Status, dict[str, Any]]:
    """Say in the folder that training runs; gives the manifest as it was before, or as it is now."""
    before = manifest.read(folder) if (folder / MANIFEST).is_file() else {}
    (folder / STOP).unlink(missing_ok=True)
    sweep_parts(folder)
    write_json(folder / SETTINGS, settings.model_dump())
    status = Status(folder, settings.epochs, progress)
    log = {
        "schema": manifest.SCHEMA,
        "kind": "train",
        "status": "running",
        **manifest.process_facts(),
        "command": manifest.command(),
        "seed": settings.seed,
        **{name: before[name] for name in ABOUT if name in before},
        "environment": manifest.environment(),
    }
    manifest.write(folder, log)
    return status, log


def _about(folder: Path, log: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """Add the sounds to the manifest; refuse to go on with others."""
    if any(log.get(name, about[name]) != about[name] for name in ("trained_on", "held_out")):
        raise SettingsError(f"{folder.name} was trained on other sounds; give the same, or start anew")
    manifest.write(folder, log | about)
    return log | about


def _sounds(
    files: list[Path], proof_on: Sequence[str | Path], settings: TrainSettings, progress: Progress
) -> Sounds:
    """Hear everything, and say what it is for. Raises SoundError or SettingsError where that cannot be."""
    proven = load_proof(proof_on, progress)
    hidden = {track.sha256 for track in proven}
    heard, unusable = load_tracks(files, progress)
    tracks = [track for track in heard if track.sha256 not in hidden]
    if not tracks:
        raise SettingsError("every sound is one to prove on; give others to train on")
    tracks += made_tracks(settings.made_clips, settings.seed, progress)
    tracks, short = by_length(tracks, settings.sequence * STRIDE)
    learned, held_out = split(tracks, settings.held_out, settings.seed)
    return Sounds(learned, held_out, proven or held_out, short, unusable)


def _fit(folder: Path, fit: Fit, track: Track, status: Status) -> str:
    """All epochs, or as many as it takes; the best model lies in the folder then. "done" or "stopped".

    Pictures of `track` are kept up to date on the way (see `Preview`).
    """
    preview = Preview(folder, track, fit.model)
    progressed = checkpoint.load(folder, fit)
    last = fit.settings.epochs
    ended = "done"
    try:
        status(TRAINING, progressed.epoch, last)
        while progressed.epoch < last and not _exhausted(progressed, fit.settings.patience):
            number = progressed.epoch
            status.facts["epoch"] = number + 1
            rows = []
            for step, steps, losses in fit.epoch(number):
                rows.append(losses)
                status.step(losses)
                status(TRAINING, number + step / steps, last)
                if status.stop_wanted:
                    raise Stopped("a file asked for it")
            _end_epoch(folder, fit, progressed, rows, status)
            preview.update(fit.model, number + 1)
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


def _finish(folder: Path, settings: TrainSettings, sounds: Sounds, progress: Progress) -> TrainRun:
    """The proof, the pictures, the model's facts and ONNX."""
    from explorer.learn.evaluation import prove
    from explorer.learn.onnx_export import export
    from explorer.learn.plots import write_pictures

    proof = prove(folder, sounds.proven, settings.seed, progress)
    progress(WRITING, 0, 2)
    write_json(folder / "proof.json", proof)
    save_model(folder, load_model(folder)[0], trained_on=sounds.about()["trained_on"], proof=proof)
    run = TrainRun(folder)
    write_pictures(folder, sounds.proven[0], proof, checkpoint.rows(folder))
    with suppress(OSError):  # Windows: someone looks at it
        (folder / PREVIEW).unlink(missing_ok=True)  # the sheet shows the same, larger
    progress(WRITING, 1, 2)
    export(folder)
    progress(WRITING, 2, 2)
    return run


def _name(track: Track) -> dict[str, Any]:
    return {"name": track.name, "sha256": track.sha256, "seconds": round(track.seconds, 2)}
