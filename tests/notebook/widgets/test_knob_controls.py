"""Controls follow from the knobs, and keep values that no slider could show."""

import threading
from itertools import pairwise
from typing import Literal

import pytest

from explorer.fields import CPPN
from explorer.learn.settings import TrainSettings
from explorer.notebook.widgets.field_form import FieldForm
from explorer.notebook.widgets.knob_controls import (
    ChoiceControl,
    NumberControl,
    OptionalNumberControl,
    SwitchControl,
    card_label,
    label,
    make_control,
    slider_values,
)
from explorer.settings import Settings, knob
from tests.notebook.browser_messages import drag


class Sample(Settings):
    even: float = knob(0.3, low=0, high=10, slider=(0, 1), step=0.1, help="even steps", group="one")
    wide: float = knob(1.0, low=0.001, high=1000, slider=(0.1, 100), group="one", help="even factors")
    count: int = knob(3, low=1, high=64, slider=(1, 12), step=1, help="whole", group="two")
    size: int = knob(16, low=1, high=4096, slider=(4, 256), step=4, help="whole, by factors", group="two")
    maybe: float | None = knob(None, low=0, high=9, slider=(1, 5), step=1, help="none or some", group="two")
    span: float | Literal["track"] = knob(
        "track", low=0, high=99, slider=(2, 60), step=1, unit="s", help="span"
    )
    name: Literal["a", "b"] = knob("b", help="which")
    flag_: bool = knob(True, help="whether")
    unbounded: float = knob(1.0, help="nothing to drag")


KNOBS = Sample.knobs()


def nothing():
    pass


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("even", NumberControl),
        ("maybe", OptionalNumberControl),
        ("span", OptionalNumberControl),
        ("name", ChoiceControl),
        ("flag_", SwitchControl),
    ],
)
def test_each_kind_of_knob_has_its_control_at_its_default(name, kind):
    control = make_control(KNOBS[name], nothing)
    assert isinstance(control, kind)
    assert control.value == KNOBS[name].default


def test_a_knob_that_cannot_be_dragged_or_chosen_has_none():
    assert make_control(KNOBS["unbounded"], nothing) is None


def test_a_slider_has_even_steps_or_even_factors():
    assert slider_values(KNOBS["even"]) == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    wide = slider_values(KNOBS["wide"])
    assert (wide[0], wide[len(wide) // 2], wide[-1]) == (0.1, pytest.approx(3.2, rel=0.2), 100)
    assert all(1 < above / below < 1.2 for below, above in pairwise(wide))
    size = slider_values(KNOBS["size"])
    assert size[:5] == [4, 8, 12, 16, 20]
    assert all(isinstance(value, int) and value % 4 == 0 for value in size)
    assert len(size) < 50  # 64 even steps would leave the small ones no room


def test_a_drag_sets_the_value_under_the_slider_and_notifies_once():
    values = []
    control = make_control(KNOBS["count"], lambda: values.append(control.value))
    drag(control.slider, 6)
    assert (control.value, control.box.value, values) == (7, 7, [7])


def test_the_box_takes_what_the_slider_cannot_show():
    control = make_control(KNOBS["even"], nothing)
    drag(control.box, 4.56)
    assert (control.value, control.slider.value) == (4.56, 10)
    drag(control.box, 99)  # beyond what is valid
    assert control.value == 10


def test_a_value_that_is_set_stays_exact():
    control = make_control(KNOBS["wide"], nothing)
    control.set(4.567)
    drag(control.slider, control.slider.value)  # what a browser echoes
    assert control.value == control.box.value == 4.567


def test_an_optional_number_is_lent_by_its_checkbox():
    values = []
    control = make_control(KNOBS["span"], lambda: values.append(control.value))
    assert control.number.slider.disabled
    drag(control.check, True)
    drag(control.number.box, 12)
    assert (control.value, control.number.slider.disabled) == (12, False)
    control.set("track")
    assert (control.value, control.number.box.value) == ("track", 12)
    assert values[-1] == "track"


def test_a_choice_takes_a_name_from_elsewhere():
    control = make_control(KNOBS["name"], nothing)
    control.set("a name that no choice is")
    assert control.value == "a name that no choice is"


def test_help_and_unit_are_on_every_control():
    assert label(KNOBS["span"]) == "span (s)"
    for name, declaration in KNOBS.items():
        control = make_control(declaration, nothing)
        if control:
            widget = getattr(control, "number", control)
            assert getattr(widget, "slider", control.widget).tooltip == declaration.help, name


def test_in_its_card_a_setting_is_named_without_the_name_of_the_group():
    direction = CPPN.knobs()["light.direction"]
    assert (label(direction), card_label(direction)) == ("light.direction (deg)", "direction (deg)")
    assert make_control(direction, nothing).slider.description == "direction (deg)"
    assert card_label(CPPN.knobs()["sections.min_seconds"]) == "min seconds"


def test_a_unit_that_the_name_contains_is_not_repeated():
    assert label(TrainSettings.knobs()["window_frames"]) == "window frames"
    assert label(Sample.knobs()["span"]) == "span (s)"


def test_threads_that_drag_one_control_leave_it_in_line():
    control = make_control(KNOBS["count"], nothing)

    def drag_about(offset):
        for n in range(200):
            control.set(1 + (n + offset) % 12)

    threads = [threading.Thread(target=drag_about, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert control.box.value == control.slider_values[control.slider.value] == control.value


def test_a_form_shows_every_setting_of_a_field_and_gives_it_back():
    field = CPPN(
        hidden=20, gain=33.3, output_gain=0.7, seed=123456, time_span=7.5, palette="oklab", radius=True
    )
    form = FieldForm(field, nothing)
    assert form.field == field
    assert set(form.controls) == {*field.all_knobs(), "features"} - {"model"}  # a name, without a control
    assert "picture" not in form.controls  # there are no painted pictures to choose from


def test_loading_notifies_once_and_keeps_settings_without_a_control():
    values = []
    form = FieldForm(CPPN(), lambda: values.append(form.field))
    other = CPPN(hidden=8, layers=2, features=("bass", "rms"), time_span=20.0)
    form.load(other)
    assert values == [other]


def test_groups_become_cards_in_order():
    form = FieldForm(CPPN(), nothing)
    titles = [card.children[0].value for card in form.widget.children[:-1]]
    groups = ("network", "look", "audio", "time", "light", "finish", "sections")
    assert titles == [f"<h4>{group}</h4>" for group in groups]
