"""Explorations folders with one hostile file: it is listed as damaged, and nothing else suffers."""

import contextlib
import io
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from tests.campaigns.isolation import Figures, IsolatedProcess

SOURCE = Path(__file__).parents[1] / "data" / "version_0_1"
RUNS = ("render_20261128T190000Z_000001", "sweep_20261128T190100Z_000011", "train_20261128T190200Z_000021")
OTHER = "render_20261128T190005Z_000006"  # whole in every case

VALUES = [None, True, -1, 0, 1e308, "", "x" * 5000, [], {}, [[]], "../../../outside", "/outside", "\x00", 5]
TEXTS = {
    "nested": "[" * 100_000,
    "nested objects": '{"a":' * 50_000,
    "a long integer": '{"status": ' + "9" * 400 + "}",
    "a longer integer": '{"status": ' + "9" * 5000 + "}",
    "a lone surrogate": '{"status": "\\ud800", "kind": "render"}',
    "nan": '{"status": NaN, "kind": Infinity}',
    "a word": '"done"',
    "a list": "[1, 2]",
    "nothing": "",
    "null": "null",
    "a long key": '{"' + "k" * 5000 + '": 1}',
    "no text": "\x00\x01\x02",
    "a byte order mark": "\ufeff{}",
}


def read_everything(root):
    """What a user does in a folder that somebody sent: lists, reports, opens, repeats, resumes."""
    import explorer as ex
    from explorer.cli import main
    from explorer.errors import ExplorerError

    root = Path(root)
    outside = contents_outside(root)
    refusals = []
    table = ex.runs(root)
    assert OTHER in {str(run) for run in table["run"]}
    assert table.loc[table["status"] == "damaged", "error"].str.len().gt(5).all(), "no reason"
    commands = [
        ["runs"],
        ["report", "--all"],
        ["render", "--recipe", str(root / RUNS[0]), "--resolution", "32x18", "--duration", "0.1"],
        ["sweep", "--resume", str(root / RUNS[1])],
    ]
    for command in commands:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            status = main([*command, *(["--explorations", str(root)] if command[0] != "sweep" else [])])
        assert "unexpected" not in said.getvalue(), said.getvalue()
        assert status in (0, 1, 2), status
        if status:
            refusals.append(said.getvalue().strip().splitlines()[-1])
    for name in RUNS:
        try:
            use(ex.load(root / name))
        except ExplorerError as error:
            refusals.append(str(error))
    try:
        ex.Julia(model=RUNS[2]).analyze(SOURCE / "made_2s.flac")
    except ExplorerError as error:
        refusals.append(str(error))
    assert contents_outside(root) == outside, "files were written outside"
    return f"{len(refusals)} refusals"


def use(opened):
    """What a notebook does with a run or a sweep."""
    assert opened._repr_html_()
    if not hasattr(opened, "table"):
        assert opened.field.kind
        assert opened.report()
        opened.clip().close()
        return
    assert opened.sheet_pixels().size
    assert len(opened.diverse(2)) <= 2
    assert len(opened.best(2)) <= 2
    for point in opened.points:
        assert point.track.names
        assert point.field.kind


def contents_outside(root):
    return sorted(str(path) for path in root.parent.rglob("*") if root not in (path, *path.parents))


def mutated(value, rng):
    """A JSON value with one place of it replaced, removed or added to."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        match rng.randrange(6):
            case 0:
                return {name: each for name, each in value.items() if name != key}
            case 1:
                return {**value, rng.choice(["self", "__class__", "../x", "k" * 5000]): rng.choice(VALUES)}
            case 2:
                return {**value, rng.choice(VALUES[5:7]) or "../../../x": value[key]}
            case _:
                return {**value, key: mutated(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], mutated(value[at], rng), *value[at + 1 :]]
    return rng.choice(VALUES)


def damage(path, rng):
    """Replace a file by a hostile one, and say how."""
    match rng.randrange(10 if path.suffix == ".json" else 5):
        case 0:
            path.unlink()
            os.mkfifo(path)
            return "a pipe"
        case 1:
            path.unlink()
            path.mkdir()
            return "a folder"
        case 2:
            path.unlink()
            target = rng.choice(["/dev/zero", path.parents[2], path.name, SOURCE / "made_2s.flac"])
            path.symlink_to(target)
            return f"a link to {target}"
        case 3 | 4:
            name = rng.choice(list(TEXTS))
            path.write_text(TEXTS[name], encoding="utf-8")
            return name
        case _:
            path.write_text(json.dumps(mutated(json.loads(path.read_text("utf-8")), rng)), encoding="utf-8")
            return "another value"


def campaign(folder, count, seed=0):
    rng, figures = random.Random(seed), Figures()
    environment = {"EXPLORER_CACHE": str(folder / "cache"), "EXPLORER_EXPLORATIONS": str(folder / "none")}
    with IsolatedProcess(read_everything, **environment) as process:
        for number in range(count):
            root = folder / f"case_{number}" / "runs"
            root.mkdir(parents=True)
            for name in (*RUNS, OTHER):
                shutil.copytree(SOURCE / "runs" / name, root / name)
            shutil.copy(SOURCE / "made_2s.flac", root / RUNS[0])
            shutil.copy(SOURCE / "made_2s.flac", root / RUNS[1])
            targets = sorted(path for name in RUNS for path in (root / name).rglob("*") if path.is_file())
            target = rng.choice([path for path in targets if path.suffix == ".json" or rng.random() < 0.3])
            how = damage(target, rng)
            figures.add(f"case {number}, {target.relative_to(root)}: {how}", process.run(str(root)))
            shutil.rmtree(root.parent)
    return figures


def test_hostile_folders(tmp_path):
    assert campaign(tmp_path, 1).problems == []


@pytest.mark.campaign
def test_200_hostile_folders(tmp_path, capsys):
    figures = campaign(tmp_path, 200)
    with capsys.disabled():
        print(f"\n{figures.line('hostile folders')}", *figures.problems, sep="\n  ")
    assert figures.problems == []
