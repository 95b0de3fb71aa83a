"""Slow and too many connections: they end, and an ordinary request is answered meanwhile."""

import socket
import threading
import urllib.request

import pytest
import uvicorn

from explorer.web import connections
from explorer.web.connections import LimitedProtocol

PATIENCE = 60  # seconds until a test that hangs fails
SLOW = (
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: a\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12",
)
LARGE = 64 * 2**20  # bytes, more than all buffers on the way


async def application(scope, receive, send):
    """Reads the body, answers with one of the size that the path names."""
    while (await receive()).get("more_body"):
        pass
    size = int(scope["path"].strip("/") or 2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
    for first in range(0, size, 2**16):
        part = bytes(min(2**16, size - first))
        await send({"type": "http.response.body", "body": part, "more_body": first + 2**16 < size})


@pytest.fixture
def address():
    """A running server with these limits."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    config = uvicorn.Config(application, http=LimitedProtocol, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(PATIENCE)
    listener.close()


def connect(address, data):
    connection = socket.create_connection(address, timeout=PATIENCE)
    connection.sendall(data)
    return connection


def rest_of(connection):
    """What the server still sends until it ends the connection."""
    data = b""
    try:
        while part := connection.recv(2**20):
            data += part
    except ConnectionError:
        pass
    connection.close()
    return data


def fetch(address):
    with urllib.request.urlopen("http://{}:{}/".format(*address), timeout=PATIENCE) as answer:
        return answer.read()


def test_fifty_slow_requests_end_while_others_are_answered(address, monkeypatch):
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.5)
    slow = [connect(address, SLOW[n % len(SLOW)]) for n in range(50)]
    assert fetch(address) == bytes(2)
    assert {rest_of(connection) for connection in slow} == {b""}


def test_a_slow_second_request_ends_too(address, monkeypatch):
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.1)
    connection = connect(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = connection.recv(2**16)
    connection.sendall(b"GET / HT")
    assert (answer + rest_of(connection)).endswith(b"\r\n\r\n" + bytes(2))


@pytest.mark.parametrize("close", [b"", b"Connection: close\r\n"])
def test_a_client_that_does_not_read_ends(address, monkeypatch, close):
    monkeypatch.setattr(connections, "READER_SECONDS", 0.1)
    lost = threading.Event()
    original = LimitedProtocol.connection_lost
    monkeypatch.setattr(LimitedProtocol, "connection_lost", lambda *a: (original(*a), lost.set()))
    connection = connect(address, b"GET /%d HTTP/1.1\r\nHost: a\r\n%s\r\n" % (LARGE, close))
    assert lost.wait(PATIENCE)
    assert len(rest_of(connection)) < LARGE


def test_too_many_connections_are_told_to_wait(address, monkeypatch):
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    waiting = [connect(address, b"GET / HT") for _ in range(3)]
    assert rest_of(connect(address, b"")).startswith(b"HTTP/1.1 503 ")
    for connection in waiting:
        connection.sendall(b"TP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert rest_of(connection).startswith(b"HTTP/1.1 200 ")
    assert fetch(address) == bytes(2)
