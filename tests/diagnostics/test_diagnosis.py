"""The diagnosis as a whole: budgets, seeds, what it shows."""

import inspect
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter1d

from explorer.diagnostics import (
    Measure,
    calibrate,
    diagnose,
    feature_influence,
    phase_map,
    sobol_shares,
)
from explorer.diagnostics.diagnosis import BUDGETS, MEASURES
from explorer.diagnostics.measure import bootstrap_measure
from explorer.errors import SettingsError, SoundError, Stopped
from explorer.fields import CPPN
from explorer.rendering import FrameSettings
from tests.diagnostics.linear import Linear, PreparedLinear, half_and_half
from tests.tracks import made_up_track

FIELD = CPPN(hidden=8, layers=3)


@pytest.mark.parametrize("budget", ["draft", "full"])
def test_a_budget_is_kept(budget):
    before = PreparedLinear.evaluated
    found = diagnose(Linear(), half_and_half(), budget=budget)
    used = PreparedLinear.evaluated - before
    assert used == found.evaluations
    layers = BUDGETS[budget].layer_times * BUDGETS[budget].layer_points
    assert used + layers <= (20_000 if budget == "draft" else 200_000)
    assert diagnose(FIELD, made_up_track(), budget=budget).evaluations == used + layers


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others():
    track = made_up_track()
    found = diagnose(FIELD, track, budget="draft", seed=3)
    assert found == diagnose(FIELD, track, budget="draft", seed=3)
    assert found.measures != diagnose(FIELD, track, budget="draft", seed=4).measures


def test_the_excerpt_is_what_is_measured():
    track = half_and_half()
    first_half = FrameSettings(width=640, height=360, duration=4.5)
    found = diagnose(Linear(), track, frames=first_half, budget="draft")
    assert float(found.audio_variance) == 0
    assert float(found.time_variance) < 0.3 * float(diagnose(Linear(), track, budget="draft").time_variance)


def test_one_frame_is_static():
    found = diagnose(FIELD, made_up_track(), frames=FrameSettings(duration=0.01), budget="draft")
    assert found.verdict == "static"
    assert (float(found.frame_variance), float(found.frame_correlation)) == (0, 1)


def test_a_callback_may_stop_it():
    told = []

    def stop_at_the_third(step, done, total):
        told.append((done, total))
        if len(told) == 3:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        diagnose(Linear(), half_and_half(), progress=stop_at_the_third)
    assert len(told) == 3


def test_an_unknown_budget_is_refused():
    with pytest.raises(SettingsError, match="did you mean 'draft'"):
        diagnose(FIELD, made_up_track(), budget="drafd")


def test_intervals_narrow_with_the_budget():
    track = half_and_half()
    draft, full = (diagnose(Linear(), track, budget=budget).space_variance for budget in ("draft", "full"))
    assert full.high - full.low < 0.6 * (draft.high - draft.low)


def test_a_bootstrap_interval_is_that_of_a_mean():
    rows = np.random.default_rng(0).standard_normal((400, 1))
    found = bootstrap_measure(rows, lambda means: means[..., 0], np.random.default_rng(1))
    assert float(found) == pytest.approx(rows.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 / 20, rel=0.15)


def test_a_measure_compares_like_a_float():
    measure = Measure(0.25, 0.2, 0.3)
    assert measure < 0.3
    assert 0.2 < measure <= 0.25
    assert measure >= Measure(0.25, 0.1, 0.4) > np.float32(0.1)
    assert not measure > 0.25


def test_a_measure_is_a_number():
    measure = Measure(0.25, 0.2, 0.3)
    assert float(measure) == 0.25
    assert f"{measure:.3f}" == "0.250"
    assert str(measure) == "0.25 [0.2, 0.3]"


LOOKS = {"alive": FIELD, "static": FIELD.replace(gain=1.0), "no layers": Linear()}


@pytest.fixture(scope="module")
def found():
    """Diagnoses of looks, which tests only show."""
    tracks = {name: half_and_half() if name == "no layers" else made_up_track() for name in LOOKS}
    return {name: diagnose(field, tracks[name], budget="screen") for name, field in LOOKS.items()}


