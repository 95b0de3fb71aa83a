import json

import pytest

from explorer.web.page_constants import CONSTANTS_FILE, page_constants


@pytest.mark.skipif(
    not CONSTANTS_FILE.is_file(), reason="the page's sources are not part of this installation"
)
def test_the_page_was_told_what_the_core_says():
    stored = json.loads(CONSTANTS_FILE.read_text(encoding="utf-8"))
    current = json.loads(json.dumps(page_constants()))
    assert stored == current, "write it again: python -m explorer.web.page_constants"
