"""A comment comes back as it went in, whatever is in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.video import read_comment
from explorer.video.metadata import parse, write_metadata
from tests.video.material import tone, write_video

COMMENTS = {
    "recipe": json.dumps({"name": "Café 日本", "gain": 2.5, "path": "a\\b", "quote": "'\""}),
    "unicode": "Ünï 日本 😀",
    "lines": "first\nsecond\r\nthird\n",
    "escapes": "a=b;c#d\\e\\\\\nf\\",
    "like a section": "[STREAM]\ntitle=x\n;x",
    "long": json.dumps({"weights": ["é;=#\\" * 10] * 2_000}),
}


@pytest.mark.parametrize("name", COMMENTS)
def test_comment_survives_the_file(tmp_path, name):
    path = write_video(tmp_path / "a.mp4", 1, sound=tone(0.1), comment=COMMENTS[name])
    assert read_comment(path) == COMMENTS[name]


def test_long_comment_is_really_long():
    assert len(COMMENTS["long"]) > 100_000


def test_no_comment(tmp_path):
    assert read_comment(write_video(tmp_path / "a.mp4", 1)) is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_escapes_are_undone(tmp_path_factory, comment):
    path = tmp_path_factory.mktemp("metadata") / "comment.txt"
    write_metadata(path, {"comment": comment})
    assert parse(path.read_bytes().decode())["comment"] == comment
