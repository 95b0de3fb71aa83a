"""Leases: one holder at a time, and the dead hold nothing."""

import json
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from explorer.errors import OutputError
from explorer.experiments.sweeps import leases
from explorer.experiments.sweeps.leases import Lease, is_leased

DEAD = 2**22 + 12345  # beyond the process numbers that systems give


def left_by(folder, number=0, **holder):
    """A claim as another process made it."""
    told = {"process": DEAD, "host": platform.node(), "born": 1.0}
    path = folder / f".claim.{number}"
    path.write_text(json.dumps(told | holder))
    return path


def me():
    return {"process": os.getpid(), "born": psutil.Process().create_time()}


def test_one_at_a_time(tmp_path):
    with Lease.acquire(tmp_path) as first:
        assert is_leased(tmp_path)
        assert first.is_valid
        assert Lease.acquire(tmp_path) is None
    assert not is_leased(tmp_path)
    assert not list(tmp_path.iterdir())
    claim = Lease.acquire(tmp_path)
    assert claim is not None
    claim.release()


@pytest.mark.parametrize(
    ("holder", "held"),
    [
        ({}, False),
        (me(), True),
        ({**me(), "born": 1.0}, False),  # the number was given to another process since
        ({"host": "another machine"}, True),
    ],
    ids=["gone", "alive", "reborn", "elsewhere"],
)
def test_a_claim_lives_as_long_as_its_process(holder, held, tmp_path):
    left_by(tmp_path, **holder)
    assert is_leased(tmp_path) == held
    claim = Lease.acquire(tmp_path)
    assert (claim is None) == held
    if claim:
        assert [path.name for path in tmp_path.iterdir()] == [".claim.1"]
        claim.release()


@pytest.mark.parametrize("holder", [me(), {"host": "another machine"}])
def test_a_claim_that_is_not_touched_any_more_is_stale(holder, tmp_path):
    path = left_by(tmp_path, **holder)
    old = time.time() - leases.STALE_SECONDS - 1
    os.utime(path, (old, old))
    Lease.acquire(tmp_path).release()


@pytest.mark.parametrize("seconds", [-3600, -90, 90, 3600])
def test_a_lease_is_as_old_as_the_file_server_says(tmp_path, monkeypatch, seconds):
    left_by(tmp_path, host="another machine")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)  # a clock of ours that is wrong
    assert Lease.acquire(tmp_path) is None


def test_a_lease_from_the_future_is_not_for_ever(tmp_path):
    path = left_by(tmp_path, host="another machine")
    future = time.time() + 3600
    os.utime(path, (future, future))
    Lease.acquire(tmp_path).release()


def test_a_holder_keeps_its_lease_fresh_and_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(leases, "TOUCH_SECONDS", 0.01)
    with Lease.acquire(tmp_path) as lease:
        before = lease.path.read_bytes()
        os.utime(lease.path, (0, 0))
        while lease.path.stat().st_mtime == 0:
            pass
        assert lease.path.read_bytes() == before
        assert [path.name for path in tmp_path.iterdir()] == [".claim.0"]


def test_a_lease_does_not_bring_a_deleted_sweep_back(tmp_path):
    sweep = tmp_path / "sweep_20260102T030405Z_abc123"
    with pytest.raises(OutputError, match="deleted or moved during the work"):
        Lease.acquire(sweep / "points" / "0123456789ab")
    assert not sweep.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"process": "x"}', "{"])
def test_one_that_is_being_written_is_believed_for_a_moment(text, tmp_path):
    path = tmp_path / ".claim.0"
    path.write_text(text)
    assert is_leased(tmp_path)
    old = time.time() - leases.WRITING_SECONDS - 1
    os.utime(path, (old, old))
    assert not is_leased(tmp_path)


def test_a_claim_that_was_taken_over_is_not_held(tmp_path):
    claim = Lease.acquire(tmp_path)
    claim.path.unlink()
    assert not claim.is_valid
    claim.release()


def test_of_many_at_once_one_takes_over_from_the_dead(tmp_path):
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        left_by(folder)
        with ThreadPoolExecutor(8) as many:
            taken = [claim for claim in many.map(lambda _, at=folder: Lease.acquire(at), range(8)) if claim]
        assert len(taken) <= 1  # none when they stood in each other's way: then all try again
        for claim in taken:
            claim.release()
        Lease.acquire(folder).release()
