"""The evaluation, with models whose answer is known."""

import numpy as np
import pytest
import torch

from explorer.fields.julia.parameters import NAMES
from explorer.learn.evaluation import (
    MIN_INTERVAL_WINDOWS,
    evaluate,
    evaluation_windows,
    feature_track,
    interval,
    table_lines,
)
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.plots import draw_evaluation
from explorer.learn.settings import TrainSettings
from tests.learn.conftest import evaluate_little, synthetic_track

FOLLOWED = {"brightness": 2, "hue": 0}  # loudness and centroid, by their place in a frame


@pytest.fixture(scope="module")
def by_construction(tmp_path_factory):
    """The evaluation of a model that moves brightness with the loudness and hue with the centroid only."""
    model = AudioToVisualModel(TrainSettings(window_frames=1, hidden=()))
    with torch.no_grad():
        model.output.weight.zero_()
        for name, feature in FOLLOWED.items():
            model.output.weight[NAMES.index(name), feature] = 4.0
        model.mean.fill_(0.5)
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, model)
    with pytest.MonkeyPatch.context() as patched:
        evaluate_little(patched)
        return evaluate(folder, [synthetic_track(12, 5)])


def test_a_model_that_follows_is_seen_to_follow(by_construction):
    for name in ("rms-luminance", "centroid-hue"):
        pair = by_construction["pairs"][name]
        low, high = pair["interval"]
        assert low <= pair["r"] <= high
        assert pair["r"] > 0.8, name
        assert pair["shifted"]["interval"][0] > 0, name
        assert pair["spread"] > 0.01, name


def test_what_it_does_not_move_does_not_follow(by_construction):
    for name in ("zcr-edges", "flux+onset-change"):
        assert abs(by_construction["pairs"][name]["r"]) < 0.5, name


def test_the_table_is_ascii_and_has_a_line_for_each_pair(by_construction):
    table = list(table_lines(by_construction))
    assert len(table) == 2 + len(by_construction["pairs"])
    assert all(line.isascii() and len(line) < 120 for line in table)


def test_windows_are_whole_even_and_not_too_many():
    tracks = [synthetic_track(60, 1), synthetic_track(5, 2), synthetic_track(1, 3)]
    windows = evaluation_windows(tracks, limit=1000)
    assert [number for number, _ in windows] == [0] * 28 + [1] * 2 + [2]
    assert all(first + 64 / 30 <= tracks[number].seconds for number, first in windows if number < 2)
    assert len(evaluation_windows(tracks, limit=10)) <= 10


def test_intervals_hold_the_mean_and_shrink_with_more_windows():
    rng = np.random.default_rng(0)
    few, many = rng.normal(0.5, 0.2, 8), rng.normal(0.5, 0.2, 800)
    spans = []
    for values in (few, many):
        low, high = interval(values, np.random.default_rng(1))
        assert low < values.mean() < high
        spans.append(high - low)
    assert spans[1] == pytest.approx(2 * 1.96 * 0.2 / np.sqrt(800), rel=0.15)
    assert spans[0] > 4 * spans[1]


@pytest.fixture
def of_one_window(by_construction):
    """The same evaluation, as it is if too little was held out."""
    pairs = {
        name: {**pair, "interval": None}
        | {other: {**pair[other], "interval": None} for other in ("untrained", "shifted")}
        for name, pair in by_construction["pairs"].items()
    }
    return {**by_construction, "windows": 1, "pairs": pairs}


def test_few_windows_give_no_interval():
    assert interval(np.full(MIN_INTERVAL_WINDOWS - 1, 0.5), np.random.default_rng(0)) is None
    assert interval(np.full(MIN_INTERVAL_WINDOWS, 0.5), np.random.default_rng(0)) == [0.5, 0.5]


def test_a_proof_without_intervals_says_so_and_shows_none(by_construction, of_one_window):
    table = list(table_lines(of_one_window))
    assert "(1 window of 2.1 s)" in table[0]
    assert not any(".." in line for line in table)
    assert "too little sound was held out" in table[-1]
    assert "too little" not in "".join(table_lines(by_construction))
    bars = [
        len(draw_evaluation(evaluation).axes[0].containers) for evaluation in (by_construction, of_one_window)
    ]
    assert bars == [4, 3]  # the fourth are the intervals


def test_a_shift_goes_around_the_end():
    track = synthetic_track(2, 0)
    shifted = feature_track(track, 10)
    np.testing.assert_array_equal(shifted.raw[10:], track.values[:-10])
    np.testing.assert_array_equal(shifted.raw[:10], track.values[-10:])
