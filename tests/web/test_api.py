import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from explorer.learn.subprocess_training import TrainingProcess
from explorer.web.app import create_app
from explorer.web.request_guard import MAX_BODY_BYTES, host_names
from tests.learn import fake_trainer
from tests.learn.test_subprocess_training import ROOT, until
from tests.web.model_files import make_model
from tests.web.published_settings import PUBLISHED_REQUEST, PublishedSettings

NAME = "train_20260101T000000Z_aaaaaa"


@pytest.fixture
def make_client(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ROOT)
    (tmp_path / "data" / "audio").mkdir(parents=True)
    (tmp_path / "data" / "audio" / "song.wav").touch()  # the stand-in does not listen to it
    (tmp_path / "data" / "notes").mkdir()
    (tmp_path / "data" / "notes" / "song.txt").touch()
    trainings = []

    def make(manner="short", hosts=None, sound=None):
        training = TrainingProcess(tmp_path / "runs", (sys.executable, fake_trainer.__file__, manner))
        names = hosts or host_names("127.0.0.1", "box")
        shipped = tmp_path / "shipped"
        app = create_app(
            tmp_path, tmp_path / "runs", PublishedSettings, training, names, shipped, sound=sound
        )
        trainings.append(training)
        client = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        client.training = training
        return client

    yield make
    for training in trainings:
        training.close()


@pytest.fixture
def client(make_client):
    return make_client()


def test_a_well_server_says_so(client):
    body = client.get("/api/health").json()
    assert (body["status"], body["models"], body["training"]) == ("ok", 0, "idle")


def test_the_sound_of_the_page_is_the_only_file_that_is_served(make_client, tmp_path):
    assert make_client().get("/api/sound").json() == {"name": None}
    assert "explorer serve song.ogg" in make_client().get("/api/sound/file").json()["detail"]
    sound = tmp_path / "ärger <i>.wav"
    sound.write_bytes(b"RIFF")
    client = make_client(sound=sound)
    assert client.get("/api/sound").json() == {"name": sound.name}
    assert client.get("/api/sound/file").content == b"RIFF"
    assert client.get("/api/sound/..%2Fruns").status_code == 404


@pytest.mark.parametrize(("path", "home"), [("/nowhere", "./"), ("/no/where/", "../../")])
def test_people_who_ask_for_nothing_are_shown_the_way_to_the_page(client, path, home):
    answer = client.get(path, headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'href="{home}"' in answer.text
    assert client.get(path).json()["detail"] == "Not Found"
    assert "openapi" in client.get(f"/api{path}", headers={"accept": "text/html"}).json()["detail"]


def test_the_published_request_starts_training(client, tmp_path):
    answer = client.post("/api/train/start", json=PUBLISHED_REQUEST)
    assert answer.status_code == 202
    assert answer.json()["status"] == "starting"
    done = until(client.training, "done")
    assert client.get("/api/train/status").json()["run"] == done.run
    assert len(client.get("/api/train/history").json()) == 2


def test_only_one_training_at_a_time(make_client):
    client = make_client("long")
    client.post("/api/train/start", json=PUBLISHED_REQUEST)
    again = client.post("/api/train/start", json=PUBLISHED_REQUEST)
    assert again.status_code == 409
    assert "already" in again.json()["detail"]
    until(client.training, "running")
    assert client.post("/api/train/stop").status_code == 202
    until(client.training, "stopped")
    assert client.post("/api/train/stop").status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "epochs: got 0; allowed: whole numbers 1 to 10000"),
        ({"epochs": 10**9}, "epochs"),
        ({"learning_rate": "quick"}, "learning_rate"),
        ({"learning_rate": 2}, "learning_rate"),
        ({"hidden": ["wide"]}, "hidden"),
        ({"device": "cuda"}, "device"),
        ({"data_dir": None}, "data_dir"),
        ({"data_dir": "../elsewhere"}, "below the one"),
        ({"data_dir": "/etc"}, "below the one"),
        ({"data_dir": "nowhere"}, "no folder"),
        ({"data_dir": "data/notes"}, "holds no sound file; give a folder with music"),
    ],
)
def test_bad_requests_are_answered_with_the_reason(client, changes, words):
    answer = client.post("/api/train/start", json={**PUBLISHED_REQUEST, **changes})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert client.training.status().status == "idle"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 3000])
