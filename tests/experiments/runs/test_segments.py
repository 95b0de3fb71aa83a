"""A video drawn in segments by other processes: the same frames in the same order, few of them waiting."""

import itertools
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from hashlib import sha256

import pytest

from explorer.audio import FeatureTrack
from explorer.errors import DeviceError, ExplorerError, Stopped
from explorer.experiments import render
from explorer.experiments.runs import segments
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.experiments.runs.segments import draw_segment, frames_of_workers, plan_segments
from explorer.fields import CPPN
from explorer.files import sha256_of
from explorer.rendering import resolve
from tests.experiments.small import a_song
from tests.processes import context

FRAMES, SIZE = 24, (64, 36)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of 24 frames, drawn in one piece."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return render(CPPN.preset("molten"), a_song(folder, FRAMES / 30), size=SIZE, explorations=folder)


@pytest.fixture
def frames(run):
    """The frames of that run, as they are drawn here."""
    return RecipeFrames(run.recipe, FeatureTrack.load(run.folder / "features"), resolve("cpu"))


class Noting(ThreadPoolExecutor):
    """An executor that notes which segments it was given."""

    def __init__(self):
        super().__init__(2)
        self.segments = []

    def submit(self, function, run, start, stop, **options):
        self.segments.append((start, stop))
        return super().submit(function, run, start, stop, **options)


def hashes(frames):
    return [sha256(frame).hexdigest() for frame in frames]


def test_processes_draw_the_frames_that_one_process_draws(run, frames, tmp_path):
    with frames.renderer() as renderer:
        alone = hashes(renderer.frames(n / 30 for n in range(FRAMES)))
    with ProcessPoolExecutor(2, context) as processes:
        assert hashes(frames_of_workers(frames, processes, run.folder)) == alone
        other = render(
            run.recipe.field,
            a_song(tmp_path, FRAMES / 30),
            size=SIZE,
            explorations=tmp_path,
            executor=processes,
        )
    assert sha256_of(other.video) == sha256_of(run.video)
    assert other.manifest["performance"]["frames"] == FRAMES


def test_segments_follow_one_another_and_few_are_ahead(run, frames):
    with Noting() as executor:
        results = frames_of_workers(frames, executor, run.folder)
        next(results)
        assert executor.segments == [(0, 2), (2, 4), (4, 6), (6, 8)]
        assert len(list(results)) == FRAMES - 1
        assert executor.segments == [(first, first + 2) for first in range(0, FRAMES, 2)]


@pytest.mark.parametrize("workers", [1, 2, 16, 500])
@pytest.mark.parametrize("count", [1, 100, 100_000])
@pytest.mark.parametrize("frame", [6_000, 2_800_000, 25_000_000, 400_000_000])
def test_what_waits_is_bounded_for_any_cluster_and_length(workers, count, frame):
    ahead, length = plan_segments(workers, count, frame)
    assert ahead >= 2
    assert length >= 1
    assert ahead * length * frame <= max(segments.MAX_WAITING_BYTES, 2 * frame)
    assert ahead == workers + 2 or (ahead + 1) * frame > segments.MAX_WAITING_BYTES
    assert length <= max(1, -(-count // workers))


def test_a_stop_drops_the_segments_that_are_not_begun(run, tmp_path):
    def progress(step, done, total):
        if step == "drawing":
            raise Stopped("enough")

    with Noting() as executor, pytest.raises(Stopped):
        render(
            run.recipe.field,
            a_song(tmp_path, FRAMES / 30),
            size=SIZE,
            explorations=tmp_path / "runs",
            executor=executor,
            progress=progress,
            flash_limit="off",
        )
    assert len(executor.segments) == 4
    (stopped,) = (tmp_path / "runs").iterdir()
    assert not list(stopped.glob("*.mp4"))


def test_what_goes_wrong_in_a_worker_is_reported(run, frames, tmp_path):
    with ThreadPoolExecutor(1) as executor, pytest.raises(ExplorerError, match="cannot read the recipe"):
        list(frames_of_workers(frames, executor, tmp_path))
    executor = ThreadPoolExecutor(1)
    results = frames_of_workers(frames, executor, run.folder)
    list(itertools.islice(results, 2))
    executor.shutdown()
    with pytest.raises(ExplorerError, match="the workers could not draw: RuntimeError: cannot schedule"):
        list(results)


def test_a_worker_without_the_device_says_so(run, frames, monkeypatch):
    monkeypatch.setattr(segments, "resolve", lambda device, precision: frames.device)
    with pytest.raises(DeviceError, match="a worker has no cuda device"):
        draw_segment(str(run.folder), 0, 1, device="cuda", threads=1)
