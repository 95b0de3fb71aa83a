"""A timeline in a real JupyterLab: edited with pointer and keys, rendered, repeated."""

import json

import numpy as np
import pytest

from explorer.experiments import load_recipe
from explorer.video import read_frames
from tests.audio.structure.test_track_structure import clicks
from tests.browser import jupyter
from tests.browser.jupyter import PATIENCE, execute

START = """import explorer as ex
timeline = ex.timeline('song.wav')
timeline"""
STATE = """import json
print(json.dumps({
    'beats': [beat.time for beat in timeline.structure.beats], 'sections': timeline.sections,
    'looks': timeline.looks, 'keyframes': timeline.keyframes,
    'summary': timeline.summary, 'error': timeline.error,
    'downbeats': [beat.time for beat in timeline.structure.beats if beat.is_downbeat],
}))"""
RENDER = """run = ex.render(timeline.sequence(fade=0.5), timeline.track, size='64x36', fps=10,
    start=4, duration=2.5, explorations='explorations')
print(run.folder)"""
REPEAT = """from explorer.cli import main
assert main(['render', '--recipe', str(run.folder), '--explorations', 'again']) == 0"""
CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map(
  ({ model }) => [model.type, model.sharedModel.getSource()])"""
GUTTER, DURATION = 74, 20.0
ROWS = {"beats": 200, "sections": 255, "looks": 288, "keyframes": 316}  # pixels from the top of the canvas


@pytest.fixture(scope="module")
def page(lab):
    """A timeline on screen, with its sound."""
    clicks(lab.folder / "song.wav")
    with jupyter.notebook_page(lab, "timeline.ipynb", START, 900) as page:
        page.wait_for_selector(".explorer-timeline[data-sound=yes]", timeout=PATIENCE * 1000)
        yield page


def state(page, summary):
    """What the kernel has, as soon as the page shows this summary."""
    page.locator(".explorer-timeline-summary", has_text=summary).wait_for()
    return json.loads(execute(page, STATE).splitlines()[-1])


def playhead(page):
    """Seconds of the playhead, as the page shows them."""
    return float(page.locator(".explorer-timeline-time").text_content()[2:7])


def at(page, lane, seconds):
    """The pixel of a moment on a lane."""
    box = page.locator(".explorer-timeline canvas").bounding_box()
    return box["x"] + GUTTER + (box["width"] - GUTTER) * seconds / DURATION, box["y"] + ROWS[lane]


def test_somebody_edits_a_song_renders_it_and_repeats_the_run(page, lab):
    first = json.loads(execute(page, STATE).splitlines()[-1])
    beat = first["beats"][4]

    page.get_by_role("button", name="snap", exact=True).click()  # off: the beat goes where it is dropped
    page.mouse.move(*at(page, "beats", beat))
    page.mouse.down()
    page.mouse.move(*at(page, "beats", beat + 0.1), steps=4)
    page.mouse.move(*at(page, "beats", beat + 0.2), steps=4)
    page.mouse.up()
    dragged = state(page, "1 beat moved")
    assert dragged["beats"][4] == pytest.approx(beat + 0.2, abs=0.03)
    assert dragged["beats"][:4] == first["beats"][:4]

    page.keyboard.press("n")
    page.mouse.click(*at(page, "sections", 5.01))
    page.keyboard.press("s")  # at the playhead, which snaps to a beat
    state(page, "2 sections")
    page.keyboard.press("r")
    page.keyboard.type("<b>chorus</b>")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName === 'CANVAS'")
    page.get_by_text("1 beat moved, 2 sections").wait_for()
    named = json.loads(execute(page, STATE).splitlines()[-1])
    assert named["sections"][1] == [pytest.approx(5.0, abs=0.02), "<b>chorus</b>"]
    assert page.locator(".explorer-timeline b").count() == 0  # a name is text

    page.get_by_label("look to drop").select_option("obsidian")
    page.get_by_role("button", name="drop look").first.click()
    page.get_by_label("look to drop").select_option("gilt")
    page.mouse.dblclick(*at(page, "looks", 5.02))
    page.wait_for_function(
        "() => document.querySelector('.explorer-timeline-selected').textContent.startsWith('look gilt')"
    )
    assert json.loads(execute(page, STATE).splitlines()[-1])["looks"] == [
        [0.0, "obsidian"],
        [named["sections"][1][0], "gilt"],
    ]

    page.locator(".explorer-timeline canvas").focus()
    for key in ("ArrowUp", "ArrowUp", "Home", "ArrowRight", "ArrowRight", "Delete"):  # the second beat
        page.keyboard.press(key)
    deleted = state(page, "1 beat moved, 1 beat deleted")
    assert len(deleted["beats"]) == len(first["beats"]) - 1
    page.keyboard.press("Control+z")
    undone = state(page, "1 beat moved, 2 sections")
    assert undone["beats"] == dragged["beats"]
    assert undone["error"] == ""
    assert page.evaluate(CELLS) == [["code", START]]  # no key reached the notebook

    folder = lab.folder / execute(page, RENDER).splitlines()[-1]
    recipe = load_recipe(folder)
    assert recipe.field.at == (0.0, "section <b>chorus</b>")
    assert recipe.analysis.edits.beats.moved[0][1] == pytest.approx(beat + 0.2, abs=0.03)
    execute(page, REPEAT)
    again = max((lab.folder / "again").glob("render_*"))
    one, other = (np.stack(list(read_frames(each / "video.mp4"))) for each in (folder, again))
    np.testing.assert_array_equal(one, other)
    assert np.abs(one[5].astype(int) - one[20]).mean() > 3  # two looks


def test_keyframes_are_added_valued_dragged_to_a_beat_and_deleted(page):
    def keyframes(count, text):
        """The keyframes in the kernel, as soon as the page shows this text of the selected one."""
        page.wait_for_function(
            "text => document.querySelector('.explorer-timeline-selected').textContent.includes(text)",
            arg=text,
        )
        found = json.loads(execute(page, STATE).splitlines()[-1])
        assert len(found["keyframes"]) == count, found
        return found["keyframes"]

    beats = json.loads(execute(page, STATE).splitlines()[-1])["beats"]
    page.mouse.dblclick(*at(page, "keyframes", 2.0))
    page.get_by_label("setting that the keyframe moves").select_option("audio_gain")
    page.get_by_label("value of the setting").fill("4")
    page.keyboard.press("Enter")
    (first,) = keyframes(1, "audio gain 4")
    assert ["obsidian", "audio_gain", 4.0] in first[1]
    page.mouse.move(*at(page, "keyframes", first[0]))
    page.mouse.down()
    page.mouse.move(*at(page, "keyframes", beats[7] + 0.02), steps=4)
    page.mouse.up()
    (dragged,) = keyframes(1, f"keyframe at {beats[7]:.2f}")
    assert dragged == [pytest.approx(beats[7], abs=1e-5), first[1]]  # it snapped

    page.keyboard.press("End")
    page.keyboard.press("k")
    assert len(keyframes(2, "keyframe at 19.9")) == 2
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    keyframes(1, "keyframe at 19.9")
    page.keyboard.press("Control+z")
    keyframes(2, "keyframe at 19.9")  # the kernel has put it back
    page.keyboard.press("ArrowLeft")
    assert dragged in keyframes(2, "audio gain 4")
    assert json.loads(execute(page, STATE).splitlines()[-1])["error"] == ""


def test_beats_are_tapped_while_it_plays(page):
    page.locator(".explorer-timeline canvas").focus()
    execute(page, "timeline.t = 0.0")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('.explorer-timeline-time').textContent > '0:00.60'")
    page.keyboard.press("t")
    first = playhead(page)  # at or after the first tap
    page.wait_for_function(
        "end => document.querySelector('.explorer-timeline-time').textContent > end",
        arg=f"0:{first + 1:05.2f}",
    )
    last = playhead(page)  # before the last tap
    page.keyboard.press("t")
    page.keyboard.press("Space")  # taps become beats when it stops
    page.get_by_text("deleted").first.wait_for()
    beats = json.loads(execute(page, STATE).splitlines()[-1])["beats"]
    between = [time for time in beats if first + 0.08 < time < last - 0.08]
    assert between == []  # those between the taps are gone
    page.keyboard.press("Control+z")
    page.locator(".explorer-timeline-summary", has_not_text="deleted").wait_for()
