import json
import os

import pytest

from explorer.errors import ExplorerError
from explorer.experiments.runs.run_folder import set_star
from explorer.files import write_json
from explorer.web import models
from tests.web.model_files import make_model


@pytest.fixture
def folder(tmp_path):
    make_model(tmp_path / "train_20260101T000000Z_aaaaaa")
    make_model(tmp_path / "train_20260102T000000Z_bbbbbb")
    (tmp_path / "train_20260103T000000Z_cccccc").mkdir()  # has not ended
    make_model(tmp_path / "render_20260104T000000Z_dddddd")
    return tmp_path


def test_a_training_that_was_broken_off_is_not_finished(tmp_path):
    folder = make_model(tmp_path / "train_20260101T000000Z_aaaaaa")
    assert models.Model(folder.name, folder).is_finished  # without a manifest
    for status, finished in (("stopped", False), ("running", False), ("failed", False), ("done", True)):
        write_json(folder / "manifest.json", {"status": status})
        assert models.Model(folder.name, folder).is_finished is finished


def test_whole_models_are_listed_the_newest_first_and_the_shipped_one_last(folder, tmp_path):
    shipped = make_model(tmp_path / "elsewhere")
    names = [model.id for model in models.list_models(folder, shipped)]
    assert names == ["train_20260102T000000Z_bbbbbb", "train_20260101T000000Z_aaaaaa", "default"]
    assert models.latest_model(folder, shipped).id == names[0]
    assert models.find_model("default", folder, shipped).folder == shipped


def proof(*correlations, follows=True):
    ends = [0.1, 0.3] if follows else [-0.1, 0.3]
    baselines = {name: {"interval": ends} for name in ("untrained", "shifted")}
    return {"pairs": {f"pair {n}": {"r": r, **baselines} for n, r in enumerate(correlations)}}


def set_proof(folder, value):
    description = json.loads((folder / "model.json").read_text())
    write_json(folder / "model.json", description | {"proof": value})


def initial(folder, shipped):
    return models.initial_model(models.list_models(folder, shipped)).id


def test_the_page_begins_with_the_best_model_and_not_with_a_short_trial(folder, tmp_path):
    older, newer = sorted(folder.glob("train_*[ab]"))
    shipped = make_model(tmp_path / "elsewhere")
    set_proof(shipped, proof(0.8, 0.4))
    for trial in ({}, proof(0.8, 0.4), proof(0.9, 0.9, follows=False), {"pairs": {"a": 3}}, "none"):
        set_proof(newer, trial)
        assert initial(folder, shipped) == "default"
    set_proof(older, proof(0.8, 0.5))
    assert initial(folder, shipped) == older.name
    write_json(older / "manifest.json", {"status": "stopped"})
    assert initial(folder, shipped) == "default"
    set_star(newer)
    assert initial(folder, shipped) == newer.name
    assert models.initial_model([]) is None


@pytest.mark.parametrize(
    "name",
    ["", "..", "../elsewhere", "train_20260103T000000Z_cccccc", "render_20260104T000000Z_dddddd", "x" * 5000],
)
def test_only_names_of_the_list_are_known(folder, name):
    with pytest.raises(models.UnknownModelError, match="there is no model"):
        models.find_model(name, folder)


def test_without_any_model_training_is_named(tmp_path):
    assert models.list_models(tmp_path / "nowhere", tmp_path) == []
    with pytest.raises(models.UnknownModelError, match="explorer train"):
        models.latest_model(tmp_path, tmp_path)


def test_a_damaged_description_is_told(folder):
    model = models.latest_model(folder)
    (model.folder / "model.json").write_text("[1, 2]")
    with pytest.raises(ExplorerError, match="damaged"):
        model.describe()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_to_elsewhere_are_no_models(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("{}")
    model = models.latest_model(folder)
    model.network.unlink()
    model.network.symlink_to(secret)
    (folder / "train_20260105T000000Z_eeeeee").symlink_to(folder / "train_20260101T000000Z_aaaaaa")
    assert [model.id for model in models.list_models(folder, tmp_path / "none")] == [
        "train_20260101T000000Z_aaaaaa"
    ]
