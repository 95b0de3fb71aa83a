"""Reports in a real browser: what a name cannot do, what a hand and a keyboard can."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from explorer.experiments import render
from explorer.experiments.reports import write_all, write_index, write_report
from explorer.experiments.reports.sweep_report import write_sweep
from explorer.fields import CPPN
from tests.experiments import report_folders
from tests.experiments.reports.test_report_drawings import NUMBERS
from tests.signals import music, write_wav

try:
    from playwright.sync_api import expect
except ImportError:  # the fixture `browser` tells what to do
    expect = None

EVIL = "<img src=x onerror=alert(1)>.wav"
TWO = {"gain": [1, 3, 5], "layers": [2, 4]}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A real video with sound, of half a second."""
    folder = tmp_path_factory.mktemp("clip")
    song = write_wav(folder / "song.wav", music(1.0, 22050), 22050)
    return render(
        CPPN.preset("molten"), song, size=(64, 36), duration=0.5, flash_limit=False, explorations=folder
    ).video.read_bytes()


@pytest.fixture
def sweep(tmp_path):
    folder = report_folders.a_sweep(tmp_path, TWO)
    write_report(folder)
    return folder / "report.html"


def key(**params):
    return report_folders.key_of(params)


def column(page, name):
    """The cells of a column of the table, as shown."""
    heads = page.locator("table[data-sortable] thead th").all_inner_texts()
    index = next(n for n, head in enumerate(heads) if head.strip() == name)
    return page.eval_on_selector_all(
        "table[data-sortable] tbody tr[data-key]",
        "(rows, n) => rows.map(row => row.cells[n].firstChild.textContent)",
        index,
    )


def test_a_sound_named_like_an_attack_is_text_everywhere(tmp_path, visit):
    report_folders.a_sweep(
        tmp_path, TWO | {"palette": [EVIL, "</script><script>alert(2)</script>"]}, audio=EVIL
    )
    report_folders.a_render(tmp_path, audio=EVIL)
    written = write_all(tmp_path)
    for path in [*written.reports, written.index]:
        page = visit(path)
        assert EVIL in page.inner_text("body")
        assert page.locator("[src=x], [onerror]").count() == 0
    page = visit(written.reports[-1])
    page.locator(".enlarge").first.click()
    assert "</script>" in page.inner_text("#viewer-name")
    page.locator("#viewer-use").click()
    page.keyboard.press("ArrowLeft")  # to the last
    assert EVIL in page.inner_text("#viewer-name")
    assert page.locator("[src=x], [onerror]").count() == 0


def test_the_content_policy_stops_a_script_and_a_request_that_slipped_in(sweep, browser):
    source = sweep.read_text(encoding="utf-8")
    attack = "<script>window.hit = 1</script><img src='https://example.org/x.png' onerror='window.hit = 2'>"
    sweep.write_text(source.replace("</main>", attack + "</main>"), encoding="utf-8")
    page = browser.new_page()
    reached = []
    page.on("requestfinished", lambda request: reached.append(request.url))
    page.goto(sweep.as_uri())
    assert page.evaluate("window.hit") is None
    assert not [url for url in reached if url.startswith("http")]
    page.close()


def test_columns_sort_by_number_both_ways_and_say_so(sweep, visit):
    page = visit(sweep)
    button = page.get_by_role("button", name="frame variance")
    button.click()
    up = [float(text) for text in column(page, "frame variance")]
    assert up == sorted(up)
    assert page.locator("th[aria-sort=ascending]").inner_text().strip() == "frame variance"
    button.press("Enter")
    assert [float(text) for text in column(page, "frame variance")] == up[::-1]
    assert page.locator("th[aria-sort=descending]").count() == 1
    assert "descending" in page.inner_text("#announcement")


def test_points_without_a_value_stay_last(tmp_path, visit):
    folder = report_folders.a_sweep(tmp_path, {"gain": [1, 2, 3]})
    (folder / "points" / key(gain=2) / "point.json").write_text('{"status": "failed", "error": "no"}')
    page = visit(write_report(folder))
    button = page.get_by_role("button", name="saturated")
    for _ in range(2):
        button.click()
        assert column(page, "saturated")[-1] == "-"


