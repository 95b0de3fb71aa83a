"""YAMNet and VGGish: equal to TensorFlow with the same weights; tests/data/models/golden.py made its side."""

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.audio import analyze
from explorer.audio.features import MODELS
from explorer.audio.models import audioset, vggish, yamnet
from tests.audio.models.formula_weights import chirp, formula_weights
from tests.signals import tone, write_wav

GOLDEN = Path(__file__).parents[2] / "data" / "models" / "audioset.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as arrays:
        return {name: arrays[name] for name in arrays}


def state(shapes):
    weights = formula_weights()
    return {name: torch.from_numpy(weights(name, shape)) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def yamnet_state():
    return state(yamnet.SHAPES)


def test_log_mel_spectra_are_those_of_tensorflow(golden):
    (patch,) = audioset.patches(chirp()[: audioset.PATCH_SAMPLES], yamnet.LOG_OFFSET)
    np.testing.assert_allclose(np.exp(patch), np.exp(golden["log_mel"]), rtol=1e-4, atol=1e-5)


def test_yamnet_is_that_of_tensorflow(golden, yamnet_state):
    scores, embedding = yamnet.classify(yamnet_state, golden["log_mel"][None])
    np.testing.assert_allclose(scores, golden["scores"], atol=1e-5)
    np.testing.assert_allclose(embedding, golden["embedding"], rtol=1e-4, atol=1e-4)


def test_the_convolutions_of_vggish_are_those_of_tensorflow(golden):
    shapes = {name: shape for name, shape in vggish.SHAPES.items() if name.startswith("features")}
    patches = audioset.patches(chirp()[: audioset.PATCH_SAMPLES], vggish.LOG_OFFSET)
    features = vggish.convolve(state(shapes), patches).permute(0, 2, 3, 1).numpy()
    scale = np.abs(golden["vggish_features"]).max()
    np.testing.assert_allclose(features[..., ::16], golden["vggish_features"], atol=3e-5 * scale)


def test_yamnet_measures_a_sound_with_weights_from_a_file(tmp_path, monkeypatch, yamnet_state):
    torch.save(yamnet_state, tmp_path / "yamnet.pth")
    monkeypatch.setenv("EXPLORER_WEIGHTS", str(tmp_path))
    sound = write_wav(tmp_path / "a.wav", tone(440, 1.0, 8000), 8000)
    track = analyze(sound, models="yamnet")
    assert track.names[-10:] == tuple(MODELS["yamnet"]) == tuple(yamnet.GROUPS)
    assert np.abs(track.values).max() <= 1
    embedding = track.embedding("yamnet")
    np.testing.assert_allclose(embedding.times, [0, 0.48, 0.96])


def test_a_row_is_the_patch_around_its_time():
    starts = np.arange(audioset.ROWS) * audioset.FRAMING.hop
    centers = starts + audioset.PATCH_SAMPLES / 2 - audioset.FRAMING.before
    np.testing.assert_array_equal(centers, np.arange(audioset.ROWS) * audioset.FRAMING.hop)


@pytest.mark.slow
def test_vggish_has_128_numbers_and_eight_components(tmp_path, monkeypatch):
    """With all its 72 million weights."""
    torch.save(state(vggish.SHAPES), tmp_path / "vggish.pth")
    monkeypatch.setenv("EXPLORER_WEIGHTS", f"vggish={tmp_path / 'vggish.pth'}")
    sound = np.concatenate([tone(440, 1.0, 16000), tone(2000, 1.0, 16000)])
    track = analyze(write_wav(tmp_path / "a.wav", sound, 16000), models="vggish")
    assert track.names[-8:] == tuple(MODELS["vggish"])
    assert np.isfinite(track.raw).all()
    assert track.embedding("vggish").values.shape == (5, 128)
