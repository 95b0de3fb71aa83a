"""Weights in a checkpoint of TensorFlow (a "tensor bundle", version 2), read with NumPy alone.

The index is a sorted table in the format of LevelDB: blocks of entries whose keys share prefixes. Each value
is a protocol buffer that says type, shape and place of a tensor in the data file. Nothing is executed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from explorer.errors import ReadError

DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2"}
MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
DTYPE_FIELD, SHAPE_FIELD, OFFSET_FIELD, SIZE_FIELD = 1, 2, 4, 5  # of BundleEntryProto


def read_bundle(index: bytes, data: bytes, source: str) -> dict[str, np.ndarray]:
    """The tensors by their names. Raises ReadError, which names `source`, for anything else."""
    try:
        return dict(_tensors(index, data))
    except (IndexError, KeyError, ValueError, TypeError, struct.error, UnicodeDecodeError) as error:
        raise ReadError(source, f"it is no checkpoint of TensorFlow ({error})") from None


def _tensors(index: bytes, data: bytes) -> Iterator[tuple[str, np.ndarray]]:
    footer = index[-FOOTER_BYTES:]
    if struct.unpack_from("<Q", footer, FOOTER_BYTES - 8)[0] != MAGIC:
        raise ValueError("its index has no footer")
    _, at = _varint(footer, 0)  # where the meta index is
    _, at = _varint(footer, at)
    for _, handle in _entries(_block(index, footer[at:])):
        for key, value in _entries(_block(index, handle)):
            if key:  # the first entry describes the bundle
                yield key.decode(), _tensor(dict(_fields(value)), data)


def _tensor(entry: dict[int, int | bytes], data: bytes) -> np.ndarray:
    start, size = int(entry.get(OFFSET_FIELD, 0)), int(entry[SIZE_FIELD])
    shape_message = entry.get(SHAPE_FIELD, b"")
    assert isinstance(shape_message, bytes)
    shape = [
        int(dict(_fields(value)).get(1, 0))
        for number, value in _fields(shape_message)
        if number == 2 and isinstance(value, bytes)
    ]
    return np.frombuffer(data[start : start + size], DTYPES[int(entry[DTYPE_FIELD])]).reshape(shape)


def _block(index: bytes, handle: bytes) -> bytes:
    """The block that a handle, offset and size, points at."""
    offset, at = _varint(handle, 0)
    size, _ = _varint(handle, at)
    if index[offset + size] != 0:
        raise ValueError("its index is compressed")
    return index[offset : offset + size]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block; a key begins as the one before it, as far as its first number says."""
    restarts = struct.unpack_from("<I", block, len(block) - 4)[0]
    end, at, key = len(block) - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = _varint(block, at)
        rest, at = _varint(block, at)
        size, at = _varint(block, at)
        key = key[:shared] + block[at : at + rest]
        at += rest
        yield key, block[at : at + size]
        at += size


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if wire == 2:
            size, at = _varint(message, at)
        else:
            size = {1: 8, 5: 4}[wire]
        yield tag >> 3, message[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number in groups of 7 bits, the lowest first, and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
