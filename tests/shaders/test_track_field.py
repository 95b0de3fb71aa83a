"""What a page draws from along a track: the controls of the kernel, row by row."""

import numpy as np
import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.calm import HIT_SWING, HOLD_SECONDS, HOLD_SWING, calm_controls
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


def test_the_slow_course_calms_as_in_the_kernel():
    table, frame, swing = moment_table(LIT, TRACK), 90, 0.4
    expected = calm_controls(LIT, TRACK, np.array([frame / 60]), swing)
    row = table.rows[table.lead + frame].copy()
    held = [n for n, place in enumerate(table.calm) if table.names[place] in table.held]
    places = [table.calm[n] for n in held]
    slow = 1 - (swing - HIT_SWING) / (HOLD_SWING - HIT_SWING)
    fast = -table.slow[table.lead : table.lead + frame + 1, held][::-1]  # what a page holds, too
    weights = np.exp(-np.arange(31) / 60 / HOLD_SECONDS)[:, None]
    steps = (fast[:31] * weights).max(axis=0) - fast[0]
    row[places] += slow * -fast[0] + (1 - slow) * steps
    angle = table.names.index("rotation")  # an angle is not held
    step = table.slow[table.lead + frame, table.calm.index(angle)]
    row[angle] += (1 - (swing - HIT_SWING) / (1 - HIT_SWING)) * step
    named = dict(zip(expected.names, expected.values[0], strict=True))
    np.testing.assert_allclose(row, [named[name] for name in table.names], atol=1e-6)
    assert set(table.hits) == {"motion", "loud", "hit", "swell"}
    assert "bass 0.00 s ago" in table.held


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
