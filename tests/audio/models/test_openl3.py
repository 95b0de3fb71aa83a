"""OpenL3: equal to TensorFlow with the same weights; tests/data/models/golden.py made its side."""

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.audio import analyze
from explorer.audio.features import MODELS
from explorer.audio.models import openl3
from tests.audio.models.formula_weights import chirp, formula_weights, openl3_patch
from tests.signals import tone, write_wav

GOLDEN = Path(__file__).parents[2] / "data" / "models" / "openl3.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as arrays:
        return {name: arrays[name] for name in arrays}


@pytest.fixture(scope="module")
def state():
    weights = formula_weights()
    return {name: torch.from_numpy(weights(name, shape)) for name, shape in openl3.SHAPES.items()}


def test_mel_spectra_are_those_of_tensorflow(golden):
    (patch,) = openl3.patches(chirp(1.0, 48000))
    assert patch.shape == (256, 199)
    ours, theirs = (10 ** (decibels / 10) for decibels in (patch[::4, ::8], golden["mels"]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-6)  # TensorFlow's spectra are float32


def test_the_network_is_that_of_tensorflow(golden, state):
    embedding = openl3.embed(state, openl3_patch()[None])
    scale = np.abs(golden["embedding"]).max()
    np.testing.assert_allclose(embedding, golden["embedding"], atol=1e-5 * scale)


def test_a_row_is_the_second_around_its_time():
    starts = np.arange(openl3.ROWS) * openl3.FRAMING.hop
    centers = starts + openl3.PATCH_SAMPLES / 2 - openl3.FRAMING.before
    np.testing.assert_array_equal(centers, np.arange(openl3.ROWS) * openl3.FRAMING.hop)
    seconds = np.zeros(openl3.FRAMING.samples, np.float32)
    assert len(openl3.patches(seconds)) == openl3.ROWS


def test_fifty_silent_milliseconds_rest(tmp_path, monkeypatch, state):
    torch.save(state, tmp_path / "openl3.pth")
    monkeypatch.setenv("EXPLORER_WEIGHTS", str(tmp_path))
    rng = np.random.default_rng(1)  # in place of the network: all embeddings rest
    monkeypatch.setattr(
        openl3, "embed", lambda state, patches: rng.random((len(patches), openl3.EMBEDDING), np.float32)
    )
    track = analyze(write_wav(tmp_path / "a.wav", np.zeros(400, np.float32), 8000), models="openl3")
    assert not track.values[:, -8:].any()


def test_eight_components_from_a_file_of_weights_point_where_it_is_loud(tmp_path, monkeypatch, state):
    torch.save(state, tmp_path / "openl3.pth.tar")
    monkeypatch.setenv("EXPLORER_WEIGHTS", str(tmp_path))
    sound = np.concatenate([0.2 * tone(440, 0.45, 16000), tone(2000, 0.45, 16000)])
    track = analyze(write_wav(tmp_path / "a.wav", sound, 16000), models="openl3")
    assert track.names[-8:] == tuple(MODELS["openl3"])
    assert np.isfinite(track.raw).all()
    assert np.abs(track.values).max() <= 1
    first = track.raw[:, track.names.index("openl3_component1")]
    assert first[35:].mean() > first[:15].mean()
    embedding = track.embedding("openl3")
    np.testing.assert_allclose(embedding.times, [0, 0.5])
    assert embedding.values.shape == (2, 512)