def test_a_picture_enlarges_and_the_keyboard_steps_through(sweep, visit):
    page = visit(sweep)
    first = page.locator(".enlarge").first
    first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    assert viewer.evaluate("dialog => dialog.open")
    assert page.inner_text("#viewer-name") == "gain 1, layers 2"
    expect(page.locator("#viewer-view img")).to_have_attribute("src", re.compile(r"frame_01\.jpg$"))
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#viewer-name") == "gain 1, layers 4"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#viewer-name") == "gain 5, layers 4"
    assert "6 of 6" in page.inner_text("#viewer-place")
    page.keyboard.press("Escape")
    assert not viewer.evaluate("dialog => dialog.open")
    assert first.evaluate("button => button === document.activeElement")


def test_a_report_that_travels_alone_shows_its_thumbnails(tmp_path, visit):
    folder = report_folders.a_sweep(tmp_path / "here", {"gain": [1, 3]}, clip=True)
    run = report_folders.a_render(tmp_path / "here")
    for place, name in ((folder, "sweep.html"), (run, "run.html")):
        shutil.copy(write_report(place), tmp_path / name)
    shutil.rmtree(tmp_path / "here")
    page = visit(tmp_path / "sweep.html")
    page.locator(".enlarge").first.click()
    expect(page.locator("#viewer-note")).to_contain_text("its thumbnail is shown")
    assert page.locator("#viewer-view img").get_attribute("src").startswith("data:")
    page.keyboard.press("Escape")
    page.locator(".play").first.click()
    page.wait_for_selector(".away")
    assert page.locator(".frame video").count() == 0
    page = visit(tmp_path / "run.html")
    page.locator("video").evaluate("video => { video.play().catch(() => {}); }")
    page.wait_for_selector(".theatre img")
    assert "not beside this file" in page.inner_text(".theatre")


def test_clips_beside_the_file_play_in_place(tmp_path, visit, clip):
    page = visit(write_report(report_folders.a_sweep(tmp_path, {"gain": [1, 3]}, clip=clip)))
    assert page.locator("video").count() == 0  # nothing is loaded before it is asked for
    page.locator(".play").first.click()
    assert page.locator(".frame video").get_attribute("preload") == "none"
    page.locator(".frame video").evaluate("video => new Promise(moved => { video.ontimeupdate = moved; })")


def test_the_baseline_can_be_chosen_and_differences_follow(sweep, visit):
    page = visit(sweep)
    base = key(gain=1, layers=2)
    page.locator("#baseline").select_option(base)
    metrics = {
        place.name: json.loads((place / "point.json").read_text())["metrics"]["saturated"]
        for place in (sweep.parent / "points").iterdir()
    }
    for point, value in metrics.items():
        shown = page.locator(f"tr[data-key='{point}'] td").last.locator("small").inner_text()
        assert float(shown.replace("=", "0") or 0) == pytest.approx(value - metrics[base], rel=0.01)
    assert page.locator(".shot[data-baseline]").get_attribute("data-key") == base
    page.locator("#deltas").uncheck()
    assert not page.locator("td small").first.is_visible()


def test_filters_by_verdict_and_parameter_reach_pictures_and_table(sweep, visit):
    page = visit(sweep)
    page.locator("select[data-name=gain]").select_option(label="3")
    assert page.inner_text("#count") == "2 of 6 points"
    assert page.locator("tbody tr[data-key]:visible").count() == 2
    page.locator("label.chip[data-state=alive]").click()
    assert page.inner_text("#count") == "0 of 6 points"
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#count")).to_have_text("6 of 6 points")


def test_a_range_on_an_axis_keeps_the_lines_through_it(tmp_path, visit):
    folder = report_folders.a_sweep(tmp_path, TWO | {"coord_scale": [0.5, 1.0]})
    page = visit(write_report(folder))
    area = page.locator(".axis").first.locator(".brush")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    x, top = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, top + 2)
    page.mouse.down()
    page.mouse.move(x, top + box["height"] * 0.3)
    page.mouse.up()
    assert page.inner_text("#count") == "4 of 12 points"  # the highest of three gains


