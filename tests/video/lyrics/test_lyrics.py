"""Lyrics: what files hold, what is drawn over a frame, and that a recipe repeats it."""

import json
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import ImageFont, features

from explorer.errors import ExplorerWarning, SettingsError
from explorer.experiments import Recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.fields import CPPN
from explorer.video.lyrics import Lyrics, LyricsOverlay
from explorer.video.lyrics.lrc import parse_lrc

SIZE = (320, 180)
GRAY = np.full((180, 320, 3), 90, np.uint8)
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Größe</i> 夢
second row

2
00:00:02,000 --> 00:00:03,000
next
"""


def test_lines_of_lrc_end_where_the_next_begins():
    text = "[ar:somebody]\n[offset:500]\n[00:02.50][00:20]chorus <00:03.00>line\n[0:05]verse\n[00:07.5]\n"
    assert parse_lrc(text) == [
        (2.0, 4.5, "chorus line"),
        (4.5, 7.0, "verse"),
        (19.5, 27.5, "chorus line"),
    ]


def test_subtitles_and_lyrics_are_read_by_their_ending(tmp_path):
    (tmp_path / "song.srt").write_text(SRT, encoding="utf-8-sig")
    lyrics = Lyrics.of_file(tmp_path / "song.srt")
    assert lyrics.lines == ((1.0, 2.5, "Größe 夢\nsecond row"), (2.0, 3.0, "next"))
    (tmp_path / "song.lrc").write_text("[00:01]один", encoding="utf-16")
    assert Lyrics.of_file(tmp_path / "song.lrc").lines == ((1.0, 9.0, "один"),)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("song.srt", b"no times at all", r"song\.srt holds no"),
        (
            "song.lrc",
            b"no times at all",
            r"song\.lrc holds no line with a time; a line of a \.lrc is",
        ),
        ("song.lrc", b"", "holds no line with a time"),
        ("song.lrc", b"[00:01]caf\xe9", "are not UTF-8; save them as UTF-8"),
        ("song.txt", b"[00:01]text", r"got song\.txt; give a \.lrc"),
        ("song.lrc", None, "cannot read the lyrics"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        Lyrics.of_file(tmp_path / name)


def test_a_font_that_is_none_is_refused(tmp_path):
    (tmp_path / "song.lrc").write_text("[00:01]text")
    (tmp_path / "font.ttf").write_text("no font")
    for name, message in (("font.ttf", "is no font"), ("other.ttf", "does not exist")):
        with pytest.raises(SettingsError, match=message):
            Lyrics.of_file(tmp_path / "song.lrc", tmp_path / name)


def lines(*rows, **settings):
    return Lyrics(name="song.lrc", lines=rows, **settings)


def text_rows(frame):
    return np.flatnonzero((frame != 90).any(axis=(1, 2)))


def test_text_is_over_the_frame_from_begin_to_end_and_overlapping_lines_are_stacked():
    overlay = LyricsOverlay(lines((1.0, 3.0, "first"), (2.0, 3.0, "second")), SIZE)
    assert overlay.draw(GRAY, 0.9999) is GRAY
    assert overlay.draw(GRAY, 3.0) is GRAY
    one, two = overlay.draw(GRAY, 1.0), overlay.draw(GRAY, 2.0)
    assert one.max() == 255
    assert one.min() == 0
    assert text_rows(one).min() > 90
    assert text_rows(two).min() < text_rows(one).min() - 8
    assert (GRAY == 90).all()


def test_long_text_is_wrapped_into_the_frame():
    overlay = LyricsOverlay(lines((0.0, 1.0, "word " * 30 + "w" * 200)), SIZE)
    columns = np.flatnonzero((overlay.draw(GRAY, 0.5) != 90).any(axis=(0, 2)))
    assert columns.min() > 8
    assert columns.max() < 312


def test_letters_that_the_font_lacks_are_said():
    with pytest.warns(ExplorerWarning, match=r"DejaVuSans\.ttf lacks 1 of the letters of song\.lrc"):
        LyricsOverlay(lines((0.0, 1.0, "夢 ok")), SIZE)


def test_text_from_right_to_left_is_drawn_so():
    lines = ((0.0, 1.0, "\u05d0\u05d1\u05d2"),)
    frame = LyricsOverlay(Lyrics(name="a.srt", lines=lines), SIZE).draw(GRAY, 0.5)
    overlay = LyricsOverlay(Lyrics(name="b.srt", lines=((0.0, 1.0, lines[0][2][::-1]),)), SIZE)
    size, layout = overlay._font.size, ImageFont.Layout.BASIC  # which draws letters as they come
    overlay._font = ImageFont.truetype(str(overlay.font_path), size, layout_engine=layout)
    reverse = LyricsOverlay(Lyrics(name="c.srt", lines=lines), SIZE)
    reverse._font = overlay._font
    apart = [np.abs(frame.astype(int) - each.draw(GRAY, 0.5)).mean() for each in (overlay, reverse)]
    assert apart[0] < apart[1] / 4  # Raqm places letters by fractions of a pixel


def test_text_from_right_to_left_is_refused_where_it_would_be_wrong(monkeypatch):
    monkeypatch.setattr(features, "check", lambda feature: False)
    with pytest.raises(
        SettingsError, match=r"a\.srt has text from right to left, for which Pillow needs Raqm"
    ):
        LyricsOverlay(Lyrics(name="a.srt", lines=((0.0, 1.0, "la \u0633\u0644\u0627\u0645"),)), SIZE)
    LyricsOverlay(Lyrics(name="a.srt", lines=((0.0, 1.0, "left to right"),)), SIZE)


def test_a_long_row_without_spaces_is_cut_between_letters():
    text = "\u4e00" * 60
    with pytest.warns(ExplorerWarning, match="lacks 1 of the letters"):
        overlay = LyricsOverlay(Lyrics(name="a.srt", lines=((0.0, 1.0, text),)), SIZE)
    rows = overlay._wrapped(text)
    assert len(rows) > 1
    assert "".join(rows) == text


def test_a_recipe_holds_the_text_and_which_font(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"sound")
    (tmp_path / "song.lrc").write_text("[00:01]text")
    plain = RenderOptions(size=(64, 36)).recipe(CPPN(), tmp_path / "song.wav")
    assert "lyrics" not in plain.to_dict()
    options = RenderOptions(size=(64, 36), lyrics=tmp_path / "song.lrc", lyrics_font=FONT)
    recipe = options.recipe(CPPN(), tmp_path / "song.wav")
    assert json.loads(recipe.to_json())["lyrics"]["lines"] == [[1.0, 9.0, "text"]]
    assert Recipe.from_json(recipe.to_json()) == recipe
    drawn = LyricsOverlay(recipe.lyrics, SIZE, FONT).draw(GRAY, 2.0)
    other = LyricsOverlay(recipe.lyrics.replace(font=None, font_sha256=None), SIZE).draw(GRAY, 2.0)
    assert (drawn != other).any()
    with pytest.raises(SettingsError, match=r"with the font DejaVuSerif\.ttf .* name it: --lyrics-font FILE"):
        LyricsOverlay(recipe.lyrics, SIZE)
    with pytest.raises(SettingsError, match="give both"):
        RenderOptions(lyrics_font=FONT).recipe(CPPN(), tmp_path / "song.wav")
