"""Why hits move a Julia set more than loudness: python -m tests.benchmarks.motion [SOUND ...] [--model RUN]

Motion is measured as a training's proof measures it, on sounds, or on eight generated clips that neither the
shipped model nor the set for judging has.

    sound      r of loudness with hits (change and onsets) in the windows of the proof
    model      r of both with motion, and of loudness where hits are held fixed
    prescribed the same where speed and turn are no network's, but loudness, hits, or a share of each
    slow       r of loudness with motion over means of windows: whether louder passages move more
    turning    mean turn and speed of quiet, middle and loud windows, and how still a turn is within a window
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from explorer.audio.live import LIVE_FEATURES, LIVE_FPS
from explorer.fields.controls import Controls
from explorer.fields.julia import Julia
from explorer.fields.julia.model import load_model
from explorer.fields.julia.parameters import NAMES, PARAMETERS
from explorer.fields.julia.timeline import CIRCLE, CONTROL_NAMES, frame_columns
from explorer.learn.dataset import load_track, synthetic_tracks
from explorer.learn.evaluation import (
    FRAME_RATE,
    WINDOW_FRAMES,
    draw_frames,
    evaluation_windows,
    feature_track,
    features_at,
)
from explorer.learn.metrics import change, luma

CLIP_SEED = 4711  # of clips that no training uses
REST = np.array([parameter.rest for parameter in PARAMETERS])
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of loudness in what drives motion; the rest is hits
PERCENTILES = (5, 98)  # of a sound, that speed and turn 0 and 1 stand for


class Prescribed:
    """Parameters that are given, in place of a network's."""

    def __init__(self, rows):
        self.rows = rows

    def parameters_of_track(self, track):
        """See `VisualModel.parameters_of_track`."""
        return self.rows


def motion(track, model, times, by=("speed", "turn")):
    """Motion at times as the proof measures it, with parameters at rest but for those in `by` (None: all)."""
    sound = feature_track(track)
    rows = model.parameters_of_track(sound)
    if by is not None:
        rows = np.where([name in by for name in NAMES], rows, REST)
    field = Julia(model="default")  # smoothed as a model is trained for
    table, fps = frame_columns.__wrapped__(field, sound, Prescribed(rows))
    values = np.column_stack([np.interp(times * fps, np.arange(len(table)), column) for column in table.T])
    values[:, :2] %= CIRCLE
    for name in ("hue", "saturation", "brightness"):
        values[:, CONTROL_NAMES.index(name)] = REST[NAMES.index(name)]
    controls = Controls(np.column_stack((times, values)).astype(np.float32), ("time", *CONTROL_NAMES))
    return change(luma(draw_frames(field, controls))[None])[0].numpy()


def r(a, b):
    """Pearson's r; 0 where one is constant."""
    a, b = a - a.mean(), b - b.mean()
    length = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / length) if length > 1e-12 else 0.0


def partial(a, b, fixed):
    """r of a and b with the linear part of a third removed from both."""
    ab, af, bf = r(a, b), r(a, fixed), r(b, fixed)
    return (ab - af * bf) / np.sqrt(max(1e-9, (1 - af**2) * (1 - bf**2)))


def sounds_of(track, times):
    """Loudness and hits at times."""
    features = {name: values[0].numpy() for name, values in features_at(track, times).items()}
    return features["rms"], features["flux"] + features["onset"]


def unit(values):
    """Values with the percentiles of a whole sound at 0 and 1, clipped."""
    low, high = np.percentile(values, PERCENTILES)
    return np.clip((values - low) / max(1e-6, high - low), 0, 1)


def prescribed(track, share, by):
    """Speed and turn as a share of loudness and the rest of hits, each scaled to its range in this sound."""
    columns = dict(zip(LIVE_FEATURES, track.values.T, strict=True))
    level = share * unit(columns["rms"]) + (1 - share) * unit(columns["flux"] + columns["onset"])
    rows = np.tile(REST, (len(level), 1))
    for name in by:
        rows[:, NAMES.index(name)] = level
    return Prescribed(rows)


