"""Every notebook runs from top to bottom on a fresh kernel, and is kept with its pictures.

To refresh what is kept:

    python -m nbconvert --to notebook --execute --inplace --ExecutePreprocessor.store_widget_state=False
        --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.iopub_timeout=120
        notebooks/01_explore.ipynb
"""

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
LARGEST = 600_000  # bytes: what code hosts still show
# Numbers of the longest notebooks, and smaller ones of a quick run: the same code on less
QUICK = {
    "02_diagnostics.ipynb": {
        "size=(320, 180)": "size=(96, 54)",
        "ex.CPPN(hidden=64)": "ex.CPPN(hidden=16)",
        "ex.CPPN(gain=": "ex.CPPN(hidden=24, gain=",
    },
    "03_sweep.ipynb": {
        "[1, 3, 5, 7]": "[1, 3, 5]",
        "samples=12": "samples=6",
        "clips=False": "clips=False, duration=3",
    },
    "05_learn.ipynb": {
        "made_clips=6, epochs=5": "made_clips=2, epochs=2",
        "(MUSIC, epochs=2": "(MUSIC, made_clips=2, epochs=1",
    },
    "11_atlas.ipynb": {"evaluations=160": "evaluations=40", "evaluations=120": "evaluations=30"},
    "12_paint.ipynb": {
        "steps=500": "steps=100",
        "steps=400": "steps=80",
        "steps=160": "steps=40",
        "(0, 3, 6, 12)": "(0, 6)",
    },
}

LONGEST_FIRST = sorted(NOTEBOOKS, key=lambda path: path.name not in QUICK)  # so that processes end together

pytestmark = pytest.mark.parametrize("path", LONGEST_FIRST, ids=lambda path: path.name)


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell["outputs"]]


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def errors(notebook):
    return [output for output in outputs(notebook) if output["output_type"] == "error"]


def pictures(notebook):
    return [
        output for output in outputs(notebook) if {"image/png", "image/jpeg"} & set(output.get("data", {}))
    ]


@pytest.fixture
def execute(path, tmp_path, tmp_path_factory, monkeypatch):
    """Runs the notebook on a fresh kernel, with some texts of its cells replaced."""
    import nbformat  # late: they take seconds
    from nbclient import NotebookClient

    if path.stem.endswith("live") and not (path.parents[1] / "explorer" / "web" / "page").is_dir():
        pytest.skip("the live page is not built (python -m pip install -e .)")
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    # one cache for all: they analyze the same clip, and an entry depends on its key alone
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path_factory.getbasetemp() / "notebooks"))
    monkeypatch.setenv("PYTHONPATH", str(path.parents[1]))

    def run(replacements):
        notebook = nbformat.read(path, as_version=4)
        expected = len(pictures(notebook))
        for old, new in replacements.items():
            assert any(old in cell.source for cell in code_cells(notebook)), f"no cell has {old!r}"
            for cell in code_cells(notebook):
                cell.source = cell.source.replace(old, new)
        NotebookClient(
            notebook,
            timeout=1200,
            iopub_timeout=120,  # a busy machine is late with what a cell shows, and it would be left out
            kernel_name="python3",
            resources={"metadata": {"path": tmp_path}},
        ).execute()
        assert len(pictures(notebook)) == expected
        assert errors(notebook) == []

    return run


@pytest.mark.notebooks
def test_it_runs_on_a_fresh_kernel(execute, path):
    execute(QUICK.get(path.name, {}))


@pytest.mark.slow
def test_the_longest_run_with_their_own_numbers(execute, path):
    if path.name not in QUICK:
        pytest.skip("it always does")
    execute({})


def test_it_is_kept_executed_with_pictures_and_small(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert len(pictures(notebook)) >= 3
    assert errors(notebook) == []
    assert all(cell["execution_count"] for cell in code_cells(notebook))
    assert path.stat().st_size < LARGEST


def test_it_gives_away_no_path_and_keeps_no_widget_state(path):
    kept = path.read_text(encoding="utf-8")
    assert "widgets" not in json.loads(kept)["metadata"]
    assert str(Path.home()) not in kept
    assert str(path.parents[1]) not in kept


def test_running_all_leaves_its_panels_alive(path):
    closed = [
        cell for cell in code_cells(json.loads(path.read_text())) if ".close()" in "".join(cell["source"])
    ]
    assert closed == []
