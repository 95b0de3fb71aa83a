"""A song, and a small breeding of it that tests only look at."""

import pytest

from explorer import CPPN, evolve
from tests.experiments.small import a_song

FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0)
SMALL = {"population": 3, "generations": 3, "seconds": 1.0, "strength": 0.6}


@pytest.fixture(scope="package")
def song(tmp_path_factory):
    return a_song(tmp_path_factory.mktemp("song"))


@pytest.fixture(scope="package")
def bred(song, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bred")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return evolve(FIELD, song, explorations=folder / "explorations", **SMALL)
