"""The time left, by a clock that tests can move, and plans in words."""

import pytest

from explorer.experiments.sweeps.eta import RemainingTime, SweepPlan


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_nothing_is_known_before_the_first_point():
    assert RemainingTime(10).seconds_left is None


def test_even_points_give_the_exact_time_left():
    clock = Clock()
    pace = RemainingTime(10, clock=clock)
    for done in range(1, 6):
        clock.now = 2.0 * done
        pace.finished()
    assert pace.seconds_left == 10.0
    clock.now += 0.5  # the next point is under way
    assert pace.seconds_left == 9.5


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_start_of_the_workers_does_not_count(workers):
    clock = Clock()
    pace = RemainingTime(30, workers, clock)
    for round_ in range(1, 5):
        clock.now = 20 + 2.0 * round_  # 20 seconds until the processes are there
        pace.finished(workers)
    assert pace.seconds_left == pytest.approx(2.0 * (30 - 4 * workers) / workers)


def test_the_end_is_never_below_zero():
    clock = Clock()
    pace = RemainingTime(2, clock=clock)
    clock.now = 1.0
    pace.finished()
    clock.now = 9.0
    assert pace.seconds_left == 0.0


def test_plans_in_words():
    plan = SweepPlan(6, 4, [("gain", "3 values"), ("seed", "0 to 9")], ["clips are skipped"])
    assert str(plan) == "6 points, 4 to do: gain (3 values), seed (0 to 9); clips are skipped"
    cost = {"workers": 2, "seconds": 80, "bytes": 2_500_000}
    measured = SweepPlan(6, 6, [("gain", "6 values")], **cost)
    assert str(measured) == "6 points: gain (6 values); about 1 min 20 s with 2 processes and 2 MB on disk"
    assert (
        SweepPlan(6, 6, [], is_remote=True, **cost).cost
        == "about 1 min 20 s on this machine alone and 2 MB on disk"
    )
