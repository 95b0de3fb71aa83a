"""`explorer bench`: the drawing speed of this machine, as a table or as JSON."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from explorer.cli.console import print_line
from explorer.progress_bar import ProgressBar

LEGEND = """\
net         neurons x hidden layers of a published CPPN (gain 5); frame: the size drawn here
pixels      medians: torch = the straightforward loop (grid, cat, layers in fp32), onnx = ONNX
            Runtime where it is installed, exact = what exports use, draft = for trials
as fast     medians of the ratios of successive measurements
difference  largest, from the torch loop, in levels of 255, over all pixels and colors
            (256x8 at gain 5 is noise, and a draft of it is another noise)
share       of the machine's fp32 matrix rate, for 2 operations per parameter and pixel; the rest of
            the time goes to activations, which outweigh the products of narrow networks
-           not installed, or the draft is the same kernel (under 128 neurons, or no bf16 units)"""

WITHOUT_ONNX = 'ONNX Runtime is left out; to add it: python -m pip install "audio-feature-explorer[learn]"'


def bench(
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="smaller frames, fewer rounds: rough figures")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(
            "--device", metavar="GPU", help="as in gpu:llvmpipe [default: all GPUs that are no software]"
        ),
    ] = None,
    net: Annotated[
        str | None,
        typer.Option("--net", metavar="NAMES", help="as in 4x3,256x4 [default: 4x3,32x3,64x4,256x4,256x8]"),
    ] = None,
) -> None:
    """Measure how fast this machine draws, relative to a plain torch loop; takes about two minutes."""
    from json import dumps

    from explorer.bench.benchmark import benchmark
    from explorer.bench.engines import NETS

    nets = NETS if net is None else net.split(",")
    with ProgressBar() as progress:
        report = benchmark(nets, quick=quick, device=device, progress=progress)
    print_line(dumps(report, indent=2) if json else "\n".join(table(report)))


def table(report: dict[str, Any]) -> list[str]:
    """The report as lines of at most 100 characters."""
    return [
        *_machine(report["machine"], report["matrix"]),
        "",
        *_nets(report["nets"]),
        *([] if any("onnxruntime" in row["speeds"] for row in report["nets"]) else [WITHOUT_ONNX]),
        "",
        *LEGEND.splitlines(),
        "",
        *_videos(report["end_to_end"]),
        *_cuda(report["cuda"] or []),
        *_gpus(report["gpus"]),
        *(["", "--quick: rough figures; leave it out to measure"] if report["quick"] else []),
    ]


def _machine(machine: dict[str, Any], matrix: dict[str, Any]) -> list[str]:
    packages = machine["packages"] | {"onnxruntime": machine["onnxruntime"]}
    versions = [
        f"{name} {packages[name]}" for name in ("torch", "numpy", "numba", "onnxruntime") if packages[name]
    ]
    load = "not known" if machine["load_average"] is None else f"{machine['load_average']:.2f} before"
    lines = [
        f"machine   {machine['cpu']}",
        f"cores     {machine['threads']} usable of {machine['cores']} "
        f"(torch uses {machine['torch_threads']}); load average {load}",
        f"system    {machine['os']}",
        f"versions  python {machine['python']}, {', '.join(versions)}",
        f"products  {matrix['gflops']:.0f} GFLOP/s in fp32 at best ({matrix['library']}, all cores)",
    ]
    if machine["variables"]:
        lines.append(
            f"set       {' '.join(f'{name}={value}' for name, value in machine['variables'].items())}"
        )
    return [line if len(line) <= 100 else line[:97] + "..." for line in lines]


def _nets(rows: list[dict[str, Any]]) -> list[str]:
    heads = [
        ("", "", "million pixels a second", "times as fast", "largest", "share"),
        ("", "", "", "  exact   exact   draft", "difference", "of fp32"),
        ("net", "frame", "  torch    onnx   exact   draft", " /torch   /onnx  /torch", "exact draft", "rate"),
    ]
    return [
        *(f"{net:<7}{frame:>9} {speed:>31}  {ratio:>23}  {off:>11}  {share:>7}"
          for net, frame, speed, ratio, off, share in heads),
        *(_net(row) for row in rows),
    ]  # fmt: skip


def _net(row: dict[str, Any]) -> str:
    speeds = row["speeds"]
    exact, draft = speeds["exact"], speeds.get("draft")
    rates = [
        speeds.get(name, {}).get("megapixels_per_second")
        for name in ("torch", "onnxruntime", "exact", "draft")
    ]
    times = [exact["times"]["torch"], exact["times"].get("onnxruntime"), draft and draft["times"]["torch"]]
    off = [exact["greatest_difference"], draft and draft["greatest_difference"]]
    columns = [
        " ".join(f"{_number(rate):>7}" for rate in rates),
        " ".join(f"{_number(ratio):>7}" for ratio in times),
        " ".join(f"{'-' if level is None else level:>5}" for level in off),
        f"{row['matrix_share']:>7.0%}",
    ]
    return f"{row['net']:<7}{_size(row):>9} " + "  ".join(columns)


def _videos(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["videos with sound, all included: drawing, encoding, pictures, manifest"]
    for row in rows:
        lines.append(
            f"{row['look']:<14} {_size(row)} at {row['fps']} fps, {row['video_seconds']:.0f} s of video in "
            f"{row['seconds']:.1f} s: {row['times_real_time']:.1f} x real time"
        )
    return lines


def _cuda(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["", f"{rows[0]['device']}: torch engine, frames copied back"] if rows else []
    for row in rows:
        half = row["fp16"]
        fp32, fp16 = (_number(row[name]["megapixels_per_second"]) for name in ("fp32", "fp16"))
        lines.append(
            f"{row['net']:<7}{_size(row):>9}  fp32 {fp32} Mpx/s, fp16 {fp16} "
            f"({_number(half['times_fp32'])} x as fast, off by {half['mean_difference']:.2f} of 255, "
            f"at most {half['greatest_difference']})"
        )
    return lines


def _gpus(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["", "GPUs: compute shaders, frames copied back"] if rows else []
    return lines + [
        f"{row['net']:<7}{_size(row):>9}  {_number(row['megapixels_per_second'])} Mpx/s, "
        f"{_number(row['times_exact'])} x exact, off by at most {row['greatest_difference']}: "
        + row["device"][:32].strip()
        for row in rows
    ]


def _size(row: dict[str, Any]) -> str:
    return "x".join(str(side) for side in row["size"])


def _number(value: float | None) -> str:
    """Three figures."""
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
