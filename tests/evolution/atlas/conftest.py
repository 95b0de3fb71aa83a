"""A small atlas that tests only look at."""

import pytest

from explorer import CPPN, atlas

FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0)
SMALL = {"evaluations": 8, "size": (32, 18), "cells": 5, "workers": 1}


@pytest.fixture(scope="package")
def made(song, tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return atlas(FIELD, song, explorations=folder / "explorations", **SMALL)
