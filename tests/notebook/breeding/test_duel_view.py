"""The view of duels, without a browser: prefer by buttons, keys and clicks; skip; words."""

import pytest

import explorer as ex
from explorer import CPPN
from explorer.errors import SettingsError
from tests import signals

PATIENCE = 60
FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0)


@pytest.fixture
def view(tmp_path):
    sound = signals.write_wav(tmp_path / "music.wav", signals.music(2.0))
    with ex.duel(sound, FIELD, seconds=0.5, seed=3, explorations=tmp_path) as view:
        assert view.wait(PATIENCE)
        yield view


def test_answers_by_button_key_and_click_bring_new_pairs_and_are_written(view):
    assert "no judgements yet" in view.line.value
    pairs = [view.duel.fields]
    winners = []
    for act in (
        view.left_button.click,
        lambda: view.press("ArrowRight"),
        lambda: setattr(view.grid, "selected", [1]),
    ):
        winners.append(view.duel.looks[0 if not winners else 1])
        act()
        assert view.wait(PATIENCE)
        assert view.error == ""
        pairs.append(view.duel.fields)
    assert len(set(pairs)) == 4
    assert view.grid.fields == view.duel.fields
    written = ex.Taste(sources="duels").judgements
    assert len(written) == len(view.taste) == 3
    colors = sorted(float(features[0]) for _, features in winners)
    assert sorted(float(each.winners[0, 0]) for each in written) == pytest.approx(colors, abs=1e-5)
    assert "3 judgements" in view.line.value


def test_a_skipped_pair_is_no_judgement_and_waiting_ignores_answers(view):
    before = view.duel.fields
    view.press("ArrowDown")
    view.press("ArrowLeft")  # nobody has seen the next pair
    view.press("x")
    assert view.wait(PATIENCE)
    assert view.duel.fields != before
    assert len(ex.Taste(sources="duels")) == 0
    with pytest.raises(SettingsError, match="side: got 2"):
        view.prefer(2)


def test_bad_arguments(tmp_path):
    with pytest.raises(ex.ExplorerError, match="gone"):
        ex.duel(tmp_path / "gone.wav")
