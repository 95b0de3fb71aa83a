"""The benchmark measures pairs and draws the same pictures; its report is JSON."""

import itertools
import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import explorer.bench.benchmark as module
from explorer.bench import engines, timing
from explorer.bench.benchmark import benchmark
from explorer.bench.references import torch_frame

SMALL = replace(engines.QUICK, turn_seconds=0.005, shrink=12, matrix_rows=128)


@pytest.fixture(scope="module")
def quick():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "QUICK_VIDEO_SECONDS", 0.05)
        patched.setattr(module, "gpus", list)  # finding them starts a process
        patched.setattr(engines, "QUICK", SMALL)
        patched.setattr(timing, "MATRIX_SECONDS", 0.01)
        patched.setattr(engines, "onnx_frame", partial(partial, torch_frame))  # its export takes seconds
        return benchmark(["4x3", "48x2"], quick=True)


def test_every_network_has_its_contenders(quick):
    narrow, wide = quick["nets"]
    assert (narrow["net"], narrow["parameters"], narrow["size"]) == ("4x3", 99, [106, 60])
    assert (wide["net"], wide["size"]) == ("48x2", [106, 60])
    for row, kernel in ((narrow, "narrow-f32"), (wide, "wide-f32")):
        assert set(row["speeds"]) == {"torch", "onnxruntime", "exact"}
        assert row["speeds"]["exact"]["kernel"] == kernel
        assert row["matrix_share"] > 0
        for speed in row["speeds"].values():
            assert len(speed["seconds"]) == SMALL.rounds
            assert speed["megapixels_per_second"] > 0
    assert quick["matrix"]["library"] in ("numpy", "torch")


def test_ratios_come_from_pairs(quick):
    for row in quick["nets"]:
        speeds = row["speeds"]
        for name, other in itertools.permutations(speeds, 2):
            pairs = np.divide(speeds[other]["seconds"], speeds[name]["seconds"])
            if other in ("torch", "onnxruntime"):
                assert speeds[name]["times"][other] == pytest.approx(np.median(pairs))


def test_the_pictures_are_those_of_the_reference(quick):
    for row in quick["nets"]:
        assert row["speeds"]["torch"]["greatest_difference"] == 0
        for speed in row["speeds"].values():
            assert speed["greatest_difference"] <= 1


def test_the_report_is_json_with_machine_and_videos(quick):
    text = json.dumps(quick, allow_nan=False)
    assert json.loads(text) == quick
    assert text.isascii()
    assert quick["machine"]["threads"] >= 1
    assert {"cpu", "cores", "load_average", "packages", "onnxruntime"} <= set(quick["machine"])
    for video, look in zip(quick["end_to_end"], ("compact-4x3", "molten"), strict=True):
        assert (video["look"], video["size"], video["fps"]) == (look, [1280, 720], 30)
        assert video["times_real_time"] == pytest.approx(video["video_seconds"] / video["seconds"])
