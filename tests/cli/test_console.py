"""Progress in a terminal, or in a file in its place."""

from explorer.cli import console
from explorer.cli.console import ProgressBar


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


def test_a_bar_moves_within_an_epoch(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(console.sys, "stderr", terminal)
    with ProgressBar() as bar:
        bar("training", 0, 4)
        bar._bar.delay = 0
        for done in (0.5, 1.25):
            bar("training", done, 4)
            bar._bar.refresh()
    assert "12%" in terminal.text
    assert "31%" in terminal.text
    assert "1.2 of 4 epochs" in terminal.text
    assert terminal.text.isascii()


def test_where_there_is_no_terminal_a_line_is_printed_now_and_then(capsys):
    now = [0.0]
    with ProgressBar(lambda: now[0]) as bar:
        for second in range(26):
            now[0] = second
            bar("training", second / 10, 4)
    assert capsys.readouterr().err.splitlines() == ["explorer: training 28%", "explorer: training 55%"]
