"""A video has the shape of the picture on screen."""

import pytest

from explorer.notebook.panel.export_sizes import default_size, export_sizes
from explorer.rendering import RESOLUTIONS, parse_size


@pytest.mark.parametrize("size", [(640, 360), (854, 480), (96, 54)])
def test_a_wide_picture_has_the_usual_resolutions(size):
    assert [value for _, value in export_sizes(size)] == list(RESOLUTIONS)
    assert default_size(size) == "720p"


@pytest.mark.parametrize("size", [(360, 640), (64, 64), (35, 61), (1000, 16), (17, 900)])
def test_other_shapes_keep_theirs(size):
    sizes = [parse_size(value) for _, value in export_sizes(size)]
    assert sizes == sorted(set(sizes))
    for width, height in sizes:
        assert (width < height) == (size[0] < size[1])
        assert width / height == pytest.approx(size[0] / size[1], rel=0.06)
        assert width % 2 == height % 2 == 0
    assert default_size(size) in sizes


def test_portrait_is_720_wide_and_may_be_as_it_is_shown():
    assert default_size((360, 640)) == (720, 1280)
    assert ("360x640", (360, 640)) in export_sizes((360, 640))
