"""One real Chromium, one JupyterLab and one live page for all tests of this folder.

Whatever needs the browser is marked `browser`: it runs with `-m browser`, and is skipped where there is none.
"""

import contextlib
import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # a microphone that beeps
SIZE = {"width": 1280, "height": 900}  # of a page
WEBGPU_FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]  # drawn by the CPU


def missing(reason):
    """Skip, or fail where a browser was promised."""
    if os.environ.get("EXPLORER_NEEDS_BROWSER"):
        pytest.fail(f"{reason}, and EXPLORER_NEEDS_BROWSER is set")
    pytest.skip(reason)


def chromium():
    """The path of a Chromium, None where there is none; the variable CHROMIUM chooses another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.hookimpl(tryfirst=True)  # before markers decide what runs
def pytest_collection_modifyitems(items):
    for item in items:
        if {"browser", "webgpu_browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def launch():
    """Starts headless Chromium with flags and a fresh profile."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed (pip install playwright)")
    program = chromium()
    if program is None:
        missing("no Chromium was found (apt-get install chromium, or set CHROMIUM to its path)")
    with sync_playwright() as playwright:
        yield lambda *flags: playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def browser(launch):
    """A Chromium without WebGPU."""
    opened = launch()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def webgpu_browser(launch):
    """A Chromium with WebGPU, drawn by the CPU."""
    opened = launch(*WEBGPU_FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def visit(browser):
    """Open a file in a page of its own; what goes wrong in it fails the test, as does any request abroad."""
    from tests.browser.pages import empty_page

    wrong = []
    listeners = [
        ("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss())),
        ("pageerror", lambda error: wrong.append(f"error: {error}")),
        ("request", lambda request: foreign(request.url)),
        (
            "console",
            lambda said: wrong.append(f"policy: {said.text}") if "Content Security" in said.text else None,
        ),
    ]

    def open_page(path, viewport=SIZE, **settings):
        page = pages.enter_context(empty_page(browser, viewport, listeners, **settings))
        page.set_default_timeout(20_000)
        page.goto(path.as_uri())
        return page

    def foreign(url):
        if not url.startswith(("file:", "data:", "blob:")):
            wrong.append(f"request: {url}")

    with contextlib.ExitStack() as pages:
        yield open_page
    assert wrong == []


@pytest.fixture
def blank_page(browser):
    """An empty page; errors in it fail the test."""
    from tests.browser.pages import empty_page

    wrong = []
    with empty_page(browser, SIZE, [("pageerror", lambda error: wrong.append(str(error)))]) as page:
        yield page
    assert wrong == []


@pytest.fixture(scope="session")
def lab(tmp_path_factory, browser):
    """A JupyterLab with a folder and a page; each module writes notebooks of its own names."""
    from tests.browser import jupyter

    folder = tmp_path_factory.mktemp("lab")
    with jupyter.jupyterlab(folder) as address:
        page = browser.new_page()
        jupyter.open_lab(page, address)
        yield jupyter.Lab(address, folder, page)
        page.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A server of the live page with two models, for tests that change nothing."""
    from tests.browser.live_page import MODELS, Served, with_models

    server = Served(with_models(tmp_path_factory.mktemp("live"), *MODELS))
    yield server
    server.stop()


@pytest.fixture(scope="module")  # a page that is left open goes on drawing, and slows all that follows
def parts(browser, served):
    """A live page that shows its parts; it draws nothing of its own, or it would slow the tests."""
    from tests.browser.live_page import until, watched

    with watched(browser, served.address, before="window.requestAnimationFrame = () => 0") as page:
        until(page, "() => window.probe !== undefined")
        yield page
