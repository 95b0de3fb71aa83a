"""Fields of any kind are taught: what they offer, slopes, what they can express; models drive them."""

import json

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.audio.live import LIVE_FEATURES
from explorer.errors import SettingsError
from explorer.fields import CPPN, Patterns
from explorer.fields.julia.parameters import Parameter
from explorer.fields.trained.model import load_model
from explorer.learn import training
from explorer.learn.evaluation import correlations, evaluation_windows
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.optimization import Trainer
from explorer.learn.settings import TrainSettings
from explorer.learn.teaching.field_subject import FieldSubject
from explorer.learn.teaching.pairs import parse_pairs
from explorer.learn.teaching.parameters import field_parameters, named_parameters, sound_track
from explorer.learn.teaching.pictures import FieldPictures, picture_metrics
from explorer.learn.teaching.sensitivity import measure_sensitivity
from explorer.learn.training_run import field_with_model
from explorer.rendering import render_frame
from tests.learn.conftest import synthetic_track

LAMP = """
import explorer as ex
@ex.sketch
def lamp(x, y, t, *, shine=ex.slider(0.5, 0, 1), tilt=ex.slider(0.5, 0, 1), idle=ex.slider(0.5, 0, 1)):
    v = shine * (0.6 + 0.3 * sin(3 * x))
    return v, v * (1 - 0.8 * tilt), v * (0.2 + 0.8 * tilt)
"""


def lamp():
    """A sketch with a known answer: shine is its light, tilt its hue, idle nothing."""
    from explorer.fields.sketch.field import sketch_of

    return sketch_of(LAMP)


def small_cppn():
    return CPPN(hidden=8, layers=2, gain=2.5, seed=3)


def test_a_field_offers_settings_features_and_light_in_ranges_around_their_rest():
    offered = {p.name: p for p in field_parameters(small_cppn().replace(light=True, finish=True))}
    assert {"coord_scale", "gain", "bass", "centroid", "loud", "hit"} <= offered.keys()
    assert not {"seed", "audio_gain", "drift"} & offered.keys()
    assert (offered["bass"].low, offered["bass"].high, offered["bass"].rest) == (-1, 1, -1)
    assert (offered["centroid"].low, offered["centroid"].high, offered["centroid"].rest) == (-1, 1, 0)
    scale = offered["coord_scale"]
    assert scale.low == pytest.approx(0.5 / 1.6)
    assert scale.high == pytest.approx(0.5 * 1.6)
    assert {p.name for p in field_parameters(lamp())} == {"shine", "tilt", "idle"}


def test_a_field_without_anything_that_moves_is_refused():
    from explorer.fields.sketch.field import sketch_of

    still = sketch_of("import explorer as ex\n@ex.sketch\ndef still(x, y, t):\n    return sin(x)\n")
    with pytest.raises(SettingsError, match="has nothing that a network could move"):
        field_parameters(still)


def test_a_name_of_nothing_is_refused_with_the_nearest_one():
    with pytest.raises(SettingsError, match="has no 'shin'; did you mean 'shine'"):
        named_parameters(lamp(), ("shin",))
    with pytest.raises(SettingsError, match=r"no feature 'loudnes' .* did you mean 'loudness'"):
        parse_pairs(["loudnes-luminance"])
    with pytest.raises(SettingsError, match=r"no measure 'luminanc' .* did you mean 'luminance'"):
        parse_pairs(["loudness-luminanc"])
    with pytest.raises(SettingsError, match="give a sound and a picture"):
        parse_pairs(["loudness"])
    assert [pair.name for pair in parse_pairs(["hits-motion", "flux+onset-change"])] == ["flux+onset-change"]


