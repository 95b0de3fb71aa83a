"""How a cell reaches the live page: directly, by a proxy, or with a word on what to do; hosts are made up."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explorer.notebook.live import live_page
from tests.browser.pages import empty_page

SCRIPT = Path(live_page.__file__).with_suffix(".js").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:1234/s3cret/"
JUPYTER = """<script id="jupyter-config-data" type="application/json">{"baseUrl": "/user/me/"}</script>
<body><script type="module">
import cell from "/cell.js";
window.sent = [];
const values = { address: "ADDRESS", height: 200, settings: { kind: "cppn", seed: 3 } };
const listeners = {};
const model = { get: (name) => values[name], send: (message) => sent.push(message),
                on: (name, listener) => (listeners[name] = listener), off: () => {} };
window.say = (message) => listeners["msg:custom"](message);
cell.render({ model, el: document.body });
</script>""".replace("ADDRESS", ADDRESS)
PAGE = """<script>
const notebook = new URLSearchParams(location.search).get("notebook");
window.heard = [];
addEventListener("message", ({ data }) => heard.push(data));
parent.postMessage({ kind: "ready" }, notebook);
</script>"""


@pytest.fixture
def open_cell(browser):
    """The cell in a Jupyter at some address; `addresses` are those at which the live page is."""
    with empty_page(browser, {"width": 900, "height": 500}) as page:

        def opened(jupyter, *addresses):
            def answer(route):
                url = route.request.url
                if url == f"{jupyter}/lab":
                    return route.fulfill(body=JUPYTER, content_type="text/html")
                if url == f"{jupyter}/cell.js":
                    return route.fulfill(body=SCRIPT, content_type="text/javascript")
                if any(url.startswith(address) for address in addresses):
                    return route.fulfill(body=PAGE, content_type="text/html")
                return route.fulfill(status=404)

            page.set_default_timeout(60_000)
            page.route("**/*", answer)
            page.goto(f"{jupyter}/lab")
            return page

        yield opened


def framed(page):
    """The live page within, once it has heard what to show."""
    frame = page.wait_for_selector("iframe[src]").content_frame()
    frame.wait_for_function("() => window.heard?.length")
    return frame


@pytest.mark.parametrize(
    ("jupyter", "reached"),
    [
        ("http://localhost:8888", ADDRESS),
        ("http://127.0.0.1:8888", ADDRESS),
        ("http://hub.test", "http://hub.test/user/me/proxy/1234/s3cret/"),
    ],
)
def test_the_page_is_reached_and_told_what_to_show(open_cell, jupyter, reached):
    page = open_cell(jupyter, reached)
    frame = framed(page)
    assert frame.url.startswith(f"{reached}?notebook=")
    assert frame.evaluate("heard") == [{"kind": "show", "settings": {"kind": "cppn", "seed": 3}}]
    page.evaluate("say({ kind: 'show', settings: { kind: 'julia' } })")
    frame.wait_for_function("() => heard.length === 2")
    frame.evaluate("parent.postMessage({ kind: 'field', settings: { hue: 0.5 } }, notebook)")
    page.wait_for_function("() => sent.length")
    assert page.evaluate("sent") == [{"kind": "field", "settings": {"hue": 0.5}}]
    expect(page.locator("p")).to_be_hidden()


def test_messages_of_others_are_not_heard(open_cell):
    page = open_cell("http://localhost:8888", ADDRESS, "http://evil.test/")
    frame = framed(page)
    page.evaluate("""() => {
      const other = document.createElement("iframe");
      other.src = "http://evil.test/?notebook=" + encodeURIComponent(location.origin);
      document.body.append(other);
    }""")
    evil = page.wait_for_selector("iframe[src*=evil]").content_frame()
    evil.wait_for_load_state()
    told = json.dumps({"kind": "field", "settings": {"hue": 0.9}})
    evil.evaluate(f"parent.postMessage({told}, '*')")
    page.evaluate(f"postMessage({told}, '*')")
    frame.evaluate("parent.postMessage({ kind: 'field', settings: { hue: 0.5 } }, notebook)")
    page.wait_for_function("() => sent.length")
    assert page.evaluate("sent") == [{"kind": "field", "settings": {"hue": 0.5}}]
    assert evil.evaluate("heard") == []


def test_where_no_way_leads_to_the_page_the_cell_says_what_to_do(open_cell):
    page = open_cell("http://hub.test")
    expect(page.get_by_role("status")).to_contain_text("is not reached from this browser")
    expect(page.locator("code")).to_have_text("ssh -L 1234:127.0.0.1:1234 hub.test")
    expect(page.get_by_role("link")).to_have_attribute("href", ADDRESS)
    expect(page.locator("iframe")).to_be_hidden()
