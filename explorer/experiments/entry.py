"""`render()`, one recipe in one folder, and `sweep()`, many from one base; both end with a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from explorer import files
from explorer.audio import open_sound
from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.library.sweep_results import Sweep
from explorer.experiments.reports import write_report_or_warn
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, check_workers
from explorer.experiments.runs.estimate import Estimate
from explorer.experiments.runs.execution import run_recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.runs.recipe import Recipe, find_audio, find_columns
from explorer.experiments.runs.run import Run, device_of_run
from explorer.experiments.runs.run_folder import COLUMNS, SHEET, SPECIFICATION, point_folder
from explorer.experiments.runs.sound_input import AudioInput, SoundInput, with_columns_of_track
from explorer.experiments.sweeps.cost import sweep_cost, with_cost
from explorer.experiments.sweeps.eta import SweepPlan
from explorer.experiments.sweeps.leased_point import outcome
from explorer.experiments.sweeps.manifest_writer import SweepManifest, manual_changes
from explorer.experiments.sweeps.options import SweepOptions, specify
from explorer.experiments.sweeps.parameter_paths import with_parameters
from explorer.experiments.sweeps.point_status import is_settled, point_log
from explorer.experiments.sweeps.point_task import run_point
from explorer.experiments.sweeps.scheduler import Session, Tally, run_points
from explorer.experiments.sweeps.specification import Specification
from explorer.experiments.sweeps.tracks import analyze_all, track_of
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.fields.custom.transport import with_custom_classes
from explorer.formatting import count_text
from explorer.progress import Progress, silent
from explorer.rendering import resolve
from explorer.rendering.frames import Size
from explorer.video import EncoderSettings, save_image


@with_columns_of_track
def render(
    field: FieldSettings,
    audio: AudioInput,
    out: str | Path | None = None,
    *,
    size: Size | None = None,
    fps: Any = 30,
    start: float = 0.0,
    duration: float | None = None,
    shape: str | None = None,
    loop: bool = False,
    device: str = "auto",
    precision: str = "auto",
    threads: int | None = None,
    executor: AnyExecutor | None = None,
    png_dir: str | Path | None = None,
    explorations: str | Path | None = None,
    flash_limit: bool | str = "calm",
    lyrics: str | Path | None = None,
    lyrics_font: str | Path | None = None,
    analysis: dict[str, Any] | None = None,
    encoder: EncoderSettings | None = None,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress = silent,
) -> Run:
    """Draw a field to a sound and keep everything in a new run folder.

    `audio` is a sound file, or a `FeatureTrack` of `analyze`, with its analysis and added columns. `size` is
    a height of 16:9 ('720p'), 'WxH' or a pair; the field's own unless given; `shape` ('square', 'vertical',
    'wide', 'story') keeps its shorter side; `start` and `duration` are seconds; with `loop` the last two
    seconds fade into the beginning; `flash_limit` is 'calm' or True (motion is calmed where it would flash
    more than three times a second, and light dimmed where that is not enough), 'dim' or 'off'; `out` gets a
    copy of the video, whose ending says which kind of file is made (.mp4, .webm, .mov, .gif, .webp);
    `png_dir` gets every frame; `device` is 'auto', 'cpu', 'gpu', 'gpu:NAME' (a part of the name of a GPU) or
    'cuda'. `lyrics` is a .lrc or .srt whose lines are drawn over the frames, with the font file
    `lyrics_font`. `analysis` holds settings of `analyze`, `encoder` how the video is made. The workers of an
    `executor` draw with `threads` (1) each, while this process encodes: that of concurrent.futures or a
    `dask.distributed.Client` whose workers reach the run folder. `on_estimate` is called with what a longer
    render will take, measured in a second or two before it starts, and a disk too full is refused then.
    Raises ExplorerError with one clear line; a callback or Ctrl-C may stop it, and nothing half-written
    remains under a final name.
    """
    options = RenderOptions.of(locals())
    check_field(field)
    return render_recipe(
        options.recipe(field, audio),
        audio,
        out,
        options,
        executor=executor,
        on_estimate=on_estimate,
        progress=progress,
    )


def render_recipe(
    recipe: Recipe,
    audio: AudioInput,
    out: str | Path | None = None,
    options: RenderOptions | None = None,
    *,
    executor: AnyExecutor | None = None,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress = silent,
) -> Run:
    """Render a recipe with its sound into a new run folder, with a report. See `render`."""
    run = run_recipe(
        recipe, audio, out, options, executor=executor, on_estimate=on_estimate, progress=progress
    )
    write_report_or_warn(run.folder)
    return run


@with_columns_of_track
def sweep(
    field: FieldSettings | None = None,
    audio: AudioInput | None = None,
    vary: Mapping[str, Any] | None = None,
    *,
    ready: str | None = None,
    sampler: str | None = None,
    samples: int | None = None,
    sampler_seed: int | None = None,
    size: Size | None = None,
    fps: Any = None,
    start: float | None = None,
    duration: float | None = None,
    analysis: dict[str, Any] | None = None,
    moments: int | Sequence[float] | None = None,
    thumb: int | None = None,
    clips: bool | None = None,
    clip_seconds: float | None = None,
    clip_size: Size | None = None,
    precision: str | None = None,
    device: str = "auto",
    workers: int | None = None,
    executor: AnyExecutor | None = None,
    resume: str | Path | None = None,
    retry_failed: bool = False,
    explorations: str | Path | None = None,
    announce: Callable[[SweepPlan], None] | None = None,
    progress: Progress = silent,
) -> Sweep:
    """Draw, measure and film a field with settings varied, and keep everything in a new sweep folder.

    `audio` is a sound file, or a `FeatureTrack` of `analyze`, with its analysis and added columns.
    `vary` holds lists of values by the name of any setting of field, analysis or frames (`gain`, dotted as
    in `frames.fps` where two have one); `ready` is 'quick' or 'batch'. `sampler` is 'grid' (every
    combination), 'oat' (one at a time, the others as in `field`), 'random' or 'lhs' (Latin hypercube), which
    take `samples` (16) and `sampler_seed` (0) and also accept (low, high). Each point gets frames at
    `moments` (seconds, or how many), drawn at `size`, a thumbnail, a diagnosis and a clip with sound.

    `announce` is called with the plan before the first point: with time and disk space, measured on a few
    points, unless that is soon done. Raising stops. A point that fails is recorded as failed and the rest is
    drawn. After any end `resume=folder` does what is left, with `retry_failed` the failed points too;
    settings given then must be the sweep's own. Runs on local processes (`workers`, else as many as are worth
    it), or on a `dask.distributed.Client` or any other executor whose workers reach the folder.
    Raises SettingsError for names and values that are not allowed, before anything is drawn.
    """
    options = SweepOptions.of(locals())
    target = resolve(_sweep_device(options.device, resume), options.precision, field)
    if executor is not None:
        as_executor(executor)
    if resume is not None:
        folder, spec, sound = _stored_sweep(Path(resume), field, vary, options, audio)
    else:
        folder, spec, sound = _new_sweep(field, vary, options, audio, progress)
    with SweepManifest(folder, spec, len(spec.points), sound.path, target) as manifest:
        analyze_all(
            folder, (with_parameters(spec.base, params) for _, params in spec.points), sound, progress
        )
        run = with_custom_classes(run_point, spec.base)
        session = Session(folder, spec.by_key, target.request, retry_failed, manifest.report, progress, run)
        tally, keys = _unsettled(folder, spec, retry_failed)
        check_workers(executor, folder)
        if announce is not None:
            tracks = partial(track_of, folder)
            cost = sweep_cost(spec, keys, tracks, target, open_sound(sound.path), progress)
            plan = with_cost(_plan(folder, spec, keys, workers), cost, session.device, executor)
            announce(plan)
            workers = plan.workers
        try:
            run_points(session, keys, tally, workers=workers, executor=executor)
        finally:
            manifest.report(tally, last=True)
            _write_sheet(folder)
    write_report_or_warn(folder)
    return Sweep(folder)


def _sweep_device(device: str, resume: str | Path | None) -> str:
    """What to draw on; a sweep that is resumed stays on the kind of device that its manifest names."""
    return device_of_run(Path(resume)) if resume is not None and device == "auto" else device


def _new_sweep(
    field: FieldSettings | None,
    vary: Mapping[str, Any] | None,
    options: SweepOptions,
    audio: AudioInput | None,
    progress: Progress,
) -> tuple[Path, Specification, SoundInput]:
    """A new sweep folder, with its specification and sound."""
    if audio is None:
        raise SettingsError("name a sound file, as in sweep(CPPN(), 'song.ogg', vary={'gain': [1, 5]})")
    sound = SoundInput.of(audio)
    spec = specify(field, vary, options, sound, _duration(sound, progress))
    folder = files.new_folder(files.explorations_folder(options.explorations), "sweep")
    if sound.added is not None:
        sound.added.save(folder / COLUMNS)
    files.write_json(folder / SPECIFICATION, spec.to_dict(), durable=True)
    return folder, spec, sound


def _stored_sweep(
    folder: Path,
    field: FieldSettings | None,
    vary: Mapping[str, Any] | None,
    options: SweepOptions,
    audio: AudioInput | None,
) -> tuple[Path, Specification, SoundInput]:
    """A sweep folder that is resumed. Raises SettingsError for what was changed since."""
    spec = Specification.read(folder)
    if changes := manual_changes(folder, spec):
        raise SettingsError(
            f"{SPECIFICATION} in {folder} is not that of its sweep: {changes}; a sweep cannot change"
        )
    sound = _stored_sound(spec.base, folder, audio)
    if field is not None or vary is not None or options.specifies:
        other = specify(field, vary, options, sound, _duration(sound, silent), spec)
        if differences := spec.differences(other):
            raise SettingsError(
                f"{folder.name} is another sweep: {'; '.join(differences)}; "
                "resume it as it was, or leave --resume out for a new one"
            )
    return folder, spec, sound


def _stored_sound(base: Recipe, folder: Path, audio: AudioInput | None) -> SoundInput:
    """The sound of a sweep that is resumed, and the columns in its folder."""
    if audio is not None and not isinstance(audio, str | Path):
        audio = SoundInput.of(audio).path
    try:
        path = find_audio(base, folder, audio)
    except SettingsError as error:
        problem = str(error).partition(";")[0]
        raise SettingsError(f"{problem}; name the file: sweep AUDIO --resume FOLDER") from None
    return SoundInput(path, added=find_columns(base, folder))


def _duration(sound: SoundInput, progress: Progress) -> Callable[[Recipe], float]:
    """Seconds of the sound, from an analysis, which every sweep needs anyway."""
    return lambda recipe: sound.analyze(recipe.analysis, progress=progress).duration


def _unsettled(folder: Path, spec: Specification, retry_failed: bool) -> tuple[Tally, list[str]]:
    """What earlier sessions did, and the keys of the points that are to be done."""
    logs = {key: point_log(point_folder(folder, key)) for key in spec.keys}
    keys = [key for key, log in logs.items() if not is_settled(log["status"], retry_failed)]
    tally = Tally(len(spec.keys))
    for key in set(spec.keys) - set(keys):
        tally.add(outcome(key, logs[key]))
    return tally, keys


def _plan(folder: Path, spec: Specification, keys: Sequence[str], workers: int | None) -> SweepPlan:
    axes = [
        (name, f"{spec.ranges[name][0]:g} to {spec.ranges[name][1]:g}")
        if name in spec.ranges
        else (name, count_text(len(values), "value"))
        for name, values in spec.vary.items()
    ]
    skipped = () if spec.clip else ("clips are skipped",)
    return SweepPlan(len(spec.points), len(keys), axes, skipped, workers, folder=folder)


def _write_sheet(folder: Path) -> None:
    """The contact sheet, of the points that have pictures."""
    result = Sweep(folder)
    try:
        if (result.table["status"] == "done").any():
            save_image(result.sheet_pixels(), folder / SHEET)
    except (ExplorerError, OSError):  # must not hide how the sweep itself ended
        return
