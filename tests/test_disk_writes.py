"""One way onto the disk: every file is whole under its name or is not there, however short a write was."""

import ast
import os
import re
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from explorer import files
from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack
from explorer.audio.array_cache import save_array
from explorer.cli import output_paths
from explorer.errors import OutputError
from explorer.experiments.sweeps.leases import Lease
from explorer.learn import checkpoint, plots
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.settings import TrainSettings
from explorer.video import PngSequence, save_image
from tests.experiments.small import a_song, small_sweep
from tests.learn.conftest import synthetic_track
from tests.test_project import ROOT, sources

NOISE = np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8)
VALUES = np.random.default_rng(0).uniform(-1, 1, (60, len(FEATURES))).astype(np.float32)
HISTORY = [{"epoch": 1.0, "loss": 0.5, "validation": 0.25}]


def figure():
    drawn = Figure((2, 1))
    drawn.add_subplot().plot([1, 2])
    return drawn


def write_plots(folder, monkeypatch):
    monkeypatch.setattr(plots, "sheet_frames", lambda *_: [NOISE] * plots.SHEET_COLUMNS)
    monkeypatch.setattr(plots, "draw_evaluation", lambda _: figure())
    monkeypatch.setattr(plots, "untrained_model", nullcontext)
    plots.write_plots(folder, synthetic_track(0), {}, [])


WRITERS = {
    "JPEG": lambda folder, _: save_image(NOISE, folder / "a.jpg", "a comment"),
    "large JPEG": lambda folder, _: save_image(np.tile(NOISE, (4, 4, 1)), folder / "a.jpg"),
    "PNG": lambda folder, _: save_image(NOISE, folder / "a.png"),
    "frames": lambda folder, _: PngSequence(folder).write(NOISE),
    "figure": lambda folder, _: output_paths.save(figure(), output_paths.picture_file("", folder / "a.jpg")),
    "drawing": lambda folder, _: output_paths.save(figure(), output_paths.picture_file("", folder / "a.svg")),
    "plots of a training": write_plots,
    "track": lambda folder, _: FeatureTrack(
        VALUES, VALUES, FEATURES, 60.0, 1.0, "a.wav", "0" * 64, AnalysisSettings()
    ).save(folder / "a"),
    "model": lambda folder, _: save_model(folder, AudioToVisualModel(TrainSettings(hidden=(4,)))),
    "table": lambda folder, _: checkpoint.write_history(folder, HISTORY),
    "JSON": lambda folder, _: files.write_json(folder / "a.json", {"a": list(range(99))}),
    "lease": lambda folder, _: Lease.acquire(folder).release(),
}