def test_numbers_read_the_same_before_and_after_the_script(tmp_path, visit):
    values = {f"m{n}": value for n, value in enumerate(NUMBERS)}
    folder = report_folders.a_sweep(tmp_path, {"gain": [1, 2]})
    for gain in (1, 2):
        place = folder / "points" / key(gain=gain) / "point.json"
        place.write_text(json.dumps(json.loads(place.read_text()) | {"metrics": values}))
    page = visit(write_report(folder))
    page.locator(".enlarge").first.click()
    assert page.locator("#viewer-measures td:nth-child(2)").all_inner_texts() == list(NUMBERS.values())


def test_a_recipe_is_copied_or_selected(sweep, visit):
    page = visit(sweep)
    page.locator("[data-copy=recipe-json]").click()
    expect(page.locator("[data-copy=recipe-json]")).to_have_text(re.compile("Copied|Selected"))
    page.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false"
    )
    page.locator("[data-copy=vary-json]").click()
    expect(page.locator("#announcement")).to_contain_text("Ctrl+C")
    assert json.loads(page.evaluate("getSelection().toString()")) == TWO


LONG_TASKS = """() => {
    window.tasks = [];
    const note = (list) => tasks.push(...list.getEntries().map((task) => task.duration));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
}"""
ALL_ROWS = """() => new Promise((done) => setTimeout(() => {
    const started = performance.now(), table = document.body.appendChild(document.createElement("table"));
    for (let n = 0; n < 10000; n += 1) {
        const row = table.insertRow();
        for (let cell = 0; cell < 15; cell += 1) row.insertCell().textContent = n * cell;
    }
    const height = table.offsetHeight;
    table.remove();
    done(height && performance.now() - started);
}))"""


@pytest.mark.slow
def test_ten_thousand_points_open_sort_and_scroll_without_a_freeze(tmp_path, visit):
    page = visit(report_folders.a_large_report(tmp_path, ("gain", "coord_scale", "audio_gain", "drift")))
    expect(page.locator("#count")).to_have_text("10,000 of 10,000 points")
    page.evaluate(LONG_TASKS)
    rows = page.locator("table[data-sortable] tbody tr[data-key]")
    button = page.locator("thead button").filter(has_text="space variance")
    button.click()
    up = [float(text) for text in column(page, "space variance")]
    assert up == sorted(up)
    assert 10 < len(up) < 200  # the rows in view and a margin
    button.click()
    table = page.locator(".scroll", has=page.locator("table[data-sortable]"))
    whole = table.evaluate("table => table.scrollHeight")
    for place in (0.3, 0.7, 1.0):
        table.evaluate("(table, place) => { table.scrollTop = place * table.scrollHeight; }", place)
        page.wait_for_function(
            "place => document.querySelector('tbody tr[data-key]').ariaRowIndex > place * 9000", arg=place
        )
    assert rows.last.get_attribute("aria-rowindex") == "10001"
    assert float(column(page, "space variance")[-1]) <= up[0] * 1.01
    assert table.evaluate("table => table.scrollHeight") == whole
    page.locator("label.chip[data-state=alive]").click()
    expect(rows.first).to_have_attribute("aria-rowindex", "2")
    assert page.evaluate("document.querySelectorAll('*').length") < 5000
    longest = max(page.evaluate("tasks"), default=0)
    all_rows = page.evaluate(ALL_ROWS)  # what a page would take that holds them all
    page.wait_for_function("all_rows => tasks.some((task) => task > 0.9 * all_rows)", arg=all_rows)
    assert longest < all_rows / 2


@pytest.fixture
def large(tmp_path):
    """A report of 501 points with their pictures beside it."""
    source = report_folders.a_large_source(tmp_path, ("gain", "layers"), 501)
    for point in source.points:
        (tmp_path / "points" / point.key).mkdir(parents=True)
        os.link(tmp_path / "thumb.jpg", tmp_path / "points" / point.key / "thumb.jpg")
    return write_sweep(source)


