"""Explorations folders with damaged or hostile files: the API lists what is whole, and never answers 500."""

import os

import pytest

from explorer.fields import CPPN
from explorer.files import write_json
from explorer.learn.subprocess_training import TrainingStatus
from explorer.web.models import Model
from tests.web.model_files import make_model
from tests.web.test_api import client, make_client  # noqa: F401  fixtures

DAMAGED, WHOLE = "train_20260102T000000Z_bbbbbb", "train_20260101T000000Z_aaaaaa"
RENDER = "render_20260101T000000Z_cccccc"
ADDRESSES = (
    *("/api/health", "/api/models", "/api/fields", "/api/train/status", "/api/train/history"),
    *(f"/api/models/{DAMAGED}", f"/api/models/{DAMAGED}/onnx", f"/api/fields/{RENDER}"),
    *("/api/model/latest", "/api/model/metadata"),
)
CONTENTS = {
    "nothing": b"",
    "nested": b"[" * 100_000,
    "nested objects": b'{"a":' * 50_000,
    "a long integer": b'{"status": ' + b"9" * 5000 + b"}",
    "half a surrogate pair": b'{"status": "\\ud800", "hidden": "\\ud800"}',
    "no text": b"\xff\x00\xfe",
    "a list": b"[1, 2]",
    "not a number": b'{"status": NaN}',
    "an object as status": b'{"status": {"a": 1}, "kind": 5, "error": [1], "process": "x", "run": 7}',
    "wrong types": b'{"status": "failed", "error": {"a": [1]}, "left_out": 5, "skipped": {"x": 1}, "log": 3}',
    "a process beyond all numbers": b'{"status": "running", "process": 1e300, "started": []}',
    "names of Python": b'{"self": 1, "cls": 2, "__init__": 3, "model_config": 4, "__class__": 5}',
    "a field of wrong types": b'{"field": {"kind": "cppn", "hidden": -1, "layers": true, "self": 1}}',
    "a model of wrong types": b'{"hidden": [true, 1e300], "trained_on": [{"name": {"a": 1}}, 5]}',
    "huge numbers": b'{"hidden": [' + b"9" * 300 + b'], "trained_on": [{"name": ' + b"9" * 300 + b"}]}",
}
FILES = ("manifest.json", "model.json", "progress.json", "history.csv", "recipe.json")
LISTS = ("/api/health", "/api/models", "/api/train/status")
OTHERS = {  # the addresses beside those lists whose answers come from a file
    "recipe.json": [address for address in ADDRESSES if "fields" in address],
    "progress.json": ["/api/train/history"],
    "history.csv": ["/api/train/history"],
}


def addresses_of(name):
    """The addresses whose answers come from files of this name: a field's, or a training's."""
    fields = OTHERS["recipe.json"]
    return [*LISTS, *OTHERS.get(name, [each for each in ADDRESSES if each not in (*LISTS, *fields)])]


@pytest.fixture
def runs(tmp_path):
    """Two models and a render, all whole."""
    root = tmp_path / "runs"
    for name in (WHOLE, DAMAGED):
        write_json(make_model(root / name) / "manifest.json", {"kind": "train", "status": "done"})
    (root / RENDER).mkdir()
    write_json(root / RENDER / "recipe.json", {"field": CPPN(hidden=8).model_dump(mode="json")})
    return root


def answers(client, addresses=ADDRESSES):  # noqa: F811
    """The answers of the addresses; none is a server error."""
    found = {address: client.get(address) for address in addresses}
    assert {address: answer.text for address, answer in found.items() if answer.status_code >= 500} == {}
    assert found["/api/health"].json()["models"] == len(found["/api/models"].json())
    assert WHOLE in [model["id"] for model in found["/api/models"].json()]
    TrainingStatus.model_validate(found["/api/train/status"].json())
    return found


@pytest.mark.parametrize("name", FILES)
def test_damaged_files_give_no_server_error(client, runs, name):  # noqa: F811
    folder = runs / (RENDER if name == "recipe.json" else DAMAGED)
    with client:  # one loop for all requests
        for content in CONTENTS.values():
            (folder / name).write_bytes(content)
            answers(client, addresses_of(name))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
def test_pipes_folders_and_links_are_not_waited_for(client, runs, name):  # noqa: F811
    path = runs / (RENDER if name == "recipe.json" else DAMAGED) / name
    with client:
        for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
            if path.is_dir():
                path.rmdir()
            path.unlink(missing_ok=True)
            make(path)
            answers(client, addresses_of(name))


def test_a_damaged_model_is_listed_with_the_reason_and_the_newest_whole_one_is_used(client, runs):  # noqa: F811
    (runs / DAMAGED / "model.json").write_text("{")
    found = answers(client)
    damaged, whole = found["/api/models"].json()[:2]
    assert (damaged["id"], damaged["finished"], whole["damaged"]) == (DAMAGED, False, None)
    assert "model.json is damaged: it holds no JSON" in damaged["damaged"]
    assert found["/api/model/latest"].headers["x-model-id"] == WHOLE
    assert found["/api/model/metadata"].json()["id"] == WHOLE
    assert found[f"/api/models/{DAMAGED}"].json()["detail"] == damaged["damaged"]
    (runs / DAMAGED / "model.json").unlink()
    assert [model["id"] for model in client.get("/api/models").json()] == [WHOLE]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_and_times_that_no_answer_can_hold(client, runs):  # noqa: F811
    for kind in (b"train", b"render"):
        os.rename(
            runs / (DAMAGED if kind == b"train" else RENDER), os.fsencode(runs) + b"/" + kind + b"_\xff"
        )
    make_model(runs / "train_\u2192")
    os.utime(runs / WHOLE / "model.onnx", (0, 2**38))
    found = answers(client)
    assert [model["id"] for model in found["/api/models"].json()] == ["train_\u2192", WHOLE]
    assert found["/api/fields"].json()["runs"] == []


def test_a_file_that_goes_away_meanwhile_is_no_server_error(client, runs, monkeypatch):  # noqa: F811
    def stat(model):
        raise FileNotFoundError(2, "No such file or directory", str(model.folder))

    monkeypatch.setattr(Model, "is_finished", property(stat))
    answer = client.get("/api/models")
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith(": No such file or directory")  # and no path
