"""Files are whole or absent."""

import errno
import json
import os
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer import files
from explorer.errors import ExplorerError, OutputError, ReadError


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
    files.remove_stale_parts(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)


def test_json_is_written_whole_with_unicode(tmp_path):
    files.write_json(tmp_path / "ä.json", {"name": "Grüße"})
    assert "Grüße" in (tmp_path / "ä.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", [{}, {"a": [1, 2.5, "ü", None, True, {"b": []}], "\U0001f600": -1e308}])
def test_json_comes_back_as_it_was_written(tmp_path, value):
    files.write_json(tmp_path / "a.json", value)
    assert files.read_json(tmp_path / "a.json") == value
    assert files.read_json_or_empty(tmp_path / "a.json") == value
    assert files.parse_json(json.dumps(value), "text") == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it holds no JSON"),
        ('{"a": 1', "it holds no JSON"),
        ("[1]", "a JSON object was expected"),
        ("[" * 100_000, "nested more than 100 levels"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested more than 100 levels"),
        ('{"a": ' + "7" * 400 + "}", "no number that can be stored"),
        ('{"a": ' + "7" * 5000 + "}", "no number that can be stored"),
        ('{"a": -1e999}', "no number that can be stored"),
        ('{"a": NaN}', "NaN is no number that can be stored"),
        (r'{"a": "\ud800"}', "half of a surrogate pair"),
        (r'{"\udfff": 1}', "half of a surrogate pair"),
    ],
)
def test_json_that_cannot_be_used_is_one_error_with_its_reason(tmp_path, text, reason):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ReadError, match=rf"cannot read .*a\.json: .*{reason}") as caught:
        files.read_json(path)
    assert (caught.value.source, caught.value.missing) == (str(path), False)
    assert files.read_json_or_empty(path) == {}
    with pytest.raises(ReadError, match=f"cannot read the comment: .*{reason}"):
        files.parse_json(text, "the comment")


def test_a_hundred_levels_are_read():
    text = "[" * 98 + "1" + "]" * 98
    assert files.parse_json(f'{{"a": {text}}}', "text") == {"a": json.loads(text)}


def test_what_is_no_readable_file_is_refused_by_name(tmp_path, monkeypatch):
    with pytest.raises(ReadError, match=r"none\.json: No such file") as caught:
        files.read_json(tmp_path / "none.json")
    assert caught.value.missing
    (tmp_path / "latin.json").write_bytes('{"a": "é"}'.encode("latin-1"))
    with pytest.raises(ReadError, match=r"latin\.json: it is not text in UTF-8"):
        files.read_json(tmp_path / "latin.json")
    with pytest.raises(ReadError, match="it is a folder"):
        files.read_json(tmp_path)
    monkeypatch.setattr(files, "MAX_JSON_BYTES", 10_000)
    (tmp_path / "large.json").write_text('{"a": 1}' + " " * 10_000)
    with pytest.raises(ReadError, match="it is larger than 10 kB"):
        files.read_json(tmp_path / "large.json")
    with pytest.raises(ReadError, match="it is larger than 10 kB"):
        files.parse_json(" " * 10_001, "a comment")


@pytest.mark.skipif(os.name == "nt", reason="named pipes are no files there")
def test_a_pipe_or_device_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", "/dev/zero"):
        with pytest.raises(ReadError, match="it is no ordinary file"):
            files.read_json(path)


def test_the_error_survives_the_way_from_another_process():
    error = pickle.loads(pickle.dumps(ReadError("a.json", "it holds no JSON")))
    assert isinstance(error, ExplorerError)
    assert (str(error), error.reason) == ("cannot read a.json: it holds no JSON", "it holds no JSON")


def test_explorations_folder_is_given_or_from_the_environment_or_the_nearest(tmp_path, monkeypatch):
    inside = tmp_path / "explorations" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    monkeypatch.delenv("EXPLORER_EXPLORATIONS", raising=False)
    assert files.explorations_folder() == tmp_path / "explorations"
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "other"))
    assert files.explorations_folder() == tmp_path / "other"
    assert files.explorations_folder(tmp_path / "given") == tmp_path / "given"