def test_slopes_are_those_of_the_measures():
    from explorer.fields.sketch.field import sketch_of

    stripes = sketch_of(
        "import explorer as ex\n@ex.sketch\n"
        "def stripes(x, y, t, *, shine=ex.slider(0.5, 0, 1), count=ex.slider(6.0, 2, 9)):\n"
        "    v = shine * (0.6 + 0.3 * sin(count * x))\n    return v, v, v\n"
    )
    pictures = FieldPictures(stripes, named_parameters(stripes, ("shine", "count")), size=24)
    times = np.arange(9)[None] / 30

    def measures(shine, count):
        return pictures.metrics(torch.tensor([shine, count]).expand(1, 9, 2), times)

    def slopes(name):
        positions = torch.full((1, 9, 2), 0.5, requires_grad=True)
        pictures.metrics(positions, times)[name].mean().backward()
        return positions.grad.sum(dim=(0, 1))

    # shine spans half of its slider, the mean of the pattern is 0.6
    torch.testing.assert_close(slopes("luminance"), torch.tensor([0.5 * 0.6, 0.0]), atol=0.05, rtol=0)
    for name in ("luminance", "edges", "detail", "contrast"):  # edges move, and there are more of them
        expected = (measures(0.5, 0.58)[name] - measures(0.5, 0.5)[name]).mean() / 0.08
        torch.testing.assert_close(slopes(name)[1], expected, atol=1e-4, rtol=0.01)
    assert slopes("edges")[1] > 0.02
    assert slopes("edges")[0].abs() < 0.02


def test_change_grows_with_a_step_and_shrinks_with_a_step_before():
    pictures = FieldPictures(lamp(), named_parameters(lamp(), ("tilt",)), size=12)
    row = torch.tensor([0.2, 0.2, 0.2, 0.2, 0.2, 0.5, 0.5, 0.5])[None, :, None].requires_grad_()
    pictures.metrics(row, np.arange(8)[None] / 30)["hue"].sum().backward()
    assert (row.grad != 0).all()
    values = pictures.metrics(row.detach(), np.arange(8)[None] / 30)["change"][0]
    assert values[5] >= values[4]


def test_what_a_field_cannot_express_is_said_before_training():
    pairs = parse_pairs(["loudness-luminance", "brightness-hue", "noisiness-edges"])
    parameters = field_parameters(lamp())
    effects = measure_sensitivity(FieldPictures(lamp(), parameters, size=16), pairs).effects
    assert max(effects["rms-luminance"], key=effects["rms-luminance"].get) == "shine"
    assert max(effects["centroid-hue"], key=effects["centroid-hue"].get) == "tilt"
    assert all(row["idle"] == 0 for row in effects.values())
    subject = FieldSubject(lamp(), moves=("shine",), pairs=("brightness-hue", "loudness-luminance"))
    assert [pair.name for pair in subject.pairs] == ["rms-luminance"]
    assert "cannot express it" in subject.sensitivity.lines()[0]
    with pytest.raises(SettingsError, match="can express none of rms-luminance"):
        FieldSubject(lamp(), moves=("idle",), pairs=("loudness-luminance",))


def test_a_few_steps_teach_a_field_and_light_alone_is_no_motion():
    pairs = ("loudness-luminance", "brightness-hue")
    subject = FieldSubject(lamp(), moves=("shine", "tilt"), pairs=pairs)
    subject.pictures = FieldPictures(lamp(), subject.parameters, size=8)
    settings = TrainSettings(
        hidden=(12,), window_frames=2, sequence=16, batch_size=4, epochs=3, learning_rate=1e-2, field=lamp()
    )
    trainer = Trainer(
        settings, [synthetic_track(7, seed) for seed in range(3)], [synthetic_track(6, 9)], subject
    )
    before = trainer.validate()
    for epoch in range(3):
        for _ in trainer.epoch(epoch):
            pass
    after = trainer.validate()
    for pair in ("rms-luminance", "centroid-hue"):
        assert after[pair] < before[pair] - 0.2
    brighter = torch.linspace(0.3, 1, 8)[None, :, None, None, None] * torch.rand(12, 12, 1).expand(12, 12, 3)
    assert picture_metrics(brighter)["change"].max() < 0.02


def write_untrained(folder, field, moves, seed=0):
    torch.manual_seed(seed)
    model = AudioToVisualModel(
        TrainSettings(hidden=(6,), window_frames=2), named_parameters(field, moves), field
    )
    torch.nn.init.normal_(model.output.weight, std=2.0)
    folder.mkdir(exist_ok=True)
    save_model(folder, model)
    return folder


