"""FeatureTrack: interpolation, tables, and the pair of files."""

import json

import numpy as np
import pytest

from explorer.audio import FEATURES, AnalysisSettings, FeatureTrack
from explorer.errors import ExplorerError, SettingsError


@pytest.fixture
def track():
    values = np.random.default_rng(0).uniform(-1, 1, (600, len(FEATURES))).astype(np.float32)
    return FeatureTrack(values, values * 100, FEATURES, 60.0, 10.0, "ä.wav", "0" * 64, AnalysisSettings())


def test_grid_times_give_the_rows_themselves(track):
    np.testing.assert_array_equal(track.times, np.arange(600) / 60)
    np.testing.assert_array_equal(track.at(track.times), track.values)


def test_between_rows_values_are_interpolated(track):
    np.testing.assert_allclose(
        track.at(10.25 / 60)[0], 0.75 * track.values[10] + 0.25 * track.values[11], rtol=1e-5
    )


def test_both_ends_are_held(track):
    np.testing.assert_array_equal(track.at([-5, 100]), track.values[[0, -1]])


def test_the_answer_depends_on_the_time_alone_to_the_bit(track):
    times = np.random.default_rng(1).uniform(-1, 11, 1001)
    together = track.at(times)
    alone = np.concatenate([track.at(time) for time in times])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(track.at(times[::-1])[::-1], together)


def test_columns_are_chosen_by_name(track):
    np.testing.assert_array_equal(track.at(1.0, ("onset", "bass")), track.at(1.0)[:, [8, 0]])
    assert track.at([1.0, 2.0], ()).shape == (2, 0)


def test_an_unknown_name_is_refused_with_the_nearest(track):
    with pytest.raises(SettingsError, match=r"no feature 'centriod'; did you mean 'centroid'\?"):
        track.at(1.0, ("centriod",))


def test_a_time_that_is_no_time_is_refused(track):
    with pytest.raises(SettingsError, match="finite"):
        track.at(float("nan"))


def test_the_table_holds_values_and_physical_units(track):
    table = track.table()
    assert table.index.name == "time"
    np.testing.assert_array_equal(table[list(FEATURES)], track.values)
    np.testing.assert_array_equal(table["centroid_hz"], track.raw[:, FEATURES.index("centroid")])
    assert {"rms_amplitude", "zcr_per_sample"} <= set(table.columns)


def test_a_saved_track_comes_back_whole(track, tmp_path):
    facts = track.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.json", "features.npy"]
    loaded = FeatureTrack.load(tmp_path)
    np.testing.assert_array_equal(loaded.values, track.values)
    np.testing.assert_array_equal(loaded.raw, track.raw)
    for name in ("names", "fps", "duration", "name", "sha256", "settings"):
        assert getattr(loaded, name) == getattr(track, name)
    assert json.loads(facts.read_text("utf-8"))["name"] == "ä.wav"


@pytest.mark.parametrize(
    "damage", ["cut the numbers", "lose the numbers", "garble the facts", "mix two tracks"]
)
def test_a_damaged_pair_is_refused(track, tmp_path, damage):
    facts = track.save(tmp_path / "one")
    numbers = facts.with_suffix(".npy")
    if damage == "cut the numbers":
        numbers.write_bytes(numbers.read_bytes()[:-100])
    elif damage == "lose the numbers":
        numbers.unlink()
    elif damage == "garble the facts":
        facts.write_text("[1, 2")
    else:
        np.save(numbers, np.stack([track.raw, track.values]))
    with pytest.raises(ExplorerError, match="cannot read the track"):
        FeatureTrack.load(tmp_path / "one")


def test_a_track_introduces_itself(track):
    assert repr(track) == "<FeatureTrack 'ä.wav': 10.00 s, 600 x 10 at 60 Hz>"
