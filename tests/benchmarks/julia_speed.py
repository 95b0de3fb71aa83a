"""How fast Julia sets are drawn: python -m tests.benchmarks.julia_speed

Frames a second at 720p with 100 iterations, of the look `seahorse` along the demo clip.
"""

import sys
import time

import explorer as ex
from explorer.audio import DEMO_CLIP
from explorer.rendering.renderer import Renderer
from explorer.threads import usable_threads

FRAMES = 60


def frames_a_second(samples: int) -> float:
    """Over `FRAMES` frames, after a few to warm up."""
    field = ex.Julia.preset("seahorse").replace(iterations=100, samples=samples)
    times = [2 + n / 30 for n in range(FRAMES)]
    with Renderer(field, field.analyze(DEMO_CLIP), "720p", device="cpu") as renderer:
        list(renderer.frames(times[:4]))
        began = time.perf_counter()
        for _ in renderer.frames(times):
            pass
        return FRAMES / (time.perf_counter() - began)


if __name__ == "__main__":
    for samples in (1, 2):
        rate = frames_a_second(samples)
        sys.stdout.write(
            f"{samples} x {samples} points a pixel: {rate:.1f} fps on {usable_threads()} threads\n"
        )
