"""The live page for tests: a server in this process, a stand-in for training, and the page in a browser."""

import base64
import contextlib
import socket
import sys
import threading
import time
from pathlib import Path

import numpy as np
import uvicorn

from explorer.learn.subprocess_training import TrainingProcess
from explorer.web.app import create_app
from explorer.web.connections import LimitedProtocol
from explorer.web.request_guard import host_names
from explorer.web.static_page import is_built
from tests.browser.conftest import missing
from tests.browser.pages import empty_page
from tests.learn import fake_trainer
from tests.web.model_files import make_model
from tests.web.published_settings import PublishedSettings

ROOT = str(Path(__file__).parents[2])
PATIENCE = 90  # seconds until a test that hangs fails
MODELS = ("train_20260101T000000Z_aaaaaa", "train_20260102T000000Z_bbbbbb")
# a screen that shows some 20 pictures a second: each takes time, as nothing but the CPU draws it
SLOW_SCREEN = """{
  const request = requestAnimationFrame.bind(window), waiting = new Map();
  let count = 0;
  window.requestAnimationFrame = (draw) => {
    waiting.set(++count, draw);
    setTimeout((id) => request((time) => {
      const drawing = waiting.get(id);
      waiting.delete(id);
      drawing?.(time);
    }), 35, count);
    return count;
  };
  window.cancelAnimationFrame = (id) => waiting.delete(id);
}"""


class Served:
    """A server on a free port in a thread; `stop` ends it at once."""

    def __init__(self, folder, manner="long", port=0, secret="", token="", sound=None):
        if not is_built():
            missing("the live page is not built (python -m pip install -e .)")
        self.folder = folder
        (folder / "data" / "audio").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "audio" / "song.wav").touch()  # the stand-in does not listen to it
        self.training = TrainingProcess(folder / "runs", (sys.executable, fake_trainer.__file__, manner))
        self.app = create_app(
            folder,
            folder / "runs",
            PublishedSettings,
            self.training,
            host_names("127.0.0.1", ""),
            folder / "shipped",
            secret,
            token,
            sound,
        )
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(("127.0.0.1", port))
        self._door.listen()  # whoever comes before the server is up waits at the door
        self.port = self._door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            self.app, http=LimitedProtocol, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._door],))
        self._thread.start()

    def stop(self):
        self.app.state.closing.set()
        self._server.should_exit = True
        self._thread.join()
        self._door.close()
        self.training.close()


def with_models(folder, *names):
    """The folder with untrained models in it."""
    for n, name in enumerate(names):
        make_model(folder / "runs" / name, delta=n % 2 == 1, seed=n)
    return folder


@contextlib.contextmanager
def watched(browser, address, path="/#probe", before="", **settings):
    """The page as it opens first; errors, refusals by policy and requests elsewhere fail the test."""
    wrong = []
    listeners = [
        ("pageerror", lambda error: wrong.append(f"error: {error}")),
        ("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None),
        ("request", lambda request: wrong.append(request.url) if foreign(request.url, address) else None),
    ]
    settings = {"viewport": {"width": 480, "height": 320}, "rest": f"{address}/icon.svg", **settings}
    with empty_page(browser, listeners=listeners, before=SLOW_SCREEN + before, **settings) as page:
        page.set_default_timeout(60_000)
        page.goto(address + path)
        yield page
    assert wrong == []


def until(page, true, what=""):
    """Wait until a function of the page says true; its policy forbids Playwright's own way of asking that."""
    end = time.monotonic() + PATIENCE
    while not (said := page.evaluate(true)):
        assert time.monotonic() < end, what or true
        page.wait_for_timeout(50)
    return said


def foreign(url, address):
    return not url.startswith((f"{address}/", "data:", "blob:"))


def packed(values):
    """Float32 numbers as text for a page: see UNPACK."""
    return base64.b64encode(np.ascontiguousarray(values, np.float32).tobytes()).decode()


UNPACK = (
    "const unpack = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);"
)
