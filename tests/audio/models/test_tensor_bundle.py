"""Checkpoints of TensorFlow, written here in their format and read back."""

import struct

import numpy as np
import pytest

from explorer.audio.models.tensor_bundle import MAGIC, read_bundle
from explorer.errors import ReadError

TENSORS = {
    "conv/bias": np.arange(3, dtype="<f4"),
    "conv/kernel": np.arange(300, dtype="<f4").reshape(2, 150),
    "step": np.array(7, dtype="<i8"),
}
NUMBERS = {"f4": 1, "i8": 9}  # of types


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def block(entries):
    """Entries whose keys share what they can with the one before, one restart, no compression."""
    body, before = b"", b""
    for key, value in entries:
        shared = next((n for n, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), 0)
        body += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return body + struct.pack("<II", 0, 1)


def bundle(tensors):
    """(index, data) of a checkpoint."""
    data, entries = b"", [(b"", b"\x08\x01")]
    for name, array in sorted(tensors.items()):
        dimensions = b"".join(
            b"\x12" + varint(len(size)) + size for size in (b"\x08" + varint(n) for n in array.shape)
        )
        entry = (
            b"\x08" + varint(NUMBERS[array.dtype.str[1:]]) + b"\x12" + varint(len(dimensions)) + dimensions
        )
        entry += b"\x20" + varint(len(data)) + b"\x28" + varint(array.nbytes) + b"\x35" + bytes(4)
        entries.append((name.encode(), entry))
        data += array.tobytes()
    table = block(entries)
    directory = block([(b"z", varint(0) + varint(len(table)))])
    index = table + bytes(5) + directory + bytes(5)
    footer = varint(0) + varint(0) + varint(len(table) + 5) + varint(len(directory))
    return index + footer.ljust(40, b"\0") + struct.pack("<Q", MAGIC), data


def test_tensors_come_back():
    tensors = read_bundle(*bundle(TENSORS), "here")
    assert tensors.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        np.testing.assert_array_equal(tensors[name], array)
        assert tensors[name].dtype == array.dtype


def test_what_is_cut_or_damaged_is_refused():
    index, data = bundle(TENSORS)
    for size in range(0, len(index), 7):
        with pytest.raises(ReadError, match="here: it is no checkpoint"):
            read_bundle(index[:size], data, "here")
    with pytest.raises(ReadError, match="no checkpoint"):
        read_bundle(index, data[:-1], "here")


def test_any_byte_may_be_wrong():
    index, data = bundle(TENSORS)
    for at in range(len(index)):
        damaged = index[:at] + bytes([index[at] ^ 0x55]) + index[at + 1 :]
        try:
            read_bundle(damaged, data, "here")
        except ReadError:
            continue
