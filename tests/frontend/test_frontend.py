"""The front end's own unit tests and type check, run by PyPI's Node."""

import importlib.util
import os
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "explorer" / "frontend"


@pytest.fixture(scope="module")
def build():
    """The build script, with the packages of the page at hand; skipped where they cannot be had."""
    if not SOURCES.is_dir():
        pytest.skip("the page's sources are not part of this installation")
    spec = importlib.util.spec_from_file_location("page_build", SOURCES / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        module.install()
    except (RuntimeError, ImportError) as error:
        if os.environ.get("EXPLORER_NEEDS_BROWSER"):
            raise
        pytest.skip(f"the packages of the page cannot be fetched: {error}")
    return module


def test_unit_tests_of_the_page_pass(build):
    options = ["--reporter=dot", "--no-color", "--no-isolate"]  # a process a file takes most of the time
    output = build.node(build.MODULES / "vitest" / "vitest.mjs", "run", *options)
    assert "passed" in output


def test_types_of_the_page_are_sound(build):
    build.node(build.MODULES / "typescript" / "bin" / "tsc")


def test_it_is_built_anew_only_when_a_source_is_newer(build, monkeypatch, tmp_path):
    page, module, source = tmp_path / "page", tmp_path / "module", tmp_path / "frontend"
    for folder in (page, module, source / "src", source / "node_modules"):
        folder.mkdir(parents=True)
    outputs = {"page": (page, "index.html"), "notebook": (module, "live_view.js")}
    monkeypatch.setattr(build, "OUTPUTS", outputs)
    monkeypatch.setattr(build, "SOURCES", source)

    def written(path, time):
        path.touch()
        os.utime(path, (time, time))

    written(source / "src" / "main.tsx", 100)
    assert not build.is_fresh()
    written(page / "index.html", 200)
    assert not build.is_fresh()
    written(module / "live_view.js", 200)
    written(source / "node_modules" / "any.js", 300)
    assert build.is_fresh()
    written(source / "src" / "main.tsx", 300)
    assert not build.is_fresh()


def test_a_build_that_fails_leaves_the_old_page(build, monkeypatch, tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("old")
    (tmp_path / "vite" / "bin").mkdir(parents=True)
    (tmp_path / "vite" / "bin" / "vite.js").write_text("console.error('broken sources'); process.exit(1)")
    monkeypatch.setattr(build, "OUTPUTS", {"page": (tmp_path / "page", "index.html")})
    monkeypatch.setattr(build, "MODULES", tmp_path)
    with pytest.raises(RuntimeError, match="broken sources"):
        build.build()
    assert (tmp_path / "page" / "index.html").read_text() == "old"
