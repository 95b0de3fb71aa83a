"""The project's own promises: public names, import order, lists that must agree."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import explorer

ROOT = Path(__file__).parents[1]
ROOMS = [
    "settings",
    "errors",
    "formatting",
    "progress",
    "files",
    "processes",
    "ffmpeg",
    "audio",
    "fields",
    "rendering",
]
ROOMS += ["video", "diagnostics", "experiments", "learn", "notebook", "web", "cli"]
SHELLS = {"notebook", "web", "cli"}


def modules():
    return sorted(path for path in (ROOT / "explorer").rglob("*.py") if "frontend" not in path.parts)


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "explorer":
            names += [f"explorer.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("explorer."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_stands_above_it(path):
    here = path.relative_to(ROOT / "explorer").parts[0].removesuffix(".py")
    if here in ("__init__", "__main__"):
        return
    for room in set(imported_rooms(path)) & set(ROOMS):
        # errors stands below settings in the list but is the base of both
        allowed = room == "errors" or ROOMS.index(room) <= ROOMS.index(here)
        assert allowed, f"{here} imports {room}"
        assert room not in SHELLS - {here} or here == "cli", f"the shell {here} imports the shell {room}"


def test_every_public_name_is_callable_after_every_submodule_was_imported():
    for module in pkgutil.walk_packages(explorer.__path__, "explorer."):
        if module.name != "explorer.__main__":
            importlib.import_module(module.name)
    assert all(callable(getattr(explorer, name)) for name in explorer.__all__)


def test_importing_explorer_imports_no_heavy_package():
    code = "import sys, explorer; print({'torch', 'librosa', 'numpy', 'pandas'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "command", ["render --help", "runs --explorations nowhere", "sweep --help", "train --help"]
)
def test_what_draws_nothing_waits_for_nothing_heavy(command):
    code = f"import sys; from explorer.cli import main; main({command.split()}); "
    code += "print({'torch', 'numba', 'librosa'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.splitlines()[-1] == "set()"


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"attribute '?rendr"):
        explorer.rendr  # noqa: B018


def test_the_version_is_said_the_same_twice():
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
def test_commands_speak_ascii(path):
    assert path.read_text(encoding="utf-8").isascii()


def test_only_the_notebook_room_knows_widgets():
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if "notebook" not in path.parts and path.name != "manifest.py":
            assert not re.search(r"^\s*(import|from) (ipywidgets|IPython)", text, flags=re.MULTILINE), path
        if "video" not in path.parts:
            assert not re.search(r"^\s*(import|from) moviepy", text, flags=re.MULTILINE), path
        assert "pyplot" not in re.sub(r"(never|no) pyplot", "", text) or "notebook" in path.parts, path
