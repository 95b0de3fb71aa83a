"""The features: names, units, groups of extra columns; and the settings of an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import field_validator, model_serializer, model_validator

from explorer.audio.edits import Edits
from explorer.errors import SettingsError
from explorer.settings import Settings, did_you_mean, knob

FEATURES = ("bass", "mid", "treble", "rms", "centroid", "rolloff", "flux", "zcr", "onset", "flatness")
"""Columns of every track, in this order."""

NOTES = ("c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b")  # s: sharp

MODELS: dict[str, dict[str, str]] = {
    "notes": {
        "notes_onset": "share",
        "notes_count": "notes",
        "notes_pitch": "hz",
        "notes_low": "hz",
        "notes_high": "hz",
    },
    "tags": {
        **dict.fromkeys(
            (
                "tags_drums",
                "tags_voice",
                "tags_strings",
                "tags_plucked",
                "tags_piano",
                "tags_winds",
                "tags_electronic",
                "tags_calm",
                "tags_energy",
            ),
            "share",
        ),
        **{f"tags_component{n}": "number" for n in range(1, 5)},
    },
    "yamnet": dict.fromkeys(
        (
            "yamnet_speech",
            "yamnet_singing",
            "yamnet_percussion",
            "yamnet_plucked",
            "yamnet_keyboard",
            "yamnet_bowed",
            "yamnet_winds",
            "yamnet_electronic",
            "yamnet_nature",
            "yamnet_machines",
        ),
        "share",
    ),
    "vggish": {f"vggish_component{n}": "number" for n in range(1, 9)},
    "openl3": {f"openl3_component{n}": "number" for n in range(1, 9)},
}
"""Groups of columns that a pretrained model measures, with their units: `analyze(path, models=...)`."""

EXTRAS: dict[str, dict[str, str]] = {
    "separation": {"harmonic": "amplitude", "percussive": "amplitude"},
    "chroma": {f"chroma_{note}": "share" for note in NOTES},
    "beats": {"beat_phase": "beats", "tempo": "bpm"},
    "bars": {"bar_phase": "bars", "meter": "beats"},
    "sections": {"section": "number", "boundary": "share"},
    "letters": {"letter": "number"},
    "live": {f"live_{name}": "share" for name in ("centroid", "flux", "rms", "zcr", "onset", "rolloff")},
    **MODELS,
}
"""Groups of columns that are measured only on request, with their units: `analyze(path, extras=...)`."""

EXTRAS_HELP = {
    "separation": "harmonic and percussive levels",
    "chroma": "which notes sound",
    "beats": "beat and tempo",
    "bars": "bars, and how many beats they have",
    "sections": "the parts of a piece",
    "letters": "which parts return",
    "live": "features of the live page",
    "notes": "the notes that sound, by a pretrained model",
    "tags": "instruments and mood, by a pretrained model",
    "yamnet": "kinds of sound, by a pretrained model",
    "vggish": "timbre, by a pretrained model",
    "openl3": "timbre, by a pretrained model of music",
}
"""The groups in a few words."""

UNITS = {
    "bass": "amplitude",
    "mid": "amplitude",
    "treble": "amplitude",
    "rms": "amplitude",
    "centroid": "hz",
    "rolloff": "hz",
    "flux": "change",
    "zcr": "per_sample",
    "onset": "change",
    "flatness": "share",
    **{name: unit for columns in EXTRAS.values() for name, unit in columns.items()},
}
"""Units of `FeatureTrack.raw`. Amplitudes are root mean squares re full scale (a full sine has 0.707)."""

BANDS = {"bass": (20.0, 320.0), "mid": (320.0, 2800.0), "treble": (2800.0, 11025.0)}
"""Lower and upper edges in Hz; the upper edge ends at Nyquist where that is lower."""

TIMBRES = ("centroid", "rolloff", "zcr", "flatness")
"""Frequency-like features: they rest at 0, all others (levels) at -1."""

COLUMNS_HINT = "; columns of your own come with analyze(sound, columns=, stems=), or --columns and --stems"


class AnalysisSettings(Settings):
    """How sound becomes a track. All widths are in seconds, so they hold at any rate."""

    added_settings: ClassVar[tuple[str, ...]] = ("models", "tempo_hint", "edits")
    values_if_absent: ClassVar[dict[str, Any]] = {"structure": 1}
    """What a file says that does not hold these settings: it is older than they are."""

    fps: float = knob(
        60.0, low=1, high=240, slider=(24, 120), step=1, unit="Hz", flag="analysis-fps", group="audio",
        help="Moments per second at which the sound is measured.",
    )  # fmt: skip
    smoothing: float = knob(
        0.04, low=0, high=2, slider=(0, 0.5), step=0.01, unit="s", group="audio",
        help="Width (standard deviation) of the centered smoothing of levels but onset; 0 keeps flutter.",
    )  # fmt: skip
    timbre_smoothing: float = knob(
        0.2, low=0, high=2, slider=(0, 1), step=0.01, unit="s", group="audio",
        help="Width of the centered smoothing of timbres (centroid to flatness); they jump more than levels.",
    )  # fmt: skip
    attack: float = knob(
        0.0, low=0, high=2, slider=(0, 0.5), step=0.01, unit="s", group="audio",
        help="Seconds in which a level rises from rest to full, ending exactly at the hit.",
    )  # fmt: skip
    release: float = knob(
        0.6, low=0, high=2, slider=(0, 2), step=0.05, unit="s", group="audio",
        help="Seconds in which a level falls from full to rest after a hit; 0 follows the sound alone.",
    )  # fmt: skip
    peak_percentile: float = knob(
        98.0, low=50, high=100, slider=(80, 100), step=0.5, unit="%", group="audio",
        help="Percentile of a level's local peaks that becomes full scale; lower is more sensitive.",
    )  # fmt: skip
    rest_below: float = knob(
        -50.0, low=-120, high=-10, slider=(-80, -20), step=1, unit="dB", group="audio",
        help="Sound this far below the track's loud passages counts as silence.",
    )  # fmt: skip
    extras: tuple[str, ...] = knob(
        (), group="audio", help=f"Groups of features measured besides the basic ones: {', '.join(EXTRAS)}.",
    )  # fmt: skip
    models: tuple[str, ...] = knob(
        (), group="audio",
        help=f"Pretrained models whose features are measured too: {', '.join(MODELS)}.",
    )  # fmt: skip

    structure: Literal[1, 2, 3] = knob(
        3, mutation=0, group="audio",
        help="Version of beats and sections: 3 finds sections by loops of bars, 2 beats in changing tempo "
        "and quiet passages; 1 and 2 are those of earlier recipes.",
    )  # fmt: skip
    tempo_hint: float | None = knob(
        None, low=30, high=300, slider=(60, 200), step=1, unit="bpm", mutation=0, group="audio",
        help="The tempo, where it is known: beats are searched within half an octave of it.",
    )  # fmt: skip

    edits: Edits | None = None
    """Corrections of beats, bars and sections, applied after they are measured: `audio.edits`."""

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: Any, info: Any) -> dict[str, Any]:
        """Files hold what they held; arguments hold everything."""
        values: dict[str, Any] = self._without_defaults(handler)
        absent = self.values_if_absent.items() if info.mode == "json" else ()
        return {name: value for name, value in values.items() if (name, value) not in absent}

    @classmethod
    def of_file(cls, values: Mapping[str, Any]) -> AnalysisSettings:
        """The settings in a file, of any version. Raises SettingsError."""
        return cls(**{**cls.values_if_absent, **values})

    @property
    def basic(self) -> AnalysisSettings:
        """What the basic features depend on: without extras, and without what those alone depend on."""
        return self.replace(extras=(), tempo_hint=None, edits=None, **self.values_if_absent)

    @model_validator(mode="before")
    @classmethod
    def _models_are_extras(cls, values: Any) -> Any:
        """Models are groups of extras, which alone are stored."""
        models = _group_names("models", values.get("models"), MODELS)
        if "models" not in values:
            return values
        extras = _group_names("extras", values.get("extras"), EXTRAS)
        return {**values, "extras": (*extras, *models), "models": ()}

    @field_validator("extras", mode="before")
    @classmethod
    def _valid_groups(cls, value: Any) -> Any:
        return _group_names("extras", value, EXTRAS)

    @model_validator(mode="after")
    def _check_edits(self) -> AnalysisSettings:
        """Edits that change nothing are none. Raises SettingsError for edits of beats of version 1."""
        if self.edits is None:
            return self
        if not self.edits:
            object.__setattr__(self, "edits", None)  # still being made
        elif self.structure == 1 and "beats" in self.edits.feature_groups:
            raise SettingsError(
                "edits of beats need structure 2 or 3, and structure 1 was given; leave it out"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of a track: the basic ones, then those of the extras."""
        return (*FEATURES, *(column for group in self.extras for column in EXTRAS[group]))

    def with_extras(self, extras: Iterable[str]) -> AnalysisSettings:
        """The same analysis with these groups besides its own."""
        return self.replace(extras=(*self.extras, *extras))


def _group_names(setting: str, value: Any, groups: Iterable[str]) -> tuple[str, ...]:
    """Each group once, in their order; typed text is a list with commas."""
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
    names = list(value or ())
    for name in names:
        if name not in groups:
            raise SettingsError(f"{setting}: no group '{name}'{did_you_mean(str(name), groups)}")
    return tuple(group for group in groups if group in names)


def extras_of(features: Iterable[str]) -> tuple[str, ...]:
    """The groups that some features belong to, in the order of `EXTRAS`."""
    names = set(features)
    return tuple(group for group, columns in EXTRAS.items() if names & set(columns))
