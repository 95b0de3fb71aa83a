"""Painted networks as fields: the same picture everywhere, at rest in silence, bent by sound."""

import base64
import dataclasses
import json

import numpy as np
import pytest

from explorer import CPPN
from explorer.diagnostics import calibrate
from explorer.errors import SettingsError
from explorer.evolution.operators import mutate
from explorer.experiments.runs.recipe import Recipe
from explorer.fields.controls import Controls
from explorer.fields.cppn import bend, stored_weights
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.cppn.painted import picture_at_rest
from explorer.fields.cppn.picture_quality import MAX_PSNR, psnr, ssim
from explorer.fields.cppn.stored_weights import deserialize, of_bytes, parse, serialize
from explorer.fields.cppn.weights import network_of
from explorer.rendering import FrameSettings, Renderer
from explorer.shaders.descriptions import describe
from explorer.shaders.track_field import moment_table
from tests.learn.painting.conftest import picture
from tests.tracks import made_up_track

SIZE = (24, 16)


@pytest.fixture(scope="module")
def field(painting):
    return painting.field


def frame(field, track, t=0.5):
    with Renderer(field, track, SIZE, device="cpu", threads=1) as renderer:
        return renderer.frame(t).astype(int)


def silent_track():
    track = made_up_track(1.0)
    values = np.full_like(track.values, -1.0)
    values[:, [track.names.index(name) for name in ("centroid", "rolloff", "zcr", "flatness")]] = 0
    return dataclasses.replace(track, values=values)


def test_silence_shows_the_picture_in_kernel_and_reference(field):
    rest = picture_at_rest(field, *SIZE)
    assert psnr(rest, picture() / 255) > 11  # of few steps
    assert np.abs(frame(field, silent_track()) - rest * 255).max() <= 1
    assert np.abs(frame(field.replace(audio_gain=0.0), made_up_track(1.0)) - rest * 255).max() <= 1


def test_full_levels_change_the_colors_by_a_set_amount_and_half_of_them_by_less(field):
    def colors(level):
        row = np.array([[1.0, *[level] * len(field.features)]], np.float32)
        prepared = PreparedCPPN(field, Controls(row, ("time", *field.features)))
        side = np.linspace(-1, 1, bend.BEND_POINTS, dtype=np.float32)
        import torch

        return prepared.colors(torch.from_numpy(np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)), 0.1)

    changes = [float(((colors(level) - colors(0.0)) ** 2).mean() ** 0.5) for level in (0.5, 1.0)]
    assert changes[1] == pytest.approx(bend.BEND, rel=0.02)
    assert 0 < changes[0] < changes[1]


def test_the_constant_neuron_is_one_at_every_depth():
    layers = [
        (np.ones((3, 2)), np.ones(3)),
        *[(np.ones((3, 3)), np.ones(3))] * 5,
        (np.zeros((3, 3)), np.full(3, 0.5)),
    ]
    field = CPPN(weights=of_bytes(serialize([layers], {}), "paint_test"), features=())
    assert (field.hidden, field.layers) == (4, 6)
    np.testing.assert_allclose(picture_at_rest(field, 4, 4), 1 / (1 + np.exp(-0.5)), atol=1e-6)


def test_a_recipe_holds_the_weights_and_repeats_without_the_run(field, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path))
    track = made_up_track(1.0)
    recipe = Recipe.for_track(track, field=field, frames=FrameSettings(width=24, height=16))
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert json.loads(recipe.to_json())["field"]["weights"]["data"]
    np.testing.assert_array_equal(frame(again.field, track), frame(field, track))
    assert "weights" not in CPPN().model_dump(mode="json")
    assert len(repr(field)) < 300


def test_large_weights_are_named_and_the_error_says_where_they_should_be(painting, monkeypatch, tmp_path):
    monkeypatch.setattr(stored_weights, "MAX_INLINE_BYTES", 10)
    field = CPPN(weights=painting.folder)
    assert field.weights.data == ""
    assert field.weights.run == painting.folder.name
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(painting.folder.parent))
    values = field.model_dump(mode="json")
    stored_weights._painting.cache_clear()
    assert CPPN(**values) == field == CPPN(weights=painting.folder.name)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path))
    monkeypatch.setattr(stored_weights, "_paths", {})  # another process
    stored_weights._painting.cache_clear()
    with pytest.raises(SettingsError, match=rf"{painting.folder.name}.weights.safetensors is not there; put"):
        CPPN(**values)


