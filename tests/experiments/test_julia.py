"""Julia sets in recipes, runs and sweeps: a field like any other."""

import pytest

from explorer.experiments import Recipe, load_recipe, render, sweep
from explorer.experiments.library.table import runs
from explorer.fields import Julia
from explorer.video import probe
from tests.signals import music, write_wav


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "song.wav", music(0.6, 22050), 22050)


def test_a_run_gives_the_field_back_and_names_its_model(song, tmp_path):
    field = Julia.preset("seahorse")
    run = render(field, song, size=(64, 36), duration=0.2, explorations=tmp_path / "runs")
    assert probe(run.video).size == (64, 36)
    assert run.manifest["kernel"] == "julia-f32"
    assert run.manifest["model"] == {"name": "none"}
    for source in (run.folder, run.video):
        recipe = load_recipe(source)
        assert isinstance(recipe, Recipe)
        assert recipe.field == field


def test_a_recipe_of_a_model_hears_live_features(song, tmp_path):
    from explorer.audio import analyze

    recipe = Recipe.for_track(analyze(song), field=Julia(model="default"), frames={"width": 64, "height": 36})
    assert recipe.analysis.extras == ("live",)


@pytest.mark.usefixtures("screen_budget")
def test_a_sweep(song, tmp_path):
    made = sweep(
        Julia(iterations=30, samples=1),
        song,
        vary={"start_angle": [0.8, 2.0], "frames.width": [64], "frames.height": [36]},
        clips=False,
        moments=[0.3],
        explorations=tmp_path / "runs",
        workers=1,
    )
    assert (made.table["status"] == "done").all()
    assert set(runs(tmp_path / "runs")["params.kind"]) == {"julia"}
