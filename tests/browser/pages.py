"""Pages that tests use one after the other: to empty one takes half the time of opening another."""

import contextlib
from weakref import WeakKeyDictionary

MEDIA = {"color_scheme": "light", "reduced_motion": "no-preference"}
EMPTY = "() => { localStorage.clear(); sessionStorage.clear(); window.name = ''; }"
BLANK = "about:blank"
_free_pages = WeakKeyDictionary()  # of each browser: pages that no test uses, by whether they rest blank


@contextlib.contextmanager
def empty_page(browser, viewport, listeners=(), before=None, rest=BLANK, context=None, **media):
    """A page without documents, storage, cookies, scripts, routes and listeners of the tests before it.

    `listeners` are pairs of an event and what hears of it, `before` is a script for all documents. At the end
    the page rests at an address, where it draws nothing: one on the same host takes the least time, and its
    storage is cleared. With `context`, its settings, the page has a context of its own, which is closed.
    """
    free = _free_pages.setdefault(browser, {True: [], False: []})[rest == BLANK]
    page = free.pop() if free and context is None else browser.new_context(**context or {}).new_page()
    page.set_viewport_size(viewport)
    page.emulate_media(**MEDIA | media)
    for event, listener in listeners:
        page.on(event, listener)
    session = page.context.new_cdp_session(page)  # playwright cannot remove a script
    if before:
        session.send("Page.enable")
        session.send("Page.addScriptToEvaluateOnNewDocument", {"source": before})
    is_empty = False
    try:
        yield page
        for event, listener in listeners:
            page.remove_listener(event, listener)
        session.detach()  # and its script is gone
        page.unroute_all()
        with contextlib.suppress(_playwright_error()):  # a server that is gone
            page.goto(rest)
            if rest != BLANK:
                page.evaluate(EMPTY)
            page.context.clear_cookies()
            is_empty = context is None
    finally:
        if is_empty:
            free.append(page)
        else:
            page.context.close()


def _playwright_error():
    from playwright.sync_api import Error  # late: it may be missing where there is no browser

    return Error