def test_pictures_of_a_large_sweep_come_from_beside_the_report_or_from_inside_it(large, tmp_path, visit):
    page = visit(large)
    expect(page.locator(".shot img").first).to_have_attribute(
        "src", re.compile(r"points/[0-9a-f]{12}/thumb\.jpg$")
    )
    page.wait_for_function("document.querySelector('.shot img').naturalWidth === 320")
    alone = tmp_path / "alone"
    alone.mkdir()
    page = visit(Path(shutil.copy(large, alone)))
    expect(page.locator("#beside")).to_contain_text("300 of the pictures are in it")
    expect(page.locator(".shot img").first).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert page.locator(".shot .blank").count() == 0
    page.locator(".shot .enlarge").first.click()
    expect(page.locator("#viewer-view img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    assert "of 501" in page.inner_text("#viewer-place")


@pytest.mark.parametrize("button", [".mini", ".enlarge"])
def test_the_keyboard_reaches_every_point_of_a_large_sweep(large, visit, button):
    page = visit(large)
    first = page.locator(button).first
    key = first.get_attribute("data-open")
    assert page.locator(f"{button}[tabindex='0']").count() == 1  # one stop of Tab, not 501
    first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.open") != key
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.dataset.open")
    assert page.locator(button).last.get_attribute("data-open") == last
    page.keyboard.press("Enter")
    assert page.inner_text("#viewer-place") == "501 of 501"
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.open") == key
    expect(page.locator(f"{button}[tabindex='0']")).to_have_attribute("data-open", key)


def test_a_point_of_a_large_sweep_becomes_the_baseline(large, visit):
    page = visit(large)
    page.locator(".mini").nth(3).click()
    page.locator("#viewer-use").click()
    page.keyboard.press("Escape")
    row = page.locator("tbody tr[data-key]").nth(3)
    key = row.get_attribute("data-key")
    assert row.get_attribute("data-baseline") == ""
    assert page.locator("#baseline").input_value() == key
    assert page.locator(".shot[data-baseline]").get_attribute("data-key") == key
    assert row.locator("small").all_inner_texts() == [""] * 8
    assert page.locator("tbody tr[data-key]").nth(4).locator("small").first.inner_text()[0] in "+-"


def luminance(colour):
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_both_legible(sweep, visit, scheme):
    page = visit(sweep, color_scheme=scheme)
    colour = "(element, name) => getComputedStyle(element)[name]"
    ground = luminance(page.locator("section").first.evaluate(colour, "backgroundColor"))
    assert (ground < 0.1) == (scheme == "dark")
    for selector in ("section", ".hint", ".badge[data-state=alive]", ".badge[data-state=faint]", "td small"):
        pair = sorted(
            [
                ground,
                luminance(page.locator(f"section {selector}, {selector}").last.evaluate(colour, "color")),
            ]
        )
        assert (pair[1] + 0.05) / (pair[0] + 0.05) > 4.5, selector


def test_a_phone_shows_no_page_that_scrolls_sideways(sweep, tmp_path, visit):
    for path in (sweep, write_report(report_folders.a_render(tmp_path)), write_index(tmp_path)):
        page = visit(path, viewport={"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_has_a_name_and_headings_descend(sweep, visit):
    page = visit(sweep)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, a')].filter(e => e.checkVisibility() &&
        !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).map(e => e.outerHTML)"""
    )
    assert unnamed == []
    assert page.locator("h1").count() == 1
    assert page.locator("img:not([alt])").count() == 0


def test_the_index_searches_and_filters(tmp_path, visit):
    report_folders.a_sweep(tmp_path, TWO, audio="first.wav")
    report_folders.a_render(tmp_path, "render_20260102T030406Z_abc124", audio="second.wav")
    (tmp_path / "render_20260102T030407Z_bad000").mkdir()
    page = visit(write_all(tmp_path).index)

    def shown():
        return sorted(page.locator(".entry:visible h2").all_inner_texts())

    assert len(shown()) == 3
    page.fill("#search", "FIRST gain")
    assert shown() == ["first.wav"]
    page.fill("#search", "")
    page.locator("select[name=state]").select_option("damaged")
    assert shown() == ["render_20260102T030407Z_bad000"]
    page.locator("select[name=state]").select_option("alive")
    assert shown() == ["first.wav"]
    page.locator("select[name=state]").select_option("")
    page.locator("select[name=param]").select_option("gain")
    assert shown() == ["first.wav", "second.wav"]
    page.locator("select[name=value]").select_option("5")
    assert shown() == ["first.wav"]
    page.fill("#search", "nothing like it")
    assert page.locator("#empty").is_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#count")).to_have_text("3 of 3")
    page.get_by_role("link", name="first.wav").click()
    page.wait_for_selector("#viewer", state="attached")
