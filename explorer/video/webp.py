"""The chunks of a WebP (RIFF): whether it is whole, how large each frame is, and the recipe in its XMP.

Format: https://developers.google.com/speed/webp/docs/riff_container
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, unescape

from explorer.files import MAX_JSON_BYTES

XMP_FLAG, ANIMATION_FLAG = 0x04, 0x02  # of VP8X
PICTURES = (b"ANMF", b"VP8 ", b"VP8L")
NAMESPACE = "https://explorer.invalid/recipe/1.0/"  # a name, not an address
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:explorer="{namespace}">'
    "{title}<explorer:comment>{comment}</explorer:comment></rdf:Description></rdf:RDF></x:xmpmeta>"
)
TITLE = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
COMMENT = re.compile(r"<explorer:comment>(.*?)</explorer:comment>", re.DOTALL)


def is_complete(path: Path) -> bool:
    """Whether chunks fill the file to its last byte, with a picture among them. Reads only their headers."""
    try:
        return any(name in PICTURES for name, _, _ in _chunks(path))
    except (OSError, ValueError):
        return False


def frame_bytes(path: Path) -> list[int]:
    """The encoded size of every frame. Equal frames in a row are one."""
    return [length for name, _, length in _chunks(path) if name in PICTURES]


def append_xmp(part: Path, comment: str, title: str | None) -> None:
    """Write comment and title into an unfinished file: at its end, announced at its start.

    A file of one frame is a plain picture, whose header gets the form that announces.
    """
    heading = "" if title is None else TITLE.format(title=escape(title))
    packet = PACKET.format(namespace=NAMESPACE, title=heading, comment=escape(comment)).encode()
    name, _, _ = next(_chunks(part))
    if name != b"VP8X":
        _extend_header(part)
    with part.open("rb+") as file:
        file.seek(20)
        flags = file.read(1)[0]
        file.seek(20)
        file.write(bytes([flags | XMP_FLAG]))
        file.seek(0, 2)
        file.write(b"XMP " + struct.pack("<I", len(packet)) + packet + bytes(len(packet) % 2))
        size = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", size - 8))


def read_comment(path: Path) -> str | None:
    """The comment in the XMP of a WebP, None where it has none or is damaged."""
    try:
        for name, place, length in _chunks(path):
            if name == b"XMP ":
                with path.open("rb") as file:
                    file.seek(place)
                    text = file.read(min(length, 2 * MAX_JSON_BYTES)).decode("utf-8")
                match = COMMENT.search(text)
                return unescape(match[1]) if match else None
    except ValueError:  # no WebP, or no text
        return None
    return None


def _chunks(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and length of the content of each chunk. Raises ValueError for what is no whole WebP."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(12)
        if len(header) < 12 or header[:4] != b"RIFF" or header[8:] != b"WEBP":
            raise ValueError("it is no WebP")
        if struct.unpack("<I", header[4:8])[0] + 8 != size:
            raise ValueError("it is cut, or goes on after its end")
        place = 12
        while place < size:
            file.seek(place)
            header = file.read(8)
            if len(header) < 8:
                raise ValueError("it ends within a header")
            name, length = struct.unpack("<4sI", header)
            place += 8 + length + length % 2
            if place > size:
                raise ValueError("it ends within a chunk")
            yield name, place - length - length % 2, length


def _extend_header(part: Path) -> None:
    """Put the extended header before a plain picture."""
    data = part.read_bytes()
    width, height = _picture_size(data)
    fields = bytes([0, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    with part.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", len(data) + 10) + b"WEBPVP8X" + struct.pack("<I", 10) + fields)
        file.write(data[12:])


def _picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a plain picture, lossy or lossless."""
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF
