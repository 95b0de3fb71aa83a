"""A linear field has known variances; published networks have published ones."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.diagnostics import Variances, group_variances, strength
from explorer.errors import Stopped
from explorer.fields import CPPN, Controls, FieldSettings
from tests.tracks import made_up_track

X, T, A = 0.3, 0.4, 0.2
CHANNELS = torch.tensor([1.0, 2.0, 0.0])  # each channel's share, of mean square 5/3


class Linear(FieldSettings):
    """0.5 + share (x + t + a), each with a weight of its own."""

    kind: str = "linear"
    features: tuple[str, ...] = ("bass",)
    x: float = X
    t: float = T
    a: float = A

    def controls(self, track, times):
        columns = [track.at(times, ("bass",))[:, 0], 2 * np.asarray(times) / track.duration - 1]
        return Controls(np.column_stack(columns).astype(np.float32), ("bass", "time"))

    def prepare(self, controls):
        return PreparedLinear(self, controls)


class PreparedLinear:
    def __init__(self, field, controls):
        self.field, self.values = field, torch.from_numpy(controls.values)

    def colors(self, xy, pixel, dtype=torch.float32):
        field, (audio, time) = self.field, self.values.unbind(1)
        total = field.x * xy[None, :, 0] + (field.t * time + field.a * audio)[:, None]
        return 0.5 + CHANNELS * total[..., None]


@pytest.fixture
def track():
    """Bass at -1 in one half and at 1 in the other: variance 1."""
    track = made_up_track(duration=10.0)
    values = np.where(track.times < 5, -1, 1).astype(np.float32)
    return replace(track, values=np.tile(values[:, None], (1, len(track.names))))


def mean_over_seeds(field, track, count, **settings):
    found = [group_variances(field, track, seed=seed, **settings) for seed in range(count)]
    return [np.mean([getattr(one, group) for one in found]) for group in ("space", "time", "audio")]


@pytest.mark.parametrize(("budget", "seeds"), [(20_000, 30), (600, 100)])
def test_a_linear_field_has_its_exact_variances_at_any_budget(track, budget, seeds):
    columns, pixel = 640, 2 / 360
    variance_of_x = (columns**2 - 1) / 12 * pixel**2  # of evenly spaced pixels
    expected = np.array([X**2 * variance_of_x, T**2 / 3, A**2]) * 5 / 3
    assert mean_over_seeds(Linear(), track, seeds, budget=budget) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(("ignored", "group"), [("x", "space"), ("t", "time"), ("a", "audio")])
def test_what_a_field_ignores_has_a_variance_of_exactly_zero(track, ignored, group):
    found = group_variances(Linear(**{ignored: 0.0}), track)
    assert getattr(found, group) == 0
    assert sum(value > 0.01 for value in (found.space, found.time, found.audio)) == 2


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(track):
    assert group_variances(Linear(), track, seed=3) == group_variances(Linear(), track, seed=3)
    assert group_variances(Linear(), track, seed=3) != group_variances(Linear(), track, seed=4)


def test_gain_1_collapses_and_gain_5_lives():
    track = made_up_track()
    dead = group_variances(CPPN(gain=1.0), track, budget=2000)
    live = group_variances(CPPN(gain=5.0), track, budget=2000)
    for group in ("space", "time", "audio"):
        assert getattr(dead, group) < 1e-5
        assert 0.03 < getattr(live, group) < 0.25


def test_a_network_without_audio_gain_is_still_for_audio():
    assert group_variances(CPPN(hidden=8, audio_gain=0), made_up_track(), budget=1000).audio == pytest.approx(
        0, abs=1e-12
    )


def test_a_callback_may_stop_it(track):
    asked = []

    def stop_at_the_third(step, done, total):
        asked.append(done)
        if len(asked) == 3:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        group_variances(Linear(), track, progress=stop_at_the_third)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("variance", "word"), [(0, "static"), (9e-5, "static"), (1e-3, "faint"), (0.1, "alive")]
)
def test_a_word_for_each_variance(variance, word):
    assert strength(variance) == word
    assert Variances(variance, 0, 0).space == variance
