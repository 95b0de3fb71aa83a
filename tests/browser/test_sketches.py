"""Sketches on the live page and in the live view: the pictures of torch and of the kernels."""

import re

import numpy as np
import pytest

import explorer.fields.sketch as library
from explorer.fields.sketch.field import sketch_of
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import NO_LIMIT
from tests.browser.live_model import live_page
from tests.browser.test_live_parity import LIGHT_MOMENT, assert_same_picture
from tests.browser.test_live_programs import DRAW, SIZE, expected_frame
from tests.fields.sketch.texts import text_of
from tests.signals import music, write_wav

SECONDS = 2.3
LEVELS = {"bass": 0.6, "mid": 0.3, "treble": 0.85, "onset": 0.4, "centroid": 0.2}
NOT_FUNCTIONS = {"e", "pi", "tau"}

NUMBERS = """
    r, a = length(x, y), angle(x, y)
    u, v = rotate(x, y, 0.3 * t)
    wave = sin(9 * r - t) * cos(5 * u) + 0.2 * tan(v) + 0.1 * log(abs(u) + 0.1) + sqrt(r) * exp(-r)
    cells = mod(floor(3 * u), 2) + round(v) + sign(x) * fract(4 * v) + step(0.2, y) + pow(r, 1.7)
    choice = where(u < 0.3 and not v > 0.2 or t < bass, wave, cells * 0.2)
    edge = smoothstep(0, 1, r) * min(mid, e) + max(-1, x * tau) * 0.01
    return mix(clamp(choice, -1, 1), a / pi, 0.3) + edge
"""
NOISES = """
    crest = ridges(fbm(2 * x, 2 * y, 0.2 * t, octaves=3)) + 0.3 * fbm(3 * x + bass, y, octaves=2, gain=0.6)
    plane = simplex_noise(5 * x, 5 * y) * 0.3 + simplex_noise(2 * x, 2 * y, t) * treble
    return crest * 0.6 - 0.7 + plane
"""
CELLS = """
    near, second = worley(3 * x, 3 * y, t)
    still, _ = worley(4 * x + 40, 4 * y - 90)
    cells = value_noise(6 * x, 6 * y) * 0.2 + value_noise(x, y, t) * 0.4
    return cells + 0.1 * random(floor(9 * x), floor(9 * y)) + (second - near) * onset + 0.2 * still
"""
SHAPES = """
    u, v = mirror_repeat(x, 1.1), repeat(y, 0.9)
    p, q = repeat_around(x, y, 7)
    first = union(circle(u, v, 0.2 + 0.1 * bass), ring(x, y, 0.7, 0.05), 0.05)
    second = difference(box(x, y + 0.3, 0.6, 0.2), rounded_box(x, y + 0.3, 0.4, 0.12, 0.03))
    third = intersection(polygon(x - 1, y, 0.5, 5), star(x - 1, y, 0.5, 5), 0.02)
    fourth = union(rhombus(p - 0.5, q, 0.3, 0.2), segment(x, y, -1, -0.5, 1.2, 0.7, 0.02))
    fifth = min(triangle(x + 1, y, 0.3), hexagon(x + 1, y + 0.6, 0.2), cross(x, y - 0.6, 0.3, 0.1))
    sixth = min(ellipse(x - 0.6, y + 0.5, 0.6, 0.2), moon(x + 1, y - 0.6, 0.3, 0.15), heart(x, y, 0.4))
    d = min(first, second, third, fourth, fifth, sixth)
    line = outline(d, 0.04)
    return smoothstep(pixel, -pixel, d) + 0.6 * glow(d, 0.05) - 0.7 + 0.5 * line
"""
COLORS = """
    red, green, blue = oklch(0.6 + 0.2 * sin(4 * x + t), 0.12 * centroid + 0.05, 0.3 * y + 0.1 * t)
    other = oklab(0.5 + 0.3 * y, 0.1 * sin(3 * x), 0.1 * cos(2 * y))
    return mix((red, green, srgb(blue)), other, smoothstep(-0.2, 0.2, x))
"""
LOOPS = """
    value = 0.2 * bass
    for n in range(1, 9):
        u, v = rotate(x * n * 0.4, y, 0.2 * n + 0.1 * t)
        value += sin(u * waves + n) * cos(v * 3) / (n + 1) * depth
    return value
"""
SLIDERS = ", *, waves: float = ex.slider(4, 1, 9), depth: float = ex.slider(1, 0, 2)"
PARAMETERS = "x, y, t, pixel, " + ", ".join(LEVELS)
SKETCHES = {
    name: sketch_of(text_of(body.strip("\n"), PARAMETERS + SLIDERS))
    for name, body in {
        "numbers": NUMBERS,
        "noises": NOISES,
        "cells": CELLS,
        "shapes": SHAPES,
        "colors": COLORS,
        "loops": LOOPS,
    }.items()
}


