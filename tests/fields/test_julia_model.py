"""The network of a Julia set without torch: it computes what torch does, and damage is reported."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.audio.live import HOP, LIVE_FEATURES, LIVE_VERSION, RATE, WINDOW, live_width, live_windows
from explorer.errors import ExplorerError, SettingsError
from explorer.fields import Grid, Julia
from explorer.fields.julia.model import FORMAT, METADATA_FILE, WEIGHTS_FILE, load_model
from explorer.fields.julia.parameters import PARAMETERS
from explorer.fields.julia.timeline import HIGH, LOW
from explorer.rendering import render_frame


def write_model(folder, hidden=(8, 5), window_frames=3, deltas=0, seed=0):
    """An untrained network as training leaves it."""
    chance = np.random.default_rng(seed)
    inputs = window_frames * live_width(deltas > 0, deltas > 1)
    tensors = {"mean": chance.normal(size=inputs), "spread": chance.uniform(0.5, 2, inputs)}
    widths = [inputs, *hidden, len(PARAMETERS)]
    for i, name in enumerate([*(f"hidden.{i}" for i in range(len(hidden))), "output"]):
        tensors[f"{name}.weight"] = chance.normal(size=(widths[i + 1], widths[i])) / np.sqrt(widths[i])
        tensors[f"{name}.bias"] = chance.normal(size=widths[i + 1])
    for i, width in enumerate(hidden):
        tensors[f"norm.{i}.weight"] = chance.uniform(0.5, 2, width)
        tensors[f"norm.{i}.bias"] = chance.normal(size=width)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.astype(np.float32) for name, value in tensors.items()}, folder / WEIGHTS_FILE)
    facts = {
        "format": FORMAT,
        "window_frames": window_frames,
        "include_delta": deltas > 0,
        "include_delta_delta": deltas > 1,
        "hidden": list(hidden),
        "input_dim": inputs,
        "features": list(LIVE_FEATURES),
        "rate": RATE,
        "hop": HOP,
        "window": WINDOW,
        "parameters": [{"name": p.name, "low": p.low, "high": p.high, "rest": p.rest} for p in PARAMETERS],
        "feature_version": LIVE_VERSION,
    }
    (folder / METADATA_FILE).write_text(json.dumps(facts), encoding="utf-8")
    return folder


def live_track(seconds=4.0, fps=60.0, seed=0):
    """A track with smooth live features alone."""
    frames = round(seconds * fps)
    t = np.arange(frames)[:, None] / fps
    rate, phase = np.random.default_rng(seed).uniform((1,), (6,), (2, 6))
    raw = (0.5 + 0.4 * np.sin(rate * t + phase)).astype(np.float32)
    names = tuple(f"live_{name}" for name in LIVE_FEATURES)
    settings = AnalysisSettings(fps=fps, extras=("live",))
    return FeatureTrack(2 * raw - 1, raw, names, fps, seconds, "made.wav", "0" * 64, settings)


@pytest.mark.parametrize(("hidden", "deltas"), [((8, 5), 0), ((16,), 1), ((), 2)])
def test_it_computes_what_torch_does(tmp_path, hidden, deltas):
    model = load_model(str(write_model(tmp_path / "run", hidden, deltas=deltas)))
    tensors = {name: torch.from_numpy(value) for name, value in model.tensors.items()}
    windows = np.random.default_rng(1).normal(size=(20, model.metadata["input_dim"])).astype(np.float32)
    x = (torch.from_numpy(windows) - tensors["mean"]) / tensors["spread"]
    for i, width in enumerate(hidden):
        x = torch.nn.functional.linear(x, tensors[f"hidden.{i}.weight"], tensors[f"hidden.{i}.bias"])
        norm = tensors[f"norm.{i}.weight"], tensors[f"norm.{i}.bias"]
        x = torch.nn.functional.gelu(torch.nn.functional.layer_norm(x, (width,), *norm), approximate="tanh")
    x = torch.sigmoid(torch.nn.functional.linear(x, tensors["output.weight"], tensors["output.bias"]))
    low, high = torch.tensor(LOW).float(), torch.tensor(HIGH).float()
    np.testing.assert_allclose(model(windows), low + (high - low) * x, atol=2e-6)


def test_row_n_comes_from_the_window_that_ends_with_frame_n(tmp_path):
    model = load_model(str(write_model(tmp_path / "run")))
    track = live_track()
    found = model.parameters_of_track(track)
    np.testing.assert_allclose(found, model(live_windows(track.raw, 3)), atol=1e-6)
    changed = track.raw.copy()
    changed[100] = 0
    other = model.parameters_of_track(FeatureTrack(track.values, changed, *_facts(track)))
    assert set(np.flatnonzero((found != other).any(axis=1))) == {100, 101, 102}


def _facts(track):
    return track.names, track.fps, track.duration, track.name, track.sha256, track.settings


def test_it_takes_sixty_frames_a_second_at_any_rate_of_the_track(tmp_path):
    model = load_model(str(write_model(tmp_path / "run")))
    usual, fast = (model.parameters_of_track(live_track(fps=fps)) for fps in (60.0, 120.0))
    assert abs(len(usual) - len(fast)) <= 1
    both = min(len(usual), len(fast))
    np.testing.assert_allclose(usual[:both], fast[:both], atol=1e-3)


def test_a_field_follows_its_model(tmp_path):
    folder = write_model(tmp_path / "run")
    field, track = Julia(model=str(folder), motion_smoothing=0.05), live_track()
    assert field.extras == ("live",)
    assert field.replace(model="none") == Julia(motion_smoothing=0.05)
    times = np.arange(0, 3.9, 1 / 30)
    values = field.controls(track, times).values
    np.testing.assert_array_equal(field.controls(track, times[70:71]).values[0], values[70])
    assert values.std(axis=0)[1:].min() > 0
    assert render_frame(field, track, 1.0, (32, 18)).std() > 0
    assert field.notes(track)["model"] == {"name": str(folder), "sha256": load_model(str(folder)).sha256}


def test_a_run_in_explorations_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path))
    write_model(tmp_path / "train_20250102T030405Z_abcdef")
    model = load_model("train_20250102T030405Z_abcdef")
    assert len(model.sha256) == 64


def test_a_model_that_was_trained_on_is_read_again(tmp_path):
    folder = write_model(tmp_path / "run")
    first = load_model(str(folder))
    assert load_model(str(folder)) is first
    field, track = Julia(model=str(folder)), live_track()
    before = field.controls(track, np.ones(1)).values
    write_model(folder, seed=1, hidden=(4,))
    assert load_model(str(folder)).sha256 != first.sha256
    assert (field.controls(track, np.ones(1)).values != before).any()


def test_no_model_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.fields.julia.model.SHIPPED_FOLDER", tmp_path / "nothing")
    field, track = Julia(model="default"), live_track()
    with pytest.raises(SettingsError, match="explorer train"):
        field.controls(track, np.zeros(1))
    with pytest.raises(SettingsError, match="'train_lost'"):
        Julia(model="train_lost").controls(track, np.zeros(1))


@pytest.mark.parametrize("method", ["analyze", "hear"])
def test_a_missing_model_is_reported_before_the_sound(method):
    with pytest.raises(SettingsError, match="'train_lost'"):
        getattr(Julia(model="train_lost"), method)("no such sound.wav")


def test_a_track_without_live_features_says_how_to_get_them(tmp_path):
    model, track = load_model(str(write_model(tmp_path / "run"))), live_track()
    basic = FeatureTrack(track.values, track.raw, ("bass", "mid", "a", "b", "c", "d"), *_facts(track)[1:])
    with pytest.raises(SettingsError, match=r"no 'live_centroid'; .*field.analyze"):
        model.parameters_of_track(basic)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": 1}, "format is 1; this version needs 2"),
        ({"feature_version": 0}, "feature_version"),
        ({"window_frames": 4}, "input_dim is 18; this version needs 24"),
        ({"parameters": []}, "this version needs distance, speed"),
        ({"hidden": [8, 6]}, "'hidden.1.weight' has to be"),
        ({"features": ["rms"]}, "features"),
    ],
)
def test_a_model_of_another_kind_is_refused(tmp_path, changed, message):
    folder = write_model(tmp_path / "run")
    facts = json.loads((folder / METADATA_FILE).read_text(encoding="utf-8"))
    (folder / METADATA_FILE).write_text(json.dumps({**facts, **changed}), encoding="utf-8")
    with pytest.raises(ExplorerError, match=f"cannot read the model in run: .*{message}"):
        load_model(str(folder))


@pytest.mark.parametrize("name", [WEIGHTS_FILE, METADATA_FILE])
def test_a_damaged_model_is_refused(tmp_path, name):
    folder = write_model(tmp_path / "run")
    (folder / name).write_bytes(b"not what it was")
    with pytest.raises(ExplorerError, match="cannot read the model in run"):
        load_model(str(folder))


def test_any_output_is_drawn(tmp_path):
    field = Julia(model=str(write_model(tmp_path / "run")), samples=1)
    track = live_track(seconds=70.0, seed=3)
    controls = field.controls(track, np.linspace(0, 69, 300))
    colors = field.prepare(controls).colors(torch.from_numpy(Grid(8, 6).xy()), 0.02)
    assert colors.isfinite().all()
    assert colors.min() >= 0
    assert colors.max() <= 1
