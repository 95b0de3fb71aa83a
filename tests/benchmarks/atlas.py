"""An atlas against random search and a Latin hypercube: coverage and QD score at equal evaluations.

    python -m tests.benchmarks.atlas [--evaluations 500] [--seeds 5] [--cells 20] [--preset NAME] [--audio F]
        [--results FILE] [--first-seed 0]

All three search the same cube of looks and judge with the same functions, at the same size; only what is
tried next differs. Prints a line for each search and, at the end, means and ratios. With `--results` each
search is added to a file, and what stands there is not searched again: stop and go on, or add seeds.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from explorer import CPPN, analyze
from explorer.diagnostics.looks.look_measures import LOOK_MEASURES, quality
from explorer.evolution.atlas.atlas_search import FIRST_SHARE, MAX_BATCH
from explorer.evolution.atlas.illumination import Illumination
from explorer.evolution.atlas.look_space import LookSpace
from explorer.evolution.quick_verdict import quick_facts
from explorer.evolution.specimens import draw, moments
from explorer.experiments.atlases.cells import elite_keys
from explorer.rendering import FrameSettings
from tests.tracks import made_up_track

SIZE = (64, 36)
METHODS = ("atlas", "random", "lhs")
PLACES = ("seeds", "first_seed", "results")  # arguments that change no search


class Judge:
    """Quality and measures of a position: what a worker of an atlas measures, without its files."""

    def __init__(self, field, track, axes):
        self.space, self.track, self.axes = LookSpace(field), track, axes
        self.frames = FrameSettings(width=SIZE[0], height=SIZE[1])
        self.times = moments(0.3 * track.duration, 4.0, track.duration)

    def __call__(self, position):
        look = self.space.field.replace(**self.space.params(position))
        facts = quick_facts(look, self.track, self.frames)
        pictures = ()
        if set(self.axes) - {"motion", "audio_share"}:
            pictures = draw(look, self.track, SIZE, self.times)
        return (quality(facts), *(LOOK_MEASURES[axis](facts, pictures) for axis in self.axes))


def search(judge, method, evaluations, cells, seed):
    """(quality, first measure, second measure) of every look that a method tries."""
    count = len(judge.space.start)
    if method != "atlas":
        rng = np.random.default_rng(seed)
        lhs = qmc.LatinHypercube(count, rng=rng)
        positions = rng.random((evaluations, count)) if method == "random" else lhs.random(evaluations)
        return [judge(position) for position in positions]
    batch = min(MAX_BATCH, evaluations // 5)
    first = max(1, round(FIRST_SHARE * evaluations / batch))
    illumination = Illumination(judge.space.start, (cells, cells), batch, first, seed)
    rows = []
    while len(rows) < evaluations:
        positions = illumination.next_batch()
        results = np.array([judge(position) for position in positions])
        illumination.add_results(positions, results[:, 0], results[:, 1:])
        rows += results.tolist()
    return rows[:evaluations]


def scores(rows, cells):
    """Share of the cells with a look, QD score, and share of looks that are static or noise."""
    best = elite_keys(((str(n), row[0], tuple(row[1:])) for n, row in enumerate(rows)), cells)
    dead = np.mean([row[0] == 0 for row in rows])
    return len(best) / cells**2, sum(rows[int(n)][0] for n in best.values()), dead


def earlier_scores(path, settings):
    """Scores by seed and method of searches with the same settings in a file of results."""
    lines = path.read_text().splitlines() if path and path.exists() else ()
    rows = [json.loads(line) for line in lines]
    return {(row["seed"], row["method"]): row["scores"] for row in rows if row["settings"] == settings}


def add_scores(path, settings, seed, method, row):
    """Add the scores of a search to the file of results, if there is one."""
    if path:
        values = {"settings": settings, "seed": seed, "method": method, "scores": [float(n) for n in row]}
        with path.open("a") as file:
            file.write(json.dumps(values) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--evaluations", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cells", type=int, default=20)
    parser.add_argument("--preset", default="compact-4x3")
    parser.add_argument("--axes", default="motion,audio_share")
    parser.add_argument("--audio")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    settings = {key: value for key, value in vars(options).items() if key not in PLACES}
    earlier = earlier_scores(options.results, settings)
    track = analyze(options.audio) if options.audio else made_up_track(8.0)
    judge = Judge(CPPN.preset(options.preset), track, options.axes.split(","))
    results = {method: [] for method in METHODS}
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for method in METHODS:
            start = time.process_time()
            row = earlier.get((seed, method))
            if row is None:
                row = scores(search(judge, method, options.evaluations, options.cells, seed), options.cells)
                add_scores(options.results, settings, seed, method, row)
            results[method].append(row)
            seconds = time.process_time() - start
            sys.stdout.write(
                f"seed {seed} {method:<7} coverage {row[0]:.3f}  QD score {row[1]:.2f}  "
                f"dead {row[2]:.0%}  {seconds:.0f} s of processor\n"
            )
            sys.stdout.flush()
    means = {method: np.mean(rows, axis=0) for method, rows in results.items()}
    for method, (coverage, score, dead) in means.items():
        ratios = np.divide(results["atlas"], results[method])
        (mean_coverage, mean_score, _), (least_coverage, least_score, _) = ratios.mean(0), ratios.min(0)
        sys.stdout.write(
            f"mean of {options.seeds}: {method:<7} coverage {coverage:.3f}  QD score {score:.2f}  "
            f"dead {dead:.0%}  atlas has {mean_coverage:.2f} (at least {least_coverage:.2f}) and "
            f"{mean_score:.2f} (at least {least_score:.2f}) times that\n"
        )


if __name__ == "__main__":
    main()
