"""`atlas`: many different looks by quality diversity, in a folder from which the search can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from explorer import files
from explorer.errors import ExplorerError, SettingsError
from explorer.evolution.atlas.illumination import Illumination, import_ribs
from explorer.evolution.atlas.look_space import LookSpace
from explorer.evolution.atlas.look_task import run_look
from explorer.evolution.specimens import picture_size
from explorer.evolution.start import stretch, without_sections
from explorer.experiments.atlases.log import MAX_EVALUATIONS, AtlasSpecification, Batch, check_axes
from explorer.experiments.library.atlas_results import Atlas
from explorer.experiments.reports import write_report_or_warn
from explorer.experiments.runs.cluster import AnyExecutor, as_executor, check_workers
from explorer.experiments.runs.recipe import Recipe, find_audio, find_columns
from explorer.experiments.runs.run_folder import ATLAS, BATCHES, COLUMNS, SHEET, TRACKS, point_folder
from explorer.experiments.runs.sound_input import AudioInput, SoundInput, with_columns_of_track
from explorer.experiments.sweeps.leased_point import outcome
from explorer.experiments.sweeps.manifest_writer import SweepManifest, manual_changes
from explorer.experiments.sweeps.point_status import is_settled, point_log
from explorer.experiments.sweeps.scheduler import Session, Tally, local_worker_count, run_points
from explorer.experiments.sweeps.tracks import analyze_all
from explorer.experiments.sweeps.workers import LocalProcesses
from explorer.fields import FieldSettings
from explorer.fields.base import check_field
from explorer.fields.custom.transport import with_custom_classes
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings, parse_size, resolve
from explorer.rendering.frames import Size
from explorer.video import save_image

DEFAULT_EVALUATIONS = 2000
MAX_BATCH = 40  # looks that are chosen at once; of few, a fifth
FIRST_SHARE = 0.1  # of the looks, spread evenly before any is chosen


@with_columns_of_track
def atlas(
    field: FieldSettings | None = None,
    audio: AudioInput | None = None,
    *,
    evaluations: int | None = None,
    axes: Iterable[str] | str = ("motion", "audio_share"),
    cells: int = 20,
    seed: int = 0,
    begin: float | None = None,
    seconds: float = 4.0,
    size: Size | None = None,
    workers: int | None = None,
    executor: AnyExecutor | None = None,
    resume: str | Path | None = None,
    retry_failed: bool = False,
    explorations: str | Path | None = None,
    announce: Callable[[Path], None] | None = None,
    progress: Progress = silent,
) -> Atlas:
    """Search the looks around a field for the best one in every cell of a map over two measures.

    The map has `cells` x `cells` cells over two `axes` in [0, 1]: 'motion', 'audio_share', 'colorfulness',
    'symmetry', 'fineness', 'contrast' (see `look_measures`). Every setting of the field that breeding moves
    is searched over the range of its slider, and the weights of a CPPN as mixtures of seeds. `evaluations`
    (2000) looks are judged on pictures of `size` (160x90) over the whole sound, and seen at `begin` for
    `seconds`, around its loudest moment unless given; their score is `look_measures.quality`. Needs the extra
    `search`.

    Everything is in a new `atlas_...` folder. After any end `resume=folder` does what is left, or searches
    on until there are more `evaluations`. The same arguments and seed give the same looks on one machine,
    with any number of `workers` or any `executor` (of concurrent.futures, or a `dask.distributed.Client`). A
    look that fails is recorded as failed; `retry_failed` draws it again. `announce` is called with the folder
    before the first look. Raises SettingsError.
    """
    _check_count(evaluations)
    import_ribs()
    if executor is not None:
        as_executor(executor)
    if resume is None:
        search = _new(
            field, audio, evaluations or DEFAULT_EVALUATIONS, axes, cells, seed, begin, seconds, size,
            explorations, progress,
        )  # fmt: skip
    else:
        search = _stored(Path(resume), field, audio)
    if announce is not None:
        announce(search.folder)
    try:
        search.run(evaluations or search.spec.evaluations, workers, executor, retry_failed, progress)
    finally:
        search.write_map()
    write_report_or_warn(search.folder)
    return Atlas(search.folder)


@dataclass(frozen=True)
class Search:
    """A folder with its specification and sound."""

    folder: Path
    spec: AtlasSpecification
    sound: SoundInput

    def run(
        self,
        count: int,
        workers: int | None,
        executor: AnyExecutor | None,
        retry_failed: bool,
        progress: Progress,
    ) -> None:
        """Batch after batch, until so many looks were judged."""
        spec, tally = self.spec, Tally(count)
        space = LookSpace(spec.base.field, spec.seed)
        illumination = Illumination(
            space.start, (spec.cells, spec.cells), spec.batch, spec.first_batches, spec.seed
        )
        device = resolve("cpu", spec.base.precision)
        with (
            SweepManifest(self.folder, spec, count, self.sound.path, device) as manifest,
            ExitStack() as stack,
        ):
            analyze_all(self.folder, [spec.base], self.sound, progress)
            check_workers(executor, self.folder)
            session = Session(
                self.folder, {}, device.request, retry_failed, manifest.report, progress, run_look
            )
            pool, judged, number = executor, 0, 0
            while judged < count:
                batch = self._batch(number, illumination, space, count - judged)
                params = dict(zip(batch.keys, batch.params, strict=True))
                run = with_custom_classes(partial(run_look, batch=number), spec.base)
                session = replace(session, params=params, run_point=run)
                left = self._unsettled(list(params), retry_failed, tally)
                if len(left) > 1 and pool is None and workers is None:
                    workers, left = self._measured_workers(session, left, tally), left[2:]
                if left and pool is None and workers is not None and workers > 1:
                    pool = stack.enter_context(LocalProcesses(workers))
                if left:
                    run_points(session, left, tally, workers=1, executor=pool)
                tally.done += len(batch.keys) - len(params)  # the same looks again
                self._add_results(batch, illumination)
                judged, number = judged + len(batch.keys), number + 1
            tally.total = max(tally.total, tally.settled)  # there were more evaluations before
            manifest.report(tally, last=True)

    def _measured_workers(self, session: Session, keys: list[str], tally: Tally) -> int:
        """How many processes are worth it, by the time of the second look; the first compiles kernels."""
        run_points(session, keys[:1], tally, workers=1)
        start = time.perf_counter()
        run_points(session, keys[1:2], tally, workers=1)
        left = tally.total - tally.settled
        return local_worker_count((time.perf_counter() - start) * left, left, session.device)

    def _batch(self, number: int, illumination: Illumination, space: LookSpace, left: int) -> Batch:
        """The batch of a number: the one that was chosen before, or a new one of at most `left` looks.

        A new one is written before any of its looks is drawn.
        """
        positions = illumination.next_batch()[:left]
        if stored := Batch.read(self.folder, number):
            return stored
        batch = Batch(
            number=number,
            positions=tuple(tuple(map(float, position)) for position in positions),
            params=tuple(space.params(position) for position in positions),
        )
        batch.write(self.folder)
        return batch

    def _unsettled(self, keys: list[str], retry_failed: bool, tally: Tally) -> list[str]:
        """The keys of the looks that are to be judged; the others are counted."""
        left = []
        for key in keys:
            log = point_log(point_folder(self.folder, key))
            if is_settled(log["status"], retry_failed):
                tally.add(outcome(key, log))
            else:
                left.append(key)
        return left

    def _add_results(self, batch: Batch, illumination: Illumination) -> None:
        """Give the search the results of a batch; what failed has the quality 0."""
        metrics = {key: point_log(point_folder(self.folder, key)).get("metrics") or {} for key in batch.keys}
        rows = [[metrics[key].get(name, 0.0) for name in (*self.spec.axes, "quality")] for key in batch.keys]
        values = np.array(rows, np.float64)
        illumination.add_results(np.array(batch.positions, np.float64), values[:, 2], values[:, :2])

    def write_map(self) -> None:
        """The map as a picture, of what is there: it must not hide how the search ended."""
        result = Atlas(self.folder)
        try:
            if result.table["elite"].any():
                save_image(result.map_pixels(), self.folder / SHEET)
        except (ExplorerError, OSError):
            return


def _new(
    field: FieldSettings | None,
    audio: AudioInput | None,
    evaluations: int,
    axes: Iterable[str] | str,
    cells: int,
    seed: int,
    begin: float | None,
    seconds: float,
    size: Size | None,
    explorations: str | Path | None,
    progress: Progress,
) -> Search:
    """A new folder. Everything is checked before it is made."""
    if field is None or audio is None:
        raise SettingsError("name a field and a sound file, as in atlas(CPPN(), 'song.ogg', evaluations=500)")
    check_field(field)
    names = check_axes(axes)
    field = without_sections(field)
    sound = SoundInput.of(audio)
    track = sound.analyze(sound.analysis.with_extras(LookSpace(field, seed).extras), progress=progress)
    field.check_columns(track.names)
    width, height = parse_size(size) if size is not None else picture_size(field.frame_size)
    base = Recipe.for_track(track, field=field, frames=_frames(field))
    start, length = stretch(track, begin, seconds)
    batch = max(1, min(MAX_BATCH, evaluations // 5))
    spec = AtlasSpecification(
        base=base, axes=names, cells=cells, seed=seed, begin=start, seconds=length, picture=(width, height),
        batch=batch, first_batches=max(1, round(FIRST_SHARE * evaluations / batch)), evaluations=evaluations,
    )  # fmt: skip
    folder = files.new_folder(files.explorations_folder(explorations), "atlas")
    if sound.added is not None:
        sound.added.save(folder / COLUMNS)
    files.write_json(folder / ATLAS, spec.to_dict(), durable=True)
    return Search(folder, spec, sound)


def _frames(field: FieldSettings) -> FrameSettings:
    width, height = field.frame_size
    return FrameSettings(width=width, height=height)


def _stored(folder: Path, field: FieldSettings | None, audio: AudioInput | None) -> Search:
    """A folder that is resumed. Raises SettingsError for what was changed since."""
    if field is not None or audio is not None:
        raise SettingsError("a resumed atlas has its sound and field; leave them out")
    spec = AtlasSpecification.read(folder)
    if changes := manual_changes(folder, spec):
        raise SettingsError(f"{ATLAS} in {folder} is not that of its atlas: {changes}; restore the file")
    for part in (folder, folder / BATCHES, folder / TRACKS):
        files.remove_stale_parts(part)
    sound = SoundInput(find_audio(spec.base, folder), added=find_columns(spec.base, folder))
    return Search(folder, spec, sound)


def _check_count(evaluations: Any) -> None:
    is_number = isinstance(evaluations, int) and not isinstance(evaluations, bool)
    if evaluations is not None and not (is_number and 1 <= evaluations <= MAX_EVALUATIONS):
        raise SettingsError(f"evaluations: got {evaluations!r}; allowed: 1 to {MAX_EVALUATIONS:,}")
