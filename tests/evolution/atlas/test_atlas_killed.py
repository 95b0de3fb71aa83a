"""An atlas that is killed at any file and resumed has the looks of one that nothing happened to."""

import sys

import pytest

from explorer import atlas
from tests import processes
from tests.evolution.atlas.conftest import FIELD, SMALL
from tests.evolution.atlas.test_atlas import RESULTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
]


def search(song, explorations):
    atlas(FIELD, song, explorations=explorations, **SMALL)


@pytest.mark.parametrize("at", [4, 5, 6, 8, 9, 17, 30])
def test_a_killed_atlas_resumes_with_the_same_looks(made, song, tmp_path, at):
    processes.start_and_kill(at, "atlas_", search, song, tmp_path)
    (folder,) = tmp_path.glob("atlas_*")
    resumed = atlas(resume=folder, workers=1)
    assert resumed.table[RESULTS].equals(made.table[RESULTS])
    assert not [path for path in folder.rglob(".*") if path.name != ".star"]
