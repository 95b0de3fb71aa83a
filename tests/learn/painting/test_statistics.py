"""Statistics of pictures: known directions, scales and colors; where things are does not count."""

import numpy as np
import pytest
import torch

from explorer.learn.painting import statistics as module
from explorer.learn.painting.fitting import oklab
from explorer.learn.painting.statistics import Statistics, gabor

SIDE = 192


def stripes(angle=0.0, wavelength=8.0, shift=0.0, color=(1.0, 0.5, 0.2)):
    """Stripes across `angle` (radians) from black to a color, in OKLab."""
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    across = x * np.cos(angle) + y * np.sin(angle)
    light = 0.5 + 0.45 * torch.sin(2 * np.pi / wavelength * across + shift)
    return oklab(light[..., None] * torch.tensor(color)).permute(2, 0, 1)


@pytest.fixture(scope="module", autouse=True)
def _few_directions():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DIRECTIONS", 16)
        yield


@pytest.fixture(scope="module")
def statistics(_few_directions):
    return Statistics(stripes())


def test_another_place_is_alike_and_another_direction_scale_or_color_is_not(statistics):
    assert statistics.distance(stripes()) < 0.02
    assert statistics.distance(stripes(shift=2.0)) < 0.3
    for other in (stripes(angle=np.pi / 2), stripes(wavelength=32.0), stripes(color=(0.2, 0.5, 1.0))):
        assert statistics.distance(other) > 2
    turned = [statistics.distance(stripes(angle=angle)) for angle in (0.1, 0.6)]
    assert turned == sorted(turned)


def test_the_mean_color_alone_is_at_most_one_deviation_away(statistics):
    picture = stripes()
    flat = picture.mean(dim=(1, 2), keepdim=True).expand_as(picture).contiguous()
    assert 0.5 < statistics.distance(flat) < 1


def test_of_colors_only_their_shares_count():
    picture = stripes()
    colors = Statistics(picture, colors_only=True)
    places = torch.from_numpy(np.random.RandomState(0).permutation(SIDE * SIDE))
    shuffled = picture.flatten(1)[:, places].view_as(picture)
    assert colors.distance(shuffled) < 0.3
    assert colors.distance(stripes(angle=1.0, wavelength=20.0)) < 0.3
    assert colors.distance(stripes(color=(0.2, 0.5, 1.0))) > 2
    assert Statistics(picture).distance(shuffled) > 2


def test_a_gabor_filter_sees_its_own_direction_and_no_constant():
    own, other = (gabor(angle, 0.0) for angle in (0.0, np.pi / 2))
    wave = torch.cos(2 * np.pi / 5.0 * (torch.arange(11) - 5)).expand(11, 11)
    assert float((own * wave).sum()) > 20 * abs(float((other * wave).sum()))
    assert float(own.sum()) == pytest.approx(0, abs=1e-5)
