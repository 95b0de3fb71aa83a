"""The reference pages of the guide agree with the declarations that they are made from."""

import pytest

from explorer.cli import reference
from explorer.fields import CPPN


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_up_to_date(name):
    written = (reference.GUIDE / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), "run: python -m explorer.cli.reference"


def test_settings_list_every_knob_with_its_flag_and_range():
    page = reference.settings_page()
    gain = CPPN.knobs()["gain"]
    assert f"| `gain` | `--gain` | `5.0` | {gain.allowed} | {gain.help} |" in page
    assert all(f"| `{name}` |" in page for name in CPPN.knobs())


def test_commands_list_their_own_flags_and_link_to_those_of_settings():
    page = reference.commands_page()
    assert "| `--flash-limit` `VALUE` | what to do where more than three flashes" in page
    assert r"`--budget` `draft\|full`" in page  # a bar ends no column
    assert "--gain`" not in page
    assert "--encoder-" not in page  # the encoder has flags of its own: --codec, --title
    assert "[analysis of the sound](reference-settings.md#analysis-of-the-sound)" in page
    assert "--in-notebook" not in page  # a hidden flag


def test_presets_show_what_differs_from_the_defaults():
    assert "| `lava` | `family=organic`, `seed=3` |" in reference.presets_page()
    assert "| `tuned-256x4` | the defaults |" in reference.presets_page()
