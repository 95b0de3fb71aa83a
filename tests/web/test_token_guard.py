"""The token of a server that other machines reach: link, cookie, header, and nothing else."""

import re

import pytest
from fastapi.testclient import TestClient

from explorer.cli import main
from explorer.web import server
from explorer.web.app import create_app
from explorer.web.request_guard import host_names
from tests.web.published_settings import PublishedSettings

TOKEN = "a-token-of-this-test"


@pytest.fixture
def client(tmp_path):
    hosts = host_names("0.0.0.0", "box")
    app = create_app(tmp_path, tmp_path / "runs", PublishedSettings, Idle(), hosts, tmp_path, token=TOKEN)
    return TestClient(app, base_url="http://192.168.1.7:8000")


class Idle:
    """Stands in for the process of a training."""

    def status(self):
        from explorer.learn.subprocess_training import TrainingStatus

        return TrainingStatus()


def status_of(client, path="/api/health", **headers):
    return client.get(path, headers=headers).status_code


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/nothing", "/openapi.json", "/assets/x.js"])
def test_without_the_token_nothing_is_answered(client, path):
    for address in (path, f"{path}?token=", f"{path}?token={TOKEN}x", f"{path}?other={TOKEN}"):
        answer = client.get(address)
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "Authorization: token" in client.get(path).json()["detail"]
    assert client.post("/api/train/stop").status_code == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"token {TOKEN}", 200),
        (f"Bearer  {TOKEN} ", 200),
        (f"bearer {TOKEN}", 200),
        (TOKEN, 401),
        ("token", 401),
        ("Basic " + TOKEN, 401),
        (f"token {TOKEN[:-1]}", 401),
        ("token \xff\xfe", 401),
    ],
)
def test_programs_send_it_as_a_header(client, header, status):
    assert status_of(client, authorization=header.encode("latin-1")) == status
    assert status_of(client, cookie=f"other={TOKEN}") == 401


def test_the_link_leaves_a_cookie_for_the_page_and_its_requests(client):
    answer = client.get(f"/api/health?token={TOKEN}")
    assert answer.status_code == 200
    name, attributes = re.fullmatch(rf"(\S+)={TOKEN}; (.*)", answer.headers["set-cookie"]).groups()
    assert set(attributes.split("; ")) == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert status_of(client, "/openapi.json") == 200  # the client keeps it, as a browser does
    client.cookies.clear()
    assert status_of(client, cookie=f"bad name=1; {name}={TOKEN}") == 200  # others may leave odd cookies
    assert status_of(client, cookie=f"{name}={TOKEN}x") == 401


def test_the_token_opens_no_other_door(client):
    link = f"/api/health?token={TOKEN}"
    assert status_of(client, link, host="evil.example") == 403
    assert status_of(client, link, origin="http://evil.example") == 403
    assert status_of(client, link, **{"sec-fetch-site": "cross-site"}) == 403


def test_people_without_it_are_told_what_to_open(client):
    page = client.get("/", headers={"accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "?token=" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(("options", "words"), [(["--no-token"], "may start and stop training"), ([], "")])
def test_without_a_token_the_command_says_what_that_means(options, words, monkeypatch, capsys, tmp_path):
    calls = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(server, "serve", lambda *_, **options: calls.append(options))
    assert main(["serve", "--host", "0.0.0.0", *options]) == 0
    assert calls == [{"needs_token": not options, "in_notebook": False, "sound": None}]
    warnings = [line for line in capsys.readouterr().err.splitlines() if "not built" not in line]
    assert bool(warnings) == bool(options)
    assert words in "".join(warnings)
