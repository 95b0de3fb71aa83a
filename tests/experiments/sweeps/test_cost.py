"""What a sweep takes, measured before on a few of its points."""

from types import SimpleNamespace

import pytest

import explorer as ex
from explorer.experiments.runs import estimate
from explorer.experiments.sweeps import cost as module
from explorer.experiments.sweeps.cost import SweepCost
from explorer.rendering import flash_cost
from explorer.threads import usable_threads
from tests.experiments.sweeps import point_clock
from tests.signals import music, write_wav


class Counting(ex.Field):
    """A field whose clock runs with the points that it draws."""

    weight: float = ex.knob(1.0, low=0, high=10)

    def colors(self, controls, xy, pixel):
        point_clock.add(4e-6 * self.weight * len(xy) * len(controls.time))
        return controls.bass + 0 * xy[:, 0], xy[:, 0], xy[:, 1]


@pytest.mark.parametrize("clips", [False, True])
def test_it_counts_all_the_points_that_a_slow_field_draws(tmp_path, monkeypatch, clips):
    """Diagnosis and searches for flashes too; files and the encoder take no time on this clock."""
    seconds = point_clock.seconds
    for each in (module, estimate, flash_cost):
        monkeypatch.setattr(each, "time", SimpleNamespace(perf_counter=seconds, process_time=seconds))
    song = write_wav(tmp_path / "song.wav", music(1.0, 8000), 8000)
    plans = []
    ex.sweep(
        Counting(), song, vary={"weight": [1.0, 1.01]}, size=(64, 36), clips=clips, clip_size=(32, 18),
        clip_seconds=0.5, workers=1, explorations=tmp_path / "runs",
        announce=lambda plan: plans.append((plan, seconds())),
    )  # fmt: skip
    ((plan, known),) = plans
    assert 1 / 1.5 < plan.seconds / (seconds() - known) < 1.5


def test_processes_share_the_cores():
    cost = SweepCost(seconds=60.0, cpu_seconds=60.0, bytes=1)
    assert cost.with_workers(1) == 60
    assert cost.with_workers(2) == max(30, 60 / usable_threads())
