"""`Edits`: corrections of the beats, downbeats and sections of one sound, as settings and as JSON.

    {"version": 1, "name": "song.ogg", "sha256": "5f0c...", "duration": 181.3,
     "beats": {"moved": [[12.34, 12.4]], "added": [44.1], "deleted": [44.6]},
     "downbeats": {"added": [12.4], "deleted": [13.0]},
     "sections": [[0.0, "intro"], [14.2, "verse"], [44.1, "chorus"]]}

Times are seconds. `beats` names measured beats by their times, so that the document fits a new analysis, too;
`downbeats` names beats as they are then. `sections` are all sections, each with its start and name.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self, runtime_checkable

from pydantic import AfterValidator, field_validator, model_validator

from explorer.errors import ReadError, SettingsError
from explorer.files import parse_json, read_text, write_json
from explorer.formatting import clock_text, count_text
from explorer.settings import Settings

MAX_NAME_CHARACTERS = 60  # of a section
MAX_SECTIONS = 1000
MAX_BEATS = 400_000  # ten hours of the fastest tempo
MIN_BEAT_SECONDS = 0.05  # between two beats
MIN_SECTION_SECONDS = 0.25
DIGITS = 6  # of seconds: finer than a sample
SAME_LENGTH_SECONDS = 0.1  # in which two files of one song may differ


def seconds(value: float) -> float:
    """A time as documents hold it."""
    return round(float(value), DIGITS)


Seconds = Annotated[float, AfterValidator(seconds)]
Times = tuple[Seconds, ...]


def section_name(name: Any) -> str:
    """The name of a section as it is shown, without spaces around; empty for none. Raises SettingsError."""
    plain = " ".join(name.split()) if isinstance(name, str) else None
    if plain is None or len(plain) > MAX_NAME_CHARACTERS or not plain.isprintable() or {*plain} & {*":;="}:
        raise SettingsError(
            f"the name of a section: got {str(name)[:80]!r}; allowed: up to {MAX_NAME_CHARACTERS} characters "
            "in one line, without : ; ="
        )
    if plain.isdigit():
        raise SettingsError(
            f"the name of a section: got {plain!r}; a number alone means the place of a section, add a word"
        )
    return plain


def _check_ascending(times: Times, what: str) -> Times:
    if len(times) > MAX_BEATS:
        raise SettingsError(f"{what}: got {len(times)}; allowed: up to {MAX_BEATS}")
    for earlier, later in pairwise(times):
        if later <= earlier:
            raise SettingsError(
                f"{what} are out of order: {later:g} s comes after {earlier:g} s; sort them, each once"
            )
    return times


@runtime_checkable
class SoundIdentity(Protocol):
    """What a track says about its sound."""

    @property
    def name(self) -> str:
        """The name of its file."""

    @property
    def sha256(self) -> str:
        """The hash of its content."""

    @property
    def duration(self) -> float:
        """Its length in seconds."""


class BeatEdits(Settings):
    """Beats that were moved (from, to), added and deleted, by their times in seconds."""

    moved: tuple[tuple[Seconds, Seconds], ...] = ()
    added: Times = ()
    deleted: Times = ()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        _check_ascending(self.added, "edits: the added beats")
        _check_ascending(self.deleted, "edits: the deleted beats")
        for side, what in enumerate(("moved beats", "new places of moved beats")):
            _check_ascending(tuple(pair[side] for pair in self.moved), f"edits: the {what}")
        return self


class DownbeatEdits(Settings):
    """Beats that begin a bar now, and those that do so no more, by their times in seconds."""

    added: Times = ()
    deleted: Times = ()

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        _check_ascending(self.added, "edits: the added downbeats")
        _check_ascending(self.deleted, "edits: the deleted downbeats")
        return self


class Edits(Settings):
    """Corrections of the beats, bars and sections of one sound: `analyze("song.ogg", edits=...)`.

    `Edits.load(path)` reads a file, `save(path)` writes one, `for_track(track)` takes them over to another
    file of the same song. `name`, `sha256` and `duration` say which sound they belong to.
    """

    added_settings: ClassVar[tuple[str, ...]] = ("beats", "downbeats", "sections")

    version: Literal[1] = 1
    name: str
    sha256: str
    duration: float
    beats: BeatEdits = BeatEdits()
    downbeats: DownbeatEdits = DownbeatEdits()
    sections: tuple[tuple[Seconds, str], ...] | None = None

    @field_validator("duration")
    @classmethod
    def _check_duration(cls, value: float) -> float:
        if not 0 < value < math.inf:
            raise SettingsError(f"edits: got a sound of {value:g} s; allowed: more than 0")
        return value

    @field_validator("sections")
    @classmethod
    def _check_sections(cls, value: Any) -> tuple[tuple[float, str], ...] | None:
        if value is None:
            return None
        sections = tuple((start, section_name(name)) for start, name in value)
        if not 1 <= len(sections) <= MAX_SECTIONS or sections[0][0] != 0:
            raise SettingsError(
                f"edits: got {len(sections)} sections; allowed: 1 to {MAX_SECTIONS}, the first at 0 s"
            )
        for (earlier, one), (later, other) in pairwise(sections):
            if later - earlier < MIN_SECTION_SECONDS:
                raise SettingsError(
                    f"edits: the sections {one!r} at {earlier:g} s and {other!r} at {later:g} s overlap; "
                    f"put them in order, each at least {MIN_SECTION_SECONDS:g} s long"
                )
        return sections

    @model_validator(mode="after")
    def _check_within(self) -> Self:
        """All times are in the sound."""
        moved = (time for pair in self.beats.moved for time in pair)
        beats = (*moved, *self.beats.added, *self.beats.deleted)
        beats = (*beats, *self.downbeats.added, *self.downbeats.deleted)
        for kind, times in (("beat", beats), ("section", [start for start, _ in self.sections or ()])):
            for time in times:
                if not 0 <= time < self.duration:
                    raise SettingsError(
                        f"edits: a {kind} at {time:g} s is outside {self.name}, which is {self.duration:g} s "
                        "long; remove it"
                    )
        return self

    @classmethod
    def of_values(cls, values: Any, source: str) -> Self:
        """Edits from the values of a document. Raises SettingsError that names `source`."""
        if not isinstance(values, dict):
            raise SettingsError(f"{source}: got {str(values)[:60]!r}; give a file that timeline.save() wrote")
        if "sha256" not in values or values.get("version", 1) != 1:
            raise SettingsError(
                f"{source} holds no edits that this version reads; give a file that timeline.save() wrote"
            )
        try:
            return cls(**values)
        except SettingsError as error:
            raise SettingsError(f"{source} cannot be used: {error}") from None

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The edits in a file. Raises SettingsError for one that is missing or damaged."""
        path = Path(path).expanduser()
        try:
            return cls.of_values(parse_json(read_text(path), path.name), path.name)
        except ReadError as error:
            raise SettingsError(
                f"cannot read the edits {path}: {error.reason}; give a file that timeline.save() wrote"
            ) from None

    def save(self, path: str | Path) -> Path:
        """Write the edits as JSON, whole or not at all; returns the path."""
        path = Path(path).expanduser()
        write_json(path, self.to_dict())
        return path

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    def for_track(self, track: SoundIdentity) -> Self:
        """The same edits for another file of the same song, as after a conversion: that of a track.

        Raises SettingsError for a sound of another length.
        """
        if abs(track.duration - self.duration) > SAME_LENGTH_SECONDS:
            raise SettingsError(
                f"{track.name} is {track.duration:.2f} s long and the edits are of {self.name} with "
                f"{self.duration:.2f} s; they fit a file of the same song alone"
            )
        return self.replace(name=track.name, sha256=track.sha256, duration=max(track.duration, self.duration))

    @property
    def feature_groups(self) -> tuple[str, ...]:
        """The groups of features that they change."""
        is_rhythm = self.beats != BeatEdits() or self.downbeats != DownbeatEdits()
        sections = () if self.sections is None else ("sections",)
        return (*(("beats", "bars") if is_rhythm else ()), *sections)

    def __bool__(self) -> bool:
        return bool(self.feature_groups)

    def check_sound(self, name: str, sha256: str) -> None:
        """Raise SettingsError unless they belong to the sound with this content."""
        if self.sha256 != sha256:
            raise SettingsError(
                f"the edits are of another sound, {self.name} ({clock_text(self.duration)}), than {name}; "
                f"edit this one with timeline({name!r}), or take them over to another file of the same song: "
                "Edits.load(FILE).for_track(track)"
            )

    @property
    def summary(self) -> str:
        """What they change, in words."""
        beats, downbeats = self.beats, self.downbeats
        parts = [
            f"{count_text(len(times), 'beat')} {verb}"
            for verb, times in (("moved", beats.moved), ("added", beats.added), ("deleted", beats.deleted))
            if times
        ]
        if changes := len(downbeats.added) + len(downbeats.deleted):
            parts.append(f"{count_text(changes, 'downbeat')} set")
        if self.sections is not None:
            parts.append(count_text(len(self.sections), "section"))
        return ", ".join(parts) or "no edits"
