"""How soon the panel answers: python -m pytest -m slow tests/benchmarks/test_panel.py -s"""

import statistics
import time

import pytest

from explorer.audio import DEMO_CLIP, analyze
from explorer.fields import CPPN
from explorer.notebook.panel.preview_pipeline import PreviewPipeline, PreviewRequest
from explorer.rendering import resolve

SIZE = (640, 360)
ROUNDS = 5


class Watch:
    """A screen that notes how long after a request each answer came, in seconds."""

    def __init__(self):
        self.asked, self.after = 0.0, {}

    def note(self, what):
        self.after.setdefault(what, []).append(time.perf_counter() - self.asked)

    def show_draft(self, frame):
        self.note("draft")

    def show_full(self, frame, request, seconds, limit):
        self.note("full")

    def show_diagnosis(self, diagnosis):
        if diagnosis is not None:
            self.note("diagnosis")

    def show_suggestion(self, suggestion):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("look", ["tuned-256x4", "molten"])
def test_answers_come_in_growing_quality_and_going_back_is_quick(look, capsys):
    watch, field = Watch(), CPPN.preset(look)
    preview = PreviewPipeline(analyze(DEMO_CLIP), SIZE, resolve("cpu"), watch)
    try:
        for seed in [*range(ROUNDS + 1), *range(ROUNDS + 1)]:  # the first compiles; the second half goes back
            watch.asked = time.perf_counter()
            preview.draw(PreviewRequest(field.replace(seed=seed), 1.0), lambda: False)
    finally:
        preview.close()
    new = {what: statistics.median(seconds[1 : ROUNDS + 1]) for what, seconds in watch.after.items()}
    back = statistics.median(watch.after["full"][ROUNDS + 1 :])
    with capsys.disabled():
        told = ", ".join(f"{what} {1000 * seconds:.0f} ms" for what, seconds in new.items())
        print(f"\n{look} at {SIZE[0]}x{SIZE[1]}: {told}; going back {1000 * back:.0f} ms")  # noqa: T201
    assert back < new["full"]
    if look == "tuned-256x4":
        assert new["draft"] < new["full"] / 4
