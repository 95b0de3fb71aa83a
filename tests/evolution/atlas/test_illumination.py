"""The search of an atlas on a made-up problem: it learns where looks live, and repeats itself."""

import numpy as np
import pytest

from explorer.evolution.atlas.illumination import Illumination

COORDINATES, CELLS, BATCH = 12, 10, 20


def judge(positions):
    """Measures are means of six coordinates each; one look of seven lives, where chance tries."""
    halves = positions.reshape(len(positions), 2, -1)
    is_alive = (np.abs(positions[:, 0] - 0.5) < 0.15) & (np.abs(positions[:, -1] - 0.5) < 0.25)
    return np.where(is_alive, 0.5, 0.0), halves.mean(axis=2)


def searched(batches, seed=0, judge=judge):
    search = Illumination(np.full(COORDINATES, 0.5), (CELLS, CELLS), BATCH, 2, seed)
    positions = []
    for _ in range(batches):
        asked = search.next_batch()
        search.add_results(asked, *judge(asked))
        positions.append(asked)
    return np.concatenate(positions)


@pytest.mark.slow
def test_it_learns_where_looks_live():
    qualities, _ = judge(searched(20))
    spread, last = qualities[: 2 * BATCH], qualities[-5 * BATCH :]
    assert (last > 0).mean() > 2 * (spread > 0).mean()


def test_positions_are_in_the_cube_and_follow_from_the_seed():
    positions = searched(5)
    assert positions.shape == (5 * BATCH, COORDINATES)
    assert ((positions >= 0) & (positions <= 1)).all()
    assert (positions[0] == 0.5).all()
    assert (positions == searched(5)).all()
    assert (positions != searched(5, seed=1)).any()


def test_it_spreads_until_something_lives():
    positions = searched(4, judge=lambda looks: (np.zeros(len(looks)), np.zeros((len(looks), 2))))
    for batch in positions.reshape(4, BATCH, COORDINATES)[1:]:
        assert len(np.unique(np.floor(batch[:, 0] * BATCH))) == BATCH  # a Latin hypercube


def test_the_rest_of_a_batch_may_be_missing():
    search = Illumination(np.full(COORDINATES, 0.5), (CELLS, CELLS), BATCH, 1)
    for count in (BATCH, 7, BATCH):
        asked = search.next_batch()[:count]
        search.add_results(asked, *judge(asked))
    assert search.next_batch().shape == (BATCH, COORDINATES)
