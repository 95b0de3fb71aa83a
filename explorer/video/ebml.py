"""The elements that a WebM file is made of (EBML, RFC 8794; Matroska, RFC 9559): a cut file ends in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

HEADER, SEGMENT = 0x1A45DFA3, 0x18538067
INFO, TRACKS, CLUSTER, INDEX = 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
REQUIRED_ELEMENTS = {INFO, TRACKS, CLUSTER, INDEX}
MAX_ID_BYTES, MAX_SIZE_BYTES = 4, 8


def is_complete(path: Path) -> bool:
    """Whether a segment with pictures and index fills the file to its last byte. Reads only headers."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            outer = list(_elements(file, 0, size))
            if [name for name, _, _ in outer] != [HEADER, SEGMENT]:
                return False
            names = {name for name, _, _ in _elements(file, *outer[1][1:])}
        except ValueError:
            return False
    return names >= REQUIRED_ELEMENTS


def _elements(file: BinaryIO, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Name, start and end of the content of each element. Raises ValueError unless they fill the part."""
    while place < end:
        file.seek(place)
        header = file.read(MAX_ID_BYTES + MAX_SIZE_BYTES)
        name, used = _number(header, 0, keep_marker=True)
        length, used = _number(header, used, keep_marker=False)
        start, place = place + used, place + used + length
        if place > end:
            raise ValueError("it ends within an element")
        yield name, start, place


def _number(header: bytes, place: int, keep_marker: bool) -> tuple[int, int]:
    """A number of 1 to 8 bytes, whose leading zero bits say how many more follow, and where it ends.

    Raises ValueError for an unknown length, which a finished file does not have.
    """
    if place >= len(header) or not header[place]:
        raise ValueError("it ends within a header")
    count = 9 - header[place].bit_length()
    value = int.from_bytes(header[place : place + count], "big")
    marker = 1 << (7 * count)
    if place + count > len(header) or (not keep_marker and value == 2 * marker - 1):
        raise ValueError("it has no length")
    return (value if keep_marker else value - marker), place + count
