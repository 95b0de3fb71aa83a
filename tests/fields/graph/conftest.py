import pytest

from explorer import analyze
from tests.signals import music, write_wav


@pytest.fixture(scope="session")
def song(tmp_path_factory):
    path = write_wav(tmp_path_factory.mktemp("graph") / "song.wav", music(12.0, 22050), 22050)
    return analyze(path, cache=False)
