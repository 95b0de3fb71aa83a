"""GPUs are compared with the exact engine."""

from explorer.bench import gpus
from explorer.bench.engines import QUICK, Effort
from explorer.fields import CPPN
from explorer.rendering import resolve
from explorer.rendering.gpu.adapters import Adapter
from tests.tracks import made_up_track

SHORT = Effort(rounds=2, turn_seconds=0, shrink=QUICK.shrink, matrix_rows=QUICK.matrix_rows)


def test_a_gpu_is_measured_beside_the_exact_engine(gpu):
    row = gpus.compare_gpu(CPPN(hidden=4, layers=2), made_up_track(), resolve(gpu), (64, 36), SHORT)
    assert row["greatest_difference"] <= 1
    assert row["megapixels_per_second"] > 0
    assert row["times_exact"] > 0


def test_cards_that_draw_are_measured_and_software_is_not(monkeypatch):
    there = [
        Adapter(name, "1", "Vulkan", kind)
        for name, kind in (("a", "DiscreteGPU"), ("b", "CPU"), ("c", "IntegratedGPU"))
    ]
    monkeypatch.setattr(gpus, "adapters", lambda: there)
    monkeypatch.setattr(gpus, "problem_of", lambda adapter: "it crashed" if adapter.name == "c" else "")
    assert gpus.gpus() == ["gpu:a"]
