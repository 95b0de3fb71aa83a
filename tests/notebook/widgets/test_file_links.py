"""Links to files on the server of the kernel, and only there."""

import json
import os

import pytest

from explorer.notebook.widgets.file_links import saved_links, saved_video, served_url


@pytest.fixture
def announce(tmp_path, monkeypatch):
    """Write the file by which a Jupyter server says that it runs."""
    (folder := tmp_path / "runtime").mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))

    def write(root, pid):
        information = {"pid": pid, "root_dir": str(root), "base_url": "/user/x/"}
        (folder / f"jpserver-{pid}.json").write_text(json.dumps(information))

    return write


def test_a_file_below_the_servers_folder_is_linked_by_its_address(announce, tmp_path):
    report = tmp_path / "runs of \N{LATIN SMALL LETTER E WITH ACUTE}" / "report.html"
    report.parent.mkdir()
    report.write_text("x")
    announce(tmp_path / "other", 1)
    announce(tmp_path, os.getppid())
    assert served_url(report) == "/user/x/files/runs%20of%20%C3%A9/report.html"
    line = saved_links(report.parent, {"open <it>": report, "video": report.with_name("missing.mp4")})
    assert 'href="/user/x/files/runs%20of%20%C3%A9/report.html"' in line
    assert "open &lt;it&gt;" in line
    assert "video" not in line


@pytest.mark.parametrize("other", ["none", "another process", "another folder"])
def test_a_file_that_is_not_served_is_named_by_its_folder(announce, tmp_path, other):
    report = tmp_path / "report.html"
    report.write_text("x")
    if other == "another process":
        announce(tmp_path, -1)
    if other == "another folder":
        announce(tmp_path / "notebooks", os.getppid())
    assert served_url(report) is None
    assert "<a " not in saved_links(tmp_path, {"report": report})
    assert tmp_path.name in saved_links(tmp_path, {"report": report})


def test_a_saved_video_plays_from_the_server_or_within_the_page(announce, tmp_path, monkeypatch):
    video = tmp_path / "a video.mp4"
    video.write_bytes(b"0" * 100)
    assert 'src="data:video/mp4;base64,' in saved_video(video)
    monkeypatch.setattr("explorer.notebook.widgets.file_links.MAX_EMBEDDED_BYTES", 10)
    assert saved_video(video) == ""
    announce(tmp_path, os.getppid())
    assert 'src="/user/x/files/a%20video.mp4"' in saved_video(video)
    assert 'download="a video.mp4"' in saved_video(video)
