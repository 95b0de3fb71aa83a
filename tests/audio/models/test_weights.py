"""Weights from files: found where they are named, refused where they are wrong, and never executed."""

import hashlib
import io
import pickle
import urllib.error
import urllib.request

import pytest
import torch

from explorer.audio.features import MODELS
from explorer.audio.models import weights
from explorer.cli import main
from explorer.errors import ExplorerError, ReadError, SettingsError

SHAPES = {"layer.weight": (3, 2), "layer.bias": (3,)}


def save(path, **tensors):
    torch.save(tensors, path)
    return path


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "weights_folder", lambda: tmp_path / "fetched")
    monkeypatch.delenv(weights.VARIABLE, raising=False)


def test_every_model_has_a_source():
    assert list(weights.SOURCES) == [*MODELS, "demucs"]


def test_a_file_is_searched_by_name_then_in_folders(tmp_path, monkeypatch):
    with pytest.raises(ExplorerError, match=r"yamnet needs its weights.*--weights yamnet=FILE"):
        weights.weights_file("yamnet")
    (tmp_path / "fetched").mkdir()
    (tmp_path / "mine").mkdir()
    for place in ("fetched", "mine"):
        (tmp_path / place / "yamnet.pth").write_bytes(place.encode())
    assert weights.weights_file("yamnet").parent.name == "fetched"
    monkeypatch.setenv(weights.VARIABLE, str(tmp_path / "mine"))
    assert weights.weights_file("yamnet").parent.name == "mine"
    assert weights.file_sha256("yamnet") == hashlib.sha256(b"mine").hexdigest()
    monkeypatch.setenv(weights.VARIABLE, f"vggish=x.pth{weights.os.pathsep}yamnet={tmp_path / 'none.pth'}")
    with pytest.raises(ExplorerError, match=r"there is no file .*none\.pth"):
        weights.weights_file("yamnet")


def test_weights_of_another_model_are_refused(tmp_path):
    path = save(
        tmp_path / "a.pth", **{name: torch.ones(shape) for name, shape in SHAPES.items()}, more=torch.ones(1)
    )
    assert weights.load_state("small", path, SHAPES).keys() == SHAPES.keys()
    with pytest.raises(
        ReadError, match=r"no weights of large: 'layer\.weight' has the shape \(3, 2\), not \(4, 2\)"
    ):
        weights.load_state("large", path, {"layer.weight": (4, 2)})
    with pytest.raises(ReadError, match="no weights of other: 'conv' is missing"):
        weights.load_state("other", path, {"conv": (1,)})


def test_damaged_files_are_refused(tmp_path):
    path = save(tmp_path / "a.pth", weight=torch.ones(1000))
    data = path.read_bytes()
    for content in (b"", b"text", data[:100], data[: len(data) // 2], data[:-10]):
        path.write_bytes(content)
        with pytest.raises(ReadError, match="cut, damaged, or no file of weights"):
            weights.load_state("small", path, SHAPES)
    (tmp_path / "a.safetensors").write_bytes(b"\x01" * 20)
    with pytest.raises(ReadError, match="cut, damaged"):
        weights.load_state("small", tmp_path / "a.safetensors", SHAPES)


class Payload:
    """What a pickle would run."""

    def __reduce__(self):
        return (pytest.fail, ("code of the file was executed",))


def test_code_in_a_file_is_not_executed(tmp_path):
    path = tmp_path / "a.pt"
    torch.save({"weight": Payload()}, path)
    with pytest.raises(ReadError, match="could run code"):
        weights.load_state("small", path, SHAPES)
    path.write_bytes(pickle.dumps(Payload()))
    with pytest.raises(ReadError):
        weights.load_state("small", path, SHAPES)


def test_fetching_checks_the_hash_and_says_when_there_is_no_network(tmp_path, monkeypatch):
    class Answer(io.BytesIO):
        headers = {"Content-Length": "3"}  # noqa: RUF012

    monkeypatch.setattr(urllib.request, "urlopen", lambda address, timeout: Answer(b"abc"))
    with pytest.raises(ExplorerError, match="other content than the known weights; nothing was stored"):
        weights.fetch("vggish")
    assert not (tmp_path / "fetched").exists()
    source = weights.WeightsSource(
        "here", "none", "https://x.org/v.pth", hashlib.sha256(b"abc").hexdigest()[:8]
    )
    monkeypatch.setitem(weights.SOURCES, "vggish", source)
    assert weights.fetch("vggish").read_bytes() == b"abc"

    def no_network(address, timeout):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    with pytest.raises(
        ExplorerError, match=r"cannot be reached \(no route to host\); .*--weights vggish=FILE"
    ):
        weights.fetch("vggish")
    with pytest.raises(SettingsError, match="weights of tags are not fetched: pip install --no-deps musicnn"):
        weights.fetch("tags")


def test_the_command_lists_all_models(capsys):
    assert main(["weights"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[::2]] == list(weights.SOURCES)
    assert main(["weights", "fetch", "yamnett"]) == 2
    assert "did you mean 'yamnet'" in capsys.readouterr().err
    assert main(["analyze", "song.ogg", "--weights", "yamnet"]) == 2
    assert "give NAME=FILE" in capsys.readouterr().err


def test_columns_of_a_model_without_weights_are_refused_in_one_line(tmp_path, capsys):
    (tmp_path / "a.wav").write_bytes(b"not read")
    assert main(["analyze", str(tmp_path / "a.wav"), "--models", "vggish"]) == 1
    assert "the model vggish needs its weights" in capsys.readouterr().err
