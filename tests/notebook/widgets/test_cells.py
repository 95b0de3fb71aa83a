"""Panels and their cells: closed when the cell runs again, with all that is theirs."""

from types import SimpleNamespace

import pytest
import zmq
from ipykernel.iostream import IOPubThread

from explorer.errors import SoundError
from explorer.fields import CPPN
from explorer.notebook import explore
from explorer.notebook.widgets import cells
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, explorer_threads


def test_closing_leaves_no_thread_and_no_widget(sound):
    before = explorer_threads()
    panel = explore(sound, FIELD, size=SIZE)
    assert panel.wait(PATIENCE)
    assert len(explorer_threads()) > len(before)
    widgets = list(cells.widget_tree(panel.widget))
    panel.close()
    panel.close()
    assert explorer_threads() == before
    assert all(widget.comm is None for widget in widgets)


def test_closing_in_the_middle_of_a_frame(sound):
    panel = explore(sound, CPPN(hidden=128, layers=6), size="360p")
    panel.close()
    assert explorer_threads() == []


def test_closing_ends_the_live_view_too(sound):
    panel = explore(sound, FIELD, size=SIZE)
    panel.view_switch.button.value = True
    assert any("live" in name for name in explorer_threads())
    panel.close()
    assert explorer_threads() == []


def test_a_cell_that_runs_again_closes_its_panel(sound, monkeypatch):
    monkeypatch.setattr(cells, "_cell_id", lambda: "cell 1")
    first = explore(sound, FIELD, size=SIZE)
    second = explore(sound, FIELD, size=SIZE)
    assert first.widget.comm is None
    assert second.widget.comm is not None
    with pytest.raises(SoundError):
        explore(sound.with_name("missing.wav"))
    assert second.widget.comm is None
    assert explorer_threads() == []


def test_panels_of_two_cells_live_side_by_side(sound, monkeypatch):
    monkeypatch.setattr(cells, "_cell_id", lambda: "cell 1")
    first = explore(sound, FIELD, size=SIZE)
    monkeypatch.setattr(cells, "_cell_id", lambda: "cell 2")
    with explore(sound, FIELD, size=SIZE):
        assert first.widget.comm is not None
    first.close()


def test_a_server_that_reads_late_gets_all_messages(monkeypatch):
    count = 5000  # of 2 kB: without a limit of ZeroMQ's own the first 3500 or so
    with zmq.Context() as context, context.socket(zmq.XPUB) as sender, context.socket(zmq.SUB) as receiver:
        sender.linger = 0
        port = sender.bind_to_random_port("tcp://127.0.0.1")
        receiver.subscribe(b"")
        receiver.connect(f"tcp://127.0.0.1:{port}")
        sender.recv()  # the subscription
        kernel = SimpleNamespace(iopub_thread=IOPubThread(sender), get_parent=dict)
        monkeypatch.setattr(cells, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
        cells.prepare()
        for _ in range(count):
            sender.send(bytes(2000))
        for _ in range(count):
            assert receiver.poll(1000 * PATIENCE)
            receiver.recv()


def test_every_channel_lets_the_front_end_choose_the_shell(sound, monkeypatch):
    class Channel:
        def _reply_subshell_for(self, data, default):
            return "the shell of the last message"

    class Hooked:
        comm, children = Channel(), ()

    class Plain:
        comm, children = object(), ()

    class Root:
        comm, children = Channel(), (Hooked(), Plain())

    cells.reply_from_any_subshell(Root())
    assert Root.comm._reply_subshell_for({}, "chosen") == "chosen"
    assert Hooked.comm._reply_subshell_for({}, "chosen") == "chosen"
