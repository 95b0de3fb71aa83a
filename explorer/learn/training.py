"""train(): train a model that drives a field with sound, in a folder that can be resumed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from explorer.errors import SettingsError, Stopped, warn
from explorer.evolution.taste.taste import COIN_TOSS
from explorer.experiments.library.lookup import find_folder
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import MANIFEST
from explorer.files import (
    explorations_folder,
    new_folder,
    path_within,
    remove_stale_parts,
    write_bytes,
    write_json,
)
from explorer.learn.checkpoint import (
    TrainingState,
    load_checkpoint,
    read_history,
    save_checkpoint,
    write_history,
)
from explorer.learn.dataset import (
    LiveTrack,
    SkippedFile,
    load_evaluation_tracks,
    load_tracks,
    sound_files,
    split,
    split_by_length,
    synthetic_tracks,
)
from explorer.learn.evaluation import JULIA_FRAMES, JuliaFrames, evaluate
from explorer.learn.model import load_model, save_model
from explorer.learn.onnx_export import export
from explorer.learn.optimization import JuliaSubject, Trainer, single_torch_thread
from explorer.learn.plots import TrainingPreview, write_plots
from explorer.learn.progress_file import ProgressFile
from explorer.learn.run_folder import EVALUATION, PREFERENCE, PREFIX, PREVIEW, PROGRESS, SETTINGS, STOP
from explorer.learn.settings import TRAINING_PHASE, WRITING_PHASE, TrainSettings, resumed_settings
from explorer.learn.teaching.devices import training_device
from explorer.learn.teaching.field_subject import FieldSubject
from explorer.learn.teaching.judging import judging_pieces
from explorer.learn.teaching.pairs import pairs_of
from explorer.learn.teaching.sensitivity import Sensitivity
from explorer.learn.teaching.sequences import STRIDE
from explorer.learn.teaching.star_preference import (
    StarPreference,
    library_preference,
    read_preference,
    write_preference,
)
from explorer.learn.teaching.subject import MeasuredFrames, Subject
from explorer.learn.training_run import TrainRun
from explorer.progress import Progress, silent

SOUND_KEYS = ("trained_on", "held_out", "proven_on")  # of a manifest
Source = str | Path | Iterable[str | Path]


class TrainingSounds(NamedTuple):
    """Tracks to train on, those that decide when to stop, those to evaluate on; and what is not used."""

    training: list[LiveTrack]
    held_out: list[LiveTrack]
    evaluation: list[LiveTrack]
    short: list[LiveTrack]
    skipped: list[SkippedFile]

    def manifest_entries(self) -> dict[str, list[Any]]:
        """Their entries in the manifest."""
        groups = (self.training, self.held_out, self.evaluation)
        entries = [[_track_entry(track) for track in tracks] for tracks in groups]
        return {
            **dict(zip(SOUND_KEYS, entries, strict=True)),
            "never_used": [f"judging {piece['kind']} {piece['seed']}" for piece in judging_pieces()],
            "left_out": [track.name for track in self.short],
            "skipped": [file._asdict() for file in self.skipped],
        }


def train(
    source: Source,
    *,
    proof_on: Sequence[str | Path] = (),
    progress: Progress = silent,
    explorations: str | Path | None = None,
    resume: str | Path | None = None,
    on_sensitivity: Callable[[Sensitivity], None] | None = None,
    device: str = "auto",
    **settings: Any,
) -> TrainRun:
    """Train on a folder of sounds, or on files; see `TrainSettings` for the settings.

    `field`, a field or its kind, is what the model learns to move; a Julia set where none is given.
    `on_sensitivity` is told before training which pairs the field can express; without it a warning names
    those that it cannot. `device` is 'auto' (the CPU), 'cpu', 'cuda' or 'mps'; a Julia set needs the CPU.

    A share of the tracks is held out: it decides when to stop. The model is evaluated on `proof_on`, or else
    on the held-out tracks. Ctrl-C, a `Stopped` from `progress` or a file `stop` in the run folder end the
    training after the current step with the best model so far; `resume` resumes a run. An end before the
    first step leaves no folder, nor does an error: SoundError without a usable sound, SettingsError for
    wrong settings, a run with other settings or sounds, or one with nothing left to train, DeviceError
    without the device.
    """
    earlier = find_folder(resume, explorations) if resume else None
    options = resumed_settings(earlier, settings) if earlier else TrainSettings(**settings)
    target = training_device(device, options.field)
    if earlier:
        _refuse_finished(earlier, options)
    files = sound_files(source)
    preference = _preference(options, earlier, explorations)
    subject, frames, facts = _taught(options, preference, earlier is not None, on_sensitivity)
    folder = earlier or new_folder(explorations_folder(explorations), PREFIX)
    with _rollback_on_error(folder):
        if preference and not earlier:
            write_preference(folder / PREFERENCE, preference)
        status, log = _start(folder, options, progress)
        sounds = _load_sounds(files, proof_on, options, status)
        facts |= {"device": {"type": target.type}}
        log = _log_sounds(folder, log, sounds.manifest_entries() | facts)
    try:
        with single_torch_thread():
            trainer = Trainer(options, sounds.training, sounds.held_out, subject, target)
            result = _run_epochs(folder, trainer, sounds.evaluation[0], status)
            run = _finish(folder, options, sounds, status, frames)
        log |= {"status": result, "proof": run.proof}
        status.write(status=result, share=1.0, seconds_left=0.0)
    except BaseException as error:
        log |= manifest.error_status(error)
        status.write(status=log["status"], error=log["error"].strip().splitlines()[-1])
        raise
    finally:
        log |= {"ended": manifest.now(), "files": manifest.artifacts(folder)}
        manifest.write(folder, log)
    return run


def _preference(
    settings: TrainSettings, earlier: Path | None, explorations: str | Path | None
) -> StarPreference | None:
    """What stars say, where that is a term of the loss; a resumed training has what it began with."""
    if not settings.preference:
        return None
    if earlier:
        return read_preference(path_within(earlier, PREFERENCE))
    preference = library_preference(explorations)
    if preference.ranking <= COIN_TOSS:
        warn(f"{preference.sentence}; it is no better than chance")
    return preference


def _taught(
    settings: TrainSettings,
    preference: StarPreference | None,
    is_resumed: bool,
    on_sensitivity: Callable[[Sensitivity], None] | None,
) -> tuple[Subject, MeasuredFrames, dict[str, Any]]:
    """What is taught, how its frames are measured, and what the manifest says about it.

    What a field cannot express is said before training: to `on_sensitivity`, or else as a warning.
    """
    if settings.field is None:
        pairs = pairs_of(settings)
        return JuliaSubject(pairs), JuliaFrames(pairs), {}
    subject = FieldSubject(settings.field, settings.moves, settings.pairs, preference)
    if on_sensitivity:
        on_sensitivity(subject.sensitivity)
    elif not is_resumed:
        for pair in subject.sensitivity.effects:
            if pair not in subject.sensitivity.expressible:
                warn(f"the field '{settings.field.kind}' cannot express {pair}: it is left out")
    return subject, subject, subject.facts()


def _refuse_finished(folder: Path, settings: TrainSettings) -> None:
    """Raises SettingsError if a training is finished and its settings leave nothing to train."""
    rows = read_history(folder)
    if manifest.read(folder).get("status") != "done" or not rows:
        return
    best = min(range(len(rows)), key=lambda epoch: rows[epoch]["validation"])
    nothing = f"nothing left to train: {folder.name} has had"
    if len(rows) >= settings.epochs:
        raise SettingsError(f"{nothing} its {len(rows)} epochs; raise epochs (--epochs) to resume it")
    if len(rows) - 1 - best >= settings.patience:
        raise SettingsError(
            f"{nothing} {len(rows)} epochs, the last {len(rows) - 1 - best} of them without progress; raise "
            "patience (--patience) to resume it"
        )


@contextmanager
def _rollback_on_error(folder: Path) -> Iterator[None]:
    """On an error inside the block, delete a new folder, and restore an old one."""
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


def _start(folder: Path, settings: TrainSettings, progress: Progress) -> tuple[ProgressFile, dict[str, Any]]:
    """Write the first files of a run; returns its progress file and its manifest."""
    earlier = manifest.read(folder) if (folder / MANIFEST).is_file() else {}
    (folder / STOP).unlink(missing_ok=True)
    remove_stale_parts(folder)
    write_json(folder / SETTINGS, settings.model_dump(mode="json"), durable=True)
    status = ProgressFile(folder, settings.epochs, progress)
    log = {
        "schema": manifest.SCHEMA,
        "kind": "train",
        "status": "running",
        **manifest.process_facts(),
        "command": manifest.command(),
        "seed": settings.seed,
        **{name: earlier[name] for name in SOUND_KEYS if name in earlier},
        "environment": manifest.environment(),
    }
    manifest.write(folder, log)
    return status, log


def _log_sounds(folder: Path, log: dict[str, Any], entries: dict[str, Any]) -> dict[str, Any]:
    """Add the sounds to the manifest; a run cannot be resumed with other sounds."""
    if any(log.get(name, entries[name]) != entries[name] for name in ("trained_on", "held_out")):
        raise SettingsError(
            f"{folder.name} was trained on other sounds; give the same, or start a new training"
        )
    manifest.write(folder, log | entries)
    return log | entries


def _load_sounds(
    files: list[Path], proof_on: Sequence[str | Path], settings: TrainSettings, progress: Progress
) -> TrainingSounds:
    """Analyze all sounds and split them. Raises SoundError or SettingsError if there are too few."""
    evaluation = load_evaluation_tracks(proof_on, progress)
    evaluation_hashes = {track.sha256 for track in evaluation}
    tracks, skipped = load_tracks(files, progress)
    tracks = [track for track in tracks if track.sha256 not in evaluation_hashes]
    if not tracks:
        raise SettingsError("every sound is one to evaluate on (--prove); give others to train on")
    tracks += synthetic_tracks(settings.made_clips, settings.seed, progress)
    tracks, short = split_by_length(tracks, settings.sequence * STRIDE)
    training, held_out = split(tracks, settings.held_out, settings.seed)
    return TrainingSounds(training, held_out, evaluation or held_out, short, skipped)


def _run_epochs(folder: Path, trainer: Trainer, track: LiveTrack, status: ProgressFile) -> str:
    """Train until the last epoch or until patience is exhausted, and save the best model.

    Returns "done" or "stopped". `TrainingPreview` shows images of `track` meanwhile.
    """
    preview = TrainingPreview(folder, track, trainer.model)
    state = load_checkpoint(folder, trainer)
    last = trainer.settings.epochs
    result = "done"
    try:
        status(TRAINING_PHASE, state.epoch, last)
        while state.epoch < last and not _is_patience_exhausted(state, trainer.settings.patience):
            number = state.epoch
            status.record["epoch"] = number + 1
            rows = []
            for step, steps, losses in trainer.epoch(number):
                rows.append(losses)
                status.step(losses)
                status(TRAINING_PHASE, number + step / steps, last)
                if status.stop_requested:
                    raise Stopped("a stop file was found")
            _end_epoch(folder, trainer, state, rows, status)
            preview.update(trainer.model, number + 1)
    except (KeyboardInterrupt, Stopped):
        result = "stopped"
    if state.best:
        trainer.model.load_state_dict(state.best)
    save_model(folder, trainer.model)
    return result


def _end_epoch(
    folder: Path, trainer: Trainer, state: TrainingState, rows: list[dict[str, float]], status: ProgressFile
) -> None:
    """Validate, and write the checkpoint and the history."""
    validation = trainer.validate()
    means = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    row = {
        "epoch": float(state.epoch + 1),
        "loss": sum(means.values()),
        "validation": sum(validation.values()),
    }
    row |= means | {f"validation {name}": value for name, value in validation.items()}
    state.add(row, trainer)
    save_checkpoint(folder, trainer, state)
    write_history(folder, state.history)
    status.write(validation=validation)


def _is_patience_exhausted(state: TrainingState, patience: int) -> bool:
    """Whether the last `patience` epochs made no progress on the held-out tracks."""
    return state.epoch - 1 - state.best_epoch >= patience


def _finish(
    folder: Path,
    settings: TrainSettings,
    sounds: TrainingSounds,
    progress: Progress,
    frames: MeasuredFrames = JULIA_FRAMES,
) -> TrainRun:
    """Evaluate the model, and write plots, metadata and ONNX."""
    evaluation = evaluate(folder, sounds.evaluation, settings.seed, progress, frames)
    progress(WRITING_PHASE, 0, 2)
    write_json(folder / EVALUATION, evaluation)
    trained_on = sounds.manifest_entries()["trained_on"]
    save_model(folder, load_model(folder)[0], trained_on=trained_on, proof=evaluation)
    run = TrainRun(folder)
    write_plots(folder, sounds.evaluation[0], evaluation, read_history(folder))
    with suppress(OSError):  # on Windows, while another program has it open
        (folder / PREVIEW).unlink(missing_ok=True)  # the sheet shows the same at a larger size
    progress(WRITING_PHASE, 1, 2)
    export(folder)
    progress(WRITING_PHASE, 2, 2)
    return run


def _track_entry(track: LiveTrack) -> dict[str, Any]:
    return {"name": track.name, "sha256": track.sha256, "seconds": round(track.seconds, 2)}
