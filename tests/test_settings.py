"""Settings: said once, checked with words that help."""

import math
from typing import Literal

import pytest

from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.settings import Settings, did_you_mean, knob


class Lamp(Settings):
    power: float = knob(5.0, low=0, high=10, slider=(1, 9), step=0.5, unit="W", help="how bright")
    colour: str = "white"
    timer: int | None = knob(None, low=1, high=60, flag="lamp-timer", help="minutes")
    fade: float | Literal["slow"] = knob(1.0, low=0, high=9, help="seconds")
    places: tuple[float, ...] = ()


def test_a_knob_tells_everything_that_shells_need():
    power, timer, _ = Lamp.knobs().values()
    assert (power.default, power.low, power.high, power.slider, power.unit) == (5.0, 0, 10, (1, 9), "W")
    assert (power.flag, timer.flag) == ("power", "lamp-timer")
    assert power.allowed == "0 to 10"
    assert timer.allowed == "whole numbers 1 to 60 or none"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"powr": 1}, "did you mean 'power'?"),
        ({"power": 11}, "power: got 11.0; allowed: 0 to 10"),
        ({"power": math.nan}, "power: got nan; allowed: 0 to 10"),
        ({"power": "much"}, "power: got 'much'; allowed: 0 to 10"),
        ({"fade": "quick"}, "fade: got 'quick'; allowed: one of slow or 0 to 9"),
        ({"places": ("here",)}, "places: got 'here'; allowed: a valid number"),
        ({"timer": 0}, "timer: got 0; allowed: whole numbers 1 to 60 or none"),
    ],
)
def test_what_is_not_allowed_is_refused_in_one_line(given, words):
    with pytest.raises(SettingsError) as caught:
        Lamp(**given)
    assert words in str(caught.value)
    assert "Input should" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_are_frozen_and_replaced_with_checks():
    lamp = Lamp(power=2)
    assert lamp.replace(power=3) == Lamp(power=3)
    assert lamp.power == 2
    with pytest.raises(SettingsError):
        lamp.replace(power=-1)
    with pytest.raises(Exception, match="frozen"):
        lamp.power = 4


def test_a_prompt_shows_what_is_not_at_its_default_as_python_reads_it():
    lamp = Lamp(power=2, places=(1,))
    assert repr(lamp) == str(lamp) == "Lamp(power=2.0, places=(1.0,))"
    assert eval(repr(lamp)) == lamp
    assert repr(CPPN(light={"relief": 0.2})) == "CPPN(light=Light(relief=0.2))"


def test_text_is_understood_as_on_a_command_line():
    assert Lamp(power="2.5").power == 2.5


def test_nearest_lists_the_valid_names_when_none_is_close():
    assert did_you_mean("zzz", ["gain", "seed"]) == "; valid: gain, seed"


class Street(Settings):
    lamp: Lamp = Lamp()


@pytest.mark.parametrize("name", ["self", "cls", "values", "changes", "__init__", "model_config"])
def test_a_name_that_collides_with_python_is_refused_like_any_other(name):
    for refused in (
        lambda: Lamp(**{name: 1}),
        lambda: Lamp().replace(**{name: 1}),
        lambda: CPPN().replace(**{name: 1}),
        lambda: Street(lamp={name: 1}),
    ):
        with pytest.raises(SettingsError, match=f"'{name}'|lamp: got 1"):
            refused()
