"""Files are whole or absent."""

import errno
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer import files
from explorer.errors import OutputError


def test_an_error_leaves_neither_file_nor_part(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), files.atomic_path(target) as part:
        _ = part.write_text("half"), 1 / 0
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.txt"]


def refusing(monkeypatch, times):
    """os.replace as on Windows while somebody reads the target, so many times; pauses are noted."""
    replace, left, pauses = os.replace, [times], []

    def refused(source, target):
        if left[0] > 0:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", refused)
    monkeypatch.setattr(files.time, "sleep", pauses.append)
    return pauses


def test_a_target_that_is_being_read_is_replaced_when_it_is_free(tmp_path, monkeypatch):
    pauses = refusing(monkeypatch, 5)
    files.write_bytes(tmp_path / "a.txt", b"whole")
    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    assert len(pauses) == 5


def test_a_target_that_is_never_free_is_told_after_a_second(tmp_path, monkeypatch):
    pauses = refusing(monkeypatch, 1000)
    with pytest.raises(OutputError, match=r"cannot write .*a\.txt: Access is denied"):
        files.write_bytes(tmp_path / "a.txt", b"whole")
    assert 0.8 < sum(pauses) < 2
    assert not os.listdir(tmp_path)


def test_a_full_disk_is_told_in_one_line(tmp_path):
    with (
        pytest.raises(OutputError, match=r"cannot write .*a\.txt: No space left"),
        files.atomic_path(tmp_path / "a.txt"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not os.listdir(tmp_path)


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        files.write_json(tmp_path / "file" / "a.json", {})


def test_folders_of_the_same_second_never_collide(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: files.new_folder(tmp_path / "runs", "render"), range(50)))
    assert len({folder.name for folder in made}) == 50
    assert all(re.fullmatch(r"render_\d{8}T\d{6}Z_[0-9a-f]{6}", folder.name) for folder in made)


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(OutputError, match="runs"):
        files.new_folder(tmp_path / "runs", "render")


def test_unfinished_files_of_dead_processes_are_swept_and_others_kept(tmp_path):
    dead, alive = tmp_path / ".a.mp4.999999999.abc.part", tmp_path / f".b.mp4.{os.getpid()}.abc.part"
    dead.touch(), alive.touch()
    files.sweep_parts(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)


def test_json_is_written_whole_with_unicode(tmp_path):
    files.write_json(tmp_path / "ä.json", {"name": "Grüße"})
    assert "Grüße" in (tmp_path / "ä.json").read_text(encoding="utf-8")


def test_explorations_folder_is_given_or_from_the_environment_or_the_nearest(tmp_path, monkeypatch):
    inside = tmp_path / "explorations" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    monkeypatch.delenv("EXPLORER_EXPLORATIONS", raising=False)
    assert files.explorations_folder() == tmp_path / "explorations"
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "other"))
    assert files.explorations_folder() == tmp_path / "other"
    assert files.explorations_folder(tmp_path / "given") == tmp_path / "given"
