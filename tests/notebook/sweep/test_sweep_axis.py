"""What a sweep varies, from what is typed; the choices follow from the settings."""

import pytest

from explorer.experiments import Recipe
from explorer.experiments.sweeps.samplers import parse_axis
from explorer.fields import CPPN
from explorer.notebook.sweep.sweep_axis import SweepAxis, suggest_values, sweepable_knobs
from explorer.rendering import FrameSettings
from tests.notebook.browser_messages import drag
from tests.notebook.fake_context import FakeContext


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    track = FakeContext(tmp_path_factory.mktemp("song")).track
    return Recipe.for_track(track, field=CPPN(), frames=FrameSettings(width=64, height=36))


def test_every_setting_with_a_control_is_offered_and_those_of_the_analysis(recipe):
    assert {*CPPN.knobs(), "smoothing", "release"} - set(sweepable_knobs(recipe)) == {
        "keyframes",
        "model",
        "picture",  # of painted weights alone
        "routing",
        "seeds",
    }
    assert "features" not in sweepable_knobs(recipe)
    assert "width" not in sweepable_knobs(recipe)


def test_a_few_values_over_the_slider_are_proposed_and_all_of_them_are_valid(recipe):
    for name, knob in sweepable_knobs(recipe).items():
        values = parse_axis(name, ", ".join(suggest_values(knob)))
        assert 2 <= len(values) == len(set(values))
        if name in CPPN.knobs():
            for value in values:
                CPPN().replace(**{name: value})
    gains = [float(value) for value in suggest_values(CPPN.knobs()["gain"])]
    assert (gains[0], gains[-1], len(gains)) == (0.5, 10, 4)
    assert suggest_values(CPPN.knobs()["radius"]) == ["false", "true"]


def test_an_axis_proposes_values_when_a_setting_is_chosen(recipe):
    calls = []
    axis = SweepAxis(1, lambda: calls.append(1))
    axis.set_options(sweepable_knobs(recipe))
    assert axis.vary == {}
    assert axis.values.disabled
    axis.setting.value = "palette"
    assert axis.vary["palette"][:2] == ["rgb", "oklab"]
    drag(axis.values, "ink, dusk")
    assert axis.vary == {"palette": ["ink", "dusk"]}
    axis.setting.value = ""
    assert axis.vary == {}
    assert calls


def test_a_choice_stays_when_other_settings_are_offered(recipe):
    axis = SweepAxis(1, lambda: None)
    axis.set_options(sweepable_knobs(recipe))
    axis.setting.value = "gain"
    drag(axis.values, "1, 2")
    axis.set_options({name: knob for name, knob in sweepable_knobs(recipe).items() if name != "layers"})
    assert axis.vary == {"gain": ["1", "2"]}
    axis.set_options({"layers": CPPN.knobs()["layers"]})
    assert axis.vary == {}
