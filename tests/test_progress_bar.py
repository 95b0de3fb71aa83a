"""Progress of commands and of calls from Python: in a terminal, a notebook's cell, or a file."""

import pickle
import sys
import threading
from types import SimpleNamespace

import pytest

import explorer
from explorer import experiments, progress_bar
from explorer.progress import report_compilation
from explorer.progress_bar import COMPILING, ProgressBar, with_progress_bar


class Clock:
    """A time that tests set."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal:
    """Collects what is written to it."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def new_terminal(monkeypatch):
    """A terminal as stderr, in the test itself: pytest sets its own after fixtures."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


def test_a_bar_moves_within_an_epoch(monkeypatch):
    terminal = new_terminal(monkeypatch)
    with ProgressBar(delay=0) as bar:
        for done in (0, 0.5, 1.25):
            bar("training", done, 4)
            bar._bar.refresh()
    assert "12%" in terminal.text
    assert "31%" in terminal.text
    assert "1.2 of 4 epochs" in terminal.text
    assert terminal.text.isascii()


def test_nothing_is_shown_before_the_delay_and_nothing_stays(monkeypatch):
    terminal = new_terminal(monkeypatch)
    clock = Clock()
    with ProgressBar(clock, delay=2) as bar:
        for clock.now in (0, 1, 1.9):
            bar("drawing", clock.now, 10)
        assert terminal.text == ""
        clock.now = 2.1
        bar("drawing", 5, 10)
        assert "drawing:  50%" in terminal.text
    assert terminal.text.rpartition("\r")[0].endswith(" ")  # written over


def test_compilation_is_named_until_the_next_step(monkeypatch):
    terminal = new_terminal(monkeypatch)
    with ProgressBar(delay=0) as bar:
        compiler = threading.Thread(target=report_compilation)
        compiler.start()
        compiler.join()
        assert f"\r{COMPILING} [00:00]" in terminal.text
        bar("drawing", 1, 10)
        assert "drawing:  10%" in terminal.text
    before = terminal.text
    report_compilation()
    assert terminal.text == before


def test_a_step_that_reports_nothing_goes_on_counting(monkeypatch):
    terminal = new_terminal(monkeypatch)
    monkeypatch.setattr(progress_bar, "REFRESH_SECONDS", 0.001)
    refreshed, clock = threading.Event(), Clock()
    with ProgressBar(clock, delay=2) as bar:
        bar("drawing", 5, 10)
        monkeypatch.setattr(bar, "_new_bar", lambda made=bar._new_bar: (refreshed.set(), made())[1])
        clock.now = 3.0
        assert refreshed.wait(30)
    assert "drawing:  50%" in terminal.text


def test_where_there_is_no_terminal_a_line_is_printed_now_and_then(capsys):
    clock = Clock()
    with ProgressBar(clock) as bar:
        for clock.now in range(26):
            bar("training", clock.now / 10, 4)
    assert capsys.readouterr().err.splitlines() == [
        "explorer: training 28%, 29 s left",
        "explorer: training 55%, 18 s left",
    ]


def test_a_notebook_shows_one_line_that_ends_empty(monkeypatch):
    published = []
    shell = SimpleNamespace(
        kernel=None,
        display_pub=SimpleNamespace(
            publish=lambda data, _, **how: published.append((data["text/plain"], how))
        ),
    )
    monkeypatch.setattr(progress_bar, "_notebook_shell", lambda: shell)
    with ProgressBar(delay=0) as bar:
        for step in ("analyzing", "drawing"):
            for done in (5, 10):
                bar(step, done, 10)
                bar._bar.refresh()
    lines = [line for line, _ in published]
    assert any(line.startswith("analyzing: 100%") for line in lines)
    assert any(line.startswith("drawing:  50%") for line in lines)
    assert lines[-1] == ""
    assert [how["update"] for _, how in published] == [False] + [True] * (len(published) - 1)
    assert len({how["transient"]["display_id"] for _, how in published}) == 1


def work(seconds, progress=lambda *_: None):
    """What a public function does."""
    progress("drawing", seconds, 10)
    return progress


def test_a_call_from_python_gets_a_bar_unless_it_names_its_progress():
    shown = with_progress_bar(work)
    assert isinstance(shown(3), ProgressBar)
    assert shown(3, print) is print
    assert shown(3, progress=print) is print
    with pytest.raises(TypeError, match=r"work.*minutes"):
        shown(minutes=3)


def test_public_functions_with_progress_get_a_bar_and_stay_what_they_are():
    assert explorer.render is explorer.render
    assert explorer.render.__wrapped__ is experiments.render
    assert explorer.render_frame.__wrapped__
    assert explorer.render.__doc__ == experiments.render.__doc__
    assert pickle.loads(pickle.dumps(explorer.render)) is explorer.render
    assert explorer.looks.__module__ != "explorer"  # it is quick