def test_damaged_and_foreign_weights_are_refused_in_one_line(field, tmp_path):
    good = field.weights
    data = base64.b64decode(good.data)
    with pytest.raises(SettingsError, match="hash is another"):
        CPPN(weights={"run": "x", "sha256": "0" * 64, "data": good.data})
    with pytest.raises(SettingsError, match="in this recipe are damaged"):
        CPPN(weights={"run": "x", "sha256": good.sha256, "data": "no base64"})
    for wrong in ({"run": "../x", "sha256": good.sha256}, {"run": "x"}, 7, ["x"]):
        with pytest.raises(SettingsError, match="weights: got"):
            CPPN(weights=wrong)
    with pytest.raises(SettingsError, match="hidden 8; got hidden 64; leave hidden out"):
        CPPN(weights=good, hidden=64)
    with pytest.raises(SettingsError, match="mixed with no seeds"):
        CPPN(weights=good, seeds="1:0.8, 2:0.6")
    with pytest.raises(SettingsError, match=r"no weights\.safetensors in 'paint_gone'"):
        CPPN(weights="paint_gone")
    (tmp_path / "weights.safetensors").write_bytes(data[:-3])
    with pytest.raises(SettingsError, match="cannot read"):
        CPPN(weights=tmp_path)


def test_a_file_with_other_layers_is_refused():
    first, last = (np.zeros((3, 2)), np.zeros(3)), (np.zeros((3, 3)), np.zeros(3))
    wide = np.zeros((3, 4)), np.zeros(3)
    deserialize(serialize([[first, last]], {}))
    nan = (np.full((3, 2), np.nan), np.zeros(3))
    for layers in ([wide, last], [first], [first, (np.zeros((4, 3)), np.zeros(4))], [nan, last]):
        with pytest.raises(ValueError, match="layer"):
            deserialize(serialize([layers], {}))
    with pytest.raises(ValueError, match="different networks"):
        deserialize(serialize([[first, last], [first, last, last]], {}))


def test_another_network_drops_the_weights_and_another_seed_is_another_dance(field):
    assert field.replace(hidden=16).weights is None
    assert field.replace(seeds="1:0.8, 2:0.6").weights is None
    other = field.replace(seed=7)
    assert other.weights == field.weights
    one, two = (network_of(each).weights[0] for each in (field, other))
    np.testing.assert_array_equal(one[:, :3], two[:, :3])
    assert not np.allclose(one[:, 3:], two[:, 3:])
    with pytest.raises(SettingsError, match="these are painted"):
        calibrate(field, made_up_track(1.0))


def test_gain_keyframes_drift_and_breeding_take_painted_networks(field):
    track = made_up_track(1.0)
    rest = frame(field, track)
    assert (frame(field.replace(output_gain=10.0), track).std()) > rest.std()  # contrast
    moving = field.replace(drift=0.05, keyframes="0: audio_gain=0; 1: audio_gain=6")
    assert np.abs(frame(moving, track, 0.1) - frame(moving, track, 0.9)).mean() > 0.1
    child = mutate(field, 0.5, (), np.random.RandomState(3)).field
    assert child.weights == field.weights


def test_pages_get_the_weights_and_a_constant_time(field):
    network = network_of(field)
    description = describe(field)
    np.testing.assert_array_equal(description.weights[1], network.weights[1].ravel())
    table = moment_table(field, made_up_track(1.0))
    assert (table.rows[:, table.names.index("time")] == 1).all()


def test_parse_takes_what_it_gave(field):
    assert parse(None) is None
    assert parse("") is None
    assert parse(field.weights) == parse(dataclasses.asdict(field.weights)) == field.weights


def test_psnr_and_ssim_of_known_pictures():
    first = np.zeros((16, 16, 3))
    assert psnr(first, first) == MAX_PSNR
    assert ssim(first, first) == pytest.approx(1)
    assert psnr(first, first + 0.1) == pytest.approx(20)
    rng = np.random.default_rng(0)
    assert ssim(rng.random((32, 32, 3)), rng.random((32, 32, 3))) < 0.2
