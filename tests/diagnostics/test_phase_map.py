"""The map agrees with diagnoses of its cells, and, where networks are wide, with theory."""

import numpy as np
import pytest

from explorer.diagnostics.boundary import expected_facts, theoretical_boundary, typical_pairs
from explorer.diagnostics.diagnosis import diagnose
from explorer.diagnostics.phase_map import PhaseMap, phase_map
from explorer.diagnostics.sampling import DEFAULT_FRAMES
from explorer.diagnostics.verdict import CELL_COLORS, VERDICTS
from explorer.errors import SettingsError, Stopped
from explorer.fields import CPPN
from tests.diagnostics.known_fields import TwoFeatures, square_track
from tests.tracks import made_up_track

X, Y = ("gain", (1, 3, 8)), ("layers", (3, 8))


@pytest.fixture(scope="module")
def small():
    return phase_map(CPPN(hidden=16), made_up_track(), X, Y, budget="screen", seed=2)


def test_a_cell_is_the_diagnosis_of_its_settings(small):
    field, track = CPPN(hidden=16), made_up_track()
    for row, column in ((0, 0), (0, 1), (1, 2)):
        cell = field.replace(gain=X[1][column], layers=Y[1][row])
        alone = diagnose(cell, track, budget="screen", seed=2)
        assert small.cells[row][column].verdict == alone.verdict
        assert small.cells[row][column].frame_variance.value == pytest.approx(
            alone.frame_variance.value, rel=1e-3
        )


def test_low_gain_is_static_and_high_gain_in_many_layers_noisy(small):
    words = small.verdicts()
    assert words.loc[8, 1] == "static"
    assert words.loc[8, 8] == "noisy"
    assert words.loc[3, 3] == "alive"


def test_the_table_has_a_row_for_each_cell(small):
    table = small.table()
    assert list(zip(table["layers"], table["gain"], strict=True)) == [(y, x) for y in Y[1] for x in X[1]]
    assert {"verdict", "flags", "space_variance", "neighbour_correlation", "speed"} <= set(table)
    assert small.evaluations == sum(cell.evaluations for line in small.cells for cell in line)


def test_the_legend_of_a_narrow_map_lies_within_the_figure(small):
    narrow = PhaseMap(x=("gain", X[1]), y=Y, cells=small.cells, boundary=small.boundary)
    figure = narrow.figure()
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert len(legend.get_texts()) == len(VERDICTS) + 2  # both lines of the theory
    extent = legend.get_window_extent()
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.width


def test_any_two_settings_of_any_field():
    found = phase_map(
        CPPN(hidden=8),
        made_up_track(),
        ("palette", ("rgb", "oklab")),
        ("audio_gain", (0, 3)),
        budget="screen",
    )
    assert found.boundary is None
    assert "deaf" in found.cells[0][0].flags
    assert "deaf" not in found.cells[1][0].flags
    found.figure()
    other = phase_map(TwoFeatures(), square_track(), ("bass", (0, 0.2)), ("t", (0, 0.4)), budget="screen")
    assert other.verdicts().shape == (2, 2)


def test_every_verdict_has_a_letter_and_its_own_lightness(small):
    axis = small.figure().axes[0]
    letters = {text.get_text() for text in axis.texts}
    assert {cell.verdict[0].upper() for line in small.cells for cell in line} <= letters
    light = sorted(
        0.2126 * r + 0.7152 * g + 0.0722 * b
        for r, g, b in (
            tuple(int(CELL_COLORS[word][n : n + 2], 16) / 255 for n in (1, 3, 5)) for word in VERDICTS
        )
    )
    assert min(np.diff(light)) > 0.1


def test_wrong_settings_are_refused_before_anything_is_measured():
    field, track = CPPN(hidden=4), made_up_track()

    def never(step, done, total):
        raise AssertionError("work was begun")

    for axes, message in [
        ((("gian", (1,)), Y), "no setting 'gian'; did you mean 'gain'"),
        ((("gain", (1, 900)), Y), "gain: got 900"),
        ((("gain", ()), Y), "got no values"),
        ((Y, Y), "both axes are 'layers'"),
    ]:
        with pytest.raises(SettingsError, match=message):
            phase_map(field, track, *axes, progress=never)


def test_progress_counts_cells_and_may_stop_it():
    told, axes = [], (("gain", (1, 3)), ("layers", (2,)))
    phase_map(
        CPPN(hidden=4), made_up_track(), *axes, budget="screen", progress=lambda *said: told.append(said[1:])
    )
    assert told == [(n, 2) for n in range(3)]

    def stop(step, done, total):
        if done == 1:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        phase_map(CPPN(hidden=4), made_up_track(), *axes, budget="screen", progress=stop)


def test_theory_needs_gain_and_layers_of_a_network():
    track = made_up_track()
    assert theoretical_boundary(CPPN(), track, DEFAULT_FRAMES, (X, ("hidden", (4, 8)))) is None
    assert theoretical_boundary(TwoFeatures(), square_track(), DEFAULT_FRAMES, (("t", (0, 1)), X)) is None


@pytest.mark.slow
def test_theory_says_what_is_measured_at_width_256():
    """The measures, for a mean of three seeds; the verdict's thresholds lie between these cases."""
    track = made_up_track()
    for gain, layers in ((3, 4), (5, 4), (5, 6), (4, 8)):
        fields = [CPPN(gain=gain, layers=layers, seed=seed) for seed in range(3)]
        pairs = typical_pairs(fields[0], track, DEFAULT_FRAMES, np.random.default_rng(0))
        theory = expected_facts(fields[0], pairs, DEFAULT_FRAMES)
        found = [diagnose(field, track, budget="screen").facts for field in fields]
        for name, tolerance in (("neighbor", 0.06), ("frame", 0.12)):
            measured = np.mean([getattr(one, name) for one in found])
            assert measured == pytest.approx(getattr(theory, name), abs=tolerance), (gain, layers, name)
        for name in ("space", "motion"):
            measured = np.mean([getattr(one, name) for one in found])
            assert measured == pytest.approx(getattr(theory, name), rel=0.5), (gain, layers, name)


def test_theory_turns_from_still_to_noise_as_gain_grows(small):
    theory = small.boundary
    assert theory.life[1, 0] < 0 < theory.life[1, -1]
    assert theory.order[1, -1] < 0 < theory.order[1, 0]
    assert (theory.order <= 0.5).all()
