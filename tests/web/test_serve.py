import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from explorer.cli import main
from tests.signals import music, write_wav
from tests.web.model_files import make_model
from tests.web.published_settings import PUBLISHED_REQUEST
from tests.web.server_process import PATIENCE, ask, serving

NAME = "train_20260101T000000Z_aaaaaa"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    make_model(folder / "runs" / NAME)
    (folder / "data" / "audio").mkdir(parents=True)
    write_wav(folder / "song.wav", music(1.0, 22050), 22050)
    with serving(folder, "song.wav") as (process, address):
        yield folder, process, address


def test_api_and_page_answer_on_one_port(server):
    _, _, address = server
    status, body = ask(f"{address}/api/health")
    assert (status, body["status"], body["models"] >= 1) == (200, "ok", True)
    assert "token" not in address
    assert ask(f"{address}/openapi.json")[1]["info"]["title"] == "explorer"
    assert ask(f"{address}/api/sound")[1] == {"name": "song.wav"}


def test_training_on_broken_sounds_fails_with_the_reason_while_status_answers(server):
    folder, _, address = server
    (folder / "data" / "broken").mkdir()
    (folder / "data" / "broken" / "song.wav").write_text("not a sound")
    assert ask(f"{address}/api/train/start", {"data_dir": "data/audio", "epochs": 1})[0] == 422
    assert ask(f"{address}/api/train/start", {"data_dir": "data/broken", "epochs": 1})[0] == 202
    with urllib.request.urlopen(f"{address}/api/train/events", timeout=PATIENCE) as events:
        for line in events:
            status = json.loads(line[6:]) if line.startswith(b"data: ") else {"status": "starting"}
            assert ask(f"{address}/api/train/status")[0] == 200
            if status["status"] not in ("starting", "running"):
                break
    assert status["status"] == "failed"
    assert status["error"]


@pytest.mark.slow
def test_the_published_request_trains_a_model_that_is_then_served(server):
    folder, _, address = server
    for n in range(3):
        write_wav(folder / "data" / "audio" / f"{n}.wav", music(8.0, 22050, seed=n), 22050)
    assert ask(f"{address}/api/train/start", PUBLISHED_REQUEST)[0] == 202
    with urllib.request.urlopen(f"{address}/api/train/events", timeout=PATIENCE) as events:
        body = (json.loads(line[6:]) for line in events if line.startswith(b"data: "))
        status = next(status for status in body if status["status"] not in ("starting", "running"))
    assert (status["status"], status["epochs"]) == ("done", PUBLISHED_REQUEST["epochs"])
    newest = ask(f"{address}/api/models")[1][0]
    assert newest["id"] == status["run"]
    assert ask(f"{address}/api/model/metadata")[1]["metadata"]["window_frames"] == 10
    assert ask(f"{address}/api/train/history")[1][0]["epoch"] == 1


def test_attacks_on_the_real_server_are_refused(server):
    _, _, address = server
    assert ask(f"{address}/api/train/start", {"data_dir": "../.."})[0] == 422
    assert ask(f"{address}/api/train/stop", method="POST", Origin="http://evil.example")[0] == 403
    assert ask(f"{address}/api/health", Host="evil.example")[0] == 403
    for path in (b"/../../../../etc/passwd", b"/assets/../../app.py", b"/%2e%2e/app.py", b"/\\..\\app.py"):
        body = raw(address, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert body.split()[1] in (b"404", b"400"), path
        assert b"import" not in body
    assert b" 403 " in raw(address, b"GET /api/health HTTP/1.0\r\n\r\n")  # who tells no host is none of ours


def raw(address, request):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as door:
        door.sendall(request)
        return b"".join(iter(lambda: door.recv(65536), b""))


def test_for_other_machines_it_has_a_token_and_ctrl_c_ends_it_though_a_page_watches(tmp_path):
    with serving(tmp_path, "--host", "0.0.0.0") as (process, link):
        address, _, token = link.partition("/?token=")
        assert len(token) > 20
        assert ask(f"{address}/api/health")[0] == 401
        assert ask(f"{address}/api/health?token={token}")[0] == 200
        assert ask(f"{address}/api/health", Authorization=f"token {token}")[0] == 200
        if sys.platform == "win32":  # only a console has a Ctrl-C there
            return
        watching = urllib.request.urlopen(f"{address}/api/train/events?token={token}", timeout=PATIENCE)
        assert watching.readline().startswith(b"data: ")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) in (0, 130)
        watching.close()


def test_a_server_for_a_notebook_has_a_secret_and_ends_with_its_standard_input(tmp_path):
    with serving(tmp_path, "--in-notebook", stdin=subprocess.PIPE) as (process, address):
        assert ask(f"{address}api/health")[0] == 200
        assert ask(f"{address.rpartition('/')[0].rpartition('/')[0]}/api/health")[0] == 403
        with urllib.request.urlopen(address, timeout=PATIENCE) as page:
            assert "http://localhost:*" in page.headers["content-security-policy"]
        watching = urllib.request.urlopen(f"{address}api/train/events", timeout=PATIENCE)
        assert watching.readline().startswith(b"data: ")
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        watching.close()


def test_a_port_that_is_taken_is_told_in_one_line(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        assert main(["serve", "--port", str(door.getsockname()[1])]) == 1
    assert "choose another with --port" in capsys.readouterr().err


def test_a_sound_that_is_not_there_is_told_before_the_server_starts(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "song.wav"]) == 1
    assert "there is no file" in capsys.readouterr().err


def test_without_fastapi_the_extra_is_named(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("explorer.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert main(["serve"]) == 1
    assert "audio-feature-explorer[web]" in capsys.readouterr().err
