"""How fast the engines draw published CPPNs, and how exactly, beside the references in the same run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from explorer.audio import FeatureTrack
from explorer.bench.references import onnx_frame, torch_frame
from explorer.bench.timing import matrix_rate, megapixels_per_second, take_turns, times_as_fast
from explorer.errors import SettingsError
from explorer.fields import CPPN, Grid
from explorer.progress import Progress, silent
from explorer.rendering.devices import Device, DeviceKind
from explorer.rendering.frames import RESOLUTIONS, Frame, parse_size
from explorer.rendering.renderer import Renderer
from explorer.rendering.torch_engine import MAX_BLOCK_POINTS, TorchEngine

NETS = ("4x3", "32x3", "64x4", "256x4", "256x8")  # hidden neurons x hidden layers
MOMENT = 1.0  # seconds
REFERENCES = ("torch", "onnxruntime")
NANOSECONDS = 0.06  # of all contenders together per pixel and parameter on two cores, roughly


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    turn_seconds: float  # that a contender draws in a round
    shrink: int  # sides of frames are divided by it
    matrix_rows: int  # of the products that give the machine's rate

    def to_dict(self) -> dict[str, float]:
        """For the report, whose keys stay those of its first version."""
        return {
            "rounds": self.rounds,
            "least": self.turn_seconds,
            "shrink": self.shrink,
            "product": self.matrix_rows,
        }


FULL = Effort(rounds=7, turn_seconds=0.15, shrink=1, matrix_rows=2048)
QUICK = Effort(rounds=3, turn_seconds=0.03, shrink=3, matrix_rows=1024)


@dataclass(frozen=True)
class Speed:
    """How one contender drew one network's frame."""

    kernel: str
    seconds: list[float]  # per frame, one number a round
    megapixels_per_second: float  # median
    times: dict[str, float]  # how many times as fast as each reference: medians of the ratios within rounds
    max_difference: int  # from the torch loop's frame, in levels of 255, over all pixels and channels
    mean_difference: float

    def to_dict(self) -> dict[str, Any]:
        """For the report, whose keys stay those of its first version."""
        values = asdict(self)
        return values | {"greatest_difference": values.pop("max_difference")}


