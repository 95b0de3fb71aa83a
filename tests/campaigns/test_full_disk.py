"""A disk that fills up while something is written: one clear line, and nothing half-written."""

import os
import random
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.campaigns.test_kills import check_whole
from tests.processes import error_lines, start_command
from tests.signals import music, write_wav

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="small file systems are made with Linux's mount"
)


@contextmanager
def small_disk(folder, kilobytes):
    """A file system of so many kB; skips where it cannot be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder, kilobytes, *command):
    """Run a command that writes into a small disk; gives back its exit status and last line."""
    with small_disk(folder, kilobytes) as disk:
        line = [*command, "--explorations", disk / "runs"]
        process = start_command(folder.parent, *line, EXPLORER_CACHE=str(folder.parent / "cache"))
        process.join()
        check_whole(disk)
        parts = [path.name for path in disk.rglob(".*.part")]
    assert not parts, parts
    lines = error_lines(folder.parent)
    assert "unexpected" not in "".join(lines[-1:]), lines
    return process.exitcode, "".join(lines[-1:])


def campaign(folder, sizes, first=0):
    outcomes = []
    write_wav(folder / "song.wav", music(2.0, 8000), 8000)
    render = ["render", "song.wav", "--preset", "compact-4x3", "--resolution", "128x72"]
    sweep = ["sweep", "song.wav", "--set", "gain=1,3", "--resolution", "128x72", "--workers", "1"]
    for number, kilobytes in enumerate(sizes, first):
        status, last = fill(folder / f"disk{number}", kilobytes, *(render if number % 3 else sweep))
        assert status in (0, 1, 2)
        if status:
            assert "space" in last or "disk" in last.lower() or "failed" in last, last
        outcomes.append(status)
    return outcomes


def test_a_disk_that_fills_up(tmp_path):
    assert campaign(tmp_path, [24], first=1) == [1]  # a render


@pytest.mark.campaign
def test_40_disks_that_fill_up(tmp_path, capsys):
    rng = random.Random(0)
    outcomes = campaign(tmp_path, [rng.randrange(8, 400, 4) for _ in range(40)])
    with capsys.disabled():
        full = sum(map(bool, outcomes))
        print(f"\nfull disks: 40 cases, {full} refused in one line, {40 - full} fitted, no file half-written")
