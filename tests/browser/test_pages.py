"""A page that another test had before is as good as a new one."""

from tests.browser.pages import empty_page

SIZE = {"width": 300, "height": 200}
LEAVE = """() => {
  localStorage.left = sessionStorage.left = window.left = window.name = "left";
  document.cookie = "left=1; max-age=600";
}"""
FOUND = """() => [localStorage.length, sessionStorage.length, window.left ?? "", window.name, document.cookie,
  window.script ?? "", innerWidth, matchMedia("(prefers-color-scheme: dark)").matches]"""


def test_nothing_is_left_of_the_test_before(browser, served):
    address, heard = f"{served.address}/icon.svg", []
    listeners = [("console", lambda said: heard.append(said.text))]
    before = "window.script = 'left'; console.log('left')"
    large = {"width": 900, "height": 700}
    with empty_page(browser, large, listeners, before, address, color_scheme="dark") as first:
        first.route("**/*", lambda route: route.continue_())
        first.goto(address)
        first.evaluate(LEAVE)
        found = first.evaluate(FOUND)
        assert found == [1, 1, "left", "left", "left=1", "left", 900, True]
    heard.clear()
    with empty_page(browser, SIZE, rest=address) as second:
        assert second is first
        second.goto(address)
        assert second.evaluate(FOUND) == [0, 0, "", "", "", "", 300, False]
    assert heard == []
    with empty_page(browser, SIZE, rest=address, context={}) as third:
        assert third is not second
