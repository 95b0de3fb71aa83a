"""The model, its files, and ONNX."""

import json

import numpy as np
import onnx
import pytest
import torch

from explorer.errors import ExplorerError, SettingsError
from explorer.fields.julia import model as numpy_model
from explorer.fields.julia.parameters import PARAMETERS
from explorer.learn import onnx_export
from explorer.learn.model import AudioToVisualModel, load_model, save_model
from explorer.learn.settings import TrainSettings

DELTAS = [(False, False), (True, False), (False, True)]


def some_model(seed=0, **settings):
    """A model with weights and normalisation that are not those of the beginning."""
    torch.manual_seed(seed)
    model = AudioToVisualModel(TrainSettings(**settings))
    with torch.no_grad():
        model.output.weight.mul_(50)
        model.mean.uniform_(-1, 1)
        model.spread.uniform_(0.1, 2)
    return model.eval()


def test_a_new_model_rests():
    out = AudioToVisualModel()(torch.zeros(3, 60))
    for parameter, column in zip(PARAMETERS, out.T, strict=True):
        span = parameter.high - parameter.low
        assert (column - parameter.rest).abs().max() < 0.06 * span, parameter.name


def test_outputs_lie_in_their_ranges():
    out = some_model()(100 * torch.randn(500, 60))
    for parameter, column in zip(PARAMETERS, out.T, strict=True):
        assert column.min() >= parameter.low - 1e-6
        assert column.max() <= parameter.high + 1e-6


@pytest.mark.parametrize(("deltas", "width"), [(DELTAS[0], 60), (DELTAS[1], 120), (DELTAS[2], 180)])
def test_the_width_of_the_input_is_checked(deltas, width):
    model = AudioToVisualModel(TrainSettings(include_delta=deltas[0], include_delta_delta=deltas[1]))
    assert model(torch.zeros(1, width)).shape == (1, 7)
    with pytest.raises(SettingsError, match=rf"needs {width} inputs \(10 frames.*got 61"):
        model(torch.zeros(1, 61))


@pytest.mark.parametrize("deltas", DELTAS)
def test_a_model_that_was_saved_is_the_same_in_torch_and_in_the_field(tmp_path, deltas):
    model = some_model(
        window_frames=4, include_delta=deltas[0], include_delta_delta=deltas[1], hidden=(16, 8)
    )
    save_model(tmp_path, model, trained_on=[], proof={})
    windows = torch.randn(9, model.settings.input_dim)
    again, metadata = load_model(tmp_path)
    with torch.no_grad():
        expected = model(windows)
        torch.testing.assert_close(again(windows), expected, rtol=0, atol=0)
    outputs = numpy_model.load_model(str(tmp_path))(windows.numpy())
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    assert metadata["input_dim"] == windows.shape[1]
    assert [parameter_json["name"] for parameter_json in metadata["parameters"]] == [
        parameter.name for parameter in PARAMETERS
    ]


def test_what_is_no_model_is_said_so(tmp_path):
    with pytest.raises(ExplorerError, match="holds no trained model"):
        load_model(tmp_path)
    save_model(tmp_path, some_model())
    metadata = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps({**metadata, "window_frames": 3}))
    with pytest.raises(ExplorerError, match="cannot read the model"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(metadata))
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ExplorerError, match="cannot read the model"):
        load_model(tmp_path)


def test_onnx_runtime_and_torch_agree(tmp_path):
    model = some_model(include_delta_delta=True)
    save_model(tmp_path, model)
    path, difference = onnx_export.export(tmp_path)
    assert difference <= 1e-5
    assert [file.name for file in tmp_path.glob("*onnx*")] == ["model.onnx"]  # no other file
    session = onnx_export.open_session(path.read_bytes())
    (inputs,), (outputs,) = session.get_inputs(), session.get_outputs()
    assert (inputs.name, outputs.name) == ("audio_features", "visual_parameters")
    assert inputs.shape[1:] == [model.settings.input_dim]
    assert not isinstance(inputs.shape[0], int)
    windows = np.random.default_rng(0).standard_normal((100, model.settings.input_dim)).astype(np.float32)
    with torch.no_grad():
        expected = model(torch.from_numpy(windows))
    outputs = session.run(None, {"audio_features": windows})[0]
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    assert onnx.load(path).opset_import[0].version >= 18
    assert b"stack_trace" not in path.read_bytes()  # nor folders of the machine that made it


def test_a_file_that_differs_is_not_left(tmp_path, monkeypatch):
    save_model(tmp_path, some_model())
    monkeypatch.setattr(onnx_export, "encode_onnx", lambda model: b"another")
    monkeypatch.setattr(onnx_export, "max_difference", lambda model, data: 1e-3)
    with pytest.raises(ExplorerError, match=r"differ by 1\.0e-03"):
        onnx_export.export(tmp_path)
    assert not list(tmp_path.glob("*onnx*"))
