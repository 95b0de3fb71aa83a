"""Errors of handlers appear, and go when something succeeds."""

from explorer.errors import SettingsError
from explorer.notebook.widgets.error_line import ErrorLine


def fail(error):
    def action():
        raise error

    return action


def test_an_error_appears_in_words_that_say_what_to_do_and_cannot_be_markup():
    line = ErrorLine()
    line.handler(fail(SettingsError("gain: got <b>; allowed: 0.01 to 50")))("a click")
    assert "gain: got &lt;b&gt;; allowed: 0.01 to 50" in line.widget.value
    assert "SettingsError" not in line.widget.value
    line.handler(fail(KeyError("x")))()
    assert "KeyError: &#x27;x&#x27;" in line.widget.value
    assert 'role="alert"' in line.widget.value


def test_success_takes_the_error_away():
    line, done = ErrorLine(), []
    line.show(ValueError("x"))
    line.handler(lambda: done.append(1))({"new": 3})
    assert (line.widget.value, done) == ("", [1])
