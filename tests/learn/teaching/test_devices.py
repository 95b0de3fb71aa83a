"""Where a training computes; tensors without numbers stand for those of a card."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import DeviceError, SettingsError
from explorer.fields import CPPN
from explorer.learn.optimization import Trainer
from explorer.learn.settings import TrainSettings
from explorer.learn.teaching import pictures
from explorer.learn.teaching.devices import device_type, tensor_on, training_device
from explorer.learn.teaching.pairs import DEFAULT_PAIRS, parse_pairs
from explorer.learn.teaching.parameters import named_parameters
from explorer.learn.teaching.sequences import STRIDE, smooth
from explorer.learn.teaching.star_preference import StarPreference
from tests.learn.test_training import synthetic_track

FIELD = CPPN(hidden=4, layers=2)
CARD, SIZE = "meta", 16


def test_a_training_is_on_the_cpu_unless_a_field_is_taught_elsewhere(monkeypatch):
    assert training_device("auto", FIELD) == training_device("cpu", None) == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert training_device("auto", FIELD).type == "cpu"
    assert training_device("cuda", FIELD).type == "cuda"
    with pytest.raises(SettingsError, match="a Julia set is trained on the CPU"):
        training_device("cuda", None)


def test_a_device_that_is_not_there_is_named_before_anything_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="torch finds no cuda device here; train with --device cpu"):
        ex.train(tmp_path, field="cppn", device="cuda", explorations=tmp_path / "runs")
    with pytest.raises(SettingsError, match="device: got 'gpu'; allowed: auto, cpu, cuda, mps"):
        ex.train(tmp_path, field="cppn", device="gpu", explorations=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


class Card:
    """A subject on a device whose tensors have no numbers, and refuse others in the same operation."""

    field = FIELD
    pairs, parameters = parse_pairs(DEFAULT_PAIRS), named_parameters(FIELD, ("gain", "bass"))
    preference = StarPreference((0.0,) * 5, (1.0,) * 5, (1.0,) * 5, 8, 8, 0.6)

    def metrics(self, positions, rng):
        moments = smooth(positions)[:, STRIDE - 1 :: STRIDE]
        sequences, count, parameters = moments.shape
        images = torch.zeros(sequences, count, SIZE, SIZE, 3, device=CARD)
        middle = torch.zeros(2, dtype=torch.int64, device=CARD)
        others = torch.zeros(sequences, 2, parameters, SIZE, SIZE, 3, device=CARD)
        steps = torch.zeros(sequences, 2, parameters, device=CARD)
        return pictures._with_slopes(moments, images, others, middle, steps)


def test_model_metrics_and_losses_stay_on_the_card():
    settings = TrainSettings(hidden=(6,), window_frames=2, sequence=16, field=FIELD, preference=0.5)
    trainer = Trainer(settings, [synthetic_track(5, 0)], [synthetic_track(5, 1)], Card(), CARD)
    batch = trainer.train.batch(trainer.train.sequences()[:2])
    terms = trainer.terms(batch, torch.Generator())
    torch.stack(list(terms.values())).sum().backward()
    assert {term.device.type for term in terms.values()} == {CARD}
    assert {weight.grad.device.type for weight in trainer.model.parameters()} == {CARD}
    with pytest.raises(RuntimeError):
        trainer.model.positions(batch.windows)  # on the CPU


def test_arrays_keep_their_bits_but_for_mps():
    steps = torch.linspace(0, 1, 3, dtype=torch.float64).numpy()
    assert tensor_on(steps, torch.device("cpu")).dtype == torch.float64
    assert tensor_on(steps, torch.device(CARD)).device.type == CARD
    assert device_type(steps.dtype, torch.device("mps")) == np.float32
    assert device_type(steps.dtype, torch.device("cpu")) == np.float64