@pytest.mark.parametrize(
    ("field", "moves"),
    [
        (small_cppn(), ("coord_scale", "bass", "gain")),
        (Patterns(family="flowing"), ("flowing_push", "rms")),
        (lamp(), ("shine",)),
        (small_cppn().replace(light=True, finish=True), ("hit", "treble")),
    ],
    ids=["cppn", "patterns", "sketch", "lit"],
)
def test_a_model_drives_the_columns_of_its_field_and_nothing_else_moves_it(tmp_path, field, moves):
    driven = field_with_model(write_untrained(tmp_path / "a", field, moves))
    track = sound_track(driven, synthetic_track(3, 1))
    times = np.array([0.4, 1.3, 2.2])
    controls = driven.controls(track, times)
    model = load_model(driven.model)
    rows = model.parameters_of_track(track)
    for place, name in enumerate(model.names):
        column = controls.values[:, controls.names.index(name)]
        assert np.ptp(column) > 0
        assert column.min() >= rows[:, place].min() - 1e-4
        assert column.max() <= rows[:, place].max() + 1e-4
    louder = track.values.copy()
    louder[:, [track.names.index(name) for name in ("bass", "rms", "onset", "flux")]] = 0.7
    again = driven.controls(
        type(track)(
            louder,
            track.raw,
            *[getattr(track, n) for n in ("names", "fps", "duration", "name", "sha256", "settings")],
        ),
        times,
    )
    np.testing.assert_array_equal(again.values, controls.values)
    still = field.controls(sound_track(field, synthetic_track(3, 1)), times)
    assert still.values.shape[1] <= controls.values.shape[1]
    image = render_frame(driven, track, t=1.3, size=(32, 24))
    assert image.std() > 0


def test_a_recipe_holds_the_hash_of_its_model(tmp_path):
    folder = write_untrained(tmp_path / "a", lamp(), ("shine",))
    driven = lamp().replace(model=str(folder))
    assert driven.model.endswith("@" + load_model(str(folder)).sha256[:12])
    assert json.loads(driven.model_dump_json())["model"] == driven.model
    assert "model" not in lamp().model_dump()
    assert "live" in driven.extras
    write_untrained(tmp_path / "a", lamp(), ("shine",), seed=1)
    with pytest.raises(SettingsError, match="are others than those with SHA-256"):
        driven.controls(sound_track(driven, synthetic_track(2, 1)), np.array([1.0]))
    with pytest.raises(SettingsError, match="drives the field 'sketch:lamp', not 'cppn'"):
        small_cppn().replace(model=str(folder))
    with pytest.raises(SettingsError, match=r"no model\.safetensors and model\.json in 'nothing'"):
        small_cppn().replace(model="nothing")


def test_a_model_of_light_needs_that_light(tmp_path):
    lit = small_cppn().replace(light=True, finish=True)
    driven = field_with_model(write_untrained(tmp_path / "a", lit, ("hit",))).replace(light=False)
    with pytest.raises(SettingsError, match="it moves 'hit', which this field lacks"):
        driven.controls(sound_track(driven, synthetic_track(2, 1)), np.array([1.0]))


def test_the_proof_sees_what_a_model_does_and_that_shifted_sound_does_not(tmp_path):
    subject = FieldSubject(lamp(), moves=("shine",), pairs=("loudness-luminance",))
    folder = tmp_path / "a"
    folder.mkdir()
    (shine,) = subject.parameters
    model = AudioToVisualModel(TrainSettings(hidden=(), window_frames=1), (shine,), lamp())
    with torch.no_grad():  # shine follows loudness, by hand
        model.output.weight.zero_()
        model.output.weight[0, LIVE_FEATURES.index("rms")] = 3.0
    save_model(folder, model)
    tracks = [synthetic_track(9, 5)]
    windows = evaluation_windows(tracks)
    r, spread = correlations(field_with_model(folder), tracks, windows, 0.0, subject)
    shifted, _ = correlations(field_with_model(folder), tracks, windows, 0.4, subject)
    assert r["rms-luminance"].mean() > 0.9
    assert spread["rms-luminance"].mean() > 0.01
    assert abs(shifted["rms-luminance"].mean()) < 0.7