def measure_engines(
    track: FeatureTrack,
    nets: Sequence[str] = NETS,
    *,
    quick: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure published CPPNs ('256x4': 256 neurons, 4 hidden layers) with all threads.

    Returns `matrix`, the machine's fp32 rate; `nets`, for each its speeds by contender and the share of that
    rate that the exact engine reaches; and `cuda` where there is one. Raises SettingsError.
    """
    effort = QUICK if quick else FULL
    fields = {net: parse_net(net) for net in nets}
    planned = {net: _expected_seconds(field, effort) for net, field in fields.items()}
    rates: list[tuple[float, str]] = []
    speeds: dict[str, dict[str, Speed]] = {}
    for net, field in fields.items():
        before = sum(planned[earlier] for earlier in speeds)
        report = partial(_report_part, progress, before, planned[net], sum(planned.values()))
        rates.append(matrix_rate(effort.matrix_rows))
        speeds[net] = compare(field, track, frame_size(field, effort), effort, report)
    rate, library = max(rates)
    cuda = torch.cuda.is_available()
    return {
        "effort": effort.to_dict(),
        "matrix": {"gflops": rate / 1e9, "library": library},
        "nets": [
            {
                "net": net,
                "parameters": field.parameters,
                "size": list(frame_size(field, effort)),
                "matrix_share": speeds[net]["exact"].megapixels_per_second * 1e6 * _flops(field) / rate,
                "speeds": {name: speed.to_dict() for name, speed in speeds[net].items()},
            }
            for net, field in fields.items()
        ],
        "cuda": [{"net": net, **compare_precisions(field, track)} for net, field in fields.items()]
        if cuda
        else None,
    }


def parse_net(net: str) -> CPPN:
    """The published CPPN of a name such as '256x4'. Raises SettingsError."""
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", net.strip())
    if not match:
        raise SettingsError(f"net: got {net!r}; name neurons and hidden layers, as in {', '.join(NETS)}")
    return CPPN(hidden=int(match[1]), layers=int(match[2]))


def frame_size(field: CPPN, effort: Effort = FULL) -> tuple[int, int]:
    """720p where that is quick; smaller for larger networks, whose products outweigh work per frame."""
    name = "720p" if field.parameters < 5_000 else "360p" if field.parameters < 50_000 else "270p"
    width, height = parse_size(name)
    return width // effort.shrink, height // effort.shrink


def compare(
    field: CPPN,
    track: FeatureTrack,
    size: tuple[int, int],
    effort: Effort = FULL,
    progress: Progress = silent,
) -> dict[str, Speed]:
    """The torch loop, ONNX Runtime where installed, the exact engine, and the draft where it differs."""
    grid = Grid(*size)
    controls = field.controls(track, np.array([MOMENT])).values[0]
    with ExitStack() as stack:
        exact = stack.enter_context(Renderer(field, track, size, device="cpu"))
        draft = stack.enter_context(Renderer(field, track, size, device="cpu", precision="draft"))
        contenders: dict[str, tuple[str, Callable[[], Frame] | None]] = {
            "torch": ("torch-float32", partial(torch_frame, field, controls, grid)),
            "onnxruntime": ("onnxruntime", onnx_frame(field, controls, grid)),
            "exact": (exact.kernel, partial(exact.frame, MOMENT)),
            "draft": (draft.kernel, partial(draft.frame, MOMENT) if draft.kernel != exact.kernel else None),
        }
        kernels = {name: kernel for name, (kernel, draw) in contenders.items() if draw}
        draws = {name: draw for name, (_, draw) in contenders.items() if draw}
        for draw in draws.values():  # compiles, and fills caches
            draw()
        limit = _expected_seconds(field, effort)
        seconds = take_turns(draws, effort.rounds, effort.turn_seconds, max_seconds=limit, progress=progress)
        frames = {name: draw() for name, draw in draws.items()}
    return {name: _speed(name, kernel, seconds, frames) for name, kernel in kernels.items()}


def compare_precisions(
    field: CPPN,
    track: FeatureTrack,
    kind: DeviceKind = "cuda",
    *,
    size: tuple[int, int] = RESOLUTIONS["720p"],
    effort: Effort = FULL,
    block: int = MAX_BLOCK_POINTS,
) -> dict[str, Any]:
    """The torch engine with fp32 and with fp16 products on a device, frames copied back.

    Returns Mpx/s of both and, in levels of 255 over all pixels and channels, how far fp16 is from fp32.
    """
    name = torch.cuda.get_device_name() if kind == "cuda" else kind
    prepared = field.prepare(field.controls(track, np.array([MOMENT])))
    frames, draws = {}, {}
    for precision, dtype in (("fp32", torch.float32), ("fp16", torch.float16)):
        engine = TorchEngine(Device(kind, dtype, name), Grid(*size), block=block)
        frames[precision] = np.empty((size[0] * size[1], 3), np.uint8)
        draws[precision] = partial(engine.draw, prepared, 0, frames[precision])
    with torch.inference_mode():
        for draw in draws.values():
            draw()
        seconds = take_turns(draws, effort.rounds, effort.turn_seconds)
    difference = np.abs(frames["fp16"].astype(int) - frames["fp32"])
    return {
        "device": name,
        "size": list(size),
        "fp32": {"megapixels_per_second": megapixels_per_second(len(difference), seconds["fp32"])},
        "fp16": {
            "megapixels_per_second": megapixels_per_second(len(difference), seconds["fp16"]),
            "times_fp32": times_as_fast(seconds["fp16"], seconds["fp32"]),
            "greatest_difference": int(difference.max()),
            "mean_difference": float(difference.mean()),
        },
    }


def _speed(name: str, kernel: str, seconds: dict[str, list[float]], frames: dict[str, Frame]) -> Speed:
    difference = np.abs(frames[name].astype(int) - frames["torch"])
    others = [other for other in REFERENCES if other != name and other in seconds]
    return Speed(
        kernel=kernel,
        seconds=seconds[name],
        megapixels_per_second=megapixels_per_second(difference.size // 3, seconds[name]),
        times={other: times_as_fast(seconds[name], seconds[other]) for other in others},
        max_difference=int(difference.max()),
        mean_difference=float(difference.mean()),
    )


def _flops(field: CPPN) -> int:
    """Operations a pixel: a product and a sum per parameter. Activations are not counted."""
    return 2 * field.parameters


def _expected_seconds(field: CPPN, effort: Effort) -> float:
    """About how long a network takes on two cores."""
    width, height = frame_size(field, effort)
    drawing = NANOSECONDS * 1e-9 * field.parameters * width * height
    return 1 + (effort.rounds + 2) * (4 * effort.turn_seconds + drawing)


def _report_part(
    progress: Progress, before: float, planned: float, total: float, step: str, done: float, of: float
) -> None:
    """One network's progress as a part of the whole, in planned seconds."""
    progress(step, before + planned * done / of, total)
