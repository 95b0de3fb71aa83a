"""What moves a linear field is known: each feature by its weight."""

import json

import numpy as np
import pytest

from explorer.diagnostics.influence import feature_influence
from explorer.errors import Stopped
from explorer.fields import CPPN
from explorer.rendering import FrameSettings
from tests.diagnostics.known_fields import TwoFeatures, square_track
from tests.tracks import made_up_track


def test_a_field_of_bass_alone_has_all_influence_on_bass():
    found = feature_influence(TwoFeatures(mid=0), square_track(), budget=50_000)
    assert found.share["bass"].value == 1
    assert found.share["mid"].value == 0
    assert found.level["mid"].value == 0
    assert found.maps[1].max() == 0
    alone = feature_influence(CPPN(hidden=8, features=("bass",)), made_up_track(), budget=50_000)
    assert alone.share["bass"].value == 1
    assert alone.level["bass"].value > 1
    assert alone.together.value == pytest.approx(alone.level["bass"].value)


def test_a_linear_field_has_its_exact_influences():
    found = feature_influence(TwoFeatures(), square_track(), budget=1_000_000)
    levels = (
        255 * np.sqrt(2 * 5 / 3) * np.array([0.2, 0.1])
    )  # two independent values of variance 1 are 2 apart
    assert [float(one) for one in found.level.values()] == pytest.approx(levels, rel=0.1)
    assert float(found.share["bass"]) == pytest.approx(0.8, abs=0.05)
    assert float(found.together) == pytest.approx(np.hypot(*levels), rel=0.15)
    assert found.level["bass"].low < levels[0] < found.level["bass"].high


def test_the_map_tells_where():
    field = TwoFeatures(bass=0, mid=0.1, together=0.3)  # bass acts at the sides only, mid everywhere alike
    found = feature_influence(field, square_track(), budget=400_000)
    bass, mid = found.maps
    assert found.maps.shape == (2, 27, 48)
    assert bass[:, :4].mean() > 5 * bass[:, 22:26].mean()
    assert np.ptp(mid) < 1e-3 * mid.mean()


def test_a_portrait_has_a_portrait_map_and_an_excerpt_its_own_moments():
    frames = FrameSettings(width=360, height=640, start=1.0, duration=2.0)
    found = feature_influence(TwoFeatures(), square_track(), frames=frames, budget=50_000)
    assert found.maps.shape == (2, 27, 15)
    assert found.picture.shape == (216, 120, 3)


def test_the_same_seed_gives_the_same_numbers_and_the_budget_is_kept():
    field, track = CPPN(hidden=4, layers=2), made_up_track()
    first, again, other = (feature_influence(field, track, budget=100_000, seed=seed) for seed in (3, 3, 4))
    assert first.share == again.share
    assert np.array_equal(first.maps, again.maps)
    assert first.share != other.share
    assert 80_000 < first.evaluations <= 100_000


def test_a_deaf_field_shares_out_nothing():
    found = feature_influence(TwoFeatures(bass=0, mid=0), square_track(), budget=50_000)
    assert [float(share) for share in found.share.values()] == [0, 0]
    found.figure()
    nothing = feature_influence(CPPN(hidden=4, features=()), made_up_track(), budget=50_000)
    assert nothing.table().empty
    nothing.figure()


def test_table_words_json_and_picture():
    found = feature_influence(TwoFeatures(), square_track(), budget=100_000)
    assert list(found.table().index) == ["bass", "mid"]
    assert found.table()["share"].sum() == pytest.approx(1)
    assert found.summary().splitlines()[0].startswith("bass")
    assert found.summary().isascii()
    assert set(json.loads(json.dumps(found.to_dict()))["level"]) == {"bass", "mid"}
    titles = [axis.get_title(loc="left") for axis in found.figure().axes]
    assert any(title.startswith("bass") for title in titles)


def test_a_callback_may_stop_it():
    def stop(step, done, total):
        if done >= 2:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        feature_influence(TwoFeatures(), square_track(), progress=stop)
