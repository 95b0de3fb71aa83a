"""Recipes survive JSON, refuse what they are not, and find their sound by its content."""

import json

import pytest

from explorer.errors import SettingsError
from explorer.experiments import Recipe, find_audio, load_recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.fields import CPPN
from explorer.files import sha256_of, write_json
from explorer.rendering import FrameSettings
from tests.tracks import made_up_track


def a_recipe(**settings):
    return Recipe.for_track(
        made_up_track(),
        field=CPPN(gain=3, palette="ember", time_span=20),
        frames=FrameSettings(fps="29.97"),
        **settings,
    )


def test_round_trip():
    recipe = a_recipe(precision="draft")
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert Recipe.from_json(json.dumps(recipe.to_dict())) == recipe


@pytest.mark.parametrize(
    ("stored", "mode"),
    [(True, "dim"), (False, "off"), (None, "dim"), ("calm", "calm"), ("dim", "dim"), ("off", "off")],
)
def test_a_file_of_version_0_1_is_dimmed_and_a_new_one_says_calm(stored, mode):
    assert a_recipe().to_dict()["frames"]["flash_limit"] == "calm"
    values = a_recipe().to_dict()
    values["frames"]["flash_limit"] = stored
    if stored is None:
        del values["frames"]["flash_limit"]
    recipe = Recipe.from_json(json.dumps(values))
    assert recipe.frames.flash_limit == mode
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert recipe.replace(precision="draft").frames.flash_limit == mode


@pytest.mark.parametrize("stored", ["calmer", 1, 0.5, None, []])
def test_an_unknown_flash_limit_is_refused(stored):
    values = a_recipe().to_dict()
    values["frames"]["flash_limit"] = stored
    with pytest.raises(SettingsError, match="allowed: one of calm, dim, off"):
        Recipe.from_json(json.dumps(values))


@pytest.mark.parametrize(
    ("keyword", "mode"), [(True, "calm"), (False, "off"), ("dim", "dim"), ("calm", "calm"), (None, "calm")]
)
def test_the_keyword_takes_a_bool(keyword, mode):
    options = RenderOptions.of({"flash_limit": keyword})
    assert options.flash_limit == mode
    old = a_recipe().replace(frames=FrameSettings(flash_limit="dim"))
    assert options.change(old, old.field).frames.flash_limit == ("dim" if keyword is None else mode)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a recipe"),
        ("[1]", "a JSON object was expected"),
        ('{"version": 2}', "recipe.json cannot be read: version"),
        ("{}", "needs 'audio'"),
    ],
)
def test_what_is_no_recipe_is_refused(text, words, tmp_path):
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_recipe(tmp_path / "recipe.json")


@pytest.mark.parametrize("name", ["missing.json", "folder"])
def test_an_unreadable_recipe_is_named(name, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError, match=name):
        load_recipe(tmp_path / name)


def test_a_changed_setting_is_refused_by_name(tmp_path):
    values = a_recipe().to_dict()
    values["field"]["gian"] = 3
    write_json(tmp_path / "recipe.json", values)
    with pytest.raises(SettingsError, match="did you mean 'gain'"):
        load_recipe(tmp_path / "recipe.json")


def test_the_sound_is_found_by_its_content(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    sound = tmp_path / "made-up.wav"
    sound.write_bytes(b"sound")
    recipe = a_recipe().model_copy(update={"audio": a_recipe().audio.replace(sha256=sha256_of(sound))})
    assert find_audio(recipe, tmp_path) == sound
    moved = sound.rename(tmp_path / "moved.wav")
    with pytest.raises(SettingsError, match=r"needs the sound 'made-up.wav' and it was not found"):
        find_audio(recipe, tmp_path)
    assert find_audio(recipe, tmp_path, moved) == moved
    write_json(tmp_path / "manifest.json", {"audio": {"path": str(moved), "sha256": sha256_of(moved)}})
    assert find_audio(recipe, tmp_path) == moved
    moved.write_bytes(b"other")
    with pytest.raises(SettingsError, match=r"repeats its own sound, 'made-up.wav'.* --look FILE"):
        find_audio(recipe, tmp_path, moved)
    with pytest.raises(SettingsError, match="there is no file"):
        find_audio(recipe, tmp_path, tmp_path / "nothing.wav")


@pytest.mark.parametrize("near", ["points/0123", "elsewhere"])
def test_the_sound_is_found_where_a_sweep_or_another_run_had_it(tmp_path, monkeypatch, near):
    runs = tmp_path / "runs"
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(runs))
    sound = tmp_path / "music" / "song.wav"
    sound.parent.mkdir()
    sound.write_bytes(b"sound")
    sweep = runs / "sweep_20260101T000000Z_abcdef"
    (sweep / "points" / "0123").mkdir(parents=True)
    write_json(sweep / "manifest.json", {"audio": {"path": str(sound), "sha256": sha256_of(sound)}})
    recipe = a_recipe().model_copy(update={"audio": a_recipe().audio.replace(sha256=sha256_of(sound))})
    folder = sweep / near if near.startswith("points") else tmp_path
    assert find_audio(recipe, folder) == sound
