"""The blocks of a GIF (GIF89a specification): whether it is whole, and the recipe in a comment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explorer.files import MAX_JSON_BYTES, read_bytes

SIGNATURES = (b"GIF87a", b"GIF89a")
EXTENSION, IMAGE, TRAILER, COMMENT_LABEL = 0x21, 0x2C, 0x3B, 0xFE
HEADER_BYTES, IMAGE_BYTES = 13, 10  # with the descriptor of the screen; with the separator
MAX_SUB_BLOCK_BYTES = 255
MAX_BYTES = 1 << 30  # of a file that is read


def is_complete(path: Path) -> bool:
    """Whether blocks fill the file up to a trailer that is its last byte, with a picture among them."""
    try:
        data = read_bytes(path, MAX_BYTES)
        kinds = [kind for kind, _, _ in _blocks(data)]
    except (IndexError, ValueError):
        return False
    return IMAGE in kinds


def insert_comment(part: Path, comment: str) -> None:
    """Write a comment before the first picture: ffmpeg counts one after the last as a picture."""
    text = comment.encode()
    pieces = [text[n : n + MAX_SUB_BLOCK_BYTES] for n in range(0, len(text), MAX_SUB_BLOCK_BYTES)]
    with part.open("rb+") as file:
        header = file.read(HEADER_BYTES)
        place = HEADER_BYTES + _table_bytes(header[10])
        file.seek(place)
        pictures = file.read()
        file.seek(place)
        file.write(bytes([EXTENSION, COMMENT_LABEL]))
        file.writelines(bytes([len(piece)]) + piece for piece in pieces)
        file.write(bytes(1))
        file.write(pictures)


def read_comment(path: Path) -> str | None:
    """The last comment of a GIF, None where it has none or is damaged. Raises ReadError without a file."""
    data = read_bytes(path, MAX_BYTES)
    try:
        comments = [(start, end) for kind, start, end in _blocks(data) if kind == COMMENT_LABEL]
        if not comments:
            return None
        text = b"".join(data[start:end] for start, end in _sub_blocks(data, comments[-1][0]))
        return text[:MAX_JSON_BYTES].decode("utf-8")
    except (IndexError, ValueError):  # ValueError: no GIF, or no text
        return None


def _blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each block: IMAGE or the label of an extension, and where its sub-blocks start and end.

    Raises ValueError or IndexError for what is no whole GIF.
    """
    if data[:6] not in SIGNATURES:
        raise ValueError("it is no GIF")
    place = HEADER_BYTES + _table_bytes(data[10])
    while data[place] != TRAILER:
        if data[place] == EXTENSION:
            kind, place = data[place + 1], place + 2
        elif data[place] == IMAGE:
            kind = IMAGE
            place += IMAGE_BYTES + _table_bytes(data[place + 9]) + 1  # and the size of the first codes
        else:
            raise ValueError("it has a block of an unknown kind")
        start = place
        for _, end in _sub_blocks(data, place):
            place = end
        place += 1  # the empty sub-block
        yield kind, start, place
    if place != len(data) - 1:
        raise ValueError("it goes on after its end")


def _sub_blocks(data: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Start and end of the content of each sub-block from a place on. Raises IndexError at the file's end."""
    while length := data[place]:
        yield place + 1, place + 1 + length
        place += 1 + length


def _table_bytes(flags: int) -> int:
    """Bytes of the color table that the flags of a descriptor announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
