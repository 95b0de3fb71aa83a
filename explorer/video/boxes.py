"""The boxes that an MP4 file is made of (ISO/IEC 14496-12): a file that was cut ends within one."""

from __future__ import annotations

import struct
from pathlib import Path

REQUIRED_BOXES = {b"moov", b"mdat"}  # the index and the data
HEADER_BYTES = 16  # length and name, and the long length where the first is 1


def is_complete(path: Path) -> bool:
    """Whether boxes fill the file to its last byte, with index and data. Reads only their headers."""
    size, position, names = path.stat().st_size, 0, set()
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            header = file.read(HEADER_BYTES).ljust(HEADER_BYTES, b"\0")
            length, name, long_length = struct.unpack(">I4sQ", header)
            length = long_length if length == 1 else length
            if length < 8:  # less than its header
                return False
            names.add(name)
            position += length
    return position == size and names >= REQUIRED_BOXES