def test_they_use_the_whole_language():
    used = set(re.findall(r"\w+", NUMBERS + NOISES + CELLS + SHAPES + COLORS + LOOPS))
    assert set(library.__all__) <= used


def inputs_of(field):
    """Controls for Python, and inputs for the page, which has levels from 0 to 1."""
    columns = {"time": float(np.float32(SECONDS)), **LEVELS}
    levels = {name: value if name == "centroid" else (value + 1) / 2 for name, value in LEVELS.items()}
    return columns, {"time": columns["time"], **levels}


@pytest.mark.parametrize(
    ("name", "lit"), [*((name, False) for name in SKETCHES), ("shapes", True), ("colors", True)]
)
def test_the_page_draws_them(parts, name, lit):
    field = SKETCHES[name].replace(waves=6.5, palette="lagoon")
    if lit:
        field = field.replace(light={"relief": 0.5}, finish={"grain": 0.0, "samples": 2})
    columns, inputs = inputs_of(field)
    arguments = [field.model_dump(mode="json"), SIZE, {**inputs, "shares": [1, 0, 0, 0]}, None, LIGHT_MOMENT]
    assert_same_picture(parts.evaluate(DRAW, arguments), expected_frame(field, columns), name)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("live") / "song.wav", music(4.0, 22050), 22050)


@pytest.mark.parametrize("name", SKETCHES)
def test_the_live_view_draws_them_as_kernel_torch_and_gpu_do(browser, song, gpu, name):
    moving = ((1.0, {"waves": 3.0}), (3.0, {"waves": 8.0, "audio_gain": 1.5}))
    field = SKETCHES[name].replace(keyframes=moving)
    track, t = field.analyze(song), 2.26
    pictures = {}
    for device in ("cpu", gpu):
        with Renderer(field, track, SIZE, device=device, threads=1) as renderer:
            pictures[device] = renderer.frame(t, limit=NO_LIMIT)
    controls = field.controls(track, np.array([t]))
    pictures["torch"] = expected_frame(field, dict(zip(controls.names, controls.values[0], strict=True)))
    with live_page(browser, track, song, SIZE) as page:
        page.open(field, flash_limit=False)
        page.carry(kinds=("field", "limits"))
        page.show(t)
        page.wait_for_picture(t)
        drawn = page.pixels().reshape(-1, 3).astype(int)
    for device, picture in pictures.items():
        difference = np.abs(drawn - picture.reshape(-1, 3)).max(axis=1)
        assert picture.std() > 10
        assert (difference > 2).mean() <= 0.001, (
            f"{device}: {(difference > 2).mean():.3%}, up to {difference.max()} levels"
        )


def test_what_is_too_long_for_a_page_has_a_reason(parts):
    text = text_of("v = fbm(x, y, t, octaves=8)\nreturn v + fbm(y, x, 2 * t, octaves=8)")
    answer = parts.evaluate(DRAW, [sketch_of(text).model_dump(mode="json"), SIZE, {}, None, LIGHT_MOMENT])
    assert "operations at a pixel" in answer
