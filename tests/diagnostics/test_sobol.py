"""Shares of standard functions match the published ones; those of a linear field are exact."""

import json

import numpy as np
import pytest

from explorer.diagnostics.sobol import shares, sobol_shares
from explorer.errors import SettingsError, Stopped
from explorer.fields import CPPN
from tests.diagnostics.known_fields import VARIANCE_OF_X, TwoFeatures, square_track
from tests.tracks import made_up_track


def draws(shape, names, draw):
    return tuple({name: draw(shape) for name in names} for _ in range(2))


def ishigami(rows, a=7.0, b=0.1):
    """Ishigami & Homma 1990: sin x1 + a sin^2 x2 + b x3^4 sin x1 on [-pi, pi]^3."""
    return np.sin(rows["x1"]) + a * np.sin(rows["x2"]) ** 2 + b * rows["x3"] ** 4 * np.sin(rows["x1"])


def test_ishigami_has_its_published_shares():
    chance = np.random.default_rng(1)
    found = shares(
        ishigami, *draws((500, 400), ("x1", "x2", "x3"), lambda n: chance.uniform(-np.pi, np.pi, n)), seed=1
    )
    first, total = ([float(part) for part in parts.values()] for parts in (found.first, found.total))
    assert first == pytest.approx([0.3139, 0.4424, 0], abs=0.01)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert float(found.interactions["x1 x x3"]) == pytest.approx(0.2437, abs=0.01)
    assert float(found.interactions["x1 x x2"]) == pytest.approx(0, abs=1e-9)  # they never meet
    assert found.variance == pytest.approx(13.845, rel=0.01)
    assert found.evaluations == 8 * 500 * 400
    exact = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
    assert all(found.first[name].low < exact[name] < found.first[name].high for name in exact)


def test_shares_of_a_g_function_of_four_inputs():
    """Sobol's g-function: the product of (|4 x - 2| + a) / (1 + a), V_i = 1 / (3 (1 + a)^2)."""
    a = np.array([0.0, 1.0, 4.5, 99.0])
    chance = np.random.default_rng(0)

    def g(rows):
        return np.prod(
            [(np.abs(4 * x - 2) + k) / (1 + k) for x, k in zip(rows.values(), a, strict=True)], axis=0
        )

    found = shares(g, *draws((100, 1000), "abcd", lambda n: chance.uniform(0, 1, n)))
    parts = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + parts) - 1
    assert [float(one) for one in found.first.values()] == pytest.approx(parts / variance, abs=0.01)
    others = np.array([np.prod(np.delete(1 + parts, n)) for n in range(4)])
    assert [float(one) for one in found.total.values()] == pytest.approx(parts * others / variance, abs=0.01)
    everything = [*found.first.values(), *found.interactions.values()]
    assert len(everything) == 15
    assert sum(float(part) for part in everything) == pytest.approx(1)


def test_a_linear_field_has_its_exact_shares():
    field = TwoFeatures(together=0.25)
    found = sobol_shares(field, square_track(), budget=300_000)
    space, time, audio = 0.3**2 * VARIANCE_OF_X, 0.4**2 / 3, 0.2**2 + 0.1**2
    both = 0.25**2 * VARIANCE_OF_X
    variance = space + time + audio + both
    assert found.variance == pytest.approx(variance * 5 / 3, rel=0.03)
    assert float(found.first["space"]) == pytest.approx(space / variance, abs=0.02)
    assert float(found.first["time"]) == pytest.approx(time / variance, abs=0.02)
    assert float(found.first["audio"]) == pytest.approx(audio / variance, abs=0.02)
    assert float(found.interactions["space x audio"]) == pytest.approx(both / variance, abs=0.02)
    assert float(found.interactions["space x time"]) == pytest.approx(0, abs=1e-9)
    assert float(found.total["audio"]) == pytest.approx((audio + both) / variance, abs=0.02)


def test_a_field_that_ignores_audio_has_no_share_of_it():
    found = sobol_shares(TwoFeatures(bass=0, mid=0), square_track(), budget=20_000)
    assert found.total["audio"].value == 0
    assert found.first["audio"].low <= 0 <= found.first["audio"].high
    network = sobol_shares(CPPN(hidden=8, audio_gain=0), made_up_track(), budget=20_000)
    assert network.total["audio"].value < 1e-9
    assert network.total["space"].value > 0.1


@pytest.mark.slow
def test_intervals_cover_the_truth_about_as_often_as_they_say():
    chance = np.random.default_rng(0)
    held = 0
    for seed in range(200):
        made = draws((400,), ("x1", "x2", "x3"), lambda n: chance.uniform(-np.pi, np.pi, n))
        one = shares(ishigami, *made, seed=seed).total["x2"]
        held += one.low <= 0.4424 <= one.high
    assert 0.88 * 200 < held < 0.99 * 200


def test_the_same_seed_gives_the_same_numbers_and_the_budget_is_kept():
    field, track = CPPN(hidden=4, layers=2), made_up_track()
    with pytest.raises(SettingsError, match="budget: got 'screen'; allowed: how many colors, as in 200000"):
        sobol_shares(field, track, budget="screen")
    first, again, other = (sobol_shares(field, track, budget=20_000, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert 15_000 < first.evaluations <= 20_000


def test_a_constant_has_no_shares():
    found = sobol_shares(TwoFeatures(x=0, t=0, bass=0, mid=0), square_track(), budget=10_000)
    assert found.variance == 0
    assert {float(part) for part in [*found.first.values(), *found.total.values()]} == {0.0}


def test_table_words_and_json():
    found = sobol_shares(TwoFeatures(), square_track(), budget=20_000)
    table = found.table()
    assert len(table) == 3 + 4 + 3
    assert table.loc[["first", "interaction"], "share"].sum() == pytest.approx(1)
    assert "space" in found.summary()
    assert found.summary().isascii()
    assert json.loads(json.dumps(found.to_dict()))["first"]["audio"]["value"] == float(found.first["audio"])


def test_progress_grows_and_may_stop_it():
    told = []
    sobol_shares(
        TwoFeatures(),
        square_track(),
        budget=10_000,
        progress=lambda step, done, total: told.append(done / total),
    )
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(step, done, total):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        sobol_shares(TwoFeatures(), square_track(), progress=stop)


def test_shares_have_a_picture():
    result = shares(
        lambda rows: rows["x"] + rows["y"], *draws((20, 20), ("x", "y"), np.random.default_rng(1).random)
    )
    figure = result.plot()
    texts = [text.get_text() for axis in figure.axes for text in axis.get_yticklabels()]
    assert texts == ["x", "y", "x x y", "x", "y"]
    assert len(figure.axes[0].patches) == 3
    assert result._repr_png_().startswith(b"\x89PNG")
