"""All that a person with a graphics card should run once: python -m tests.benchmarks.gpu_check [--json FILE]

Prints, and writes as JSON: the adapter and its trial; how far the frames of all kinds of fields and all
looks, with light and finish, are from those of the CPU, with sections that open, mixtures and echoes, too;
whether frames survive a lack of memory and the loss of the device; and how fast networks are drawn, drafts in
half precision, too, beside the CPU kernels, the torch loop, torch.compile and, where it is, CUDA through
torch, lit looks beside the CPU, and frames of a render, two in flight, beside one at a time.
Ends with status 1 where a picture that is not noise is off by more than a level (Julia sets: at most
0.5 % of the bytes). Under ten minutes on a card;
`--small` with `--device gpu:llvmpipe` tries the check itself, on Mesa's software driver.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from explorer.audio import DEMO_CLIP
from explorer.bench.engines import parse_net
from explorer.bench.references import ReferenceNetwork, network_inputs, reference_points
from explorer.bench.timing import megapixels_per_second, take_turns
from explorer.errors import ExplorerWarning
from explorer.experiments.runs.manifest import environment
from explorer.fields import FieldSettings, Grid
from explorer.fields.presets import LOOKS
from explorer.rendering import Renderer, resolve
from explorer.rendering.gpu import engine
from explorer.rendering.gpu.session import session_of
from explorer.rendering.gpu.trial import problem_of
from tests.fields.test_sections import TRACK
from tests.rendering import test_gpu_layers, test_gpu_light
from tests.rendering.test_gpu import FIELDS
from tests.tracks import made_up_track

T = 1.5
NETS = ("4x3", "16x4", "32x3", "64x4", "256x4", "256x8")
COMPILED_NETS = ("64x4", "256x4")  # torch.compile takes most of a minute for each
LIT_LOOKS = ("obsidian", "strata")  # a graph and patterns
NOISY = ("classic-256x8",)  # a level of noise decides their pixels
MAX_CHAOTIC_SHARE = 0.005  # of the bytes of Julia sets: orbits near the set go either way
ROUNDS, TURN_SECONDS = 5, 0.3
FLIGHT_FRAMES = 8


def say(*parts: object) -> None:
    """A line, at once."""
    sys.stdout.write(" ".join(map(str, parts)) + "\n")
    sys.stdout.flush()


def drawn(field: FieldSettings, track: Any, size: tuple[int, int], device: str, t: float = T) -> np.ndarray:
    """A frame, without the flash limit."""
    with Renderer(field, track, size, device=device) as renderer:
        return renderer.frame(t)


def parity(device: str, size: tuple[int, int]) -> list[dict[str, Any]]:
    """For each field: how far its frame is from that of the CPU, in levels."""
    fields = {name: (field, size, T) for name, field in (FIELDS | looks()).items()}
    for name, field in test_gpu_light.FIELDS.items():
        fields[f"{name}, odd size"] = field, test_gpu_light.SIZE, T
    for name, field in test_gpu_layers.FIELDS.items():
        fields[f"{name}, at a change"] = field, test_gpu_layers.SIZE, test_gpu_layers.CHANGE
    fields["fade of a sequence"] = test_gpu_layers.SEQUENCE, test_gpu_layers.SIZE, test_gpu_layers.FADE
    rows = []
    for name, (field, shape, t) in fields.items():
        track = made_up_track() if t == T else TRACK
        if name in looks():
            track = field.analyze(DEMO_CLIP)
        both = [drawn(field, track, shape, each, t).astype(int) for each in (device, "cpu")]
        off = np.abs(both[0] - both[1])
        share, limit = float((off > 1).mean()), MAX_CHAOTIC_SHARE if field.kind == "julia" else 0
        right = share <= limit or name in NOISY
        rows.append({"field": name, "max": int(off.max()), "share_over_1": share, "right": right})
        say(f"{name:<16} at most {off.max()} of 255, {100 * share:.4f} % over 1")
    return rows


def looks() -> dict[str, FieldSettings]:
    """All that ship, by name."""
    return {name: field for presets in LOOKS.values() for name, field in presets.items()}


def look_speed(device: str, name: str, size: tuple[int, int]) -> dict[str, float]:
    """Million pixels a second of a lit look, on the GPU and on the CPU."""
    field = looks()[name]
    track = field.analyze(DEMO_CLIP)
    renderers = {n: Renderer(field, track, size, device=d) for n, d in (("gpu", device), ("cpu", "cpu"))}
    return rates_of(name, size, renderers, {})


def flight(device: str, size: tuple[int, int]) -> dict[str, Any]:
    """Frames of a lit look, two in flight and one at a time: ratio of the rates, and whether bits agree."""
    field, times = looks()[LIT_LOOKS[0]], [T + n / 30 for n in range(FLIGHT_FRAMES)]
    with Renderer(field, field.analyze(DEMO_CLIP), size, device=device) as renderer:
        single = [renderer.frame(t) for t in times]
        same = bool(np.array_equal(list(renderer.frames(times)), single))
        calls: dict[str, Callable[[], object]] = {
            "one at a time": lambda: [renderer.frame(t) for t in times],
            "two in flight": lambda: list(renderer.frames(times)),
        }
        seconds = take_turns(calls, ROUNDS, TURN_SECONDS, max_seconds=20)
    single_seconds, seconds_in_flight = (float(np.median(each)) for each in seconds.values())
    ratio = single_seconds / seconds_in_flight
    say(f"two frames in flight are drawn at {ratio:.2f} of the rate of one at a time")
    return {"same_bits": same, "rate": ratio}


def rates_of(
    name: str, size: tuple[int, int], renderers: dict[str, Renderer], others: dict[str, Callable[[], object]]
) -> dict[str, float]:
    """Million pixels a second of renderers, which are closed, and of other calls that draw a frame."""
    calls = {**{n: partial(r.frame, T) for n, r in renderers.items()}, **others}
    for call in calls.values():
        call()
    seconds = take_turns(calls, ROUNDS, TURN_SECONDS, max_seconds=20)
    for renderer in renderers.values():
        renderer.close()
    rates = {n: megapixels_per_second(size[0] * size[1], each) for n, each in seconds.items()}
    say(f"{name:<8} {size[0]}x{size[1]}, Mpx/s:", ", ".join(f"{n} {rate:.3g}" for n, rate in rates.items()))
    return rates


def memory(device: str, size: tuple[int, int]) -> dict[str, Any]:
    """Frames with buffers of a limited size beside whole ones: parts are halved, and light is the CPU's."""
    fields, session = [FIELDS[name] for name in ("narrow", "lit")], session_of(resolve(device).adapter)
    whole, create = [drawn(field, made_up_track(), size, device) for field in fields], session.buffer
    limit = 4 * size[0] * size[1]

    def limited(count: int, usage: int) -> Any:
        if count > limit:
            raise session.memory_error("Not enough memory left")
        return create(count, usage)

    with patch.object(session, "buffer", limited), patch.object(engine, "MIN_PART_POINTS", 64):
        halved = [drawn(field, made_up_track(), size, device) for field in fields]
    lit = np.abs(whole[1].astype(int) - halved[1]).max()
    return {"same_bits": bool((whole[0] == halved[0]).all()) and int(lit) <= 1, "lit_levels": int(lit)}


