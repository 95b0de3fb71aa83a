"""The child that serves the live page, with a stand-in for `explorer serve`."""

import sys

import psutil
import pytest

from explorer.errors import ExplorerError, SettingsError
from explorer.notebook.live import page_server as module
from explorer.notebook.live.page_server import PageServer, page_server

PATIENCE = 90  # seconds until a test that hangs fails
SERVER = """
import sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answers(BaseHTTPRequestHandler):
    def do_GET(self, body=b'[{"id": "default"}]', status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        wide = b"256" in self.rfile.read(int(self.headers["content-length"]))
        self.do_GET(b'{"detail": "up to 32 wide"}' if wide else b"{}", 422 if wide else 200)

    def log_message(self, *_):
        print("x" * 100_000, file=sys.stderr)  # more than a pipe holds

server = HTTPServer(("127.0.0.1", 0), Answers)
print("explorer: warning: it is late", file=sys.stderr)
print(f"live page: http://127.0.0.1:{server.server_port}/secret/  stop with Ctrl-C", flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
"""


def start(tmp_path, code):
    return PageServer(tmp_path, (sys.executable, "-c", code))


@pytest.fixture
def server(tmp_path):
    server = start(tmp_path, SERVER)
    yield server
    server.close()


def test_its_address_is_in_its_output(server):
    assert server.address.startswith("http://127.0.0.1:")
    assert server.address.endswith("/secret/")
    assert server.is_alive


def test_it_ends_when_its_standard_input_does(server):
    process = psutil.Process(server._process.pid)
    server.close()
    assert not server.is_alive
    process.wait(PATIENCE)
    server.close()  # again


def test_a_field_that_cannot_be_drawn_is_refused_with_the_reason_of_the_server(server):
    server.check_field({"kind": "cppn", "hidden": 8})
    server.check_field({"kind": "julia", "model": "none"})
    server.check_field({"kind": "julia", "model": "default"})
    with pytest.raises(SettingsError, match="up to 32 wide"):
        server.check_field({"kind": "cppn", "hidden": 256})
    with pytest.raises(SettingsError, match="the page has: default"):
        server.check_field({"kind": "julia", "model": "../x"})


def test_a_server_that_has_ended_is_reported(server):
    server.close()
    with pytest.raises(ExplorerError, match="run the cell again"):
        server.check_field({"kind": "cppn"})


def test_a_server_that_cannot_start_says_why(tmp_path):
    code = "import sys; print('explorer: explorer serve needs FastAPI', file=sys.stderr); sys.exit(1)"
    with pytest.raises(ExplorerError, match="explorer serve needs FastAPI") as caught:
        start(tmp_path, code)
    assert str(caught.value) == "explorer serve needs FastAPI"
    with pytest.raises(ExplorerError, match="did not start"):
        start(tmp_path, "")


def test_a_kernel_has_one_server_for_a_folder_and_another_when_that_is_gone(tmp_path, monkeypatch):
    servers = []

    class Counted:
        is_alive = True

        def __init__(self, folder, sound):
            servers.append((folder, sound))

        def close(self):
            self.is_alive = False

    monkeypatch.setattr(module, "PageServer", Counted)
    monkeypatch.setattr(module, "_running", {})
    first = page_server(tmp_path)
    assert page_server(tmp_path) is first
    assert page_server(tmp_path / "other") is not first
    song = tmp_path / "song.wav"
    assert page_server(tmp_path, song) is page_server(tmp_path, song)
    first.is_alive = False
    assert page_server(tmp_path) is not first
    assert servers == [(tmp_path, None), (tmp_path / "other", None), (tmp_path, song), (tmp_path, None)]
    others = [page_server(tmp_path, tmp_path / f"{n}.wav") for n in range(module.MAX_SERVERS)]
    assert all(server.is_alive for server in others)
    assert sum(server.is_alive for server in module._running.values()) == module.MAX_SERVERS
