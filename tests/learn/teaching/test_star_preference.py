"""Stars as a term of the loss of a taught field: they rank, have slopes, and change nothing at weight 0."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from explorer.errors import ExplorerWarning, ReadError, SettingsError
from explorer.evolution.taste.judgements import Judgement
from explorer.fields import CPPN
from explorer.fields.julia.parameters import Parameter
from explorer.learn import evaluation, training
from explorer.learn.evaluation import evaluate, judge, table_lines
from explorer.learn.model import AudioToVisualModel, save_model
from explorer.learn.optimization import Trainer
from explorer.learn.run_folder import PREFERENCE
from explorer.learn.settings import TrainSettings
from explorer.learn.teaching import star_preference
from explorer.learn.teaching.field_subject import FieldSubject
from explorer.learn.teaching.pairs import parse_pairs
from explorer.learn.teaching.sequences import STRIDE
from explorer.learn.teaching.star_preference import (
    MEASURES,
    MIN_LOOKS,
    StarPreference,
    fitted_preference,
    library_preference,
    read_preference,
    write_preference,
)
from tests.learn.conftest import synthetic_track

FIELD = CPPN(hidden=8, layers=2, gain=2.5, seed=3)
LIGHT, DARK = 0.8, 0.25  # luminance of pictures with a star, and without


def picture(level, rng):
    return np.clip(level + 0.1 * rng.standard_normal((9, 16, 1)), 0, 1).repeat(3, axis=2)


def library(folder, starred, others):
    """A table of points of one sweep, as `runs` gives it, whose pictures with a star are light."""
    rng = np.random.default_rng(0)
    rows = []
    for n in range(starred + others):
        path = folder / f"{n}.png"
        Image.fromarray((picture(LIGHT if n < starred else DARK, rng) * 255).astype(np.uint8)).save(path)
        rows.append({"run": f"sweep_a/{n}", "kind": "point", "star": n < starred, "thumb": str(path)})
    return pd.DataFrame(rows, columns=["run", "kind", "star", "thumb"])


@pytest.fixture
def stars(tmp_path, monkeypatch):
    """Sets how many looks the library has, with a star and without."""

    def make(starred, others):
        table = library(tmp_path, starred, others)
        monkeypatch.setattr(star_preference, "runs", lambda _: table)

    return make


@pytest.fixture
def preference(stars):
    stars(MIN_LOOKS, MIN_LOOKS + 1)
    return library_preference()


LIKES_LIGHT = StarPreference(
    (0.3, 0.1, 0.1, 0.1, 0.1), (0.2, 1.0, 1.0, 1.0, 1.0), (1.5, 0.0, 0.0, 0.0, 0.0), 9, 20, 0.9
)


def metrics(preference, level):
    """The measures of average pictures of a luminance."""
    means = dict(zip(MEASURES, preference.mean, strict=True))
    return {name: torch.full((1, 2), value) for name, value in (means | {"luminance": level}).items()}


def test_a_library_of_light_looks_prefers_light(preference):
    assert (preference.starred, preference.others) == (MIN_LOOKS, MIN_LOOKS + 1)
    assert preference.ranking == 1
    assert "100% of pairs left out are in the right order" in preference.sentence
    scores = [preference.score(metrics(preference, level)).mean().item() for level in (0.1, 0.3, 0.6, 0.9)]
    assert scores == sorted(scores)
    assert scores[0] < 0 < scores[-1]
    assert preference.weights[MEASURES.index("variety")] == 0  # all are gray


def test_the_loss_falls_with_light_and_is_bounded_beyond_what_was_judged():
    level = torch.tensor([[0.4, 0.4]], requires_grad=True)
    LIKES_LIGHT.loss(metrics(LIKES_LIGHT, 0.4) | {"luminance": level}).backward()
    assert level.grad.sum() < -0.1
    gain = [LIKES_LIGHT.score(metrics(LIKES_LIGHT, level)).mean().item() for level in (0.5, 0.6, 4.0, 5.0)]
    assert gain[1] - gain[0] > 0.1
    assert gain[3] - gain[2] < 1e-3


def test_answers_at_random_rank_no_better_than_chance():
    rng = np.random.default_rng(1)
    sides = rng.standard_normal((2, 24, len(MEASURES)))
    assert abs(fitted_preference([Judgement("stars", *sides)]).ranking - 0.5) < 0.2


@pytest.mark.parametrize(
    ("starred", "others", "message"),
    [
        (0, 0, "holds 0 looks with a star .* and 0 without .* so 8 with a star and 8 without are missing"),
        (3, 20, "holds 3 looks with a star .* and 20 without .* so 5 with a star and 0 without are missing"),
    ],
)
def test_too_few_stars_are_counted_before_anything_is_trained(stars, tmp_path, starred, others, message):
    stars(starred, others)
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"")
    with pytest.raises(SettingsError, match=message):
        training.train([sound], field=FIELD, preference=0.5, explorations=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_real_folder_without_runs_is_empty(tmp_path):
    with pytest.raises(SettingsError, match="holds 0 looks with a star"):
        library_preference(tmp_path)


def test_a_julia_set_has_no_preference_and_weight_0_is_not_written():
    with pytest.raises(SettingsError, match=r"preference: got 0.5 for a Julia set"):
        TrainSettings(preference=0.5)
    assert "preference" not in TrainSettings(field=FIELD).model_dump(mode="json")


class Lamp:
    """A subject with a known answer: its one parameter is its luminance."""

    parameters = (Parameter("shine", 0.0, 1.0, 0.5, "", ""),)
    pairs = parse_pairs(["loudness-luminance"])
    field = None

    def __init__(self, preference):
        self.preference = preference

    def metrics(self, positions, rng):
        luminance = positions[:, STRIDE - 1 :: STRIDE, 0]
        return {name: torch.zeros_like(luminance) for name in MEASURES} | {"luminance": luminance}


def trained(weight, preference):
    """The weights of a model, and its losses, after one epoch."""
    settings = TrainSettings(
        hidden=(6,), window_frames=2, sequence=16, batch_size=2, epochs=1, field=FIELD, preference=weight
    )
    trainer = Trainer(settings, [synthetic_track(7, 0)], [synthetic_track(6, 9)], Lamp(preference))
    *_, (_, _, losses) = trainer.epoch(0)
    return torch.cat([p.detach().flatten() for p in trainer.model.parameters()]), losses


def test_weight_0_keeps_the_bits_and_another_weight_moves_the_model_toward_light():
    plain, losses = trained(0.0, None)
    unweighted, _ = trained(0.0, LIKES_LIGHT)
    assert torch.equal(plain, unweighted)
    assert "preference" not in losses
    light, losses = trained(5.0, LIKES_LIGHT)
    assert losses["preference"] > 0
    assert light[-1] > plain[-1]  # the bias of shine


@pytest.fixture
def short_proof(monkeypatch):
    """One untrained network and one shift in place of three."""
    monkeypatch.setattr(evaluation, "BASELINES", 1)


def model_folder(folder, preference=None):
    """The subject of a small network, and a folder with an untrained model that moves it."""
    subject = FieldSubject(FIELD, ("coord_scale",), ("noisiness-edges",), preference)
    model = AudioToVisualModel(TrainSettings(hidden=(), window_frames=1), subject.parameters, FIELD)
    save_model(folder, model, proof={"pairs": {"zcr-edges": {}}})
    return subject


def test_the_proof_says_how_likely_the_pictures_are_preferred(short_proof, tmp_path):
    subject = model_folder(tmp_path, LIKES_LIGHT)
    proof = evaluate(tmp_path, [synthetic_track(12, 5)], frames=subject)
    liking = proof["preference"]
    assert liking["interval"][0] <= liking["mean"] <= liking["interval"][1]
    assert liking["untrained"]["margin"] == pytest.approx(liking["mean"] - liking["untrained"]["mean"])
    lines = [*table_lines(proof)]
    assert LIKES_LIGHT.sentence in lines
    assert any(line.startswith(f"preference            {liking['mean']:.2f}") for line in lines)
    # who likes the dark prefers the same frames as much less
    subject.preference = dataclasses.replace(LIKES_LIGHT, weights=(-1.5, 0.0, 0.0, 0.0, 0.0))
    dark = evaluate(tmp_path, [synthetic_track(12, 5)], frames=subject)["preference"]
    assert dark["mean"] + liking["mean"] == pytest.approx(1, abs=1e-5)
    assert abs(dark["mean"] - 0.5) > 0.01


def test_a_judgement_measures_the_preference_of_the_run(short_proof, tmp_path, monkeypatch):
    model_folder(tmp_path)
    monkeypatch.setattr("explorer.learn.evaluation.judging_tracks", lambda _: [synthetic_track(3, 5)])
    assert "preference" not in judge(tmp_path)
    write_preference(tmp_path / PREFERENCE, LIKES_LIGHT)
    assert judge(tmp_path)["preference"]["sentence"] == LIKES_LIGHT.sentence


def test_a_preference_is_read_again_and_a_damaged_one_is_one_line(tmp_path):
    path = tmp_path / PREFERENCE
    write_preference(path, LIKES_LIGHT)
    assert read_preference(path) == LIKES_LIGHT
    values = json.loads(path.read_text())
    for change in (
        {"weights": [1.0]},
        {"deviation": [0.0] * len(MEASURES)},
        {"measures": ["hue"]},
        {"mean": None},
    ):
        path.write_text(json.dumps(values | change))
        with pytest.raises(ReadError):
            read_preference(path)


def test_a_preference_no_better_than_chance_is_said(stars, monkeypatch, tmp_path):
    stars(MIN_LOOKS, MIN_LOOKS)
    monkeypatch.setattr(star_preference, "_ranking", lambda _: 0.4)
    settings = TrainSettings(field=FIELD, preference=0.5)
    with pytest.warns(ExplorerWarning, match="40% of pairs left out .* no better than chance"):
        assert training._preference(settings, None, tmp_path).ranking == 0.4
