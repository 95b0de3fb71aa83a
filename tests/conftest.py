"""For all tests: shapes in signatures are checked, and the user's cache is never touched."""

from typing import runtime_checkable

import pytest
from jaxtyping import install_import_hook

from explorer.progress import Progress
from tests import checking  # noqa: F401  the hook below names it, and needs it loaded

runtime_checkable(Progress)  # the checker asks isinstance of every callback
install_import_hook("explorer.audio", "tests.checking.checked")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))
