"""A look: a field with a name, how its sound is analyzed, and the shape of its frames; as JSON and as text.

A look says nothing about which sound, which excerpt or which codec: it draws any sound.
"""

from __future__ import annotations

import html
import unicodedata
from typing import Any, Literal

from pydantic import field_validator

from explorer.audio import AnalysisSettings
from explorer.errors import ReadError, SettingsError
from explorer.experiments.library import look_text
from explorer.experiments.runs.recipe import Recipe
from explorer.fields import AnyField
from explorer.files import parse_json
from explorer.rendering import parse_size
from explorer.rendering.frames import Size
from explorer.settings import Settings

MAX_NAME_CHARACTERS = 80


class Look(Settings):
    """A field with a name, ready for any sound."""

    version: Literal[1] = 1
    name: str
    field: AnyField
    analysis: AnalysisSettings = AnalysisSettings()
    size: tuple[int, int] | None = None  # pixels (width, height); none: the field's own

    @field_validator("name")
    @classmethod
    def _valid_name(cls, name: str) -> str:
        return look_name(name)

    @field_validator("analysis")
    @classmethod
    def _without_extras(cls, analysis: AnalysisSettings) -> AnalysisSettings:
        """Groups of features follow from the field, and edits belong to one sound."""
        return analysis.replace(extras=(), edits=None)

    @field_validator("size", mode="before")
    @classmethod
    def _valid_size(cls, size: Size | list[int] | None) -> tuple[int, int] | None:
        if size is None or isinstance(size, str):
            return None if size is None else parse_size(size)
        if len(size) != 2 or not all(isinstance(side, int) for side in size):
            raise ValueError(f"got {str(size)[:40]}; allowed: a width and a height in pixels")
        return parse_size((size[0], size[1]))

    @classmethod
    def of_recipe(cls, recipe: Recipe, name: str) -> Look:
        """What a recipe says about its look."""
        return cls(name=name, field=recipe.field, analysis=recipe.analysis, size=recipe.frames.size)

    @classmethod
    def of_values(cls, values: dict[str, Any], source: str) -> Look:
        """A look from the content of a file. Raises SettingsError that names `source`."""
        if values.get("version") != 1 or "field" not in values:
            version = str(values.get("version"))[:20]
            raise SettingsError(
                f"{source} is not a look that this version reads (its version is {version}; allowed: 1); "
                "update explorer, or save the look again"
            )
        try:
            return cls(**values)
        except SettingsError as error:
            raise SettingsError(f"{source} cannot be read: {error}") from None

    @classmethod
    def of_text(cls, text: str) -> Look:
        """A look from the line that `text` gives. Raises SettingsError for what is cut or changed."""
        content = look_text.decode(text)
        try:
            return cls.of_values(parse_json(content, "the text of a look"), "the text of a look")
        except ReadError as error:
            raise SettingsError(str(error)) from None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for its file."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    @property
    def text(self) -> str:
        """The look as one line of text, for a chat or a mail; `explorer look add` reads it."""
        return look_text.encode(self.to_dict())

    @property
    def frame_size(self) -> tuple[int, int]:
        """Pixels (width, height) of its frames."""
        return self.size or self.field.frame_size

    @property
    def summary(self) -> str:
        """Name, kind and shape in one line."""
        width, height = self.frame_size
        return f"{self.name}: {self.field.kind}, {width}x{height}"

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.name)}</b> {html.escape(self.summary.removeprefix(self.name + ':'))}"


def look_name(name: str) -> str:
    """The name of a look as it is shown: composed characters, without spaces around. Raises SettingsError.

    Any characters that print are allowed: the name of its file is made of it, and is another.
    """
    plain = unicodedata.normalize("NFC", name).strip() if isinstance(name, str) else ""
    if not 0 < len(plain) <= MAX_NAME_CHARACTERS or not plain.isprintable():
        raise SettingsError(
            f"the name of a look: got {str(name)[:100]!r}; allowed: 1 to {MAX_NAME_CHARACTERS} characters "
            "in one line"
        )
    if look_text.is_look_text(plain):
        raise SettingsError(f"the name of a look cannot begin with {look_text.PREFIX}; choose another")
    return plain
