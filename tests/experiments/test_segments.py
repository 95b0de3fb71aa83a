"""A video drawn in segments by other processes: the same frames in the same order, few of them waiting."""

import itertools
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from hashlib import sha256
from multiprocessing import get_context

import pytest

from explorer.audio import FeatureTrack
from explorer.errors import DeviceError, ExplorerError, Stopped
from explorer.experiments import render
from explorer.experiments.runs import segments
from explorer.experiments.runs.segments import draw_segment, frames_by, plan
from explorer.fields import CPPN
from explorer.files import sha256_of
from explorer.rendering import Exposure, Renderer
from tests.experiments.small import a_song

FRAMES, SIZE = 60, (64, 36)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of 60 frames, drawn in one piece."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return render(CPPN.preset("molten"), a_song(folder), size=SIZE, explorations=folder)


@pytest.fixture
def renderer(run):
    """What draws the frames of that run here."""
    track = FeatureTrack.load(run.folder / "features")
    exposure = Exposure(run.recipe.field, track, SIZE)
    with Renderer(run.recipe.field, track, SIZE, device="cpu", exposure=exposure) as renderer:
        yield renderer


class Noting(ThreadPoolExecutor):
    """An executor that notes which segments it was given."""

    def __init__(self):
        super().__init__(2)
        self.asked = []

    def submit(self, function, run, first, last, **named):
        self.asked.append((first, last))
        return super().submit(function, run, first, last, **named)


def hashes(frames):
    return [sha256(frame).hexdigest() for frame in frames]


def test_processes_draw_the_frames_that_one_process_draws(run, renderer, tmp_path):
    alone = hashes(renderer.frames(n / 30 for n in range(FRAMES)))
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        assert hashes(frames_by(processes, run.folder, SIZE, FRAMES, device="cpu")) == alone
        other = render(
            run.recipe.field, a_song(tmp_path), size=SIZE, explorations=tmp_path, executor=processes
        )
    assert sha256_of(other.video) == sha256_of(run.video)
    assert other.manifest["performance"]["frames"] == FRAMES


def test_segments_follow_one_another_and_few_are_ahead(run):
    with Noting() as executor:
        frames = frames_by(executor, run.folder, SIZE, FRAMES, device="cpu")
        next(frames)
        assert executor.asked == [(0, 4), (4, 8), (8, 12), (12, 16)]
        assert len(list(frames)) == FRAMES - 1
        assert executor.asked == [(first, first + 4) for first in range(0, FRAMES, 4)]


@pytest.mark.parametrize("workers", [1, 2, 16, 500])
@pytest.mark.parametrize("count", [1, 100, 100_000])
@pytest.mark.parametrize("frame", [6_000, 2_800_000, 25_000_000, 400_000_000])
def test_what_waits_is_bounded_for_any_cluster_and_length(workers, count, frame):
    ahead, length = plan(workers, count, frame)
    assert ahead >= 2
    assert length >= 1
    assert ahead * length * frame <= max(segments.HELD, 2 * frame)
    assert ahead == workers + 2 or (ahead + 1) * frame > segments.HELD
    assert length <= max(1, -(-count // workers))


def test_a_stop_drops_the_segments_that_are_not_begun(run, tmp_path):
    def progress(step, done, total):
        if step == "drawing":
            raise Stopped("enough")

    with Noting() as executor, pytest.raises(Stopped):
        render(
            run.recipe.field,
            a_song(tmp_path),
            size=SIZE,
            explorations=tmp_path / "runs",
            executor=executor,
            progress=progress,
        )
    assert len(executor.asked) == 4
    (stopped,) = (tmp_path / "runs").iterdir()
    assert not list(stopped.glob("*.mp4"))


def test_what_goes_wrong_in_a_worker_is_told(run, tmp_path):
    with ThreadPoolExecutor(1) as executor, pytest.raises(ExplorerError, match="cannot read the recipe"):
        list(frames_by(executor, tmp_path, SIZE, 3, device="cpu"))
    executor = ThreadPoolExecutor(1)
    frames = frames_by(executor, run.folder, SIZE, FRAMES, device="cpu")
    list(itertools.islice(frames, 2))
    executor.shutdown()
    with pytest.raises(ExplorerError, match="the workers could not draw: RuntimeError: cannot schedule"):
        list(frames)


def test_a_worker_without_the_device_says_so(run, renderer, monkeypatch):
    monkeypatch.setattr(segments, "resolve", lambda device, precision: renderer.device)
    with pytest.raises(DeviceError, match="a worker has no cuda device"):
        draw_segment(str(run.folder), 0, 1, device="cuda", threads=1)
