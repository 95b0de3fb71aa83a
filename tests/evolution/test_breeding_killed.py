"""A breeding that is killed at any file and resumed has the individuals of one that nothing happened to."""

import sys

import pytest

from explorer import evolve
from explorer.experiments.breedings.log import individual_keys
from tests import processes
from tests.evolution.conftest import FIELD, SMALL

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
]


def breed(song, explorations):
    evolve(FIELD, song, explorations=explorations, **SMALL)


def killed(song, explorations, at):
    processes.start_and_kill(at, "breed_", breed, song, explorations)


def test_thirty_kills_leave_nothing_half_written_and_lose_nothing(bred, song, tmp_path):
    expected = {each.key: (each.field, each.parents, each.fitness) for each in bred}
    for at in range(6, 36):
        explorations = tmp_path / str(at)
        killed(song, explorations, at)
        (folder,) = explorations.glob("breed_*")
        breeding = evolve(resume=folder, generations=3)
        assert {each.key: (each.field, each.parents, each.fitness) for each in breeding} == expected


def test_a_breeding_killed_between_two_individuals_goes_on(bred, song, tmp_path):
    killed(song, tmp_path, 12)
    (folder,) = tmp_path.glob("breed_*")
    assert 0 < len(individual_keys(folder)) < 3
    breeding = evolve(resume=folder, generations=3)
    assert {each.key: each.field for each in breeding} == {each.key: each.field for each in bred}
