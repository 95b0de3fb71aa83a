"""How near the estimate of a render is to what it takes: python -m tests.benchmarks.estimates [--cpu]

Short renders of all kinds, sizes and looks, with nothing cached. Prints for each what was estimated, how long
that took (loading of kernels included), what the render took and their ratio, and the share of renders within
a factor of 1.5. Other work on the machine disturbs both sides; `--cpu` counts processor time of one thread
instead, without the encoder's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.experiments.runs import estimate
from explorer.experiments.runs.estimate import Estimate
from explorer.fields import FieldSettings
from explorer.fields.presets import look
from explorer.rendering import flash_cost

FACTOR = 1.5
OTHERS: dict[str, FieldSettings] = {
    "wide": ex.CPPN(hidden=512, layers=4),
    "narrow": ex.CPPN(hidden=32, layers=3),
    "deep": ex.CPPN(hidden=64, layers=16, gain=1.5),
    "graph": ex.GraphCPPN(),
}
CASES: list[tuple[str, str, float]] = [  # look or field, size, seconds
    ("compact-4x3", "1280x720", 2),
    ("compact-4x3", "1920x1080", 1),
    ("classic-256x8", "320x180", 1),
    ("tuned-256x4", "320x180", 2),
    ("wide", "160x90", 2),
    ("wide", "640x360", 0.2),
    ("narrow", "640x360", 6),
    ("deep", "640x360", 1),
    ("molten", "640x360", 3),
    ("magma", "640x360", 2),
    ("obsidian", "320x180", 3),
    ("obsidian", "1280x720", 1),
    ("anemone", "360x640", 2),
    ("graph", "640x360", 2),
    ("dahlia", "1080x1080", 2),
    ("seahorse", "640x360", 4),
    ("amethyst", "640x360", 2),
    ("music", "1280x720", 2),
    ("coral", "640x360", 5),
    ("bronze", "640x360", 2),
]


def measure(
    field: FieldSettings, size: str, seconds: float, folder: Path, clock: Callable[[], float]
) -> tuple[Estimate | None, float, float]:
    """The estimate, the seconds that it took, and those of the render after it."""
    estimates: list[tuple[Estimate, float]] = []
    marks: list[float] = []

    def progress(step: str, done: float, total: float) -> None:
        if step == "estimating":
            marks.append(clock())

    ex.render(
        field, DEMO_CLIP, size=size, duration=seconds, explorations=folder, progress=progress,
        threads=1 if clock is time.process_time else None,
        on_estimate=lambda expected: estimates.append((expected, clock())),
    )  # fmt: skip
    end = clock()
    if not estimates:
        return None, 0.0, end - marks[0]
    (expected, known), begin = estimates[0], marks[0]
    return expected, known - begin, end - known


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.estimates")
    parser.add_argument("--cases", help="names of looks, separated by commas")
    parser.add_argument("--cpu", action="store_true", help="count processor time")
    arguments = parser.parse_args()
    names, clock = arguments.cases, time.process_time if arguments.cpu else time.perf_counter
    cases = [case for case in CASES if names is None or case[0] in names.split(",")]
    ratios = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        for module in (estimate, flash_cost):
            patch.setattr(module, "time", SimpleNamespace(perf_counter=clock))
        say(f"{'render':32}{'estimate':>10}{'render':>10}{'ratio':>8}{'probe':>8}")
        for n, (name, size, seconds) in enumerate(cases):
            field = OTHERS.get(name) or look(name)
            patch.setenv("EXPLORER_CACHE", f"{folder}/{n}")
            expected, probe, actual = measure(field, size, seconds, Path(folder), clock)
            title = f"{name} {size} {seconds:g} s"
            if expected is None:
                say(f"{title:32}{'none':>10}{actual:10.2f}")
                continue
            ratio = expected.seconds / actual
            ratios.append(ratio)
            say(f"{title:32}{expected.seconds:10.2f}{actual:10.2f}{ratio:8.2f}{probe:8.2f}")
    near = sum(1 / FACTOR <= ratio <= FACTOR for ratio in ratios)
    say(f"{near} of {len(ratios)} within a factor of {FACTOR:g}")


if __name__ == "__main__":
    main()
