"""What a sweep varies, from what is typed; the choices follow from the settings."""

import pytest

from explorer.experiments import Recipe
from explorer.experiments.sweeps.sampling import parse_axis
from explorer.fields import CPPN
from explorer.notebook.sweep.sweep_axis import Axis, offered, proposed
from explorer.rendering import FrameSettings
from tests.notebook.desks import Desk
from tests.notebook.test_controls import drag


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    track = Desk(tmp_path_factory.mktemp("song")).track
    return Recipe.for_track(track, field=CPPN(), frames=FrameSettings(width=64, height=36))


def test_every_setting_with_a_control_is_offered_and_those_of_the_analysis(recipe):
    assert {*CPPN.knobs(), "smoothing", "release"} - set(offered(recipe)) == {"keyframes"}
    assert "features" not in offered(recipe)
    assert "width" not in offered(recipe)


def test_a_few_values_over_the_slider_are_proposed_and_all_of_them_are_valid(recipe):
    for name, knob in offered(recipe).items():
        values = parse_axis(name, ", ".join(proposed(knob)))
        assert 2 <= len(values) == len(set(values))
        if name in CPPN.knobs():
            for value in values:
                CPPN(**{name: value})
    gains = [float(value) for value in proposed(CPPN.knobs()["gain"])]
    assert (gains[0], gains[-1], len(gains)) == (0.5, 10, 4)
    assert proposed(CPPN.knobs()["radius"]) == ["false", "true"]


def test_an_axis_proposes_values_when_a_setting_is_chosen(recipe):
    told = []
    axis = Axis(1, lambda: told.append(1))
    axis.offer(offered(recipe))
    assert axis.said == {}
    assert axis.values.disabled
    axis.setting.value = "palette"
    assert axis.said["palette"][:2] == ["rgb", "oklab"]
    drag(axis.values, "ink, dusk")
    assert axis.said == {"palette": ["ink", "dusk"]}
    axis.setting.value = ""
    assert axis.said == {}
    assert told


def test_a_choice_stays_when_other_settings_are_offered(recipe):
    axis = Axis(1, lambda: None)
    axis.offer(offered(recipe))
    axis.setting.value = "gain"
    drag(axis.values, "1, 2")
    axis.offer({name: knob for name, knob in offered(recipe).items() if name != "layers"})
    assert axis.said == {"gain": ["1", "2"]}
    axis.offer({"layers": CPPN.knobs()["layers"]})
    assert axis.said == {}
