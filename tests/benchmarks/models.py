"""Processor time of pretrained models a minute of sound: python -m tests.benchmarks.models SOUND."""

import sys
import time

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.audio.features import MODELS
from explorer.errors import ExplorerError


def seconds_a_minute(name, track):
    """Seconds of one thread that a model takes for a minute of the sound of a track."""
    start = time.process_time()
    track.embedding(name, cache=False)
    return (time.process_time() - start) * 60 / track.duration


def main():
    track = ex.analyze(sys.argv[1] if len(sys.argv) > 1 else DEMO_CLIP)
    for name in MODELS:
        try:
            ex.analyze(DEMO_CLIP).embedding(name, cache=False)  # loads and compiles
            line = f"{seconds_a_minute(name, track):6.2f} s"
        except ExplorerError as error:
            line = str(error)
        sys.stdout.write(f"{name:8} {line}\n")


if __name__ == "__main__":
    main()