@contextmanager
def file_size_limit(count):
    """No file of this process may grow beyond so many bytes: a write across that is short, the next fails."""
    resource = pytest.importorskip("resource", reason="limits of file sizes are POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sizes(folder):
    return {path.name: path.stat().st_size for path in folder.iterdir()}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_short_write_is_an_error_and_leaves_no_file(tmp_path, monkeypatch, kind):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    WRITERS[kind](whole, monkeypatch)
    largest = max(sizes(whole).values(), default=40)  # bytes; a lease is gone at its end, and has more
    for limit in (largest - 1, largest // 2, 1):
        with file_size_limit(limit), pytest.raises(OutputError, match=r"cannot write .*: File too large"):
            WRITERS[kind](cut, monkeypatch)
        assert sizes(cut).items() <= sizes(whole).items()  # what was written before that file is whole


def test_a_short_write_into_the_cache_costs_only_time(tmp_path):
    with file_size_limit(100):
        save_array(tmp_path / "a.npy", VALUES)
    assert not sizes(tmp_path)


def test_a_write_that_nobody_reports_as_short_is_noticed_by_the_size(tmp_path, monkeypatch):
    class ShortFile:
        def __init__(self, path):
            self.file = open(path, "wb")  # noqa: SIM115  closed by the code under test

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, data):
            return self.file.write(data[: len(data) // 2])

    monkeypatch.setattr(files.Path, "open", lambda path, mode: ShortFile(path))
    with pytest.raises(OutputError, match=r"a\.txt: No space left on device; free some space"):
        files.write_bytes(tmp_path / "a.txt", b"12345678")
    assert not sizes(tmp_path)


@pytest.fixture
def steps(monkeypatch):
    """What is flushed to the disk ("NAME", "FOLDER/") and what gets its name ("NAME ->"), in this order."""
    found = []

    def recorded(function, text):
        def call(path, *more):
            found.append(text(Path(path), *more))
            return function(path, *more)

        return call

    def name(path):  # of .NAME.PID.HEX.part
        return path.name[1:].rsplit(".", 3)[0] if path.name.endswith(".part") else path.name

    monkeypatch.setattr(files, "_flush", recorded(files._flush, name))
    monkeypatch.setattr(files, "_flush_folder", recorded(files._flush_folder, lambda path: f"{path.name}/"))
    monkeypatch.setattr(files.os, "replace", recorded(os.replace, lambda part, path: f"{Path(path).name} ->"))
    return found


def test_a_durable_file_is_on_the_disk_before_it_has_its_name(tmp_path, steps):
    files.write_bytes(tmp_path / "a", b"1")
    files.write_json(tmp_path / "b", {}, durable=True)
    assert steps == ["a ->", "b", "b ->", f"{tmp_path.name}/"]


def test_a_disk_that_refuses_at_the_flush_leaves_the_earlier_file(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    files.write_bytes(tmp_path / "a", b"before")
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OutputError, match="a: No space left on device"):
        files.write_bytes(tmp_path / "a", b"after", durable=True)
    assert (tmp_path / "a").read_bytes() == b"before"
    assert sizes(tmp_path) == {"a": 6}
    with pytest.raises(OutputError, match=r"cannot write .*: No space left on device"):
        files.flush_files(tmp_path)


def test_a_point_is_done_when_all_its_files_are_on_the_disk(tmp_path, steps):
    made = small_sweep(a_song(tmp_path), tmp_path / "runs", vary={"gain": [1]})
    (point,) = (made.folder / "points").iterdir()
    for name in ("sweep.json", "manifest.json"):
        assert name in steps[: steps.index(f"{name} ->")]
    done = len(steps) - steps[::-1].index("point.json ->")
    assert {path.name for path in point.iterdir()} <= set(steps[:done])


# The source of the package, searched for other ways onto the disk.

METHODS = {  # whatever they belong to
    *("write_text", "write_bytes", "touch", "rename", "hardlink_to", "symlink_to", "tofile", "atomic_path"),
    *("save", "savez", "savez_compressed", "savetxt", "save_file", "savefig", "imwrite", "dump"),
    *("to_csv", "to_json", "to_html", "to_excel", "to_hdf", "to_parquet", "to_pickle", "to_feather"),
}
FUNCTIONS = {  # of modules
    *(
        "os.open",
        "os.fdopen",
        "os.replace",
        "os.rename",
        "os.renames",
        "os.link",
        "os.symlink",
        "os.truncate",
    ),
    *(
        "shutil.copy",
        "shutil.copy2",
        "shutil.copyfile",
        "shutil.copyfileobj",
        "shutil.copytree",
        "shutil.move",
    ),
    *("tempfile.NamedTemporaryFile", "tempfile.SpooledTemporaryFile", "tempfile.mkstemp"),
    *("soundfile.write", "zipfile.ZipFile", "tarfile.open"),
}
NAMES = METHODS | {"open"} | {name.rpartition(".")[2] for name in FUNCTIONS}
CALLS = re.compile(rf"\b({'|'.join(sorted(NAMES))})\(")
IN_MEMORY = re.compile("memory_file|BytesIO|StringIO")  # what `memory_files` looks for
FREE = {  # calls that write through explorer.files, or into memory or a pipe
    *("write_bytes", "files.write_bytes", "track.save", "plan.track.save", "output_paths.save"),
    *("self.added.save", "sound.added.save", "replace(track, added=None).save", "result.save", "edits.save"),
}
REASONS = {  # the ways onto the disk that there are
    ("files", "part.open"): "write_bytes",
    (
        "experiments.sweeps.leases",
        "self.path.open",
    ): "the first byte of a lease again: the time of its file is the server's",
    ("files", "path.open"): "create_file; a file, to flush it",
    ("files", "atomic_path"): "write_bytes and copy",
    ("files", "os.replace"): "the end of atomic_path",
    ("files", "os.open"): "a folder, to flush it",
    ("files", "shutil.copyfile"): "copy: notices short writes",
    ("video.encode", "atomic_path"): "ffmpeg writes: its exit status and the boxes of the file are checked",
    ("video.encode", "part.touch"): "an empty file, which ffmpeg replaces",
    ("video.gif", "part.open"): "adds to ffmpeg's unfinished file, whose blocks are checked afterwards",
    ("video.webp", "part.open"): "adds to ffmpeg's unfinished file, whose chunks are checked afterwards",
    ("video.soundtrack", "path.open"): "samples for ffmpeg, in a file that is removed after the encoding",
    ("experiments.sweeps.scheduler", "request.touch"): "empty: asks workers to stop",
    (
        "learn.subprocess_training",
        "(run / STOP).touch",
    ): "empty: asks a training to stop, in a folder that may be gone",
    ("learn.model", "save"): "of safetensors: gives bytes",
    ("audio.added.columns", "save"): "of safetensors: gives bytes",
    ("fields.cppn.stored_weights", "save"): "of safetensors: gives bytes",
    ("experiments.sweeps.workers", "os.fdopen"): "a pipe",
    ("experiments.sweeps.workers", "pickle.dump"): "into a pipe",
    ("experiments.library.lookup", "folder.rename"): "a folder that is deleted",
}


def is_write(call, memory):
    """Whether a call opens or writes a file by a path."""
    method = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if method not in NAMES:
        return False
    name = ast.unparse(call.func)
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name in FREE or any(isinstance(item, ast.Name) and item.id in memory for item in arguments[:2]):
        return False
    if method == "open" and name != "os.open":
        modes = (ast.literal_eval(item) for item in arguments if isinstance(item, ast.Constant))
        return any(re.fullmatch(r"[rwxabt+]*[wxa+][rwxabt+]*", str(mode)) for mode in modes)
    return name in FUNCTIONS or (method in METHODS and bool(call.args or method == "touch"))


def memory_files(tree):
    """Names that a function gives to files in memory."""
    for node in ast.walk(tree):
        if isinstance(node, ast.withitem) and isinstance(node.context_expr, ast.Call):
            if ast.unparse(node.context_expr.func).endswith(("memory_file", "BytesIO")):
                yield node.optional_vars.id
        elif isinstance(node, ast.Assign) and re.search(r"\b(Bytes|String)IO\(", ast.unparse(node.value)):
            yield from (
                name.id for target in node.targets for name in ast.walk(target) if hasattr(name, "id")
            )


def writes(source):
    """The calls in a module that open or write a file by a path."""
    if not CALLS.search(source):
        return set()
    nodes = [*ast.walk(ast.parse(source))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    memory = {}
    for function in functions if IN_MEMORY.search(source) else ():
        names = set(memory_files(function))
        memory |= {id(node): names for node in ast.walk(function) if names}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return {ast.unparse(call.func) for call in calls if is_write(call, memory.get(id(call), ()))}


def test_nothing_in_the_package_writes_but_through_files():
    found = {
        (".".join(path.relative_to(ROOT / "explorer").with_suffix("").parts), name)
        for path, text in sources().items()
        for name in writes(text)
    }
    assert found == set(REASONS)


@pytest.mark.parametrize(
    "line",
    [
        *("picture.save(path, 'JPEG')", "np.save(folder / 'a.npy', values)", "path.write_text('a')"),
        *("open(path, 'w')", "path.open(mode='ab')", "os.open(path, os.O_RDONLY)", "figure.savefig(part)"),
        *("table.to_csv(path)", "onnx.save(graph, str(path))", "torch.save(model, path)", "path.touch()"),
        *("shutil.copyfile(a, b)", "os.replace(a, b)", "json.dump(a, file)", "files.atomic_path(path)"),
        *("soundfile.write(path, x, 8000)", "tempfile.mkstemp()", "program.save(path, external_data=False)"),
    ],
)
def test_ways_of_writing_are_found_in_source(line):
    assert writes(f"def f(path):\n    {line}")


@pytest.mark.parametrize(
    "line", ["path.open('rb')", "open(path)", "x.copy()", "frame.save(file, 'PNG')", "table.to_csv()"]
)
def test_reading_and_memory_are_no_writes(line):
    assert not writes(f"def f(path):\n    with memory_file(path) as file:\n        {line}")
