"""The map of an atlas, without a browser: hover, open, select, breed, star."""

import io
import json

import pytest
from PIL import Image

from explorer import CPPN, atlas, atlas_map
from explorer.errors import SettingsError
from explorer.experiments.runs.run_folder import is_starred
from tests import signals

PATIENCE = 60
FIELD = CPPN.preset("compact-4x3").replace(time_span=10.0, gain=2.5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    song = signals.write_wav(folder / "music.wav", signals.music(2.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        return atlas(FIELD, song, evaluations=8, size=(32, 18), cells=4, workers=1, explorations=folder / "e")


@pytest.fixture
def view(made):
    with atlas_map(made) as view:
        yield view


def cells(made):
    elites = made.elites
    return {key: [int(row["column"]), int(row["row"])] for key, row in elites.iterrows()}


def test_the_map_shows_the_best_look_of_every_cell(view, made):
    assert sorted(view.map.filled) == sorted(cells(made).values())
    with Image.open(io.BytesIO(view.map.picture)) as picture:
        assert picture.width > 4 * 90
    assert view.key == made.elites["metrics.quality"].idxmax()
    assert view.player.fields == (made[view.key].field,)
    assert made.words.split(",")[0] in view.line.value


def test_a_look_moves_under_the_pointer_and_opens_on_a_click(view, made):
    key, cell = list(cells(made).items())[-1]
    view.map._receive({"kind": "hover", "cell": cell})
    assert view.player.fields == (made[key].field,)
    assert key in view.line.value
    view.map._receive({"kind": "open", "cell": cell})
    assert view.error == ""
    assert view.panel.field == made[key].field


def test_a_box_selects_and_breeds(view, made):
    assert view.breed_button.disabled
    with pytest.raises(SettingsError, match="drag a box"):
        view.breed()
    view.map._receive({"kind": "select", "cells": list(cells(made).values())})
    assert set(view.selection) == set(cells(made))
    assert sorted(view.map.selected) == sorted(cells(made).values())
    view.breed_button.click()
    assert view.wait(PATIENCE)
    assert view.error == ""
    start = view.breeding.breeding.spec.start
    assert {json.dumps(each.model_dump(mode="json")) for each in start} == {
        json.dumps(made[key].field.model_dump(mode="json")) for key in view.selection
    }
    view.map._receive({"kind": "select", "cells": []})
    assert view.selection == []


def test_a_star_is_that_of_the_look_that_moves(view, made):
    view.star_button.click()
    assert is_starred(made[view.key].folder)
    assert made.table.loc[view.key, "star"]
    view.star_button.click()
    assert not made.table["star"].any()


def test_malformed_messages_are_ignored(view):
    before = view.key, view.panel
    for message in (
        None, {}, {"kind": "hover"}, {"kind": "open", "cell": [9, 9]}, {"kind": "open", "cell": "x"},
        {"kind": ["open"], "cell": [0, 0]}, {"kind": "hover", "cell": [[], 1]},
    ):  # fmt: skip
        view.map._receive(message)
        assert (view.key, view.panel) == before, message
        assert view.error == "", message


def test_only_an_atlas_has_a_map(made):
    with pytest.raises(SettingsError, match="is no atlas"):
        atlas_map(made[made.elites.index[0]].folder)
