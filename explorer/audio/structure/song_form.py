"""The form of a piece: where its sections begin, and which of them return, as in `A B A C`.

Music is made of loops: a section repeats some bars, and another section repeats others. For each stretch of
bars and each period p, the loop is the mean of every p-th bar, and sections are the stretches of least cost,

    sum over sections of  |bars - loop|^2 + LOOP_COST p + SECTION_COST

found by dynamic programming (as change points are: Jackson et al., "An algorithm for optimal partitioning of
data on an interval", IEEE Signal Processing Letters 12, 2005). A bar is the harmony of its two halves and
its timbre, each with a variance of 1 over the piece. Two sections have the same letter where their loops,
laid over each other from their starts, are alike. Without bars the boundaries are those of `extras.sections`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from explorer.audio.array_cache import cache_folder, load_array, save_array
from explorer.audio.extras import sections
from explorer.audio.extras.chroma import note_energies, shares
from explorer.audio.extras.mono import HOP, RATE, read_mono
from explorer.audio.sound_file import Sound, open_sound
from explorer.audio.structure.rhythm import VERSION as RHYTHM_VERSION
from explorer.audio.structure.rhythm import Rhythm
from explorer.progress import Progress

VERSION = 1  # raise it whenever the same sound gives another form

PERIODS = (1, 2, 3, 4, 6, 8, 12)  # bars of a loop
LOOP_COST, SECTION_COST = 0.2, 0.4  # re the variance of a bar
SINGLE_COST = 0.3  # of a bar of a loop that does not come again in its section
MIN_SECTION_SECONDS, MAX_SECTION_SECONDS = 6.0, 90.0
MAX_LETTER_DISTANCE = 0.55  # squared, between loops of the same letter
SHIFTS = (0, 1, -1, 2, -2)  # half bars by which one of two loops may begin later
MAX_BAR_GAP = 1.5  # re the usual bar: a longer one is several
MIN_BARS = 8  # fewer have no form
MIN_BAR_SHARE = 0.3  # of the piece in which bars are found
STEP_SECONDS = 1.0  # of what is compared without bars

Seconds = Float64[np.ndarray, " edges"]
Rows = Float64[np.ndarray, "rows columns"]
Bars = Float64[np.ndarray, "bars features"]
Numbers = Int64[np.ndarray, " sections"]


@dataclass(frozen=True, eq=False)
class SongForm:
    """Where each section begins in seconds, the first at 0, and its letter, 0 for A."""

    starts: Seconds
    letters: Numbers


def measure(sound: Sound, rhythm: Rhythm, progress: Progress) -> SongForm:
    """The form of a sound with this rhythm."""
    samples = read_mono(sound)
    duration = len(samples) / RATE
    harmony = np.sqrt(shares(note_energies(samples, 0.0, progress)))
    timbre = sections.timbre(samples, progress)
    bars = bar_grid(rhythm, duration)
    if not len(bars):
        starts = np.concatenate([[0.0], sections.boundaries(samples, progress)])
        edges = np.append(np.arange(0, max(duration - STEP_SECONDS / 2, 0) or 1, STEP_SECONDS), duration)
        steps = _steps(harmony, timbre, edges)
        places = [*np.searchsorted(edges, starts - STEP_SECONDS / 2).tolist(), len(steps)]
        spans = [Span(first, last, 1) for first, last in pairwise(places)]
        numbers = letters([loop(steps, span) for span in spans])
        is_new = np.diff(numbers, prepend=-1) != 0
        return SongForm(starts[is_new], numbers[is_new])
    halves = np.sort(np.concatenate([bars, (bars[1:] + bars[:-1]) / 2]))
    steps = _steps(harmony, timbre, halves)
    notes = harmony.shape[1]
    joined = np.hstack([steps[::2, :notes], steps[1::2, :notes]])
    rows = np.hstack([joined / max(1.0, float(np.sqrt(joined.var(axis=0).sum()))), _timbre(timbre, bars)])
    usual = float(np.median(np.diff(bars)))
    lengths = max(1, round(MIN_SECTION_SECONDS / usual)), max(2, int(MAX_SECTION_SECONDS / usual))
    spans = [Span(2 * first, 2 * last, 2 * period) for first, last, period in best_spans(rows, lengths)]
    numbers = letters([loop(steps, span) for span in spans])
    spans, numbers = repeats_apart(spans, numbers, steps)
    return SongForm(halves[[span.first for span in spans]], numbers)


def cached_form(
    path: Path, sha256: str, rhythm: Rhythm, hint: float | None, cache: bool, progress: Progress
) -> SongForm:
    """The form of a file with this content; `hint` is the tempo that its rhythm was measured with."""
    name = f"{sha256[:40]}-{VERSION}-{RHYTHM_VERSION}" + (f"-{hint:g}" if hint else "")
    entry = cache_folder() / "form" / f"{name}.npy"
    table = load_array(entry, np.float64) if cache else None
    if table is not None and table.ndim == 2 and table.shape[0] == 2:
        return SongForm(table[0], table[1].astype(np.int64))
    form = measure(open_sound(path), rhythm, progress)
    if cache:
        save_array(entry, np.stack([form.starts, form.letters]).astype(np.float64))
    return form


def columns(form: SongForm, times: Float64[np.ndarray, " frames"]) -> Float32[np.ndarray, "frames 3"]:
    """`section`, `boundary` and `letter` at any times."""
    edges = (times[1:] + times[:-1]) / 2  # between frames
    frames = np.searchsorted(edges, form.starts[1:])  # nearest to each start
    number = np.searchsorted(frames, np.arange(len(times)), side="right")
    elapsed = times - np.concatenate([[-np.inf], times[frames]])[number]
    boundary = np.maximum(1 - elapsed / sections.BOUNDARY_FALL_SECONDS, 0)
    return np.stack([number, boundary, form.letters[number]], axis=1).astype(np.float32)


def letter_name(number: int) -> str:
    """A, B, ... Z, then AA, AB, ..."""
    name = ""
    while number >= 0:
        name = chr(ord("A") + number % 26) + name
        number = number // 26 - 1
    return name


def _steps(harmony: np.ndarray, timbre: np.ndarray, edges: Seconds) -> Rows:
    """Harmony and timbre between edges, standardized."""
    notes = means_between(harmony, RATE / HOP, edges)
    return np.hstack([sections.standardize(notes, sections.MIN_NOTE_SPREAD), _timbre(timbre, edges)])


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


def means_between(rows: np.ndarray, rate: float, edges: Seconds) -> Rows:
    """Means of the rows, `rate` a second, between edges in seconds."""
    sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    places = np.clip(np.rint(edges * rate + 0.5), 0, len(rows)).astype(int)
    first = np.minimum(places[:-1], len(rows) - 1)
    last = np.maximum(places[1:], first + 1)
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])


def best_spans(bars: Bars, lengths: tuple[int, int]) -> list[Span]:
    """The sections of least cost; each has `lengths[0]` to `lengths[1]` bars."""
    count = len(bars)
    shortest, longest = lengths
    squares = np.concatenate([[0.0], np.cumsum(np.square(bars).sum(axis=1))])
    costs, periods = np.full((2, count, longest + 1), np.inf)
    for period in PERIODS:
        if period > longest:
            break
        strided = _strided_sums(bars, period)
        for first in range(count):
            ends = np.arange(first + max(shortest, period), min(count, first + longest) + 1)
            if not len(ends):
                continue
            explained = np.zeros(len(ends))
            for phase in range(period):
                start = first + phase
                number = (ends - start - 1) // period + 1  # bars of this phase in the section
                total = strided[start + number * period] - strided[start]
                explained += np.square(total).sum(axis=1) / number
            singles = np.maximum(2 * period - (ends - first), 0)
            cost = squares[ends] - squares[first] - explained + LOOP_COST * period + SINGLE_COST * singles
            better = cost < costs[first, ends - first] - 1e-9
            costs[first, (ends - first)[better]] = cost[better]
            periods[first, (ends - first)[better]] = period
    best, origin = np.full(count + 1, np.inf), np.zeros(count + 1, int)
    best[0] = 0.0
    for last in range(1, count + 1):
        for first in range(max(0, last - longest), last):
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


def _strided_sums(bars: Bars, period: int) -> Bars:
    """s with s[n + period] = s[n] + bars[n]: the sum of every `period`-th bar is a difference of two."""
    sums = np.zeros((len(bars) + 2 * period, bars.shape[1]))
    for n, bar in enumerate(bars):
        sums[n + period] = sums[n] + bar
    return sums


def loop(steps: Rows, span: Span) -> Rows:
    """The loop of a section, repeated to its length."""
    part = steps[span.first : span.last]
    phases = np.arange(len(part)) % span.period
    means = [part[phases == phase].mean(axis=0) for phase in range(min(span.period, len(part)))]
    return np.stack(means)[phases]


def letters(loops: list[Rows]) -> Numbers:
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


def loop_distance(loop: Rows, other: Rows) -> float:
    """Mean squared distance of two loops, laid over each other from their starts or a little later."""
    pairs = ((loop[max(0, shift) :], other[max(0, -shift) :]) for shift in SHIFTS)
    return min(_distance(*pair) for pair in pairs if min(map(len, pair)))


def _distance(loop: Rows, other: Rows) -> float:
    length = min(len(loop), len(other))
    return float(np.square(loop[:length] - other[:length]).sum(axis=1).mean())


def repeats_apart(sections: list[Span], numbers: Numbers, steps: Rows) -> tuple[list[Span], Numbers]:
    """A section that is another of its letter two or more times over is as many sections: `A A B A`."""
    result: list[tuple[Span, int]] = []
    for span, number in zip(sections, numbers.tolist(), strict=True):
        size = span.last - span.first
        shortest = min(
            (each.last - each.first for each, of in zip(sections, numbers, strict=True) if of == number),
        )
        count = round(size / shortest)
        edges = np.rint(np.linspace(span.first, span.last, count + 1)).astype(int).tolist()
        parts = [Span(first, last, min(span.period, last - first)) for first, last in pairwise(edges)]
        loops = [loop(steps, part) for part in parts]
        is_repeat = abs(size - count * shortest) <= count and all(
            loop_distance(loops[0], each) < MAX_LETTER_DISTANCE for each in loops[1:]
        )
        result += [(part, number) for part in (parts if is_repeat else [span])]
    return [span for span, _ in result], np.array([number for _, number in result], np.int64)
