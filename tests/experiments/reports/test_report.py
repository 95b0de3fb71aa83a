"""Reports: everything shown, everything escaped, nothing from elsewhere; damage is told, never fatal."""

import base64
import functools
import hashlib
import html.parser
import itertools
import json
import operator
import re
import shutil
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.cli import main
from explorer.errors import ExplorerError, SettingsError
from explorer.experiments.reports import latest_folder, write_all, write_index, write_report
from explorer.experiments.reports.provenance import without_paths
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.files import sha256_of, write_json
from tests.experiments import report_folders

EVIL = "<img src=x onerror=alert(1)>.wav"
TWO = {"gain": [1, 3, 5], "layers": [2, 4]}
BOUND = 15  # times the work of reading the same pictures


class Page(html.parser.HTMLParser):
    """What a browser would see: elements with attributes, data blocks, and the text outside of scripts."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.blocks, self.text, self._script = [], [], [], None
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._script = dict(attrs) if tag == "script" else None

    def handle_data(self, data):
        if self._script is None:
            self.text.append(data)
        elif "id" in self._script:
            self.blocks.append(json.loads(data))

    def handle_endtag(self, tag):
        self._script = None if tag == "script" else self._script

    def all(self, tag, **having):
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in having.items())]

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())

    @property
    def data(self):
        return self.blocks[0]


@pytest.fixture
def sweep(tmp_path):
    return report_folders.a_sweep(tmp_path, TWO)


def points_of(page):
    """The points that lie in a page as columns, by key, as the script of the page reads them."""
    data, held = page.data, page.data["points"]
    columns = [
        column if isinstance(column, list) else [column["values"][place] for place in column["places"]]
        for column in data["columns"]
    ]

    def words(form, figures, n):
        parts = iter(columns[figures][n].split(" "))
        return re.sub("\0", lambda _: next(parts), columns[form][n])

    def recipe(n):
        whole = json.loads(json.dumps(held["recipe"]))
        for path, number in held["recipe_parts"]:
            functools.reduce(operator.getitem, path[:-1], whole)[path[-1]] = columns[number][n]
        return whole

    return {
        key: {
            "key": key,
            "label": caption({name: columns[number][n] for name, number in held["params"].items()}),
            "state": columns[held["state"]][n],
            "sentence": words(*held["sentence"], n),
            "error": words(*held["error"], n),
            "moments": columns[held["moments"]][n],
            "metrics": {
                name: value
                for name, number in held["metrics"].items()
                if (value := columns[number][n]) is not None
            },
            "recipe": recipe(n) if columns[held["has_recipe"]][n] else None,
        }
        for n, key in enumerate(columns[held["key"]])
    }


def test_a_sweep_shows_every_point_with_its_verdict_and_measures(sweep):
    page = Page(write_report(sweep))
    assert len(page.all("figure", **{"class": "shot"})) == 6
    assert len(page.all("tr", **{"data-key": report_folders.key_of({"gain": 1, "layers": 2})})) == 1
    for words in ("song.wav", "alive", "faint", "gain", "layers", "space variance", "6 points", "Provenance"):
        assert words in page.words
    told = points_of(page)[report_folders.key_of({"gain": 5, "layers": 4})]
    assert told["label"] == "gain 5, layers 4"
    kept = json.loads((sweep / "points" / told["key"] / "point.json").read_text())
    assert told["metrics"] == pytest.approx(kept["metrics"])
    assert told["moments"] == list(report_folders.MOMENTS)


def test_nothing_comes_from_elsewhere(sweep, tmp_path):
    run = report_folders.a_render(tmp_path)
    for path in (write_report(sweep), write_report(run), write_index(tmp_path)):
        page = Page(path)
        for tag, attributes in page.elements:
            for name in ("src", "href", "poster", "action", "srcset", "data"):
                link = attributes.get(name)
                assert link is None or re.match(r"data:|#|\./|points/|video\.mp4$", link), (tag, link)
        assert "@import" not in page.source
        assert not re.search(r"url\(|fetch\(|XMLHttpRequest|innerHTML", page.source)


def test_only_the_report_s_own_script_may_run(sweep):
    page = Page(write_report(sweep))
    (policy,) = (meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    scripts = re.findall(r"<script>(.*?)</script>", page.source, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert re.findall(r"'sha256-([^']+)'", policy) == digests
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize("name", [EVIL, "</script><script>alert(1)</script>", "a&b \"c\" 'd' {{ 7*7 }}.wav"])
def test_names_are_text_wherever_they_stand(tmp_path, name):
    folder = report_folders.a_sweep(tmp_path, {"gain": [1, 2], "palette": [name, "rgb"]}, audio=name)
    report_folders.a_render(tmp_path, audio=name, status="failed", error=f"OutputError: {name}")
    written = write_all(tmp_path)
    for page in map(Page, [*written.reports, written.index]):
        assert name in page.words
        assert all(a["src"].startswith("data:") for a in page.all("img"))
        assert not any(key.startswith("on") for _, a in page.elements for key in a)
        assert len(page.all("script")) == (1 if not page.blocks else 2)
    told = points_of(Page(folder / "report.html"))
    assert any(name in point["label"] for point in told.values())


def test_points_that_did_not_end_well_are_shown_as_such(tmp_path):
    folder = report_folders.a_sweep(tmp_path, {"gain": [1, 2, 3, 4, 5]})
    keys = [report_folders.key_of({"gain": gain}) for gain in range(1, 6)]
    places = [folder / "points" / key for key in keys]
    write_json(
        places[0] / "point.json", {"status": "failed", "error": "ZeroDivisionError", "traceback": "in colors"}
    )
    (places[1] / "point.json").write_text("{ nonsense")
    write_json(places[2] / "point.json", {"status": "running"})
    shutil.rmtree(places[3])
    (places[4] / "thumb.jpg").write_bytes((places[4] / "thumb.jpg").read_bytes()[:300])
    page = Page(write_report(folder))
    told = points_of(page)
    assert [told[key]["state"] for key in keys[:4]] == ["failed", "damaged", "interrupted", "pending"]
    assert told[keys[0]]["error"] == "ZeroDivisionError\n\nin colors"
    assert "damaged" in told[keys[1]]["error"]
    shown = {figure["data-key"]: figure["data-state"] for figure in page.all("figure", **{"class": "shot"})}
    assert [shown[key] for key in keys[:4]] == ["failed", "damaged", "interrupted", "pending"]
    assert len(page.all("img")) == 3  # those without a picture, or with half of one, say so instead


def test_a_sweep_without_its_manifest_or_its_specification_still_has_a_report(sweep):
    (sweep / "manifest.json").write_text("[1]")
    page = Page(write_report(sweep))
    assert "manifest.json is damaged" in page.words
    (sweep / "sweep.json").unlink()
    page = Page(write_report(sweep))
    assert "sweep.json is missing" in page.words
    assert {point["label"] for point in points_of(page).values()} >= {"gain 1, layers 2", "gain 5, layers 4"}


def test_a_folder_with_nothing_to_read_is_an_error_in_one_line(tmp_path):
    with pytest.raises(ExplorerError, match="holds no run and no sweep"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
POINT_FIELDS = (
    "status",
    "params",
    "seconds",
    "metrics",
    "verdict",
    "sentence",
    "error",
    "moments",
    "traceback",
)
SWEEP_FIELDS = ("base", "vary", "sampler", "sampler_seed", "points")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(POINT_FIELDS), JSON),
    st.dictionaries(st.sampled_from(SWEEP_FIELDS), JSON),
    JSON,
    JSON,
)
def test_no_content_of_a_file_stops_a_report(tmp_path, point, spec, log, params):
    folder = tmp_path / "sweep_20260102T030405Z_abcdef"
    key = "0123456789ab"
    (folder / "points" / key).mkdir(parents=True, exist_ok=True)
    (folder / "points" / key / "point.json").write_text(json.dumps({"status": "done"} | point))
    (folder / "sweep.json").write_text(json.dumps({"points": [[key, params]]} | spec))
    (folder / "manifest.json").write_text(json.dumps(log))
    assert list(points_of(Page(write_report(folder)))) == [key]
    assert write_index(tmp_path).is_file()


def test_no_path_of_the_author_travels_along(tmp_path):
    folder = report_folders.a_sweep(tmp_path, TWO)
    place = folder / "points" / report_folders.key_of({"gain": 1, "layers": 2})
    write_json(
        place / "point.json", {"status": "failed", "error": 'File "/home/somebody/src/field.py", line 3'}
    )
    report_folders.a_render(
        tmp_path, status="failed", error="cannot write /home/somebody/runs/video.mp4: full"
    )
    written = write_all(tmp_path)
    for path in [*written.reports, written.index]:
        source = path.read_text(encoding="utf-8")
        assert "somebody" not in source
        assert str(tmp_path) not in source
    assert "explorer sweep song.wav --gain 3" in Page(folder / "report.html").words


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("explorer render /music/a b/song.wav", "explorer render song.wav"),
        (r"explorer render C:\Users\me\song.wav --gain 3", "explorer render song.wav --gain 3"),
        ('File "/usr/lib/python3/x.py", line 3', 'File "x.py", line 3'),
        ("1/2 and/or https://example.org/a", "1/2 and/or https://example.org/a"),
    ],
)
def test_paths_become_names(told, shown):
    assert without_paths(told, "/music/a b/song.wav") == shown


def test_differences_are_measured_from_the_point_nearest_to_the_base(sweep):
    page = Page(write_report(sweep))  # the base recipe has gain 3 and 4 layers
    base, other = (report_folders.key_of({"gain": gain, "layers": 4}) for gain in (3, 5))
    assert page.data["baseline"] == base
    told = points_of(page)
    row = page.source.split(f'<tr data-key="{other}"')[1].split("</tr>")[0]
    for name, value in told[other]["metrics"].items():
        difference = value - told[base]["metrics"][name]
        shown = re.search(rf'data-sort="{re.escape(str(value))}"[^<]*<small>([^<]*)</small>', row)[1]
        assert float(shown.replace("=", "0")) == pytest.approx(difference, rel=0.01)


def test_two_parameters_have_a_heatmap_for_each_measure_and_three_have_lines(sweep, tmp_path):
    page = Page(write_report(sweep))
    assert len(page.all("table", **{"class": "heat"})) == 6
    assert not page.all("svg", **{"class": "parallel"})
    three = report_folders.a_sweep(tmp_path, TWO | {"coord_scale": [0.5, 1.0]}, name="sweep_x")
    page = Page(write_report(three))
    assert not page.all("table", **{"class": "heat"})
    assert len(page.all("svg", **{"class": "parallel"})) == 1
    assert len([a for a in page.all("path") if a.get("data-open")]) == 12


def test_a_run_shows_its_video_sheet_diagnosis_and_recipe(tmp_path):
    folder = report_folders.a_render(tmp_path)
    measures = {"space_variance": {"value": 0.12, "low": 0.1, "high": 0.14}}
    told = {
        "verdict": "alive",
        "flags": ["deaf"],
        "sentence": "It lives.",
        "measures": measures,
        "speed": 31.0,
    }
    write_json(folder / "diagnosis.json", told)
    page = Page(write_report(folder))
    (video,) = page.all("video")
    assert (video["src"], video["preload"], "controls" in video) == ("video.mp4", "none", True)
    assert video["poster"].startswith("data:image/jpeg;base64,")
    for words in (
        "It lives.",
        "deaf",
        "0.12",
        "0.1 to 0.14",
        "0.5 x",
        "explorer render --recipe recipe.json",
    ):
        assert words in page.words


def test_a_failed_run_tells_why_and_shows_no_video(tmp_path):
    folder = report_folders.a_render(
        tmp_path, status="failed", error="Traceback\nOutputError: no space", performance=None
    )
    (folder / "video.mp4").unlink()
    (folder / "poster.jpg").unlink()
    page = Page(write_report(folder))
    assert not page.all("video")
    assert "OutputError: no space" in page.words


def test_a_report_that_cannot_be_made_leaves_the_old_one(sweep, monkeypatch):
    before = write_report(sweep).read_bytes()
    monkeypatch.setattr(
        "os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(ExplorerError, match="No space left"):
        write_report(sweep)
    monkeypatch.undo()
    assert (sweep / "report.html").read_bytes() == before
    assert not list(sweep.glob(".*"))


def many(tmp_path, vary):
    """Points with pictures of 320 x 180, each of a size that is usual for such."""
    draws = np.random.default_rng(0)

    def picture():
        coarse = draws.integers(0, 256, (12, 20, 3), dtype=np.uint8)
        return np.asarray(Image.fromarray(coarse).resize((320, 180), Image.Resampling.BICUBIC))

    pictures = itertools.cycle([picture() for _ in range(12)])
    return report_folders.a_sweep(tmp_path, vary, picture=lambda params, moment: next(pictures))


@pytest.mark.slow
def test_a_hundred_points_make_a_small_file_in_little_more_time_than_it_takes_to_read_them(tmp_path):
    folder = many(tmp_path, {"gain": range(1, 11), "layers": range(1, 11)})
    assert write_report(folder).stat().st_size < 3_000_000
    pictures = list(folder.glob("points/*/*.jpg"))

    def read_all():
        for path in pictures:
            sha256_of(path)
            Image.open(path).load()

    def cost(work):
        began = time.process_time()
        work()
        return time.process_time() - began

    ratios = [cost(lambda: write_report(folder)) / cost(read_all) for _ in range(3)]
    assert np.median(ratios) < BOUND


@pytest.mark.slow
def test_five_hundred_points_still_make_a_small_file_with_every_picture(tmp_path):
    folder = many(tmp_path, {"gain": range(1, 11), "layers": range(1, 11), "seed": range(5)})
    report = write_report(folder)
    assert report.stat().st_size < 3_000_000
    pictures = [image for image in Page(report).all("img") if image["src"].startswith("data:image/jpeg")]
    assert len(pictures) == 500
    assert min(int(image["width"]) for image in pictures) >= 96


def test_every_point_has_its_whole_recipe(sweep):
    page = Page(write_report(sweep))
    assert [path for path, _ in page.data["points"]["recipe_parts"]] == [
        ["field", "layers"],
        ["field", "gain"],
    ]
    for key, point in points_of(page).items():
        kept = json.loads((sweep / "points" / key / "recipe.json").read_text())
        assert (point["recipe"], list(point["recipe"])) == (kept, list(kept))
        assert list(point["recipe"]["field"]) == list(kept["field"])


def test_the_index_lists_everything_and_the_damaged_as_damaged(tmp_path):
    report_folders.a_sweep(tmp_path, TWO, audio="first.wav")
    report_folders.a_render(tmp_path, "render_20260102T030406Z_abc124", audio="second.wav")
    (tmp_path / "render_20260102T030407Z_bad000").mkdir()
    (tmp_path / "notes").mkdir()
    written = write_all(tmp_path)
    assert list(written.damaged) == ["render_20260102T030407Z_bad000"]
    assert len(written.reports) == 2
    page = Page(written.index)
    assert len(page.all("li")) == 3
    assert {a["href"] for a in page.all("a") if a["href"].endswith("report.html")} == {
        f"./{path.parent.name}/report.html" for path in written.reports
    }
    entries = {entry["audio"]: entry for entry in page.data}
    assert entries["first.wav"]["params"]["gain"] == ["1", "3", "5"]
    assert "alive" in entries["first.wav"]["states"]
    assert entries["render_20260102T030407Z_bad000"]["states"] == ["damaged"]


def test_the_latest_is_the_newest_of_all_kinds(tmp_path):
    with pytest.raises(SettingsError, match="no runs in"):
        latest_folder(tmp_path)
    report_folders.a_render(tmp_path, "render_20260102T030405Z_fff")
    report_folders.a_sweep(tmp_path, {"gain": [1]}, name="sweep_20260102T030406Z_000")
    assert latest_folder(tmp_path).name == "sweep_20260102T030406Z_000"


def test_no_explorations_folder_is_told_with_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="explorer demo"):
        write_index(tmp_path / "nowhere")


def test_the_command_builds_one_or_all_and_names_the_damaged(tmp_path, capsys):
    report_folders.a_sweep(tmp_path, {"gain": [1, 2]})
    (tmp_path / "render_20200101T000000Z_bad").mkdir()
    assert main(["report", "--explorations", str(tmp_path)]) == 0
    assert "report.html" in capsys.readouterr().out
    assert main(["report", "--all", "--explorations", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "1 written, 1 damaged" in said.out
    assert "render_20200101T000000Z_bad is damaged" in said.err
    assert (tmp_path / "index.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"), [(["nowhere"], "no run 'nowhere'"), (["x", "--all"], "name no folder")]
)
def test_wrong_use_is_one_line(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 2
    assert words in capsys.readouterr().err