def large_frame(device: str) -> dict[str, Any]:
    """8192 x 8192 pixels of a small network: what is really there in memory."""
    start = time.perf_counter()
    frame = drawn(FIELDS["narrow"], made_up_track(), (8192, 8192), device)
    return {"seconds": time.perf_counter() - start, "deviation": float(frame.std())}


def loss(device: str, size: tuple[int, int]) -> dict[str, Any]:
    """A device that is destroyed between two frames: what the CPU draws in its place."""
    field = FIELDS["narrow"]
    with Renderer(field, made_up_track(), size, device=device) as renderer, warnings.catch_warnings():
        warnings.simplefilter("ignore", ExplorerWarning)
        renderer.frame(0.0)
        session_of(resolve(device).adapter).device.destroy()
        frame = renderer.frame(T)
        session_of.cache_clear()
        return {
            "note": renderer.device.note,
            "same_bits": bool((frame == drawn(field, made_up_track(), size, "cpu")).all()),
        }


def speed(device: str, net: str, size: tuple[int, int], compiles: bool) -> dict[str, float]:
    """Million pixels a second of a published network by everything that draws it here."""
    field, track, grid = parse_net(net), made_up_track(), Grid(*size)
    torch_device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    controls = field.controls(track, np.array([T])).values[0]
    network = ReferenceNetwork(field).to(torch_device)
    inputs = [
        each.to(torch_device) for each in (reference_points(field, grid), network_inputs(field, controls))
    ]

    def reference(module: Callable[..., torch.Tensor]) -> np.ndarray:
        with torch.inference_mode():
            return module(*inputs).cpu().numpy()

    renderers = {"gpu": Renderer(field, track, size, device=device)}
    draft = Renderer(field, track, size, device=device, precision="draft")
    if draft.kernel != renderers["gpu"].kernel:
        renderers["gpu draft"] = draft
    renderers["cpu"] = Renderer(field, track, size, device="cpu")
    if torch.cuda.is_available():
        renderers["cuda"] = Renderer(field, track, size, device="cuda")
    others: dict[str, Callable[[], object]] = {
        f"torch loop on {torch_device.type}": partial(reference, network)
    }
    if compiles:
        compiled = torch.compile(network)
        try:
            reference(compiled)
            others[f"torch.compile on {torch_device.type}"] = partial(reference, compiled)
        except Exception as error:  # it needs a C++ compiler or Triton
            say(f"torch.compile does not work here: {type(error).__name__}")
    return rates_of(net, size, renderers, others)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="gpu", help="as in explorer render")
    parser.add_argument("--small", action="store_true", help="tiny frames, for software drivers")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    start, device = time.perf_counter(), resolve(options.device)
    assert device.adapter, "name a GPU, as in --device gpu"
    size = (64, 36) if options.small else (640, 360)
    frame = (64, 36) if options.small else (1280, 720)
    report: dict[str, Any] = {"device": device.facts, "problem": problem_of(device.adapter)}
    say(f"{device.adapter}, {device.adapter.kind}")
    report["parity"] = parity(device.request, size)
    report["memory"] = memory(device.request, size)
    report["large_frame"] = None if options.small else large_frame(device.request)
    report["loss"] = loss(device.request, size)
    say("memory", report["memory"], "large frame", report["large_frame"], "loss", report["loss"])
    report["megapixels_per_second"] = {
        net: speed(device.request, net, frame, net in COMPILED_NETS and not options.small) for net in NETS
    }
    report["look_megapixels_per_second"] = {
        name: look_speed(device.request, name, frame) for name in LIT_LOOKS
    }
    report["flight"] = flight(device.request, frame)
    report |= {"seconds": time.perf_counter() - start, "environment": environment()}
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))
    wrong = [row["field"] for row in report["parity"] if not row["right"]]
    wrong += [name for name in ("memory", "loss", "flight") if not report[name]["same_bits"]]
    say(f"{report['seconds']:.0f} s; " + (f"wrong: {', '.join(wrong)}" if wrong else "all right"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
