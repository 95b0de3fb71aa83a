"""The field of the notebook on own fields: its recipe repeats frame for frame in another process."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.audio import DEMO_CLIP
from explorer.fields import registry
from explorer.fields.custom.importing import import_fields

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "07_own_field.ipynb"
RENDER = """
import sys
import explorer as ex
frames = {"size": (64, 36), "fps": 24, "start": 3, "duration": 0.1}
run = ex.render(Swarm(size=0.02), sys.argv[1], **frames, explorations="first")
"""
COMMAND = "import sys; from explorer.cli import main; sys.exit(main())"


def cells():
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The cell with the class as a file."""
    monkeypatch.setattr(registry, "_CUSTOM", {})
    monkeypatch.setattr(sys, "path", [*sys.path])
    (text,) = [
        "".join(cell["source"]) for cell in cells() if "class Swarm(ex.Field)" in "".join(cell["source"])
    ]
    path = tmp_path / "swarm.py"
    path.write_text(text)
    yield path
    sys.modules.pop("swarm", None)


def test_the_class_in_a_file_is_the_one_of_the_cell(file):
    (cls,) = import_fields(str(file))
    printed = cells()[-1]["outputs"][0]["text"][0].split()
    assert printed == ["__main__:Swarm", cls().source[:16]]
    assert registry.field_class("__main__:Swarm") is cls


@pytest.mark.notebooks
def test_a_recipe_of_the_notebook_repeats_in_another_process(file, tmp_path):
    from explorer.experiments import load
    from explorer.video.decode import read_frames

    script = tmp_path / "notebook.py"
    script.write_text(file.read_text() + RENDER)
    options = {"cwd": tmp_path, "check": True}
    subprocess.run([sys.executable, script, DEMO_CLIP], **options)
    (first,) = (tmp_path / "first").glob("render_*")
    arguments = ["render", DEMO_CLIP, "--recipe", first, "--import", file, "--explorations", "second"]
    subprocess.run([sys.executable, "-c", COMMAND, *arguments], **options)
    (second,) = (tmp_path / "second").glob("render_*")
    frames = [np.stack(list(read_frames(load(folder).video))) for folder in (first, second)]
    np.testing.assert_array_equal(*frames)
    assert len(frames[0]) == 2
