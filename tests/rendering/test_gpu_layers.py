"""Frames of a GPU that take several programs: sections that open, mixtures, echoes, sequences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from explorer.errors import ExplorerWarning
from explorer.fields import CPPN, Mix, Sequence
from explorer.rendering import Renderer, sequence_drawer
from explorer.rendering.gpu import adapters, engine, session
from explorer.shaders.compute.layers import region_count
from tests.fields.test_sections import TRACK
from tests.rendering import test_gpu

SIZE, CHANGE = (37, 53), 20.4  # odd, and no whole groups; a section opens


def small(seed, **settings):
    """A field of one of two programs, of colors and of a surface: others only take longer to compile."""
    return CPPN(hidden=8, layers=2, gain=3.0, palette="lava", seed=seed, **settings)


LIT = {"on": True, "lines": 3, "rings": 2.0}
FIELDS = {
    "opening": small(0, sections="change"),
    "opening, with finish": small(0, sections="change", finish={"on": True, "samples": 2}),
    "opening, lit": small(0, sections="change", light=LIT, finish={"on": True, "samples": 2}),
    "opening, with echoes": small(0, sections="change", light=LIT | {"echoes": 2}),
    "echoes without rings and lines": small(0, light={"on": True, "echoes": 1, "lines": 0, "rings": 0}),
    "mixture": Mix(small(0), small(1), by=0.3),
    "mixture in a mixture": Mix(small(0), Mix(small(1), small(2), by=small(3)), by="bass"),
    "lit mixture": Mix(
        small(0, sections="change", light=LIT | {"echoes": 1}), small(1), by=small(2, sections="change")
    ),
}
SEQUENCE = Sequence(
    [
        (0, small(0)),
        (6, small(1, light=True)),
        (16, small(2, finish={"on": True, "samples": 2})),
    ],
    fade=4,
)
FADE = 6.5


@pytest.fixture
def frames_on(gpu, monkeypatch):
    """Draws frames on the GPU, whole, and on the CPU; gives both."""

    def refuse(*_):
        pytest.fail("a part of the frame was made by the CPU")

    def draw(field, times):
        monkeypatch.setattr(engine.GpuEngine, "fill", refuse)
        both = []
        for device in (gpu, "cpu"):
            with Renderer(field, TRACK, SIZE, device=device, threads=1) as renderer:
                both.append(np.array(list(renderer.frames(times)), int))
        return both

    return draw


@pytest.mark.parametrize("name", FIELDS)
def test_frames_of_several_programs_are_those_of_the_cpu(frames_on, name):
    drawn, reference = frames_on(FIELDS[name], [5.0, CHANGE])
    off = np.abs(drawn - reference)
    assert drawn.std() > 20
    assert off.max() <= 1
    assert (off > 0).mean() < 0.01
    assert np.abs(drawn[0] - drawn[1]).mean() > 5


def test_a_sequence_fades_on_the_gpu(frames_on, monkeypatch):
    times = [1.0, 5.5, 6.5, 12.0, 15.0, 17.8]
    fades = []
    mix = sequence_drawer.mix_bytes
    monkeypatch.setattr(sequence_drawer, "mix_bytes", lambda *a: (fades.append(a[2][0]), mix(*a)))
    drawn, reference = frames_on(SEQUENCE, times)
    assert len(fades) == 4  # of the CPU alone
    assert np.abs(drawn - reference).max() <= 1
    assert min(np.abs(a - b).mean() for a, b in itertools.pairwise(drawn)) > 3


def test_a_frame_has_a_region_for_each_picture_that_is_held():
    counts = {name: region_count(field) for name, field in FIELDS.items()}
    assert counts == {
        "opening": 2,
        "opening, with finish": 2,
        "opening, lit": 2,
        "opening, with echoes": 3,
        "echoes without rings and lines": 2,
        "mixture": 2,
        "mixture in a mixture": 4,
        "lit mixture": 5,
    }
    assert region_count(small(0, light={"on": False, "echoes": 2})) == 1


def frame(field, device, t, **options):
    with Renderer(field, TRACK, SIZE, device=device, threads=1, **options) as renderer:
        return renderer.frame(t).astype(int)


@pytest.fixture
def small_buffers(gpu, monkeypatch):
    """Buffers of a GPU too small for whole frames, and just large enough for one of colors alone."""
    opened = session.session_of(adapters.adapters()[-1])
    return lambda limit: monkeypatch.setattr(opened, "max_buffer_bytes", limit)


@pytest.mark.parametrize("name", ["opening, lit", "echoes without rings and lines", "mixture"])
def test_the_cpu_makes_frames_that_do_not_fit_into_a_buffer_and_says_so(gpu, small_buffers, name):
    whole = frame(FIELDS[name], gpu, CHANGE)
    small_buffers(10_000)
    with pytest.warns(ExplorerWarning, match="frame of 37x53 takes a buffer of .* 10 kB at most") as caught:
        made = frame(FIELDS[name], gpu, CHANGE)
    assert len(caught) == 1
    assert np.abs(made - whole).max() <= 1


def test_colors_alone_come_in_parts_without_a_word(gpu, small_buffers):
    wide = test_gpu.FIELDS["wide"]  # whose programs may be compiled already
    for field, precision in ((small(0), "fp32"), (wide, "draft")):
        whole = frame(field, gpu, CHANGE, precision=precision)
        small_buffers(1000)
        np.testing.assert_array_equal(frame(field, gpu, CHANGE, precision=precision), whole)
        small_buffers(2**20)


def test_a_look_that_does_not_fit_is_faded_by_the_cpu(gpu, small_buffers):
    whole = frame(SEQUENCE, gpu, FADE)
    for limit in (10_000, 1000):  # the first look fits, or none
        small_buffers(limit)
        with pytest.warns(ExplorerWarning, match="the CPU makes it of what the GPU draws"):
            assert np.abs(frame(SEQUENCE, gpu, FADE) - whole).max() <= 1