def test_what_is_no_json_object_is_refused(client, body):
    answer = client.post("/api/train/start", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_bounds_and_help_of_the_form_are_those_of_the_settings(client):
    body = client.get("/api/train/settings").json()["properties"]
    knob = PublishedSettings.knobs()["epochs"]
    assert (body["epochs"]["minimum"], body["epochs"]["maximum"]) == (knob.low, knob.high)
    assert body["epochs"]["description"] == knob.help
    assert body["learning_rate"]["default"] == 2e-3


def test_models_are_listed_described_and_fetched(client, tmp_path):
    assert client.get("/api/models").json() == []
    assert client.get("/api/model/latest").status_code == 404
    make_model(tmp_path / "shipped")
    assert client.get("/api/model/metadata").json()["id"] == "default"
    folder = make_model(tmp_path / "runs" / NAME, delta=True)
    listed = client.get("/api/models").json()
    assert [(model["id"], model["shipped"]) for model in listed] == [(NAME, False), ("default", True)]
    assert client.get(f"/api/models/{NAME}").json()["metadata"]["include_delta"] is True
    assert listed[0]["trained_on"] == ["a song.wav"]
    for path in (f"/api/models/{NAME}/onnx", "/api/model/latest"):
        answer = client.get(path)
        assert answer.content == (folder / "model.onnx").read_bytes()
        assert answer.headers["x-model-id"] == NAME


@pytest.mark.parametrize(
    "path",
    [
        "/api/models/nothing",
        "/api/models/..%2f..%2fetc%2fpasswd/onnx",
        "/api/models/%2e%2e/onnx",
        "/api/models/" + "x" * 4000,
        "/api/nothing",
        "/assets/..%2f..%2f..%2fpyproject.toml",
        "/..%2f..%2fapp.py",
        "/%2e%2e/%2e%2e/app.py",
        "//etc/passwd",
    ],
)
def test_paths_lead_nowhere_else(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"import" not in answer.content
    assert b"root:" not in answer.content


def test_damaged_models_do_not_break_the_list(client, tmp_path):
    make_model(tmp_path / "runs" / NAME)
    for text in ("{", "[]", '{"hidden": {"a": 1}, "trained_on": 3}', '{"a": NaN}'):
        (tmp_path / "runs" / NAME / "model.json").write_text(text)
        assert client.get("/api/models").json()[0]["id"] == NAME
        assert client.get(f"/api/models/{NAME}").status_code in (200, 409)


def test_foreign_pages_names_and_large_bodies_are_refused(client):
    assert client.get("/api/health", headers={"host": "evil.example"}).status_code == 403
    for method, path in (("POST", "/api/train/start"), ("POST", "/api/train/stop"), ("GET", "/api/models")):
        answer = client.request(method, path, headers={"origin": "http://evil.example"})
        assert answer.status_code == 403
    assert client.post("/api/train/start", content=b" " * (MAX_BODY_BYTES + 1)).status_code == 413


def test_events_tell_every_change(make_client):
    client = make_client("long")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.web.training_api.POLL_SECONDS", 0.01)
        client.post("/api/train/start", json=PUBLISHED_REQUEST)
        until(client.training, "running")
        client.training.stop()
        until(client.training, "stopped")
        client.app.state.closing.set()  # or the stream would not end
        client.app.state.closing.is_set = iter([False, True]).__next__
        body = client.get("/api/train/events")
    assert body.headers["content-type"].startswith("text/event-stream")
    assert body.text.startswith("data: {")
    assert '"status":"stopped"' in body.text


@pytest.mark.skipif(not Path(ROOT, "explorer/web/page/index.html").is_file(), reason="the page is not built")
def test_the_page_is_served_with_its_kinds(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "https://" not in page.text  # nothing from elsewhere
    script = page.text.split('src="./')[1].split('"')[0]
    assert client.get(f"/{script}").headers["content-type"].startswith("text/javascript")


def test_without_a_page_the_server_says_how_to_build_it(make_client, monkeypatch, tmp_path):
    monkeypatch.setattr("explorer.web.static_page.PAGE", tmp_path / "nowhere")
    answer = make_client().get("/")
    assert answer.status_code == 503
    assert "pip install -e ." in answer.text