@pytest.mark.parametrize("name", LOOKS)
def test_it_shows_itself_as_text(found, name):
    found = found[name]
    text = str(found)
    assert text == found.summary()
    assert text.isascii()
    assert text.startswith(found.verdict.upper())
    assert found.sentence in text
    assert ("layer 2 (cos)" in text) == bool(found.layers)
    assert list(found.table().index) == list(MEASURES)
    assert len(found.layer_table()) == len(found.layers)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["verdict"] == found.verdict


@pytest.mark.parametrize("name", ["alive", "no layers"])
def test_it_shows_itself_as_a_picture(found, name):
    picture = np.asarray(Image.open(io.BytesIO(found[name]._repr_png_())).convert("RGB"))
    assert picture.shape[1] > 800
    assert len(np.unique(picture @ [1, 256, 65536])) > 50


def test_the_suggestion_may_be_left_out():
    found = diagnose(FIELD.replace(gain=1.0), made_up_track(), budget="draft")
    assert found.to_dict(suggestion=False)["suggestion"] is None


KNOWN = {  # layers, gain: time, audio, space variance; frame-to-frame, 8-bit^2; mean of five seeds
    (4, 1.0): (0.0, 0.0, 0.0, 0.0),
    (4, 3.0): (0.0215, 0.0119, 0.0271, 1.4),
    (4, 5.0): (0.122, 0.120, 0.127, 62),
    (8, 3.0): (0.087, 0.092, 0.093, 274),
    (8, 5.0): (0.151, 0.152, 0.154, 17_426),
}


def smooth_track():
    """300 s whose features swing slowly, over about 15 s, within +-1."""
    track = made_up_track(300.0, fps=1.0)
    values = gaussian_filter1d(track.values, 15, axis=0)
    return replace(track, values=(values / np.abs(values).max(axis=0)).astype(np.float32))


@pytest.mark.slow
def test_the_known_table_in_order_and_magnitude():
    """Means of five seeds; features within +-1 (spread 0.5) at audio gain 3; 300 frames over the track.

    Sampling: the draft budget, 16 blocks of 5 times x 5 sounds x 18 points and of 4 pairs of frames x 32
    pixels with two neighbors; neighbors at a spacing of 1 / 32 of the height.
    """
    track, frames = smooth_track(), FrameSettings(width=32, height=32, fps=1)
    names = ("time_variance", "audio_variance", "space_variance", "frame_variance", "neighbour_correlation")
    found = {}
    for layers, gain in KNOWN:
        fields = [CPPN(layers=layers, gain=gain, seed=seed) for seed in range(5)]
        of_seeds = [diagnose(field, track, frames=frames, budget="draft") for field in fields]
        found[layers, gain] = {
            name: np.mean([float(one.measures[name]) for one in of_seeds]) for name in names
        }
    for key, known in KNOWN.items():
        for name, number in zip(names, known, strict=False):
            measured = found[key][name]
            assert measured == pytest.approx(number, abs=1e-3) or 0.2 < measured / number < 5, (key, name)
    for name in ("time_variance", "space_variance", "frame_variance"):
        values = [found[key][name] for key in [(4, 1.0), (4, 3.0), (8, 3.0), (8, 5.0)]]
        assert values == sorted(values), name
    correlations = [found[key]["neighbour_correlation"] for key in KNOWN]
    assert correlations == pytest.approx([1.0, 1.0, 0.94, 0.82, 0.10], abs=0.12)
    assert correlations == sorted(correlations, reverse=True)


@pytest.mark.parametrize("ask", [diagnose, calibrate, sobol_shares, feature_influence, phase_map])
def test_a_sound_that_is_not_there_and_the_name_of_a_look_are_refused_with_what_to_do(ask):
    ask = inspect.unwrap(ask)  # what users have, without the check of types around it
    with pytest.raises(SoundError, match=r"there is no file .*song\.ogg"):
        ask(CPPN(), "song.ogg")
    with pytest.raises(SettingsError, match=r"give a field, as in CPPN\.preset"):
        ask("molten", made_up_track())
