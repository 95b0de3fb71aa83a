"""`explorer bench`: a table for people, JSON for programs."""

import json

import pytest

from explorer.cli import main
from explorer.cli.bench import table

SPEED = {"kernel": "k", "seconds": [1.0], "mean_difference": 0.1, "greatest_difference": 1}
MACHINE = {
    "cpu": "A CPU with a name that is quite long " * 4,
    "threads": 2,
    "cores": 2,
    "torch_threads": 2,
    "load_average": None,
    "os": "an OS",
    "python": "3.12.1",
    "packages": {"torch": "2.9", "numpy": "2.3", "numba": None},
    "onnxruntime": None,
    "variables": {"OMP_NUM_THREADS": "2"},
}
HALF = {
    "megapixels_per_second": 4321.0,
    "times_fp32": 12.3,
    "greatest_difference": 255,
    "mean_difference": 88.0,
}
CUDA = {"net": "256x8", "device": "a GPU", "size": [1280, 720], "fp32": HALF, "fp16": HALF}


GPU = {
    "net": "256x8", "device": "A Card with a name that is quite long " * 2, "size": [1280, 720],
    "megapixels_per_second": 4321.0, "times_exact": 123.4, "greatest_difference": 255,
}  # fmt: skip


def report(nets, cuda=None, quick=False):
    video = {"look": "compact-4x3", "size": [1280, 720], "fps": 30, "video_seconds": 6.0, "seconds": 2.0}
    return {
        "quick": quick,
        "machine": MACHINE,
        "matrix": {"gflops": 1234.5, "library": "numpy"},
        "nets": nets,
        "end_to_end": [video | {"times_real_time": 3.0}],
        "cuda": cuda,
        "gpus": [GPU] if cuda else [],
    }


def row(**speeds):
    measured = {
        name: SPEED | {"megapixels_per_second": rate, "times": times}
        for name, (rate, times) in speeds.items()
    }
    return {"net": "256x4", "size": [1280, 720], "matrix_share": 0.731, "speeds": measured}


FULL = row(
    torch=(0.1234, {}),
    onnxruntime=(0.2345, {"torch": 1.9}),
    exact=(1234.5, {"torch": 10004.2, "onnxruntime": 5.26}),
    draft=(9.996, {"torch": 20.0, "onnxruntime": 9.0}),
)
BARE = row(torch=(0.1234, {}), exact=(1.5, {"torch": 12.16}))


@pytest.mark.parametrize("nets", [[FULL], [BARE], [FULL, BARE]], ids=["full", "bare", "both"])
@pytest.mark.parametrize("cuda", [None, [CUDA]], ids=["cpu", "cuda"])
def test_the_table_is_ascii_and_fits(nets, cuda):
    lines = table(report(nets, cuda, quick=True))
    assert "\n".join(lines).isascii()
    assert max(map(len, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
    assert any("ONNX Runtime is left out" in line for line in lines) == (nets == [BARE])


def test_columns_stand_under_their_heads():
    lines = table(report([FULL, BARE]))
    (head,) = (
        n for n, line in enumerate(lines) if line.startswith("net  ") and "frame " in line and "rate" in line
    )
    full, bare = lines[head + 1 : head + 3]
    assert full.split() == [
        "256x4",
        "1280x720",
        "0.12",
        "0.23",
        "1234",
        "10.00",
        "10004",
        "5.26",
        "20.0",
        "1",
        "1",
        "73%",
    ]
    assert bare.split() == ["256x4", "1280x720", "0.12", "-", "1.50", "-", "12.2", "-", "-", "1", "-", "73%"]
    assert len(lines[head]) == len(full) == len(bare)
    for name in ("frame", "torch", "onnx", "exact", "draft", "rate"):
        end = lines[head].index(name) + len(name)
        assert full[end - 1] != " "
        assert full[end : end + 1] in (" ", "")


@pytest.fixture
def calls(monkeypatch):
    """What the benchmark was called with; it measures nothing."""
    calls = []
    monkeypatch.setattr(
        "explorer.bench.benchmark.benchmark",
        lambda nets, **options: calls.append((tuple(nets), options["quick"])) or report([FULL]),
    )
    return calls


def test_json_is_all_that_is_printed(calls, capsys):
    assert main(["bench", "--json", "--quick", "--net", "4x3"]) == 0
    assert calls == [(("4x3",), True)]
    output = capsys.readouterr().out
    assert output.isascii()
    assert json.loads(output) == json.loads(json.dumps(report([FULL])))


def test_people_see_the_machine_the_networks_and_the_videos(calls, capsys):
    assert main(["bench", "--net", "256x4,4x3"]) == 0
    assert calls == [(("256x4", "4x3"), False)]
    output = capsys.readouterr().out
    for words in ("A CPU", "256x4", "compact-4x3", "3.0 x real time", "1234 GFLOP/s", "OMP_NUM_THREADS=2"):
        assert words in output


def test_an_unknown_network_is_one_line(capsys):
    assert main(["bench", "--net", "4x3,huge"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "'huge'" in output.err
