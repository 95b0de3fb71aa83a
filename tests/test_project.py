"""The project's own promises: public names, libraries and their rooms, lists that must agree.

`lint-imports` checks the order of the rooms and the absence of circles (see pyproject.toml and .ci/run).
"""

import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

import explorer

ROOT = Path(__file__).parents[1]
KNOWN_BY = {  # library -> the rooms that may import it
    "ipywidgets": {"notebook"},
    "IPython": {"notebook"},
    "anywidget": {"notebook"},
    "traitlets": {"notebook"},
    "moviepy": {"video"},
    "fastapi": {"web"},
    "uvicorn": {"web"},
    "onnx": {"learn", "bench"},
    "onnxruntime": {"audio", "learn", "bench"},
    "distributed": {"experiments"},
    "ribs": {"evolution"},
}


@cache
def modules():
    return sorted(path for path in (ROOT / "explorer").rglob("*.py") if "frontend" not in path.parts)


@cache
def sources():
    """The text of every module, by its path."""
    return {path: path.read_text(encoding="utf-8") for path in modules()}


def test_every_public_name_is_callable_after_every_submodule_was_imported():
    for module in pkgutil.walk_packages(explorer.__path__, "explorer."):
        if module.name != "explorer.__main__":
            importlib.import_module(module.name)
    assert all(callable(getattr(explorer, name)) for name in explorer.__all__)


def test_the_import_and_commands_that_draw_nothing_import_no_heavy_package():
    code = """
import sys, explorer
print({"torch", "librosa", "numpy", "pandas", "wgpu"} & set(sys.modules))
from explorer.cli import main

heavy = {"torch", "numba", "librosa", "wgpu", "matplotlib", "scipy"}
for command in ("--version", "render --help", "sweep --help", "train --help"):
    main(command.split())
print((heavy | {"pandas"}) & set(sys.modules))
main(["runs", "--explorations", "nowhere"])
print(heavy & set(sys.modules))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.splitlines().count("set()") == 3


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"attribute '?rendr"):
        explorer.rendr  # noqa: B018


def test_the_version_is_the_same_in_both_places():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == explorer.__version__
    assert f"## {explorer.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_environment_yml_installs_the_project_itself():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    python, pip, packages = environment["dependencies"]
    assert packages == {"pip": ["-e ."]}
    assert pip == "pip"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert python.startswith("python" + project["requires-python"])


def test_the_readme_has_exactly_two_set_up_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python -m pip install .*$", readme, flags=re.MULTILINE)
    assert len(commands) == 2
    assert commands[0].endswith("python -m explorer demo")
    assert "python -m pytest" in commands[1]


@pytest.mark.parametrize("path", sorted((ROOT / "explorer" / "cli").glob("*.py")), ids=lambda path: path.name)
def test_commands_are_ascii(path):
    assert path.read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize("library", KNOWN_BY)
def test_a_library_is_imported_in_its_rooms_only(library):
    statement = re.compile(rf"^\s*(import|from) {library}\b", flags=re.MULTILINE)
    paths = [path for path, text in sources().items() if statement.search(text)]
    assert {path.relative_to(ROOT / "explorer").parts[0] for path in paths} == KNOWN_BY[library]


def test_only_notebooks_use_pyplot():
    for path, source in sources().items():
        text = re.sub(r"(never|no) pyplot", "", source)
        assert "pyplot" not in text or "notebook" in path.parts, path


def test_contributing_names_files_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:explorer|tests|notebooks)/[\w./]+)`", text)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_public_name_is_in_the_reference_once():
    names = re.findall(r" as (\w+)$", (ROOT / "explorer" / "__init__.pyi").read_text(), flags=re.MULTILINE)
    page = (ROOT / "notebooks" / "guide" / "api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\.\. auto\w+:: (\w+)$", page, flags=re.MULTILINE)
    assert sorted(documented) == sorted(names)


def test_links_of_the_readme_lead_to_pages():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert len(links) > 20
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert len(text.splitlines()) <= 200
