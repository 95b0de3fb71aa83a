"""Reads .lrc: a line of lyrics is `[01:23.45]text`, with several times where it returns.

A line lasts until the next one begins, and at most `MAX_LINE_SECONDS`; one without text ends the line
before. `[offset:500]` makes all lines half a second earlier; other tags (`[ar:...]`) and times of words
(`<01:23.45>`) are left out.
"""

from __future__ import annotations

import re

MAX_LINE_SECONDS = 8.0

TIME = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
OFFSET = re.compile(r"^\s*\[offset:\s*([+-]?\d+)\s*\]", re.IGNORECASE | re.MULTILINE)
WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")

Line = tuple[float, float, str]  # begin and end in seconds, and the text


def parse_lrc(text: str) -> list[Line]:
    """The lines of lyrics in the text of an .lrc file, in order; none where it has no times."""
    offset = OFFSET.search(text)
    shift = int(offset[1]) / 1000 if offset else 0.0
    rows: list[tuple[float, str]] = []
    for line in text.splitlines():
        times, position = [], 0
        row = line.strip()
        while match := TIME.match(row, position):
            minutes, seconds, fraction = match.groups()
            times.append(int(minutes) * 60 + float(f"{seconds}.{fraction or 0}"))
            position = match.end()
        words = " ".join(WORD_TIME.sub("", row[position:]).split())
        rows += [(max(0.0, time - shift), words) for time in times]
    rows.sort(key=lambda each: each[0])
    starts = [begin for begin, _ in rows]
    lines = []
    for begin, words in rows:
        later = next((start for start in starts if start > begin), begin + MAX_LINE_SECONDS)
        if words:
            lines.append((begin, min(later, begin + MAX_LINE_SECONDS), words))
    return lines
