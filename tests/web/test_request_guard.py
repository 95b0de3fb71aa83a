import asyncio

import pytest

from explorer.web.request_guard import MAX_BODY_BYTES, RequestGuard, host_names, is_loopback

LOCAL = host_names("127.0.0.1", "box")


def ask(headers, hosts=LOCAL, path="/api/health", secret=""):
    """Status, headers and body that the guard returns before an application that returns 200 and its path."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    async def receive():
        return {"type": "http.request", "body": b""}

    sent = []

    async def send(message):
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": pairs}
    asyncio.run(RequestGuard(application, hosts, secret)(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_the_server_answers_to_its_own_names(host):
    assert ask({"host": host})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "10.0.0.9",
        "",
        "[",
        "localhost@evil.example",
    ],
)
def test_a_name_that_was_made_to_point_here_is_refused(host):
    status, _, body = ask({"host": host})
    assert status == 403
    assert b"detail" in body


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://localhost:8000",
        "http://localhost:3000",
        "http://localhost:80001",
    ],
)
def test_pages_of_others_are_refused(origin):
    assert ask({"host": "localhost:8000", "origin": origin})[0] == 403


def test_the_own_page_may_ask():
    assert ask({"host": "localhost:8000", "origin": "http://localhost:8000"})[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_other_sites_embed_is_refused_but_a_link_to_the_page_works(site):
    headers = {"host": "localhost:8000", "sec-fetch-site": site}
    assert ask(headers)[0] == 403
    assert ask(headers, path="/")[0] == 200


def test_large_bodies_and_those_of_unknown_length_are_refused():
    host = {"host": "localhost"}
    assert ask({**host, "content-length": str(MAX_BODY_BYTES)})[0] == 200
    assert ask({**host, "content-length": str(MAX_BODY_BYTES + 1)})[0] == 413
    assert ask({**host, "content-length": "-1"})[0] == 411
    assert ask({**host, "transfer-encoding": "chunked"})[0] == 411


def test_an_open_server_answers_to_numbers_and_its_name_alone():
    hosts = host_names("0.0.0.0", "box")
    assert ask({"host": "192.168.1.7:8000"}, hosts)[0] == 200
    assert ask({"host": "box.local:8000"}, hosts)[0] == 200
    assert ask({"host": "evil.example:8000"}, hosts)[0] == 403


def test_answers_keep_the_page_in():
    headers = ask({"host": "localhost"})[1]
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"cache-control"] == b"no-cache"
    assert b"immutable" in ask({"host": "localhost"}, path="/assets/index-1.js")[1][b"cache-control"]


@pytest.mark.parametrize("host", ["127.0.0.1:4321", "hub.example", "lab.example:8888"])
def test_a_server_for_a_notebook_answers_behind_its_secret_whatever_it_is_called(host):
    # a proxy or a tunnel leaves the names of its own
    headers = {"host": host, "origin": "https://hub.example"}
    status, _, body = ask(headers, path="/s3cret/api/health", secret="s3cret")
    assert (status, body) == (200, b"/api/health")
    assert ask(headers, path="/s3cret/", secret="s3cret")[2] == b"/"


@pytest.mark.parametrize(
    "path", ["/", "/api/health", "/s3cre/api/health", "//s3cret/api", "/s3crét/", "/x/s3cret/"]
)
def test_without_the_secret_nothing_is_answered(path):
    assert ask({"host": "localhost"}, path=path, secret="s3cret")[0] == 403


def test_behind_a_secret_large_bodies_and_other_sites_are_refused_as_ever():
    headers = {"host": "localhost", "content-length": str(MAX_BODY_BYTES + 1)}
    assert ask(headers, path="/s3cret/api/health", secret="s3cret")[0] == 413
    headers = {"host": "localhost", "sec-fetch-site": "cross-site"}
    assert ask(headers, path="/s3cret/api/health", secret="s3cret")[0] == 403


def test_only_a_server_for_a_notebook_lets_itself_be_framed():
    def framers(**given):
        policy = ask({"host": "localhost"}, **given)[1][b"content-security-policy"].decode()
        return policy.partition("frame-ancestors ")[2].split()

    assert framers() == ["'none'"]
    origins = framers(path="/s3cret/", secret="s3cret")
    assert "http://localhost:*" in origins
    assert all("localhost" in name or "127.0.0.1" in name for name in set(origins) - {"'self'"})


def test_local_addresses_are_known():
    assert [is_loopback(name) for name in ("127.0.0.1", "::1", "localhost")] == [True] * 3
    assert [is_loopback(name) for name in ("0.0.0.0", "192.168.1.7", "box")] == [False] * 3
