"""For all tests: shapes in signatures are checked, and the user's cache is never touched."""

import pytest
from jaxtyping import install_import_hook

from tests import checking  # noqa: F401  the hook below names it, and needs it loaded

CHECKED = (
    "audio rendering video diagnostics experiments "
    "fields.base fields.grid fields.palette fields.cppn.settings fields.cppn.network"
).split()
install_import_hook([f"explorer.{room}" for room in CHECKED], "tests.checking.checked")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
