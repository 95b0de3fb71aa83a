import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from explorer.errors import SettingsError
from explorer.web.data_paths import data_folder


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root" / "data" / "audio").mkdir(parents=True)
    (tmp_path / "root" / "a song.wav").touch()
    (tmp_path / "secret").mkdir()
    return tmp_path / "root"


@pytest.mark.parametrize("given", ["data/audio", "data", "data/audio/", "./data", "."])
def test_folders_below_the_root_are_found(root, given):
    assert data_folder(root, given).is_relative_to(root.resolve())


@pytest.mark.parametrize(
    "given",
    [
        "..", "../secret", "data/../../secret", "data/../data", "/etc", "//server/share", "C:\\Windows",
        "C:data", "\\\\server\\share", "data\\..\\..\\secret", "~", "~root", "", "  ", "data\0",
        "data\naudio", "x" * 2000, "nowhere", "a song.wav", "data/" + "y" * 300,
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_words(root, given):
    with pytest.raises(SettingsError, match="data_dir"):
        data_folder(root, given)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_do_not_lead_out(root, tmp_path):
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "circle").symlink_to(root / "circle")
    for name in ("out", "circle"):
        with pytest.raises(SettingsError):
            data_folder(root, name)
    (root / "in").symlink_to(root / "data")
    assert data_folder(root, "in") == (root / "data").resolve()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    some.lists(some.sampled_from(["..", ".", "data", "audio", "secret", "~", "C:", ""])).map("/".join)
    | some.text()
)
def test_no_text_leads_out(root, given):
    try:
        found = data_folder(root, given)
    except SettingsError:
        return
    assert found.is_relative_to(root.resolve())
