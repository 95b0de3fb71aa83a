"""A live view in a page without Jupyter: a model in place of anywidget's, messages carried by hand."""

import base64
import contextlib

import numpy as np

from explorer.notebook.live import LiveView
from explorer.notebook.live.live_view import MODULE
from tests.browser.conftest import missing
from tests.browser.pages import empty_page

PATIENCE = 60  # seconds until a test that hangs fails
MODEL = """class Model {
  constructor(state) { this.state = state; this.sent = []; this.listeners = {}; }
  get(name) { return this.state[name]; }
  set(name, value) { this.state[name] = value; this.fire(`change:${name}`); }
  save_changes() {}
  send(message) { this.sent.push(message); }
  on(names, listener) { for (const name of names.split(" ")) (this.listeners[name] ??= []).push(listener); }
  off() {}
  fire(name, ...values) { for (const listener of this.listeners[name] ?? []) listener(...values); }
  receive(message, texts) {
    const bytes = texts.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    this.fire("msg:custom", message, bytes.map((each) => new DataView(each.buffer)));
  }
}"""
OPEN = f"""async ([source, state]) => {{
  {MODEL}
  const url = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
  const widget = (await import(url)).default();
  const model = new Model(state), close = widget.initialize({{ model }});
  const el = document.createElement("div");
  document.body.append(el);
  widget.render({{ model, el }});
  (window.views ??= []).push({{ model, el, close }});
}}"""
PIXELS = """(n) => {
  const canvas = views[n].el.querySelector("canvas"), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return btoa(Array.from(data, (level) => String.fromCharCode(level)).join(""));
}"""


class LivePage:
    """Live views of fields on a track, in one page of a browser."""

    def __init__(self, page, track, song, size):
        self.page, self.track, self.song, self.size = page, track, song, size
        self.views, self.messages = [], []

    def open(self, field, module=None, **settings):
        """Add a live view; returns its number."""
        view = LiveView(self.track, self.song, field, size=self.size, **settings)
        messages = []
        view.send = lambda message, buffers=(): messages.append((message, list(buffers)))
        state = {"name": "song", "duration": view.duration, "width": self.size[0], "height": self.size[1]}
        state |= {"t": 0.0, "playing": False, "error": "", "note": "", "autoplay": False}
        state |= {"bars": view.bars, "beats": view.beats}
        source = (module or MODULE).read_text(encoding="utf-8")
        self.page.evaluate(OPEN, [source, state])
        self.views.append(view)
        self.messages.append(messages)
        return len(self.views) - 1

    def carry(self, n=0, kinds=("field", "limits", "frame", "silent")):
        """Carry the messages of the page to the kernel, and those of the kernel to the page.

        Returns those of the kernel, with the bytes of each.
        """
        view, messages = self.views[n], self.messages[n]
        for message in self.page.evaluate(f"() => views[{n}].model.sent.splice(0)"):
            view._handle_custom_msg(message, [])
        assert view.wait(PATIENCE)
        carried = [each for each in messages if each[0]["kind"] in kinds]
        messages.clear()
        for message, buffers in carried:
            texts = [base64.b64encode(buffer).decode() for buffer in buffers]
            self.page.evaluate("([n, ...message]) => views[n].model.receive(...message)", [n, message, texts])
        return [(message, sum(map(len, buffers))) for message, buffers in carried]

    def show(self, t, n=0):
        """Go to a moment."""
        self.page.evaluate(f"(t) => views[{n}].model.set('t', t)", t)

    def until(self, true, n=0):
        """Wait until a function of a view's element, or its name for one, is true."""
        self.page.wait_for_function(f"(n) => ({true})(views[n].el)", arg=n, timeout=1000 * PATIENCE)

    def wait_for_picture(self, t, label="this browser", n=0):
        """Wait until a moment is on screen."""
        data = "el.querySelector('canvas').dataset"
        self.until(f"(el) => Number({data}.t) === {t} && {data}.quality === '{label}'", n)

    def text(self, selector, n=0):
        return self.page.evaluate(f"(n) => views[n].el.querySelector('{selector}').innerText", n)

    def pixels(self, n=0):
        """The picture on screen, uint8 (height, width, 3)."""
        data = np.frombuffer(base64.b64decode(self.page.evaluate(PIXELS, n)), np.uint8)
        return data.reshape(self.size[1], self.size[0], 4)[..., :3]

    def close(self):
        for view in self.views:
            view.close()


@contextlib.contextmanager
def live_page(browser, track, song, size, before=None, context=None):
    """An empty page for live views; errors in it fail the test.

    A script that runs `before` makes it a page of localhost, as browsers want for WebGPU.
    """
    if not MODULE.is_file():
        missing("the live view is not built (python -m pip install -e .)")
    wrong = []
    listeners = [("pageerror", lambda error: wrong.append(str(error)))]
    with empty_page(browser, {"width": 700, "height": 600}, listeners, before, context=context) as page:
        if before:
            page.route("**/*", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
            page.goto("http://localhost/")
        views = LivePage(page, track, song, size)
        try:
            yield views
        finally:
            views.close()
    assert wrong == []
