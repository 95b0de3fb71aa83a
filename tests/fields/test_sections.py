"""Sections: where they begin, which field each has, and the ring between two."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.audio import FeatureTrack
from explorer.fields import CPPN, Grid
from explorer.fields.light.lit import LitField
from explorer.fields.section_change import section_field
from explorer.fields.sections import Sections, columns, section_starts
from explorer.rendering import Renderer
from tests.tracks import made_up_track

SIZE = (96, 54)
FIELD = CPPN(
    hidden=6, layers=2, gain=3.0, palette="lava", sections=Sections(seeds=(5,), palettes=("abyss", "gold"))
)


def track_with_sections(starts: list[float], duration: float = 60.0) -> FeatureTrack:
    """A made-up track with the columns of sections."""
    track = made_up_track(duration)
    number = np.searchsorted(starts, track.times, side="right").astype(np.float32)[:, None]
    both = np.hstack((number, 0 * number))
    return replace(
        track,
        names=(*track.names, "section", "boundary"),
        values=np.hstack((track.values, both)),
        raw=np.hstack((track.raw, both)),
    )


TRACK = track_with_sections([20.0, 25.0, 45.0])


def test_short_sections_belong_to_the_one_before() -> None:
    np.testing.assert_allclose(section_starts(TRACK, 16.0), [0, 20, 45])
    np.testing.assert_allclose(section_starts(TRACK, 1.0), [0, 20, 25, 45])
    rows = columns(TRACK, Sections(), np.array([0.0, 19.9, 20.0, 30.0, 50.0]))
    np.testing.assert_allclose(rows, [(0, 0), (0, 19.9), (1, 0), (1, 10), (2, 5)], atol=1e-9)


def test_the_strongest_boundaries_come_first() -> None:
    track = track_with_sections([17.0, 25.0, 33.0, 48.0])
    values = np.zeros_like(track.values)
    loud = (track.times >= 25) * 1.2 + (track.times >= 33) * 0.05 - (track.times >= 48) * 0.7
    values[:, track.names.index("rms")] = loud - 0.5
    track = replace(track, values=values)
    np.testing.assert_allclose(section_starts(track, 16.0), [0, 17, 33])
    np.testing.assert_allclose(section_starts(track, 16.0, strongest=True), [0, 25, 48])
    np.testing.assert_allclose(section_starts(track, 30.0, strongest=True), [0, 48])
    silent = replace(track, values=np.zeros_like(values))  # nothing to choose by
    np.testing.assert_allclose(section_starts(silent, 16.0, strongest=True), [0, 17, 33])
    assert len(section_starts(track_with_sections([]), 16.0, strongest=True)) == 1


def test_each_section_has_its_seed_and_palette() -> None:
    fields = [section_field(FIELD, number) for number in range(4)]
    assert [field.palette for field in fields] == ["lava", "abyss", "gold", "abyss"]
    assert [field.seed for field in fields] == [0, 5, 5, 5]
    drawn = [section_field(FIELD.replace(sections="change"), number).seed for number in range(4)]
    assert len(set(drawn)) == 4
    assert all(not field.sections.on for field in fields)


@pytest.mark.parametrize("light", [False, True])
def test_far_from_boundaries_a_frame_is_that_of_its_section(light: bool) -> None:
    field = FIELD.replace(light=light)
    with Renderer(field, TRACK, SIZE) as renderer, Renderer(section_field(field, 1), TRACK, SIZE) as plain:
        np.testing.assert_array_equal(renderer.frame(40.0), plain.frame(40.0))


@pytest.mark.parametrize("light", [False, True])
def test_a_new_section_opens_from_the_center(light: bool) -> None:
    field = FIELD.replace(light=light)
    frames = []
    for each in (field, section_field(field, 0), section_field(field, 1)):
        with Renderer(each, TRACK, SIZE) as renderer:
            frames.append(renderer.frame(20.4).astype(int))
    mixed, before, after = frames
    center, corner = (slice(24, 30), slice(45, 51)), (slice(0, 6), slice(0, 6))
    assert np.abs(mixed[center] - after[center]).mean() < np.abs(mixed[center] - before[center]).mean()
    assert np.abs(mixed[corner] - before[corner]).max() <= 1 + 12 * light


def test_the_kernels_draw_the_ring_of_the_reference() -> None:
    field, grid, times = FIELD.replace(light=True), Grid(*SIZE), np.array([20.5, 40.0])
    lit = LitField(field, field.controls(TRACK, times))
    colors = lit.colors(torch.from_numpy(grid.xy()), grid.pixel).numpy() * 255
    with Renderer(field, TRACK, SIZE) as renderer:
        for moment, t in enumerate(times):
            off = np.abs(renderer.frame(t).reshape(-1, 3) - colors[moment])
            assert (off > 1.05).mean() < 0.002


def test_a_song_without_sections_and_one_with_many() -> None:
    assert len(section_starts(track_with_sections([]), 16.0)) == 1
    many = track_with_sections([float(k) for k in range(1, 200)], 200.0)
    assert len(section_starts(many, 16.0)) == 13
    with Renderer(FIELD, many, SIZE) as renderer:
        assert renderer.frame(199.0).std() > 1


def test_off_is_not_mentioned() -> None:
    assert "sections" not in FIELD.replace(sections="off").model_dump(mode="json")
    assert CPPN(**FIELD.model_dump(mode="json")) == FIELD
    assert "sections" in FIELD.extras
    assert "strongest" not in FIELD.sections.model_dump()
