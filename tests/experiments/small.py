"""A small sweep for tests: six points of the compact network, a few pictures of 32 x 18."""

import itertools
import json
import os
import signal

from explorer.experiments import sweep
from explorer.fields import CPPN
from explorer.files import sha256_of
from explorer.progress import silent
from tests import processes
from tests.signals import music, write_wav

FIELD = CPPN.preset("compact-4x3")
VARY = {"gain": [1, 3, 5], "layers": [2, 3]}
SMALL = {"size": (32, 18), "clips": False, "workers": 1, "moments": 2}

TIMES = (
    "started",
    "ended",
    "heartbeat",
    "seconds",
    "process",
    "host",
    "born",
)  # what may differ in two sweeps
WHOLE = ("manifest.json", "report.html")  # files that tell such times throughout


def a_song(folder, seconds=2.0):
    return write_wav(folder / "song.wav", music(seconds, 22050), 22050, "PCM_16")  # no time in its header


def small_sweep(song, folder, **settings):
    return sweep(FIELD, song, **{"vary": VARY, **SMALL, "explorations": folder, **settings})


def in_another_process(first, second, dies_at=-1, workers=1, progress=silent, vary=VARY):
    """A small sweep of a song into a folder, or `("resume", folder)`; dies at its n-th file, or when told."""
    return processes.start(_dying_sweep, first, second, dies_at, workers, progress, vary)


def _dying_sweep(first, second, dies_at, workers, progress, vary):
    replace, numbers = os.replace, itertools.count(1)

    def dying(source, target):
        """Die by SIGKILL instead of giving the n-th file of points its final name."""
        if "points" in str(target) and next(numbers) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = dying
    if first == "resume":
        sweep(resume=second, workers=workers, progress=progress)
    else:
        small_sweep(first, second, workers=workers, progress=progress, vary=vary)


def contents(folder):
    """Everything in a sweep folder but times, by name: to compare two sweeps file by file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name not in WHOLE:
            found[name] = sha256_of(path)
        if path.name == "point.json":
            log = json.loads(path.read_text())
            found[name] = {key: value for key, value in log.items() if key not in TIMES}
    return found
