"""Links to files on the server of the kernel, and only there."""

import os
import sys
from types import SimpleNamespace

import pytest

from explorer.notebook.widgets.file_links import saved_links, saved_video, served_url


@pytest.fixture
def servers(monkeypatch):
    """The servers that seem to run."""
    running = []
    module = SimpleNamespace(list_running_servers=lambda: iter(running))
    monkeypatch.setitem(sys.modules, "jupyter_server.serverapp", module)  # the real one takes seconds to load
    return running


def server(root, pid):
    return {"pid": pid, "root_dir": str(root), "base_url": "/user/x/"}


def test_a_file_below_the_servers_folder_is_linked_by_its_address(servers, tmp_path):
    report = tmp_path / "runs of \N{LATIN SMALL LETTER E WITH ACUTE}" / "report.html"
    report.parent.mkdir()
    report.write_text("x")
    servers += [server(tmp_path / "other", 1), server(tmp_path, os.getppid())]
    assert served_url(report) == "/user/x/files/runs%20of%20%C3%A9/report.html"
    line = saved_links(report.parent, {"open <it>": report, "video": report.with_name("missing.mp4")})
    assert 'href="/user/x/files/runs%20of%20%C3%A9/report.html"' in line
    assert "open &lt;it&gt;" in line
    assert "video" not in line


@pytest.mark.parametrize("other", ["none", "another process", "another folder"])
def test_a_file_that_is_not_served_is_named_by_its_folder(servers, tmp_path, other):
    report = tmp_path / "report.html"
    report.write_text("x")
    if other == "another process":
        servers.append(server(tmp_path, -1))
    if other == "another folder":
        servers.append(server(tmp_path / "notebooks", os.getppid()))
    assert served_url(report) is None
    assert "<a " not in saved_links(tmp_path, {"report": report})
    assert tmp_path.name in saved_links(tmp_path, {"report": report})


def test_a_saved_video_plays_from_the_server_or_within_the_page(servers, tmp_path, monkeypatch):
    video = tmp_path / "a video.mp4"
    video.write_bytes(b"0" * 100)
    assert 'src="data:video/mp4;base64,' in saved_video(video)
    monkeypatch.setattr("explorer.notebook.widgets.file_links.MAX_EMBEDDED_BYTES", 10)
    assert saved_video(video) == ""
    servers.append(server(tmp_path, os.getppid()))
    assert 'src="/user/x/files/a%20video.mp4"' in saved_video(video)
    assert 'download="a video.mp4"' in saved_video(video)
