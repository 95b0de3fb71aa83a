"""Groups of features that are measured only on request: once, cached, in a fixed order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import explorer.audio.extras
from explorer import CPPN, Recipe
from explorer.audio import FEATURES, AnalysisSettings, analyze
from explorer.audio.features import EXTRAS, extras_of
from explorer.errors import SettingsError, Stopped
from explorer.rendering import FrameSettings
from tests.signals import tone, write_wav

STEREO = ("harmonic", "percussive")


@pytest.fixture
def sound(tmp_path):
    return write_wav(tmp_path / "tone.wav", tone(440, 0.5))


@pytest.fixture
def asked(monkeypatch):
    """Stands in for every group; holds the names of those that were measured."""
    names = []

    def module(group):
        def measure(sound, times, progress):
            names.append(group)
            progress("listening", 0.0, 1.0)
            return np.tile(times[:, None].astype(np.float32), (1, len(EXTRAS[group])))

        def normalize(raw, present, settings):
            return np.clip(raw * present[:, None], -1, 1).astype(np.float32)

        return SimpleNamespace(VERSION=1, measure=measure, normalize=normalize)

    monkeypatch.setattr(explorer.audio.extras, "_module", module)
    return names


def test_columns_follow_the_basic_ones_in_the_order_of_the_groups(sound, asked):
    track = analyze(sound, extras=("sections", "separation"), structure=2)
    assert track.names == (*FEATURES, *EXTRAS["separation"], *EXTRAS["sections"]) == track.settings.names
    assert track.raw.shape == track.values.shape == (len(track.times), len(track.names))
    np.testing.assert_allclose(track.raw[:, track.names.index("section")], track.times, rtol=1e-6)
    np.testing.assert_array_equal(track.values[:, : len(FEATURES)], analyze(sound).values)


def test_a_group_is_measured_once_whatever_is_asked_besides(sound, asked):
    analyze(sound, extras=("chroma",))
    analyze(sound, extras=("chroma", "sections"), smoothing=0.2, structure=2)
    assert asked == ["chroma", "sections"]
    analyze(sound, extras=("chroma",), cache=False)
    analyze(sound, extras=("chroma",), fps=30)
    assert asked == ["chroma", "sections", "chroma", "chroma"]


def test_a_damaged_memory_is_measured_anew(sound, asked, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    analyze(sound, extras=("chroma",))
    (kept,) = (tmp_path / "cache" / "features" / "extras").glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:100])
    analyze(sound, extras=("chroma",))
    assert asked == ["chroma", "chroma"]


def test_stopping_remembers_nothing(sound, asked):
    def stop(step, done, total):
        if step == "listening":
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        analyze(sound, extras=("sections",), structure=2, progress=stop)
    analyze(sound, extras=("sections",), structure=2)
    assert asked == ["sections", "sections"]


def test_groups_are_told_by_their_features():
    assert extras_of(("bass", "chroma_fs", "harmonic")) == ("separation", "chroma")
    assert AnalysisSettings(extras="beats, chroma").extras == ("chroma", "beats")
    with pytest.raises(SettingsError, match="did you mean 'chroma'"):
        AnalysisSettings(extras=("croma",))


def test_a_field_hears_what_it_needs_and_says_so_when_it_is_missing(sound, asked):
    field = CPPN(features=("bass", *STEREO))
    assert field.analyze(sound).names == (*FEATURES, *STEREO)
    with pytest.raises(SettingsError, match=r"analyzed without 'harmonic'; .*extras=\('separation',\)"):
        field.controls(analyze(sound), np.array([0.0]))


def test_a_recipe_analyses_what_its_field_needs(sound, asked):
    recipe = Recipe.for_track(analyze(sound), field=CPPN(features=STEREO), frames=FrameSettings())
    assert recipe.analysis.extras == ("separation",)
    assert Recipe.from_json(recipe.to_json()) == recipe
