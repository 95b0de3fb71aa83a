"""What a generation of 12 takes, and how many of its children are dead.

    python -m tests.benchmarks.breeding [--generations 42] [--strength 0.5] [--audio SONG]

Breeds from looks that ship, with two parents drawn at random from the generation before, so that no choice by
eye spares it a child. Prints seconds a generation (of the clock, and of processors) and the verdicts of all
children.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter

import numpy as np
import psutil

from explorer.audio import DEMO_CLIP
from explorer.evolution import Breeding


def processor_seconds():
    """Of this process and its children."""
    me = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (me, *me.children(recursive=True)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--generations", type=int, default=42)
    parser.add_argument("--strength", type=float, default=0.5)
    parser.add_argument("--audio", default=DEMO_CLIP)
    options = parser.parse_args()
    rng = np.random.RandomState(0)
    seconds, verdicts = [], Counter()
    with tempfile.TemporaryDirectory() as folder:
        breeding = Breeding.start(None, options.audio, population=12, explorations=folder)
        breeding.breed()  # the looks that ship, which are no children
        for _ in range(options.generations):
            parents = rng.choice(breeding.individuals(), 2, replace=False)
            begin, processors = time.perf_counter(), processor_seconds()
            children = breeding.breed([parent.key for parent in parents], strength=options.strength)
            seconds.append((time.perf_counter() - begin, processor_seconds() - processors))
            verdicts.update(child.verdict for child in children)
    clock, work = np.median(seconds, axis=0)
    dead = verdicts["static"] + verdicts["noisy"]
    sys.stdout.write(
        f"{len(seconds)} generations of 12: median {clock:.1f} s of the clock, {work:.1f} s of processors; "
        f"{dead} of {sum(verdicts.values())} children dead ({dict(verdicts)})\n"
    )


if __name__ == "__main__":
    main()
