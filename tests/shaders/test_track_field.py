"""What a page draws from along a track: the controls of the kernel, row by row."""

import numpy as np
import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.calm import (
    FLICKER_SWING,
    GATE_SWING,
    HIT_SWING,
    calm_controls,
    gate_openings,
    gate_spacing,
)
from explorer.fields.cppn.animated import network_at
from explorer.fields.cppn.weights import random_network
from explorer.fields.sketch.presets import shipped_sketch
from explorer.shaders.descriptions import describe
from explorer.shaders.track_field import moment_table, page_limit, section_descriptions
from tests.tracks import made_up_track

TRACK = made_up_track(3.0)
LIT = GraphCPPN(nodes=6, light=True)


def test_rows_are_the_controls_at_frames_without_what_a_page_reads_in_earlier_rows():
    table = moment_table(LIT, TRACK, calm=False)
    assert "hit" in table.names
    assert "bass 0.00 s ago" in table.names
    assert "hit 0.022 s ago" not in table.names
    assert (table.calm, table.angles) == ((), ("rotation",))
    controls = LIT.controls(TRACK, TRACK.times)
    places = [controls.names.index(name) for name in table.names]
    np.testing.assert_array_equal(table.rows[table.lead :][: len(TRACK.times)], controls.values[:, places])
    assert not table.rows[: table.lead, table.names.index("hit")].any()  # silence before the start


@pytest.mark.parametrize("swing", [0.9, 0.5, 0.3])
def test_the_slow_course_calms_as_in_the_kernel(swing):
    table, frame = moment_table(LIT, TRACK), 90
    expected = calm_controls(LIT, TRACK, np.array([frame / 60]), swing)
    row = table.rows[table.lead + frame].copy()
    opening = gate_openings(np.array(table.onsets), np.array([frame / 60]), gate_spacing(np.array([swing])))
    closed = (1 - opening[0]) * min(1, (1 - swing) / (1 - FLICKER_SWING))
    for name, high, closing in (*((name, GATE_SWING, closed) for name in table.gated), ("rotation", 1, 0)):
        place = table.names.index(name)
        swings = min(1, (swing - HIT_SWING) / (high - HIT_SWING))
        row[place] += (1 - swings * (1 - closing)) * table.slow[table.lead + frame, table.calm.index(place)]
    named = dict(zip(expected.names, expected.values[0], strict=True))
    np.testing.assert_allclose(row, [named[name] for name in table.names], atol=1e-6)
    assert set(table.hits) == {"motion", "loud", "hit", "swell"}
    assert "bass 0.00 s ago" in table.gated


def test_a_stretch_has_the_onsets_of_its_gate():
    """A frame of a stretch is calmed as in the whole track, also at a hit right after its end."""
    whole = np.array(moment_table(LIT, TRACK).onsets)
    onset = whole[len(whole) // 2, 0]
    part = np.array(moment_table(LIT, TRACK, stretch=(onset - 0.05, onset - 0.05)).onsets)
    times, spacings = np.array([onset - 0.05]), np.zeros(1)
    assert 0 < gate_openings(whole, times, spacings)[0] == gate_openings(part, times, spacings)[0]
    assert moment_table(LIT, TRACK, calm=False).onsets == ()


def test_a_moving_network_is_a_mixture_of_those_in_its_description():
    field = CPPN(hidden=4, layers=2, drift=0.5, keyframes=((2.0, {"seed": 3, "gain": 4.0}),))
    table, description = moment_table(field, TRACK, calm=False), describe(field)
    row = dict(zip(table.names, table.rows[table.lead + 60], strict=True))
    networks = [description.weights, *description.other_weights]
    assert len(networks) == 4  # the two seeds, and the two that drift circles through
    mixture = sum(row[f"share {n}"] * np.array(weights[1]) for n, weights in enumerate(networks))
    controls = field.controls(TRACK, np.array([1.0]))
    inputs = 1 + len(field.features)
    values = dict(zip(controls.names[inputs:], controls.values[0, inputs:].tolist(), strict=True))
    expected = network_at(field, field.without_animation, values).weights[1]
    np.testing.assert_allclose(row["hidden scale"] * mixture, expected.ravel(), rtol=1e-5)
    assert describe(CPPN(hidden=4)).weights == [
        w.ravel().tolist() for w in random_network(CPPN(hidden=4)).weights
    ]


def test_sections_share_the_descriptions_of_equal_looks(monkeypatch):
    starts = np.array([0.0, 1.0, 2.0])
    monkeypatch.setattr("explorer.fields.sections.section_starts", lambda *_: starts)
    descriptions, sections = section_descriptions(LIT.replace(sections={"seeds": (5,)}), TRACK)
    assert (sections.starts, sections.parts) == (starts.tolist(), [0, 1, 1])
    assert [description.settings["seed"] for description in descriptions] == [0, 5]
    assert section_descriptions(LIT, TRACK)[1] is None


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (CPPN.preset("orchid"), None),
        (Julia(), None),
        (Patterns(light=True, sections=True), None),
        (CPPN(), None),
        (CPPN(hidden=33, drift=0.2), "33 x 4 whose weights move"),
        (shipped_sketch("dunes"), None),
        (LIT.replace(**{"light.echoes": 2}), "no echoes"),
        (LIT.replace(**{"form.figure": True}), "without a figure"),
        (Patterns(sections=True), "sections of lit fields"),
    ],
)
def test_what_a_page_does_not_draw_has_a_reason(field, words):
    reason = page_limit(field)
    assert words in reason if words else reason is None
