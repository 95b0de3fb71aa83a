"""For all tests: shapes in signatures are checked, the user's cache and looks are never touched, and
libraries compute on one thread, here and in other processes.

Tensors of tests are small: several threads of torch spend up to six times the processor time of one, because
they wait for each other. Threads of the package itself are as many as always.
"""

import gc
import importlib
import itertools
import os
from contextlib import suppress
from pathlib import Path

import pytest

for library in ("OMP", "MKL", "OPENBLAS"):  # before they are imported
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from tests import checking  # noqa: E402

checking.install(
    [
        "explorer.audio",
        "explorer.fields.base",
        "explorer.fields.controls",
        "explorer.fields.grid",
        "explorer.fields.oklab",
        "explorer.fields.palette_table",
        "explorer.fields.palette_torch",
        "explorer.fields.custom.calls",
        "explorer.fields.custom.drawing",
        "explorer.fields.mix.drawing",
        "explorer.fields.mix.kernel",
        "explorer.fields.sketch.drawing",
        "explorer.fields.sketch.field",
        "explorer.fields.sketch.program",
        "explorer.fields.cppn.field",
        "explorer.fields.cppn.settings",
        "explorer.fields.cppn.weights",
        "explorer.fields.cppn.drawing",
        "explorer.fields.kernels.dither",
        "explorer.fields.julia.drawing",
        "explorer.fields.julia.mapping",
        "explorer.fields.julia.model",
        "explorer.fields.julia.parameters",
        "explorer.fields.julia.field",
        "explorer.fields.julia.settings",
        "explorer.fields.julia.timeline",
        "explorer.fields.patterns.field",
        "explorer.fields.patterns.settings",
        "explorer.fields.patterns.section_selection",
        "explorer.fields.patterns.selection",
        "explorer.fields.patterns.timeline",
        "explorer.fields.patterns.audio_levels",
        "explorer.rendering",
        "explorer.video",
        "explorer.diagnostics",
        "explorer.bench",
        "explorer.experiments",
        "explorer.learn.synthetic_clips",
        "explorer.learn.dataset",
        "explorer.learn.optimization",
        "explorer.learn.losses",
        "explorer.learn.metrics",
        "explorer.learn.plots",
        "explorer.learn.evaluation",
    ],
)


def pytest_sessionstart(session):
    """Workers import all test modules, each from another one on.

    pytest rewrites the assertions of a module when it is imported first: a worker reads what the others have
    rewritten by then, where all would rewrite the same module at the same time.
    """
    worker, config = os.environ.get("PYTEST_XDIST_WORKER"), session.config
    if worker is None or config.args != config.getini("testpaths"):
        return
    paths = sorted(Path(__file__).parent.rglob("test_*.py"))
    first = len(paths) * int(worker.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for path in [*paths[first:], *paths[:first]]:
        with suppress(Exception, pytest.skip.Exception):  # is reported when it is collected
            importlib.import_module(".".join(path.relative_to(config.rootpath).with_suffix("").parts))


def pytest_collection_finish():
    """What is imported stays: the garbage collector would search it again and again, 0.3 s each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _checked_from_the_start():
    checking.begin_test()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.getbasetemp()
    cache = folder / "caches" / str(next(_numbers))  # `mktemp` reads all names in the folder each time
    cache.mkdir(parents=True)
    monkeypatch.setenv("EXPLORER_CACHE", str(cache))
    monkeypatch.setenv("EXPLORER_LOOKS", str(folder / "no looks"))
    monkeypatch.setenv("EXPLORER_TASTE", str(cache / "taste"))


_numbers = itertools.count()


@pytest.fixture
def gpu(monkeypatch):
    """What `device=` takes for an adapter of wgpu, one of software if there is one; without its trial."""
    from explorer.rendering.gpu import adapters, trial

    if not adapters.adapters():
        if os.environ.get("EXPLORER_NEEDS_VULKAN"):
            pytest.fail("there is no Vulkan driver, and EXPLORER_NEEDS_VULKAN is set")
        pytest.skip("there is no GPU driver; on Debian: apt-get install mesa-vulkan-drivers")
    monkeypatch.setattr(trial, "_tried", lambda number, half: "")
    return f"gpu:{adapters.adapters()[-1].name}"