def row(name, values):
    """A line of mean values."""
    sys.stdout.write(f"{name:<34}" + "".join(f"{value:>9.2f}" for value in values) + "\n")
    sys.stdout.flush()


def window_motions(tracks, windows, model_of, by=("speed", "turn")):
    """Loudness, hits and motion of each window."""
    for number, first in windows:
        times = first + np.arange(WINDOW_FRAMES) / FRAME_RATE
        yield (*sounds_of(tracks[number], times), motion(tracks[number], model_of(tracks[number]), times, by))


def correlations(name, parts):
    """Print r of loudness and hits with motion, and that of loudness with hits fixed."""
    rows = [(r(loud, m), r(hits, m), partial(loud, m, hits), m.std() * 1000) for loud, hits, m in parts]
    row(name, np.mean(rows, axis=0))


def turning(tracks, windows, model):
    """Mean turn and speed of thirds of the windows by loudness."""
    rows = []
    for number, first in windows:
        times = first + np.arange(WINDOW_FRAMES) / FRAME_RATE
        frames = np.minimum(np.rint(times * LIVE_FPS).astype(int), len(tracks[number].values) - 1)
        parameters = model.parameters_of_track(feature_track(tracks[number]))[frames]
        turn, speed = (parameters[:, NAMES.index(name)] for name in ("turn", "speed"))
        loud, hits = sounds_of(tracks[number], times)
        rows.append((loud.mean(), hits.mean(), turn.mean(), np.percentile(turn, 10), speed.mean()))
    for name, part in zip(("quiet", "middle", "loud"), np.array_split(sorted(rows), 3), strict=True):
        row(f"{name} third of the windows", np.mean(part, axis=0))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", nargs="*")
    parser.add_argument(
        "--model", default="default", help="default (the one that ships), or the folder of a training"
    )
    arguments = parser.parse_args()
    tracks = [load_track(Path(path)) for path in arguments.sounds] or synthetic_tracks(8, CLIP_SEED)
    windows, model = evaluation_windows(tracks), load_model(arguments.model)
    sys.stdout.write(f"{len(windows)} windows of {', '.join(track.name for track in tracks)}\n")
    parts = [sounds_of(tracks[n], first + np.arange(WINDOW_FRAMES) / FRAME_RATE) for n, first in windows]
    row("r of loudness with hits", [np.mean([r(*part) for part in parts])])
    sys.stdout.write(f"{'motion by':<34}{'loudness':>9}{'hits':>9}{'partial':>9}{'spread':>9}\n")
    every = list(window_motions(tracks, windows, lambda _: model, None))
    correlations("model", every)
    for by in (("speed", "turn"), ("speed",), ("turn",)):
        correlations(f"model, {' and '.join(by)} alone", window_motions(tracks, windows, lambda _: model, by))
    for by in (("speed", "turn"), ("speed",), ("turn",)):
        for share in SHARES if len(by) == 2 else (0.0, 1.0):
            name = f"{' and '.join(by)} = {share:.0%} loudness"
            made = [prescribed(track, share, by) for track in tracks]
            chosen = dict(zip(map(id, tracks), made, strict=True))
            correlations(name, window_motions(tracks, windows, lambda track, of=chosen: of[id(track)], by))
    steady = Prescribed(np.tile(np.where([n in ("speed", "turn") for n in NAMES], 0.5, REST), (1, 1)))
    whole = {id(t): Prescribed(np.repeat(steady.rows, len(t.values), axis=0)) for t in tracks}
    correlations("speed and turn constant at 0.5", window_motions(tracks, windows, lambda t: whole[id(t)]))
    means = np.array([[values.mean() for values in part] for part in every]).T
    row("slow: loudness, hits with motion", [r(means[0], means[2]), r(means[1], means[2])])
    sys.stdout.write(f"{'turning':<34}{'loudness':>9}{'hits':>9}{'turn':>9}{'its 10 %':>9}{'speed':>9}\n")
    turning(tracks, windows, model)


if __name__ == "__main__":
    main()
