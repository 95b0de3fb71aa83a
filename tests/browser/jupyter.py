"""A JupyterLab of its own for tests: temporary folders, no news, no autosave; and a notebook open in it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE = 90  # seconds until a test that hangs fails
SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
FOLDERS += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
OPTIONS = ["--no-browser", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--allow-root"]
OPTIONS += ["--LabApp.news_url=", "--LabApp.expose_app_in_browser=True"]
# the status bar says idle too early: the session knows
IDLE = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
  return session?.kernel?.connectionStatus === "connected" && session.kernel.status === "idle";
}"""
HIDE_SIDEBAR = "() => jupyterapp.commands.execute('application:toggle-left-area').catch(() => {})"
SHOW = """async (path) => {
  if (!window.kernelId) {
    const connection = await jupyterapp.serviceManager.kernels.startNew({ name: "python3" });
    window.kernelId = connection.id;
    connection.dispose();  // it would answer for widgets, of which it knows none
  }
  const { sessionContext } = await jupyterapp.commands.execute(
    "docmanager:open", { path, factory: "Notebook", kernel: { id: window.kernelId } });
  await sessionContext.ready;
}"""
RAN = """() => [...jupyterapp.shell.currentWidget.content.widgets].every(
  cell => cell.model.type !== "code" || cell.model.executionCount)"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
  .flatMap(cell => cell.model.outputs.toJSON())
  .filter(output => output.output_type === "error").map(output => output.evalue)"""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def reachable(address, process) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(address, timeout=PATIENCE).close()
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)


@contextmanager
def running(command, folder: Path, **variables):
    """A server, its output in a file of the folder; whatever happens, it is gone at the end."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **variables}
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def jupyterlab(folder: Path):
    """A JupyterLab that shows `folder`; gives its address."""
    variables = {name: str(folder / name.lower()) for name in (*FOLDERS, "EXPLORER_CACHE")}
    for name, settings in SETTINGS.items():
        path = Path(variables["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={port}"]
    root = str(Path(__file__).parents[2])
    with running(command, folder, PYTHONPATH=root, **variables) as process:
        reachable(f"http://localhost:{port}/api/status", process)
        yield f"http://localhost:{port}"


class Lab(NamedTuple):
    """A JupyterLab, and a page of it for tests that show one notebook each."""

    address: str
    folder: Path
    page: Any


def open_lab(page, address: str) -> None:
    """Show a lab without a notebook."""
    page.set_default_timeout(40_000)
    page.goto(f"{address}/lab/workspaces/tests")
    page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)", timeout=PATIENCE * 1000)
    page.evaluate(HIDE_SIDEBAR)


def write_notebook(path: Path, *cells: str) -> Path:
    import nbformat  # late: it takes seconds

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def open_notebook(page, address: str, name: str) -> None:
    """Show a notebook alone (another workspace for each, or Lab would open the last ones too)."""
    page.goto(f"{address}/lab/workspaces/{Path(name).stem}/tree/{name}")
    page.wait_for_function(IDLE, timeout=PATIENCE * 1000)
    page.evaluate(HIDE_SIDEBAR)


@contextmanager
def notebook_page(lab, name: str, cell: str, height: int):
    """The page of the lab, on which a notebook of one cell ran; no error may come from it meanwhile.

    All notebooks share the page and its kernel: starting both and importing the package takes seconds.
    """
    page, wrong = lab.page, []
    report = lambda error: wrong.append(str(error))  # noqa: E731
    write_notebook(lab.folder / name, cell)
    page.set_viewport_size({"width": 1280, "height": height})
    page.on("pageerror", report)
    page.evaluate(SHOW, name)
    run_all(page)
    yield page
    execute(page, "import ipywidgets; ipywidgets.Widget.close_all()")
    page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")
    page.remove_listener("pageerror", report)
    assert wrong == [], wrong


def run_all(page) -> None:
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(RAN, timeout=PATIENCE * 1000)
    page.wait_for_function(IDLE, timeout=PATIENCE * 1000)
    assert page.evaluate(ERRORS) == []


def execute(page, code: str) -> str:
    """Run code in the notebook's kernel, beside its cells; gives what it printed."""
    return page.evaluate(
        """async (code) => {
          const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          const asked = kernel.requestExecute({ code });
          let said = "";
          asked.onIOPub = ({ header, content }) => {
            if (header.msg_type === "stream") said += content.text;
            if (header.msg_type === "error") said += content.evalue;
          };
          await asked.done;
          return said;
        }""",
        code,
    )
