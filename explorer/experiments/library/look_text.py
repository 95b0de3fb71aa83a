"""A look as one line of text that can be pasted anywhere: `explorer-look:1:CHECKSUM:DATA`.

DATA is compact JSON with sorted keys, compressed (zlib) and written in base64url; CHECKSUM is the CRC-32 of
the compressed bytes in hexadecimal. Lines that a mail broke are put together again.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import Any

from explorer.errors import SettingsError
from explorer.formatting import size_text

PREFIX = "explorer-look:"
FORMAT = "1"
MAX_TEXT_CHARACTERS = 64_000  # the longest of the looks that ship has 760
MAX_JSON_BYTES = 1_000_000  # when decompressed
QUOTES = "\"'`<>"  # that a chat or a shell leaves around it
PASTE_AGAIN = "copy the whole line, from explorer-look: to its end"


def is_look_text(text: str) -> bool:
    """Whether a text is meant as the line of a look."""
    return text.strip().lstrip(QUOTES).startswith(PREFIX)


def encode(values: dict[str, Any]) -> str:
    """The line of a look."""
    content = json.dumps(values, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    data = zlib.compress(content.encode("utf-8"), 9)
    letters = base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
    return f"{PREFIX}{FORMAT}:{zlib.crc32(data):08x}:{letters}"


def decode(text: str) -> str:
    """The JSON of a line. Raises SettingsError for what is cut, changed, newer or too large."""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise SettingsError(f"the text of a look is longer than {MAX_TEXT_CHARACTERS} characters")
    joined = re.sub(r"\s+", "", text).strip(QUOTES)
    form, _, rest = joined.removeprefix(PREFIX).partition(":")
    checksum, _, letters = rest.partition(":")
    if not joined.startswith(PREFIX) or not letters:
        raise SettingsError(f"got {text.strip()[:40]!r}, which is no text of a look; {PASTE_AGAIN}")
    if form != FORMAT:
        raise SettingsError(
            f"the text of a look has format {form[:20]!r}; this version reads {FORMAT}; update explorer"
        )
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"the text of a look is cut or was changed; {PASTE_AGAIN}") from None
    if f"{zlib.crc32(data):08x}" != checksum.lower():
        raise SettingsError(f"the text of a look is cut or was changed; {PASTE_AGAIN}")
    return _decompress(data)


def _decompress(data: bytes) -> str:
    """The text in compressed bytes that a stranger may have made: no more than MAX_JSON_BYTES are read."""
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, MAX_JSON_BYTES)
        if not stream.eof:
            raise SettingsError(f"the text of a look holds more than {size_text(MAX_JSON_BYTES)}")
        return content.decode("utf-8")
    except (zlib.error, UnicodeDecodeError):
        raise SettingsError(f"the text of a look is cut or was changed; {PASTE_AGAIN}") from None
