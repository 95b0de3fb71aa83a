"""`Taste`: what somebody likes, and how sure that is."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from explorer.audio import FeatureTrack
from explorer.diagnostics.measure import Measure
from explorer.errors import ExplorerError, SettingsError, warn
from explorer.evolution.specimens import Order, make_specimen, moments, picture_size
from explorer.evolution.start import DEFAULT_SECONDS, stretch
from explorer.evolution.taste import judgements
from explorer.evolution.taste.choices import parent_judgements, star_judgements
from explorer.evolution.taste.judgements import Judgement
from explorer.evolution.taste.look_features import NAMES, Features, look_features
from explorer.evolution.taste.preference import NORMAL_95, Preference, cross_validation, fit
from explorer.evolution.taste.stored_features import stored_features
from explorer.experiments.library.lookup import find_folder, load
from explorer.experiments.library.table import runs
from explorer.fields import FieldSettings
from explorer.fields.base import check_field, track_for
from explorer.formatting import count_text
from explorer.progress import Progress, silent
from explorer.rendering import FrameSettings
from explorer.settings import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

SOURCES = ("duels", "stars", "parents")
COIN_TOSS = 0.5  # the accuracy of guessing
LOOK_KINDS = ("render", "point", "individual", "look")  # of rows of `runs` that have a field
HOW = "give looks a star, breed by eye, or compare: ex.duel('song.ogg')"


@runtime_checkable
class StoredLook(Protocol):
    """A run, a point or an individual."""

    @property
    def folder(self) -> Path: ...


class Taste:
    """A model of preference, learned from judgements: duels, stars, and parents that were chosen by eye.

    Duels are read from `folder` ($EXPLORER_TASTE, else `taste` in the user's data folder), stars and parents
    from an explorations folder. Looks that were not starred or chosen beside them count as less liked.
    `sources` names what is used. Nothing else uses it unless asked: `ex.runs(sort="taste")`,
    `ex.breed(song, start="taste")`, `ex.evolve(fitness="taste")`.

    `judgements` is what it learned from, `accuracy` the share of those that are right when they are left out
    (with a 95 % interval; None for fewer than two), `sentence` says that in words, and `notices` names files
    that cannot be read. Raises SettingsError for an unknown source.
    """

    def __init__(
        self, explorations: str | Path | None = None, *, sources: Iterable[str] | str = SOURCES
    ) -> None:
        names = (sources,) if isinstance(sources, str) else tuple(sources)
        for name in names:
            if name not in SOURCES:
                raise SettingsError(f"no source '{str(name)[:40]}'{did_you_mean(str(name), SOURCES)}")
        self.explorations = explorations
        self.folder = judgements.taste_folder()
        duels = [*judgements.read_duels(self.folder)] if "duels" in names else []
        self.notices = [str(each) for each in duels if isinstance(each, ExplorerError)]
        self.judgements: list[Judgement] = [each for each in duels if isinstance(each, Judgement)]
        if "stars" in names:
            self.judgements += star_judgements(self._looks)
        if "parents" in names:
            self.judgements += parent_judgements(self._looks)

    def __len__(self) -> int:
        """How many looks were preferred to others."""
        return sum(len(each.winners) for each in self.judgements)

    @cached_property
    def preference(self) -> Preference:
        """The fitted model. Raises SettingsError without a judgement."""
        if not self.judgements:
            raise SettingsError(f"taste: {self.sentence}")
        return fit(self.judgements)

    @cached_property
    def accuracy(self) -> Measure | None:
        """The share of judgements that are right when they are left out: see `cross_validation`."""
        return cross_validation(self.judgements)

    @property
    def is_predictive(self) -> bool:
        """Whether the interval of the accuracy lies above one half."""
        return self.accuracy is not None and self.accuracy.low > COIN_TOSS

    @property
    def sentence(self) -> str:
        """How much it knows: `12 judgements: no better than chance yet`."""
        if not self.judgements:
            return f"no judgements yet; {HOW}"
        count = count_text(len(self), "judgement")
        if self.accuracy is None:
            return f"{count}: too few to say whether it is better than chance"
        share = f"{self.accuracy.value:.0%} right of those left out"
        interval = f"95 % interval {self.accuracy.low:.0%} to {self.accuracy.high:.0%}"
        verdict = "better than chance" if self.is_predictive else "no better than chance yet"
        return f"{count}: {verdict} ({share}, {interval})"

    def warn_unless_predictive(self) -> None:
        """Warn with the `sentence` unless the model is better than chance: what uses it says so."""
        if not self.is_predictive:
            warn(f"taste: {self.sentence}")

    @property
    def table(self) -> pd.DataFrame:
        """What is liked: a row per measure with its weight, for one standard deviation, and its interval."""
        import pandas as pd

        weights = self.preference.weights
        half = NORMAL_95 * np.sqrt(np.diag(self.preference.covariance))
        rows = {"weight": weights, "low": weights - half, "high": weights + half}
        table = pd.DataFrame(rows, pd.Index(NAMES, name="measure"))
        return table.sort_values("weight", key=abs, ascending=False)

    def score(
        self, look: FieldSettings | StoredLook | str | Path, audio: str | Path | FeatureTrack | None = None
    ) -> Measure:
        """How likely a look is preferred to an average one that was judged: 0 to 1, with a 95 % interval.

        `look` is a field, drawn small on the loudest seconds of `audio`, or what `ex.runs()` lists in the
        explorations folder: a run, point or individual, its name or its folder. Of these the stored picture
        and measures are used. Raises SettingsError.
        """
        if isinstance(look, StoredLook):
            look = look.folder
        if isinstance(look, str | Path):
            return self.preference.score(self._stored(look))
        check_field(look)
        if audio is None:
            raise SettingsError("name a sound that the look moves with, as in taste.score(field, 'song.ogg')")
        return self.preference.score(measured(look, track_for(look, audio)))

    def scores(self, table: pd.DataFrame, *, progress: Progress = silent) -> pd.Series:
        """The scores of rows of `runs`; NaN for those that have no picture or were not measured.

        Every picture is measured once; its measures lie in the cache.
        """
        import pandas as pd

        preference = self.preference
        rows = stored_features(table.to_dict("records"), progress)
        values = np.full(len(rows), np.nan)
        places = [n for n, row in enumerate(rows) if row is not None]
        if places:
            values[places] = preference.scores(np.array([rows[n] for n in places]))
        return pd.Series(values, table.index, name="taste")

    def favorites(self, count: int = 12) -> list[FieldSettings]:
        """The fields of the highest scores in the explorations folder, the best first, without the dead.

        Raises SettingsError where there are none.
        """
        table = self._looks[self._looks["verdict"].isin(("alive", "faint"))]
        order = self.scores(table).dropna().sort_values(ascending=False, kind="stable").index
        fields: list[FieldSettings] = []
        for folder in table.loc[order, "folder"]:
            if len(fields) == count:
                break
            try:
                look = load(Path(folder))
                field: FieldSettings = look.field  # type: ignore[union-attr]  # it is no whole sweep
                field.check_columns()
            except ExplorerError:  # damaged, or with a column of another song
                continue
            if field not in fields:
                fields.append(field)
        if not fields:
            raise SettingsError(
                "taste: no run, point or bred look is there to start from; render or breed some"
            )
        return fields

    def add_duel(self, winner: FieldSettings, loser: FieldSettings, audio: str | Path | FeatureTrack) -> Path:
        """Add that one field was preferred to another on a sound; returns the file of the duel.

        Raises SettingsError.
        """
        looks = [(field, measured(field, track_for(field, audio))) for field in (winner, loser)]
        name = audio.name if isinstance(audio, FeatureTrack) else Path(audio).name
        return self.add_measured_duel(looks[0], looks[1], name)

    def add_measured_duel(
        self, winner: tuple[FieldSettings, Features], loser: tuple[FieldSettings, Features], audio: str
    ) -> Path:
        """`add_duel` for looks that were measured already."""
        path = judgements.write_duel(self.folder, winner, loser, audio)
        self._learn([*self.judgements, Judgement("duels", winner[1][None], loser[1][None])])
        return path

    def delete(self) -> int:
        """Delete the folder with all duels; how many there were. Stars and breedings stay where they are."""
        count = judgements.delete_duels(self.folder)
        self._learn([each for each in self.judgements if each.source != "duels"])
        return count

    def __repr__(self) -> str:
        return f"<taste: {'; '.join((self.sentence, *self.notices))}>"

    def _repr_html_(self) -> str:
        notices = "".join(f"<br>{html.escape(notice)}" for notice in self.notices)
        table = self.table.to_html(float_format="{:+.2f}".format, border=0) if self.judgements else ""
        return f"<b>{html.escape(self.sentence)}</b>{notices}{table}"

    def _learn(self, every: list[Judgement]) -> None:
        """Learn from other judgements."""
        self.judgements = every
        for name in ("preference", "accuracy"):
            self.__dict__.pop(name, None)

    @cached_property
    def _looks(self) -> pd.DataFrame:
        table = runs(self.explorations)
        return table[table["kind"].isin(LOOK_KINDS)]

    def _stored(self, name: str | Path) -> Features:
        folder = find_folder(name, self.explorations)
        rows = self._looks[[Path(each).absolute() == folder.absolute() for each in self._looks["folder"]]]
        (features,) = stored_features(rows.head(1).to_dict("records")) or (None,)
        if features is None:
            raise SettingsError(
                f"{folder.name} has no picture or was not measured; score its field with a sound"
            )
        return features


def measured(field: FieldSettings, track: FeatureTrack) -> Features:
    """The measures of a field, drawn small on the loudest seconds of a track."""
    width, height = picture_size(field.frame_size)
    begin, seconds = stretch(track, None, DEFAULT_SECONDS)
    specimen = make_specimen(
        Order(
            seed=(0,), strength=0.0, locks=(), parents=(field,), first=0, is_copy=True,
            frames=FrameSettings(width=width, height=height),
            times=moments(begin, seconds, track.duration),
        ),
        track,
    )  # fmt: skip
    return look_features(specimen.facts, specimen.pictures)
