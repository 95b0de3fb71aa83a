"""The model of preference on made-up tastes: learned from 60 duels, chance for shuffled answers."""

import numpy as np
import pytest

from explorer.evolution.taste.judgements import Judgement
from explorer.evolution.taste.look_features import NAMES
from explorer.evolution.taste.preference import cross_validation, fit

COLORFULNESS = NAMES.index("colorfulness")


def duels(count, seed, rule):
    """Duels of looks with uniform measures; `rule` takes the measures of a look and gives how good it is."""
    looks = np.random.RandomState(seed).uniform(size=(count, 2, len(NAMES)))
    ordered = [pair if rule(pair[0]) > rule(pair[1]) else pair[::-1] for pair in looks]
    return [Judgement("duels", pair[:1], pair[1:]) for pair in ordered]


def colorful(look):
    return look[COLORFULNESS]


def test_a_taste_for_color_is_learned_from_60_duels_and_holds_for_others():
    model = fit(duels(60, 0, colorful))
    assert max(NAMES, key=dict(zip(NAMES, model.weights, strict=True)).get) == "colorfulness"
    others = duels(300, 1, colorful)
    right = [model.scores(each.winners)[0] > model.scores(each.losers)[0] for each in others]
    assert np.mean(right) > 0.85
    accuracy = cross_validation(duels(60, 0, colorful))
    assert accuracy.low > 0.6
    assert abs(accuracy.value - np.mean(right)) < 0.15


def test_shuffled_answers_are_chance():
    rng = np.random.RandomState(2)
    accuracy = cross_validation(duels(60, 0, lambda look: rng.uniform()))
    assert accuracy.low < 0.5 < accuracy.high


def test_a_score_is_a_half_for_the_average_look_and_surer_with_more_duels():
    few, many = fit(duels(10, 0, colorful)), fit(duels(200, 0, colorful))
    average = many.score(many.mean)
    assert (average.value, average.low, average.high) == (0.5, 0.5, 0.5)
    look = np.full(len(NAMES), 0.5)
    look[COLORFULNESS] = 0.8
    first, second = few.score(look), many.score(look)
    assert 0 < first.low < first.value < first.high < 1
    assert second.high - second.low < first.high - first.low
    assert second.low > 0.5
    assert many.scores(look[None])[0] == pytest.approx(second.value)


def test_winning_against_many_at_once_weighs_one_judgement():
    rng = np.random.RandomState(3)
    winner, loser = rng.uniform(size=(2, 1, len(NAMES)))
    one, many = Judgement("stars", winner, loser), Judgement("stars", winner, np.repeat(loser, 20, axis=0))
    others = duels(20, 4, colorful)
    first, second = fit([*others, one]), fit([*others, many])
    assert second.weights == pytest.approx(first.weights, abs=1e-3)
    assert second.scores(winner) == pytest.approx(first.scores(winner), abs=1e-3)


def test_measures_that_do_not_differ_say_nothing():
    same = np.full((1, len(NAMES)), 0.5)
    model = fit([Judgement("duels", same, same)])
    assert not model.weights.any()
    assert model.score(np.ones(len(NAMES))).value == 0.5
    assert cross_validation([Judgement("duels", same, same)]) is None
    assert cross_validation([Judgement("duels", same, same)] * 4).value == 0.5  # ties
