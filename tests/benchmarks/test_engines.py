"""How many times as fast the engines are as the references: targets, with room for a busy machine."""

import pytest

from explorer.bench.engines import FULL, compare, frame_size, parse_net
from explorer.fields.cppn.kernel_bf16 import cpu_multiplies_bfloat16
from tests.tracks import made_up_track

SLACK = 0.6  # of a target: other programs run, and some of them use the same caches
TARGETS = {  # exact: times the torch loop, times ONNX Runtime; on two cores
    "4x3": (8, 2.5),
    "32x3": (5, 2),
    "64x4": (5, 2),
    "256x4": (3.5, 2),
    "256x8": (3.2, None),
}
DRAFT = {"256x4": 9}  # times the torch loop


@pytest.mark.slow
@pytest.mark.parametrize("net", TARGETS)
def test_the_engines_are_as_many_times_as_fast(net):
    field = parse_net(net)
    speeds = compare(field, made_up_track(), frame_size(field), FULL)
    over_torch, over_onnx = TARGETS[net]
    assert speeds["exact"].max_difference <= 1
    assert speeds["exact"].times["torch"] >= SLACK * over_torch
    if over_onnx and "onnxruntime" in speeds:
        assert speeds["exact"].times["onnxruntime"] >= SLACK * over_onnx
    if net in DRAFT and cpu_multiplies_bfloat16():
        assert speeds["draft"].times["torch"] >= SLACK * DRAFT[net]
