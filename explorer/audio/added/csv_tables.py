"""CSV files in pieces, whatever separates their numbers: comma, semicolon (with decimal commas) or tab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from explorer.errors import SettingsError
from explorer.files import is_file

CHUNK_ROWS = 500_000
SEPARATORS = (",", ";", "\t")
MAX_LINE_CHARACTERS = 200_000


def csv_chunks(path: Path) -> Iterator[pd.DataFrame]:
    """The header as a table without rows, then the rows, at most `CHUNK_ROWS` at a time.

    Raises SettingsError for what is no CSV file with names in its first line.
    """
    header, row = _first_lines(path)
    separator = max(SEPARATORS, key=header.count)
    names = [name.strip().strip('"') for name in header.split(separator)]
    if all(_is_number(name.replace(",", ".")) for name in names):
        raise SettingsError(
            f"{path.name} begins with numbers; name its columns in the first line, as in: time,energy"
        )
    decimal = "," if separator == ";" and "," in row else "."
    try:
        with pd.read_csv(
            path, sep=separator, decimal=decimal, chunksize=CHUNK_ROWS, skip_blank_lines=False,
            skipinitialspace=True, encoding="utf-8-sig", index_col=False, low_memory=False,
        ) as chunks:  # fmt: skip
            for n, chunk in enumerate(chunks):
                if n == 0:
                    yield chunk.iloc[:0]
                yield chunk
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise SettingsError(f"cannot read {path} as CSV: {reason}") from None


def _first_lines(path: Path) -> tuple[str, str]:
    """The first two lines of a text file."""
    if not is_file(path):
        reason = "it is a folder" if path.is_dir() else "there is no such file"
        raise SettingsError(f"columns: cannot read {path}: {reason}; give a .csv or .mid file")
    try:
        with path.open(encoding="utf-8-sig") as file:
            header, row = file.readline(MAX_LINE_CHARACTERS), file.readline(MAX_LINE_CHARACTERS)
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error.strerror) if isinstance(error, OSError) else "it is no text, or not in UTF-8"
        raise SettingsError(f"cannot read {path} as CSV: {reason}; give a .csv or .mid file") from None
    if not header.strip():
        raise SettingsError(f"{path} is empty; give names in its first line, as in: time,energy")
    return header, row


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
