"""The form of a piece: where its sections begin, and which of them return, as in `A B A C`.

Music is made of loops: a section repeats some bars, and another section repeats others. For each stretch of
bars and each period p, the loop is the mean of every p-th bar, and sections are the stretches of least cost,

    sum over sections of  |bars - loop|^2 + LOOP_COST p + SECTION_COST

where a bar of a loop that comes but once costs SINGLE_COST, unless its stretch returns elsewhere in the
piece. They are found by dynamic programming (as change points are: Jackson et al., "An algorithm for optimal
partitioning of data on an interval", IEEE Signal Processing Letters 12, 2005). A bar is the harmony of its
two halves and its timbre, each with a variance of 1 over the piece. Two sections have the same letter where
their loops, laid over each other from their starts, are alike. Without bars the boundaries are those of
`extras.sections`. Where the tags of a pretrained model are measured, they count for the letters as harmony
and timbre do, but move no boundary.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from explorer.audio.array_cache import cache_folder, digest, load_array, save_array
from explorer.audio.extras import sections
from explorer.audio.extras.mono import HOP, RATE, read_mono
from explorer.audio.extras.section_columns import section_columns
from explorer.audio.sound_file import Sound, open_sound
from explorer.audio.structure.rhythm import VERSION as RHYTHM_VERSION
from explorer.audio.structure.rhythm import Rhythm
from explorer.progress import Progress

VERSION = 2  # raise it whenever the same sound gives another form

PERIODS = (1, 2, 3, 4, 6, 8, 12)  # bars of a loop
LOOP_COST, SECTION_COST = 0.2, 0.4  # re the variance of a bar
SINGLE_COST = 0.3  # of a bar of a loop that comes again neither in its section nor elsewhere
MAX_RETURN_BARS = 256  # how far away a stretch of bars is searched that sounds the same
MIN_SECTION_SECONDS, MAX_SECTION_SECONDS = 6.0, 90.0
MAX_LOOP_SECONDS = 20.0  # a longer one would be sections that follow each other
MAX_LETTER_DISTANCE = 0.55  # squared, between loops of the same letter
SHIFTS = (0, 1, -1, 2, -2)  # half bars by which one of two loops may begin later
MAX_BAR_GAP = 1.5  # re the usual bar: a longer one is several
MAX_BAR_DEVIATION = 0.15  # of the first and last bar from the usual one
MIN_BARS = 8  # fewer have no form
MIN_BAR_SHARE = 0.3  # of the piece in which bars are found
MAX_PERIOD = 16  # half bars of the loop of a section whose start is given
STEP_SECONDS = 1.0  # of what is compared without bars
MIN_TAG_SPREAD = 0.3  # of their probabilities: less is no change of the music

Seconds = Float64[np.ndarray, " edges"]
Rows = Float64[np.ndarray, "rows columns"]
Loop = Float64[np.ndarray, "loop_rows columns"]
Bars = Float64[np.ndarray, "bars features"]
Numbers = Int64[np.ndarray, " sections"]


class TagRows(NamedTuple):
    """Probabilities of tags, float32 (rows, tags), `rate` rows a second."""

    values: Float32[np.ndarray, "rows tags"]
    rate: float


@dataclass(frozen=True, eq=False)
class SongForm:
    """Where each section starts, in seconds, the first at 0, and its letter, 0 for A."""

    starts: Seconds
    letters: Numbers


def measure(
    sound: Sound,
    rhythm: Rhythm,
    progress: Progress,
    starts: tuple[float, ...] = (),
    tags: TagRows | None = None,
) -> SongForm:
    """The form of a sound with this rhythm; with `starts` of sections, their letters alone are measured."""
    samples = read_mono(sound)
    duration = len(samples) / RATE
    harmony = sections.harmony(samples, progress)
    timbre = sections.timbre(samples, progress)
    bars = bar_grid(rhythm, duration)
    if len(bars):
        edges = np.sort(np.concatenate([bars, (bars[1:] + bars[:-1]) / 2]))
    else:
        edges = np.append(
            np.arange(0, max(duration - STEP_SECONDS / 2, STEP_SECONDS / 2), STEP_SECONDS), duration
        )
    steps = _steps(harmony, timbre, edges)
    if len(bars) and not starts:
        rows = _bar_rows(steps[:, : harmony.shape[1]], timbre, bars)
        usual = float(np.median(np.diff(bars)))
        min_bars = max(1, math.ceil(MIN_SECTION_SECONDS / usual - 0.1))
        lengths = min_bars, max(min_bars + 1, int(MAX_SECTION_SECONDS / usual))
        is_whole = np.abs(np.diff(bars) / usual - 1) < MAX_BAR_DEVIATION
        is_whole[1:-1] = True
        every = best_spans(rows, lengths, max(1, int(MAX_LOOP_SECONDS / usual)), is_whole)
        spans = [Span(2 * first, 2 * last, 2 * period) for first, last, period in every]
        spans, numbers = repeats_apart(spans, letters([loop(steps, span) for span in spans]), steps)
        if tags is not None:
            tagged = with_tags(steps, tags, edges)
            numbers = letters([loop(tagged, span) for span in spans])
        return SongForm(edges[[span.first for span in spans]], numbers)
    measured = () if starts else sections.boundaries_between(samples, harmony, timbre, progress)
    begin_times = np.array(starts or (0.0, *measured))
    places = np.abs(edges[:-1, None] - begin_times).argmin(axis=0).tolist()
    period = MAX_PERIOD if len(bars) else 1
    pairs = [(first, max(last, first + 1)) for first, last in pairwise([*places, len(steps)])]
    spans = [Span(first, last, min(period, last - first)) for first, last in pairs]
    numbers = letters([loop(steps, span) for span in spans])
    if tags is not None:
        tagged = with_tags(steps, tags, edges)
        numbers = letters([loop(tagged, span) for span in spans])
    is_new = np.diff(numbers, prepend=-1) != 0 if not starts else np.ones(len(numbers), bool)
    return SongForm(begin_times[is_new], numbers[is_new])


def cached_form(
    path: Path,
    sha256: str,
    rhythm: Rhythm,
    starts: tuple[float, ...],
    hint: float | None,
    cache: bool,
    progress: Progress,
    tags: TagRows | None = None,
) -> SongForm:
    """The form of a file with this content; `hint` is the tempo that its rhythm was measured with."""
    of_tags = [] if tags is None else [hashlib.sha256(tags.values.tobytes()).hexdigest(), tags.rate]
    key = json.dumps([sha256, VERSION, RHYTHM_VERSION, starts, hint, *of_tags])
    entry = cache_folder() / "form" / f"{digest(key)}.npy"
    table = load_array(entry, np.float64) if cache else None
    if table is not None and table.ndim == 2 and table.shape[0] == 2:
        return SongForm(table[0], table[1].astype(np.int64))
    form = measure(open_sound(path), rhythm, progress, starts, tags)
    if cache:
        save_array(entry, np.stack([form.starts, form.letters]).astype(np.float64))
    return form


def columns(form: SongForm, times: Float64[np.ndarray, " frames"]) -> Float32[np.ndarray, "frames 3"]:
    """`section`, `boundary` and `letter` at any times."""
    table = section_columns(form.starts[1:], times)
    letter = form.letters[table[:, 0].astype(int)]
    return np.column_stack([table, letter]).astype(np.float32)


def _steps(harmony: np.ndarray, timbre: np.ndarray, edges: Seconds) -> Rows:
    """Harmony and timbre between edges, standardized."""
    notes = means_between(harmony, RATE / HOP, edges)
    return np.hstack([sections.standardize(notes, sections.MIN_NOTE_SPREAD), _timbre(timbre, edges)])


def with_tags(steps: Rows, tags: TagRows, edges: Seconds) -> Float64[np.ndarray, "rows all_columns"]:
    """Harmony and timbre between edges, with the tags beside them; the variance of all stays what it was."""
    standard = sections.standardize(means_between(tags.values, tags.rate, edges), MIN_TAG_SPREAD)
    variance = float(steps.var(axis=0).sum())
    total = variance + float(standard.var(axis=0).sum())
    return np.hstack([steps, standard]) * math.sqrt(variance / total if total else 1.0)


def _bar_rows(notes: Rows, timbre: np.ndarray, bars: Seconds) -> Bars:
    """The harmony of both halves of each bar, and its timbre."""
    joined = np.hstack([notes[::2], notes[1::2]])
    spread = np.sqrt(joined.var(axis=0).sum())
    return np.hstack([joined / max(1.0, float(spread)), _timbre(timbre, bars)])


def _timbre(timbre: np.ndarray, edges: Seconds) -> Rows:
    return sections.standardize(means_between(timbre, RATE / HOP, edges), sections.MIN_TIMBRE_SPREAD)


class Span(NamedTuple):
    """Bars `first` to `last` - 1 of a section, and the bars of its loop."""

    first: int
    last: int
    period: int


def bar_grid(rhythm: Rhythm, duration: float) -> Seconds:
    """Edges of bars from the start to the end of a piece; none where most of it has no bars."""
    downbeats = rhythm.beats[rhythm.is_downbeat]
    if len(downbeats) < MIN_BARS:
        return np.zeros(0)
    usual = float(np.median(np.diff(downbeats)))
    covered = np.diff(downbeats)[np.diff(downbeats) < MAX_BAR_GAP * usual].sum()
    if covered < MIN_BAR_SHARE * duration:
        return np.zeros(0)
    edges = [downbeats[:1] - np.arange(int(downbeats[0] / usual) + 1, 0, -1) * usual]
    for start, end in pairwise(downbeats):
        count = round((end - start) / usual) if end - start > MAX_BAR_GAP * usual else 1
        edges.append(np.linspace(start, end, count, endpoint=False))
    edges.append(downbeats[-1] + np.arange(int((duration - downbeats[-1]) / usual) + 1) * usual)
    every = np.concatenate(edges)
    inner = every[(every > usual / 2) & (every < duration - usual / 2)]
    return np.concatenate([[0.0], inner, [duration]])


def means_between(rows: np.ndarray, rate: float, edges: Seconds) -> Float64[np.ndarray, "steps columns"]:
    """Means of the rows, `rate` a second, between edges in seconds."""
    sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    places = np.clip(np.rint(edges * rate + 0.5), 0, len(rows)).astype(int)
    first = np.minimum(places[:-1], len(rows) - 1)
    last = np.maximum(places[1:], first + 1)
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])


def best_spans(
    bars: Bars,
    lengths: tuple[int, int],
    max_period: int = PERIODS[-1],
    is_whole: Bool[np.ndarray, " bars"] | None = None,
) -> list[Span]:
    """The sections of least cost; each has `lengths[0]` to `lengths[1]` bars, its loop up to `max_period`.

    What a bar is like counts only where `is_whole`: silence before and after a piece is no music.
    """
    count = len(bars)
    weights = np.ones(count) if is_whole is None else is_whole.astype(np.float64)
    bars = bars * weights[:, None]
    min_bars, max_bars = lengths
    first_whole, last_whole = (0, count) if not weights.any() else np.flatnonzero(weights)[[0, -1]] + [0, 1]
    single_costs = return_costs(bars, min(PERIODS[-1], max_period))
    squares = np.concatenate([[0.0], np.cumsum(np.square(bars).sum(axis=1))])
    costs, periods = np.full((2, count, max_bars + 1), np.inf)
    for period in PERIODS:
        if period > min(max_bars, max_period):
            break
        strided, weight = (_strided_sums(rows, period) for rows in (bars, weights[:, None]))
        for first in range(count):
            ends = np.arange(first + max(min_bars, period), min(count, first + max_bars) + 1)
            if not len(ends):
                continue
            explained = np.zeros(len(ends))
            for phase in range(period):
                start = first + phase
                number = (ends - start - 1) // period + 1  # bars of this phase in the section
                total, total_weight = (
                    sums[start + number * period] - sums[start] for sums in (strided, weight)
                )
                explained += np.square(total).sum(axis=1) / np.maximum(total_weight[:, 0], 1)
            begin, stops = max(first, first_whole), np.minimum(ends, last_whole)
            single_starts = np.maximum(begin, stops - period)
            singles = np.maximum(np.minimum(stops, begin + period) - single_starts, 0)
            single_cost = single_costs[np.minimum(single_starts, count - 1), singles]
            cost = squares[ends] - squares[first] - explained + LOOP_COST * period + single_cost
            better = cost < costs[first, ends - first] - 1e-9
            costs[first, (ends - first)[better]] = cost[better]
            periods[first, (ends - first)[better]] = period
    best, origin = np.full(count + 1, np.inf), np.zeros(count + 1, int)
    best[0] = 0.0
    for last in range(1, count + 1):
        for first in range(max(0, last - max_bars), last):
            total = best[first] + costs[first, last - first] + SECTION_COST
            if total < best[last]:
                best[last], origin[last] = total, first
    result, last = [], count
    if not np.isfinite(best[count]):
        return [Span(0, count, 1)]
    while last > 0:
        first = int(origin[last])
        result.append(Span(first, last, int(periods[first, last - first])))
        last = first
    return result[::-1]


def return_costs(bars: Bars, max_bars: int) -> Float64[np.ndarray, "starts lengths"]:
    """What bars n to n + k - 1 cost as bars of a loop that come once: row n, column k, up to `max_bars`.

    Each costs `SINGLE_COST`. Where the whole stretch sounds like another one in the piece, they cost half of
    the squared distance of the two, if that is less.
    """
    count = len(bars)
    costs = np.tile(SINGLE_COST * np.arange(max_bars + 1), (count, 1))
    lengths = np.arange(max_bars + 1)
    for lag in range(1, min(count - 1, MAX_RETURN_BARS) + 1):
        apart = np.square(bars[lag:] - bars[:-lag]).sum(axis=1) / 2
        sums = np.concatenate([[0.0], np.cumsum(apart)])
        for shift in (0, lag):  # a later stretch, and an earlier one
            starts = np.arange(len(apart))
            ends = starts[:, None] + lengths
            is_inside = (ends <= len(apart)) & (lengths <= lag)
            totals = sums[np.minimum(ends, len(apart))] - sums[starts][:, None]
            rows = costs[starts + shift]
            costs[starts + shift] = np.where(is_inside, np.minimum(rows, totals), rows)
    return costs


def _strided_sums(bars: Bars, period: int) -> Float64[np.ndarray, "sums features"]:
    """s with s[n + period] = s[n] + bars[n]: the sum of every `period`-th bar is a difference of two."""
    sums = np.zeros((len(bars) + 2 * period, bars.shape[1]))
    for n, bar in enumerate(bars):
        sums[n + period] = sums[n] + bar
    return sums


def loop(steps: Rows, span: Span) -> Loop:
    """The loop of a section, repeated to its length."""
    part = steps[span.first : span.last]
    phases = np.arange(len(part)) % span.period
    means = [part[phases == phase].mean(axis=0) for phase in range(min(span.period, len(part)))]
    return np.stack(means)[phases]


def letters(loops: list[np.ndarray]) -> Numbers:
    """The letter of each section, 0 for A, in the order in which they appear."""
    if len(loops) < 2:
        return np.zeros(len(loops), np.int64)
    apart = np.zeros((len(loops), len(loops)))
    for i in range(len(loops)):
        for j in range(i):
            apart[i, j] = apart[j, i] = loop_distance(loops[i], loops[j])
    tree = linkage(squareform(apart, checks=False), "average")
    groups = fcluster(tree, MAX_LETTER_DISTANCE, "distance").tolist()
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return np.array([numbers[group] for group in groups], np.int64)


def loop_distance(loop: Loop, other: Float64[np.ndarray, "others columns"]) -> float:
    """Mean squared distance of two loops, laid over each other from their starts or a little later."""
    pairs = ((loop[max(0, shift) :], other[max(0, -shift) :]) for shift in SHIFTS)
    return min(_distance(*pair) for pair in pairs if min(map(len, pair)))


def _distance(loop: Loop, other: Float64[np.ndarray, "others columns"]) -> float:
    length = min(len(loop), len(other))
    return float(np.square(loop[:length] - other[:length]).sum(axis=1).mean())


def repeats_apart(
    sections: list[Span], numbers: Numbers, steps: Rows
) -> tuple[list[Span], Int64[np.ndarray, " parts"]]:
    """A section that is another of its letter two or more times over is as many sections: `A A B A`."""
    result: list[tuple[Span, int]] = []
    for span, number in zip(sections, numbers.tolist(), strict=True):
        size = span.last - span.first
        min_bars = min(
            (each.last - each.first for each, of in zip(sections, numbers, strict=True) if of == number),
        )
        count = round(size / min_bars)
        edges = np.rint(np.linspace(span.first, span.last, count + 1)).astype(int).tolist()
        parts = [Span(first, last, min(span.period, last - first)) for first, last in pairwise(edges)]
        loops = [loop(steps, part) for part in parts]
        is_repeat = abs(size - count * min_bars) <= 2 * count and all(
            loop_distance(loops[0], each) < MAX_LETTER_DISTANCE for each in loops[1:]
        )
        result += [(part, number) for part in (parts if is_repeat else [span])]
    return [span for span, _ in result], np.array([number for _, number in result], np.int64)
