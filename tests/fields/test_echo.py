"""Echoes: level lines of earlier moments, without a state."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import SettingsError
from explorer.fields import CPPN, Controls, Grid, Julia
from explorer.fields.calm import calm_columns
from explorer.fields.graph import GraphCPPN
from explorer.fields.light import Light
from explorer.fields.light.echo import Echoes, echo_places
from explorer.fields.light.lit import LitField
from explorer.rendering import Renderer, frame_drawer
from tests.fields.test_sections import TRACK
from tests.tracks import made_up_track

SIZE = (96, 54)
PLAIN = GraphCPPN(seed=74, palette="orchid", light=True)
ECHOES = PLAIN.replace(**{"light.echoes": 3})


def frame(field, t=1.5, track=None):
    return ex.render_frame(field, track or made_up_track(), t, SIZE, flash_limit=False)


@pytest.mark.parametrize(
    "field",
    [
        ECHOES,
        ECHOES.replace(**{"light.lines": 3, "light.rings": 0}),
        ECHOES.replace(sections="change"),
        CPPN(hidden=8, layers=3, gain=3, seed=12, palette="ember", light=ECHOES.light),
        Julia(light=ECHOES.light),
    ],
    ids=["graph", "dense", "sections", "cppn", "julia"],
)
def test_the_kernels_draw_what_the_formulas_say(field):
    grid, t = Grid(*SIZE), 20.2  # a section begins at 20 s
    lit = LitField(field, field.controls(TRACK, np.array([t])))
    with torch.inference_mode():
        colors = lit.colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy() * 255
    off = np.abs(frame(field, t, TRACK).reshape(-1, 3) - colors)
    assert (off > 1.5).mean() < 0.01


def test_a_frame_has_the_same_bits_for_any_bands_and_needs_no_other(monkeypatch):
    expected = frame(ECHOES)
    monkeypatch.setattr(frame_drawer, "BAND_POINTS", 1)
    with Renderer(ECHOES, made_up_track(), SIZE) as renderer:
        renderer.frame(0.3)
        np.testing.assert_array_equal(renderer.frame(1.5), expected)


def test_lines_glow_on_a_dim_ground():
    frames = [frame(field.replace(**{"light.dynamics": 0})).astype(int) for field in (PLAIN, ECHOES)]
    change = (frames[1] - frames[0]).sum(axis=2)
    assert np.median(change) < -10
    assert (change > 30).mean() > 0.02


def test_an_echo_sees_the_moment_before_scaled_and_turned():
    """Of a field at rest the first echo is the frame itself, turned around the center."""
    light, xy = Light(echoes=2, echo_scale=0.5, echo_turn=90), Grid(8, 8).xy()
    for places in (echo_places(light, 1, xy), echo_places(light, 1, torch.from_numpy(xy)).numpy()):
        np.testing.assert_allclose(places, np.stack((-xy[:, 1], xy[:, 0]), 1) / 2, atol=1e-6)
    controls = ECHOES.controls(made_up_track(), np.array([1.5]))
    past = PLAIN.controls(made_up_track(), np.array([1.5 - 2 * ECHOES.light.echo_delay]))
    for name in ("motion", "rotation", "bass"):
        column = controls.values[:, controls.names.index(f"{name}, echo 2")]
        assert column == past.values[:, past.names.index(name)]


def test_before_the_start_there_are_no_echoes_yet():
    track, long = made_up_track(), ECHOES.replace(**{"light.echo_delay": 10.0, "light.echoes": 32})
    assert track.duration < 10
    np.testing.assert_array_equal(
        frame(long), frame(long.replace(**{"light.echoes": 1}))
    )  # only the lines of the present
    assert (frame(ECHOES, t=0.0) != frame(ECHOES, t=1.5)).any()


def test_off_is_off_and_the_limiter_calms_the_columns_of_echoes():
    assert not any("echo" in name for name in PLAIN.controls(made_up_track(), np.zeros(1)).names)
    names = ECHOES.controls(made_up_track(), np.zeros(1)).names
    calm = {names[place] for place in calm_columns(ECHOES, names)}
    assert {"motion, echo 3", "line light, echo 0"} <= calm
    assert "time, echo 3" not in calm


def test_bad_settings():
    with pytest.raises(SettingsError, match="echoes: got 33; allowed: whole numbers 0 to 32"):
        ECHOES.replace(**{"light.echoes": 33})
    with pytest.raises(SettingsError, match="echo_delay"):
        ECHOES.replace(**{"light.echo_delay": 0.0})


@pytest.mark.parametrize("field", [ECHOES, ECHOES.replace(sections="change")], ids=["plain", "sections"])
def test_echoes_find_their_columns_whatever_these_are_called(field):
    track, times = TRACK, np.array([1.0, 1.5])
    controls = field.controls(track, times)
    odd = Controls(controls.values, tuple(f"{name}, echo 1" for name in controls.names))
    for named in (controls, odd):
        echoes = Echoes(field, named, lambda field, controls: controls)
        for n, past in enumerate(echoes.surfaces, start=1):
            unlit = field.replace(light=False).controls(track, times - n * field.light.echo_delay)
            np.testing.assert_array_equal(past.values, unlit.values)
