import pytest

from explorer import analyze
from explorer.threads import use_single_torch_thread
from tests.signals import music, write_wav


@pytest.fixture(scope="session")
def song(tmp_path_factory):
    path = write_wav(tmp_path_factory.mktemp("graph") / "song.wav", music(12.0, 22050), 22050)
    return analyze(path, cache=False)


@pytest.fixture(scope="session", autouse=True)
def single_torch_thread():
    """Tensors are small here: several threads would wait for each other longer than they work."""
    use_single_torch_thread()