def test_a_training_of_a_field_says_what_it_did_and_resumes(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_finish", lambda folder, *_: _with_empty_proof(folder))
    monkeypatch.setattr(training, "_load_sounds", lambda *_: _sounds())
    sounds = tmp_path / "a.wav"
    sounds.write_bytes(b"")
    heard = []
    options = {"moves": "shine,tilt", "pairs": ("loudness-luminance", "noisiness-edges"), "sequence": 8}
    run = training.train(
        [sounds],
        field=lamp(),
        epochs=1,
        hidden=(6,),
        explorations=tmp_path,
        on_sensitivity=heard.append,
        **options,
    )
    assert run.manifest["status"] == "done"
    assert run.manifest["moves"] == ["shine", "tilt"]
    assert set(run.manifest["sensitivity"]) == {"rms-luminance", "zcr-edges"}
    assert heard[0].effects == run.manifest["sensitivity"]
    assert run.field.replace(model="none") == lamp()
    assert run.model.positions(torch.zeros(1, 60)).shape == (1, 2)
    assert len(training.train([sounds], resume=run.folder, epochs=2).history) == 2
    with pytest.raises(SettingsError, match="was trained with"):
        training.train([sounds], resume=run.folder, field=lamp().replace(tilt=0.1))


def test_fields_that_cannot_be_taught_leave_no_folder(tmp_path):
    with pytest.raises(SettingsError, match=r"no field 'cpn'.*did you mean 'cppn'"):
        training.train(tmp_path, field="cpn", explorations=tmp_path / "runs")
    with pytest.raises(SettingsError, match="moves: a Julia set"):
        training.train(tmp_path, field="julia", moves="zoom", explorations=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def _with_empty_proof(folder):
    from explorer.learn import TrainRun

    (folder / "proof.json").write_text("{}")
    return TrainRun(folder)


def _sounds():
    return training.TrainingSounds(
        [synthetic_track(3, 0)], [synthetic_track(6, 1)], [synthetic_track(6, 1)], [], []
    )


def test_a_parameter_of_another_field_is_smoothed_like_the_others():
    from explorer.learn.losses import smoothness_loss

    steps = torch.tensor([0.0, 0.5, 0.0])[None, :, None]
    zoom = Parameter("zoom", 0.0, 1.0, 0.5, "", "")
    tilt = Parameter("tilt", 0.0, 1.0, 0.5, "", "")
    assert smoothness_loss(steps, (zoom,)) == smoothness_loss(steps, (tilt,))


@pytest.mark.slow
def test_a_real_training_of_a_field_follows_music_held_out(tmp_path):
    """python -m pytest -m slow tests/learn/teaching: about two minutes."""
    from explorer.audio import DEMO_CLIP
    from explorer.learn import train

    run = train(
        [DEMO_CLIP], field=lamp(), epochs=8, made_clips=6, explorations=tmp_path,
        pairs="loudness-luminance,brightness-hue",
    )  # fmt: skip
    pairs = run.proof["pairs"]
    for pair in pairs.values():
        assert pair["r"] > 0.5
        assert pair["untrained"]["interval"][0] > 0
        assert pair["shifted"]["interval"][0] > 0
    assert (run.folder / "model.onnx").is_file()
    assert ex.render_frame(run.field, ex.analyze(DEMO_CLIP, extras=("live",)), t=1.0, size=(64, 64)).std() > 0


def test_the_sounds_for_judging_are_fixed_and_no_training_makes_them():
    from explorer.learn.synthetic_clips import synthetic_clips
    from explorer.learn.teaching.judging import judging_pieces, judging_tracks

    pieces = {piece["kind"]: piece["seed"] for piece in judging_pieces()}
    assert pieces == {
        "band": 90417, "drums": 31852, "arpeggio": 77203, "sweeps": 15096,
        "drone": 64338, "speech": 28571, "swells": 83649, "sparse": 42110,
    }  # fmt: skip
    tracks = judging_tracks(seconds=1.3)  # long enough for the first sound of each
    assert all(track.values.any() for track in tracks)
    first, again = (judging_tracks(seconds=0.2) for _ in range(2))
    assert [track.sha256 for track in first] == [track.sha256 for track in again]
    kinds = dict(zip(pieces, tracks, strict=True))
    for count, seed in ((8, 0), (2, pieces["drums"])):  # the second of which are drums
        for name, samples in synthetic_clips(count, seed, 1.3):
            assert not np.array_equal(training_rows(samples), kinds[name.split()[0]].values)


def training_rows(samples):
    from explorer.audio.live import live_features

    return live_features(samples)
