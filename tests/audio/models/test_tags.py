"""Tags of music: equal to the original under TensorFlow, whose answers lie in tests/data/models."""

import importlib.metadata
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.audio import DEMO_CLIP, AnalysisSettings, analyze, open_sound
from explorer.audio.extras.mono import mono_blocks
from explorer.audio.features import MODELS
from explorer.audio.models import scaling, tags
from explorer.audio.models.musicnn import Musicnn
from explorer.audio.models.tensor_bundle import read_bundle
from explorer.errors import ExplorerError, ReadError
from tests.signals import noise, silence, tone, write_wav

GOLDEN = Path(__file__).parents[2] / "data" / "models" / "musicnn_mtt_tabla.npz"
PATCH_FRAMES, PATCH_STEP, EVERY = (
    187,
    200,
    20,
)  # of the golden patches; of their frames the file has every 20th

try:
    importlib.metadata.distribution("musicnn")
    HAS_WEIGHTS = True
except importlib.metadata.PackageNotFoundError:
    HAS_WEIGHTS = False
needs_weights = pytest.mark.skipif(
    not HAS_WEIGHTS, reason="needs the weights of musicnn: pip install --no-deps musicnn"
)


def musicnn():
    index, data = (tags._path(name).read_bytes() for name in tags.FILES)
    return Musicnn(read_bundle(index, data, "musicnn"), "musicnn")


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as arrays:
        return SimpleNamespace(**{name: arrays[name] for name in arrays})


@pytest.fixture(scope="module")
def patches():
    """Log-mel spectra of the first three patches of the clip that ships."""
    samples = np.concatenate(list(mono_blocks(open_sound(DEMO_CLIP), tags.RATE)))
    spectra = tags.log_mel(np.pad(samples, tags.FFT_SIZE // 2))
    return np.stack([spectra[n * PATCH_STEP :][:PATCH_FRAMES] for n in range(3)])


def test_log_mel_spectra_are_those_of_the_original(patches, golden):
    np.testing.assert_allclose(patches[:, ::EVERY], golden.log_mel, atol=1e-4)


@needs_weights
def test_tags_are_those_of_the_original(patches, golden):
    probabilities, penultimate = musicnn().patches(patches)
    np.testing.assert_allclose(probabilities, golden.tags, atol=1e-5)
    np.testing.assert_allclose(penultimate, golden.penultimate, atol=1e-4)


@needs_weights
def test_rows_are_what_the_network_says_of_the_second_around_them():
    rows, n = 8, 5
    sound = np.concatenate(list(mono_blocks(open_sound(DEMO_CLIP), tags.RATE)))
    spectra = tags.log_mel(sound)[: 2 * tags.EDGE_FRAMES + (rows - 1) * tags.ROW_FRAMES + 1]
    network = musicnn()
    probabilities, _ = network.rows(spectra, tags.POOL_FRAMES, tags.ROW_FRAMES)
    assert probabilities.shape == (rows, len(tags.TAGS))
    # The frames of row n and what reaches them, alone
    around = spectra[n * tags.ROW_FRAMES :][: 2 * tags.EDGE_FRAMES + 1]
    alone, _ = network.rows(around, tags.POOL_FRAMES, tags.ROW_FRAMES)
    np.testing.assert_allclose(alone[0], probabilities[n], atol=1e-5)


@needs_weights
@pytest.mark.slow
def test_a_gain_changes_no_column(tmp_path):
    samples = np.concatenate([noise(1.5, 16000), tone(440, 1.5, 16000), silence(0.5, 16000)])
    loud, quiet = (
        analyze(write_wav(tmp_path / f"{n}.wav", gain * samples, 16000), models="tags")
        for n, gain in enumerate((1, 0.01))
    )
    np.testing.assert_allclose(loud.values, quiet.values, atol=1e-3)


@needs_weights
def test_fifty_milliseconds_at_8_khz_have_columns(tmp_path):
    track = analyze(write_wav(tmp_path / "a.wav", tone(440, 0.05, 8000), 8000), models="tags")
    assert np.isfinite(track.raw).all()
    assert np.abs(track.values).max() <= 1


def test_silence_rests():
    raw, silent = np.full((30, len(MODELS["tags"])), 0.5, np.float32), np.zeros(30)
    values = tags.normalize(raw, silent, AnalysisSettings())
    assert (values == [-1] * len(tags.GROUPS) + [0] * tags.COMPONENTS).all()


@needs_weights
def test_drums_are_drums(tmp_path):
    with closing(open_sound(DEMO_CLIP).blocks(0.0, 4.0)) as blocks:
        drums = np.concatenate(list(blocks))
    track = analyze(write_wav(tmp_path / "drums.wav", drums), models="tags")
    medians = dict(zip(track.names, np.median(track.raw, axis=0), strict=True))
    assert max(tags.GROUPS, key=medians.__getitem__) == "tags_drums"
    assert medians["tags_piano"] < 0.05
    embedding = track.embedding("tags")
    assert embedding.names[:1] == ("guitar",)
    assert embedding.times[1] == 16 * 256 / 16000


def test_what_is_absent_rests():
    presence, settings = np.ones(1000), AnalysisSettings()
    absent = scaling.probability_level(np.linspace(0.001, 0.06, 1000), presence, settings)
    assert absent.max() < -0.8
    present = scaling.probability_level(np.linspace(0.001, 0.9, 1000), presence, settings)
    assert (present[0], present[-1]) == (-1, 1)
    assert (scaling.probability_level(np.full(10, 0.9), np.zeros(10), settings) == -1).all()


def test_a_pause_between_two_hits_is_no_silence():
    presence = np.repeat([1.0, 0.0, 1.0, 0.0], [60, 12, 60, 300])
    level = scaling.probability_level(np.full(len(presence), 0.5), presence, AnalysisSettings())
    assert (level[:130] == 1).all()
    assert (level[240:] == -1).all()


def test_the_groups_name_tags():
    assert set(tags.GROUPS) | {f"tags_component{n}" for n in range(1, 5)} == set(MODELS["tags"])
    certain = tags.group_probabilities(np.eye(50, dtype=np.float32)[[tags.TAGS.index("cello")]])
    assert certain[0].tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_missing_weights_are_named(monkeypatch, tmp_path):
    def distribution(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", distribution)
    with pytest.raises(ExplorerError, match="not installed; run: pip install --no-deps musicnn"):
        analyze(DEMO_CLIP, models="tags")
    empty = SimpleNamespace(locate_file=lambda name: tmp_path / name)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: empty)
    with pytest.raises(ExplorerError, match=r"without its weights, .*\.index"):
        analyze(DEMO_CLIP, models="tags")
    for name in tags.FILES:
        (tmp_path / tags.FOLDER).mkdir(parents=True, exist_ok=True)
        (tmp_path / tags.FOLDER / name).write_bytes(b"cut")
    with pytest.raises(ExplorerError, match="does not hold the weights of the model tags"):
        analyze(DEMO_CLIP, models="tags", cache=False)
    with pytest.raises(ReadError, match="it holds no musicnn"):
        Musicnn({"conv2d/kernel": np.zeros((3, 3, 1, 4), np.float32)}, "other")
