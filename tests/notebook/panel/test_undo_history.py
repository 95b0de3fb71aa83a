"""Back and forth among settings that came to rest; between two looks."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.fields import CPPN
from explorer.notebook.panel.undo_history import ABSwitch, UndoHistory


def look(gain):
    return CPPN(gain=gain)


def test_undo_and_redo_go_through_the_steps():
    history = UndoHistory()
    assert (history.can_undo, history.can_redo, history.undo(), history.redo()) == (False, False, None, None)
    for gain in (1, 2, 3):
        history.record(look(gain))
    assert [history.undo(), history.undo(), history.undo()] == [look(2), look(1), None]
    assert [history.redo(), history.redo(), history.redo()] == [look(2), look(3), None]


def test_a_new_step_drops_what_was_undone():
    history = UndoHistory()
    for gain in (1, 2, 3):
        history.record(look(gain))
    history.undo()
    history.record(look(4))
    assert not history.can_redo
    assert history.undo() == look(2)


def test_the_same_settings_again_are_no_step():
    history = UndoHistory()
    for gain in (1, 1, 2):
        history.record(look(gain))
    history.undo()
    history.record(look(1))  # what undo loads is drawn, and comes to rest
    assert history.redo() == look(2)


@given(st.lists(st.sampled_from(["undo", "redo", 1, 2, 3]), max_size=40), st.integers(1, 5))
def test_it_behaves_like_a_list_and_a_place_in_it(moves, most):
    history, steps, at = UndoHistory(most), [], -1
    for move in moves:
        if move == "undo":
            expected = steps[at - 1] if at > 0 else None
            at -= at > 0
            assert history.undo() == expected
        elif move == "redo":
            expected = steps[at + 1] if at < len(steps) - 1 else None
            at += at < len(steps) - 1
            assert history.redo() == expected
        else:
            history.record(move)
            if not steps or steps[at] != move:
                steps = [*steps[: at + 1], move][-most:]
                at = len(steps) - 1
    assert len(steps) <= most


def test_two_looks_are_exchanged_each_as_it_was_left():
    ab_switch = ABSwitch()
    assert ab_switch.swap(look(1)) is None
    ab_switch.store(look(1))
    assert ab_switch.current == "B"
    assert ab_switch.swap(look(2)) == look(1)
    assert ab_switch.current == "A"
    assert ab_switch.swap(look(1.5)) == look(2)  # A was changed meanwhile
    assert ab_switch.swap(look(2)) == look(1.5)
