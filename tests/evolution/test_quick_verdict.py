"""The quick verdict: the rules of the diagnosis, and nearly always its answer."""

import sys
import time
from collections import Counter

import numpy as np
import pytest

from explorer import CPPN, GraphCPPN, Julia, Patterns
from explorer.diagnostics import diagnose
from explorer.evolution.operators import mutate
from explorer.evolution.quick_verdict import quick_facts, quick_verdict
from explorer.rendering import FrameSettings
from tests.tracks import made_up_track

FRAMES = FrameSettings(width=160, height=90)
TRACK = made_up_track(8.0)


@pytest.mark.parametrize(
    ("field", "verdict"),
    [
        (CPPN(hidden=16, layers=3, gain=0.3, time_span=10.0), "static"),
        (CPPN(hidden=32, layers=10, gain=6.0, time_span=10.0), "noisy"),
        (CPPN.preset("magma"), "alive"),
        (GraphCPPN(nodes=8), "alive"),
    ],
    ids=["static", "noisy", "alive", "graph"],
)
def test_known_verdicts(field, verdict):
    assert quick_verdict(field, TRACK, FRAMES) == verdict == quick_verdict(field, TRACK, FRAMES)


def test_a_julia_set_is_judged_by_one_sample_a_pixel():
    julia = Julia(iterations=50)
    assert quick_facts(julia, TRACK, FRAMES) == quick_facts(julia.replace(samples=1), TRACK, FRAMES)


def random_look(number):
    """Networks of any gain and depth, and mutations of other looks."""
    rng = np.random.RandomState([7, number])
    if number % 5 < 3:
        return CPPN(
            hidden=int(rng.choice([4, 8, 16, 24])), layers=int(rng.randint(1, 9)), seed=int(rng.randint(999)),
            gain=round(float(np.exp(rng.uniform(np.log(0.4), np.log(9)))), 2), output_gain=2.0,
            coord_scale=round(float(rng.uniform(0.3, 2)), 2), time_span=float(rng.choice([5, 20, 60])),
            audio_gain=round(float(rng.uniform(0, 4)), 2), palette=str(rng.choice(["rgb", "ember", "lava"])),
        )  # fmt: skip
    others = [GraphCPPN(), Patterns(), Patterns(family="organic"), Julia(samples=1, iterations=50)]
    field = others[rng.randint(4)]
    child = mutate(field, 1.0, (), rng).field
    return field if child.extras else child  # the track has no sections


@pytest.mark.slow
def test_it_agrees_with_the_diagnosis():
    """Prints the figures of the guide: python -m pytest -m slow -s tests/evolution/test_quick_verdict.py."""
    pairs, seconds = [], []
    for number in range(500):
        look = random_look(number)
        begin = time.process_time()
        quick = quick_verdict(look, TRACK, FRAMES)
        seconds.append(time.process_time() - begin)
        pairs.append((str(diagnose(look, TRACK, frames=FRAMES, budget="full").verdict), quick))
    counts = Counter(pairs)
    same = sum(n for (full, quick), n in counts.items() if full == quick) / len(pairs)
    share = {
        verdict: counts[verdict, verdict]
        / max(1, sum(n for (full, _), n in counts.items() if full == verdict))
        for verdict in ("static", "noisy")
    }
    sys.stdout.write(
        f"\nsame {same:.3f}, {share}, {counts}, median {np.median(seconds) * 1e3:.0f} ms of one core\n"
    )
    assert same >= 0.95
    assert min(share.values()) >= 0.85
