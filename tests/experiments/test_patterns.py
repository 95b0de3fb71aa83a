"""Patterns in recipes, runs and sweeps: a field like any other."""

import numpy as np
import pytest
from PIL import Image

from explorer.experiments import Recipe, load_recipe, render, sweep
from explorer.experiments.library.table import runs
from explorer.fields import Patterns
from explorer.video import probe
from tests.signals import music, write_wav


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "song.wav", music(0.6, 22050), 22050)


def test_a_run_keeps_the_families_and_its_square_shape(song, tmp_path):
    run = render(Patterns(), song, duration=1 / 30, explorations=tmp_path / "runs")
    assert probe(run.video).size == (512, 512)
    (begin, family), *_ = run.manifest["families"]
    assert begin == 0
    assert family in ("fractal", "organic", "flowing", "geometric")
    assert run.manifest["kernel"] == "patterns-f32"


@pytest.mark.parametrize(
    "field", [Patterns.preset("coral"), Patterns(timeline=((0, "organic"), (0.1, "flowing")))]
)
def test_a_recipe_gives_the_field_back(song, tmp_path, field):
    run = render(field, song, size=(64, 64), duration=0.2, explorations=tmp_path / "runs")
    for source in (run.folder, run.video):
        recipe = load_recipe(source)
        assert isinstance(recipe, Recipe)
        assert recipe.field == field


@pytest.mark.usefixtures("screen_budget")
def test_a_sweep_over_families_and_seeds(song, tmp_path):
    made = sweep(
        Patterns(),
        song,
        vary={"family": ["organic", "flowing"], "seed": [1, 2]},
        clips=False,
        moments=[0.3],
        explorations=tmp_path / "runs",
        workers=1,
    )
    assert (made.table["status"] == "done").all()
    pictures = [np.asarray(Image.open(point.thumb)) for point in made.points]
    assert len({picture.tobytes() for picture in pictures}) == 4
    assert {picture.shape[0] == picture.shape[1] for picture in pictures} == {True}
    assert sorted(runs(tmp_path / "runs")["look"]) == ["lava"] * 2 + ["silk"] * 2
