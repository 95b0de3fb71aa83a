"""numba's cache on disk, filled by several processes at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from filelock import FileLock, Timeout
from numba import njit
from numba.core import event
from numba.core.compiler_lock import global_compiler_lock

from explorer.compilation import CompilerLock, DeferredFunction, _deferred, librosa, lock_path
from explorer.progress import observing_compilation

ROOT = Path(__file__).parents[1]

COMPILE = """
import sys
from numba import njit
from numba.core import event

class Pause(event.Listener):
    def on_start(self, start):
        event.unregister(start.kind, self)
        print("paused", flush=True)
        sys.stdin.readline()

    def on_end(self, end):
        pass

njit(lambda x: x)(1)  # so that nothing else has to be loaded after the pause
event.register(sys.argv[1], Pause())
import explorer.compilation
import squares
"""

SQUARES = """
import numba
@numba.guvectorize(["void(float64[:], float64[:])"], "(n)->(n)", cache=True)
def double(x, y):
    for n in range(len(x)):
        y[n] = 2 * x[n]
"""

BEATS = """
import sys
print("paused", flush=True)
sys.stdin.readline()
import numpy as np
if sys.argv[1] == "other names":  # numba numbers the functions that a process compiles
    from numba import njit
    njit(lambda x: x)(1)
from explorer.audio.extras.beats import clear_runs
strength = np.zeros(2000)
strength[::50] = 1
assert len(clear_runs(strength)) == 1
"""


def start_and_pause(code, argument, folder):
    """A process with its own cache of numba, at its pause."""
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(folder / "cache"),
        "NUMBA_DEBUG_CACHE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]),
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", code, argument], env=environment, **pipes)
    while process.stdout.readline() != "paused\n":
        assert process.poll() is None
    return process


def outputs(processes):
    """What these processes print, all continued at the same moment."""
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    texts = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return texts


def test_a_process_that_comes_while_another_compiles_loads_what_that_one_saves(tmp_path):
    (tmp_path / "squares.py").write_text(SQUARES)
    first = start_and_pause(COMPILE, "numba:run_pass", tmp_path)
    second = start_and_pause(COMPILE, "numba:compiler_lock", tmp_path)
    texts = outputs([second, first])
    # the function and its wrapper, each compiled by one process and loaded by the other
    assert sum(text.count("data saved to") for text in texts) == 2
    assert sum(text.count("data loaded from") for text in texts) == 2


@pytest.mark.campaign
def test_two_processes_with_a_cold_cache_find_beats_and_leave_a_sound_cache(tmp_path, capsys):
    for _ in range(2):
        outputs([start_and_pause(BEATS, argument, tmp_path) for argument in ("", "other names")])
    with capsys.disabled():
        sys.stdout.write(
            "\nconcurrent starts: 2 pairs of processes on a cold and a warm cache, all ended well\n"
        )


def is_held(path):
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def test_other_processes_wait_while_numba_loads_compiles_and_saves():
    with global_compiler_lock:
        assert is_held(lock_path())
        with global_compiler_lock:
            pass
        assert is_held(lock_path())


def test_observers_hear_of_a_kernel_that_is_compiled_and_not_of_later_calls():
    def square(x):
        return x * x

    kernel, reports = njit(square), []  # never loaded from disk
    with observing_compilation(lambda: reports.append(1)):
        assert kernel(3) == 9
        assert reports
        reports.clear()
        assert kernel(4) == 16
        assert not reports
    assert kernel(2.5) == 6.25
    assert not reports


def test_without_a_folder_for_the_lock_numba_works_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    lock = CompilerLock(tmp_path / "file" / "compiler.lock")
    start_and_end(lock)


def test_a_lock_that_is_held_for_too_long_is_given_up(tmp_path):
    path = tmp_path / "compiler.lock"
    lock = CompilerLock(path, timeout=0)
    with FileLock(path):
        start_and_end(lock)


def test_after_an_interrupted_start_the_lock_is_free_again_with_the_next_end(tmp_path):
    path = tmp_path / "compiler.lock"
    lock = CompilerLock(path)
    lock.notify(event.Event("numba:compiler_lock", event.EventStatus.START))  # Ctrl-C before numba's lock
    assert is_held(path)
    start_and_end(lock, while_held=lambda: is_held(path) or pytest.fail("free"))
    assert not is_held(path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_locks_for_itself(tmp_path):
    path = tmp_path / "compiler.lock"
    lock = CompilerLock(path)
    start_and_end(lock)
    assert not is_held(path)
    if not (child := os.fork()):
        try:
            start_and_end(lock, while_held=lambda: is_held(path) or os._exit(2))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def start_and_end(lock, while_held=lambda: None):
    lock.notify(event.Event("numba:compiler_lock", event.EventStatus.START))
    while_held()
    lock.notify(event.Event("numba:compiler_lock", event.EventStatus.END))


def test_a_function_of_librosa_is_compiled_at_its_first_call():
    assert isinstance(librosa.util.utils._phasor_angles, DeferredFunction)
    np.testing.assert_allclose(librosa.util.phasor(np.array([0.0, np.pi / 2])), [1, 1j], atol=1e-15)
    assert numba.guvectorize.__module__.startswith("numba.")  # for all others nothing is deferred
    assert numba.vectorize.__module__.startswith("numba.")


def test_functions_of_librosa_are_compiled_for_the_types_of_a_call_once_for_all_processes():
    compiled = []

    def decorator(signatures, layout, **options):
        compiled.append((*signatures, options))
        return lambda function: function

    signatures = [f"void({kind}[:], float32, {kind}[:])" for kind in ("int32", "float32", "float64")]
    add = _deferred(decorator)(signatures, "(n),()->(n)", cache=False, nopython=True)(np.add)
    for kind in (np.float64, np.int32, np.float64, np.float16):
        add(np.zeros(3, kind), 1)
    options = {"cache": True, "nopython": True}
    assert compiled == [(signatures[n], options) for n in (2, 0, 1)]
    add(np.zeros(3, complex), 1)  # no signature has these
    assert compiled[3] == (*signatures, options)


def test_all_modules_take_librosa_and_compiled_code_from_the_locked_place():
    others = [path for path in (ROOT / "explorer").rglob("*.py") if path.name != "compilation.py"]
    uses_numba = re.compile("^ *import librosa|cache=True", re.MULTILINE)
    assert [path for path in others if uses_numba.search(path.read_text())] == []
