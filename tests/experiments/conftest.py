"""A song for a test, and a small sweep of it that tests only look at."""

import pytest

from explorer.diagnostics.diagnosis import BUDGETS
from tests.experiments.small import a_song, small_sweep

SONG_SECONDS = 0.6


@pytest.fixture(scope="module")
def screen_budget():
    """Points are measured with the budget of `screen`, in this process: their numbers are not looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUDGETS, "full", BUDGETS["screen"])
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A sweep on this process alone, to which nothing happened."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return small_sweep(a_song(folder, SONG_SECONDS), folder / "runs")


@pytest.fixture
def song(tmp_path):
    return a_song(tmp_path, SONG_SECONDS)
