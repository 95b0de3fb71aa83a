"""The kernel's half of a timeline: steps, undo, looks, what is refused, and the files it writes."""

import io

import numpy as np
import pytest
from PIL import Image

import explorer as ex
from explorer.audio.edits import BeatEdits
from explorer.audio.saved_edits import load_saved, saved_path
from explorer.errors import ExplorerWarning, SettingsError
from explorer.notebook.timeline import pictures
from explorer.notebook.timeline.timeline import ADDED, DOWNBEAT, MOVED
from tests.audio.structure.test_track_structure import clicks
from tests.signals import tone, write_wav


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return clicks(tmp_path_factory.mktemp("song") / "song.wav")


@pytest.fixture
def timeline(song, monkeypatch):
    monkeypatch.setenv(
        "EXPLORER_CACHE", str(song.parent / "cache")
    )  # the song is analyzed once for all tests
    view = ex.timeline(song)
    yield view
    view.close()
    saved_path(view.edits.sha256).unlink(missing_ok=True)


def send(view, *messages):
    """Messages of the page, as comms deliver them."""
    for message in messages:
        view._handle_custom_msg(message, [])


def step(name, *arguments, **more):
    return {"kind": "step", "name": name, "arguments": list(arguments), **more}


def beats_on_page(view):
    return np.frombuffer(view.beats), np.frombuffer(view.flags, np.uint8)


def test_the_page_sends_steps_and_shows_what_the_kernel_makes_of_them(timeline, song):
    times, flags = beats_on_page(timeline)
    assert len(times) == len(flags) > 30
    assert flags[0] == DOWNBEAT
    send(timeline, step("move_beat", times[4], times[4] + 0.1), step("add_beat", times[6] + 0.2))
    send(timeline, step("split_section", 5.0, ""), step("rename_section", 5.0, "<b>chorus</b>"))
    after, flags = beats_on_page(timeline)
    assert after[4] == pytest.approx(times[4] + 0.1)
    assert flags[[4, 7]].tolist() == [DOWNBEAT | MOVED, ADDED]
    assert timeline.sections == [[0.0, ""], [5.0, "<b>chorus</b>"]]
    assert timeline.summary == "1 beat moved, 1 beat added, 2 sections"
    assert timeline.track.settings.edits == timeline.edits
    assert np.array_equal(ex.analyze(song, edits=timeline.edits).values, timeline.track.values)


def test_steps_are_taken_back_and_done_again_and_repeated_keys_are_one_step(timeline):
    times, _ = beats_on_page(timeline)
    time = times[4]
    for n in range(5):
        target = round(time + 0.01, 6)
        send(timeline, step("move_beat", time, target, joins=n > 0))
        time = target
    send(timeline, step("delete_beat", times[8]))
    assert timeline.steps == (True, False)
    send(timeline, {"kind": "undo"}, {"kind": "undo"})
    assert timeline.steps == (False, True)
    assert np.array_equal(beats_on_page(timeline)[0], times)
    assert not timeline.edits
    send(timeline, {"kind": "redo"})
    assert timeline.edits.beats.moved[0][1] == pytest.approx(times[4] + 0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (step("move_beat", 1.0, 17.0), "cannot pass its neighbor"),
        (step("add_beat", 99), "allowed are 0 to 20.00 s"),
        (step("add_beat", "soon"), "a time must be a number"),
        (step("rename_section", 0.0, "a;b"), "the name of a section"),
        (step("merge_section", 0.0), "none before it"),
        (step("place_look", 2.0, "../../etc/passwd"), "there is no look '../../etc/passwd'"),
        (step("place_look", 40.0, "obsidian"), "a look at 40.00 s"),
        (step("remove_look", 2.0), "no look starts at 2.00 s"),
        (step("__init__"), "a timeline has no step '__init__'"),
    ],
)
def test_what_breaks_a_rule_is_an_error_line_and_changes_nothing(timeline, message, error):
    before = timeline.get_state()["sections"], timeline.beats
    send(timeline, message)
    assert error in timeline.error
    assert (timeline.get_state()["sections"], timeline.beats, timeline.looks) == (*before, [])
    send(timeline, step("split_section", 3.0, "a"))
    assert timeline.error == ""


def test_malformed_messages_are_ignored(timeline):
    send(timeline, None, {}, {"kind": "step"}, step("add_beat"), {"kind": "samples"}, {"kind": ["undo"]})
    assert (timeline.error, timeline.steps) == ("", (False, False))


def test_saved_edits_come_back_and_what_fits_no_more_is_named(timeline, song, tmp_path):
    send(timeline, step("split_section", 5.0, "chorus"))
    assert not timeline.saved
    send(timeline, {"kind": "save"})
    assert timeline.saved
    assert load_saved(timeline.edits.sha256) == timeline.edits
    again = ex.timeline(song)
    assert again.edits == timeline.edits
    again.close()
    fresh = ex.timeline(song, edits=None)
    assert not fresh.edits
    fresh.close()
    path = timeline.edits.replace(beats=BeatEdits(deleted=(19.9,))).save(tmp_path / "old.json")
    with pytest.warns(ExplorerWarning, match=r"1 edit of song\.wav no longer fits"):
        old = ex.timeline(song, edits=path)
    assert "the deletion of a beat at 19.90 s: there is no beat" in old.note
    old.close()
    assert timeline.save(tmp_path / "copy.json").is_file()


def test_looks_of_the_lane_become_a_sequence_that_follows_the_sections(timeline, song):
    with pytest.raises(SettingsError, match="there are no looks on the timeline"):
        timeline.sequence()
    send(timeline, step("split_section", 5.0, "Chorus"), step("split_section", 9.0, ""))
    send(timeline, step("split_section", 12.0, "chorus"), step("place_look", 0.0, "obsidian"))
    for at in (5.0, 9.0, 12.0, 14.5):
        send(timeline, step("place_look", at, "gilt"))
    sequence = timeline.sequence(fade=1.0)
    assert sequence.at == (0.0, "section chorus", "section 2", "section chorus 2", 14.5)
    assert sequence.looks[1] == ex.load_look("gilt")
    send(timeline, step("move_section", 5.0, 5.5))
    assert timeline.looks[1] == [5.5, "gilt"]
    assert timeline.sequence().starts(timeline.track).tolist() == [0.0, 5.5, 9.0, 12.0, 14.5]
    send(timeline, step("remove_look", 14.5))
    again = ex.timeline(song, looks=[(0, ex.load_look("gilt")), (3, ex.CPPN(hidden=8, layers=2))])
    assert again.looks == [[0.0, "gilt"], [3.0, "look 2"]]
    assert again.sequence().looks[1] == ex.CPPN(hidden=8, layers=2)
    again.close()
    own = ex.CPPN(hidden=8, layers=2, keyframes=[(2, {"gain": 3})])
    named = ex.timeline(song, looks={"mine": own})
    named.step("place_look", 0.0, "mine")
    assert named.look_names[0] == "mine"
    assert named.keyframes == [[2.0, [["mine", "gain", 3.0]]]]  # a look brings its own
    named.close()


def test_keyframes_of_the_lane_move_settings_of_the_look_that_is_drawn_there(timeline):
    own = {
        "one": ex.CPPN(hidden=8, layers=2, gain=2.0),
        "other": ex.CPPN(hidden=8, layers=2, keyframes=[("bar 2", {"gain": 3})]),
    }
    timeline._fields.update(own)
    timeline.look_names = [*own, *timeline.look_names]
    send(timeline, step("place_look", 0.0, "one"), step("place_look", 10.0, "other"))
    (bar, [[look, setting, value]]) = timeline.keyframes[0]
    assert (look, setting, value) == ("other", "gain", 3.0)
    times, flags = beats_on_page(timeline)
    downbeats = times[(flags & DOWNBEAT) > 0]
    assert bar == pytest.approx(downbeats[1], abs=0.005)
    assert {name for name, _, _ in timeline.look_settings["one"]} == {*ex.CPPN.movable}

    send(timeline, step("add_keyframe", times[5], "gain"))  # with the value that it has there anyway
    send(timeline, step("set_keyframe", times[5], "one", "gain", 8.0))
    send(timeline, step("set_keyframe", times[5], "one", "coord_scale", 0.8))
    send(timeline, step("add_keyframe", 3.777, "gain"))
    assert timeline.keyframes[-1] == [3.777, [["one", "gain", 8.0]]]
    send(timeline, step("set_keyframe", 3.777, "one", "gain", 1.0), step("move_keyframe", 3.777, 4.111))
    assert timeline.error == ""
    sequence = timeline.sequence(fade=0.5)
    bar_number = int(np.searchsorted(downbeats, times[5], side="right"))
    beat = int((times[:6] >= downbeats[bar_number - 1]).sum())
    at = f"bar {bar_number}.{beat}" if beat > 1 else f"bar {bar_number}"
    assert [(each.at, dict(each.settings)) for each in sequence.looks[0].keyframes] == [
        (at, {"coord_scale": 0.8, "gain": 8.0}),
        (4.111, {"gain": 1.0}),
    ]
    assert sequence.looks[1].keyframes == own["other"].keyframes
    controls = sequence.controls(timeline.track, np.array([0.0, times[5], 4.111]))
    gains = controls.values[:, controls.names.index("look1.gain")]
    assert gains == pytest.approx([2.0, 8.0, 1.0], abs=0.05)

    send(timeline, step("remove_keyframe", 4.111), {"kind": "undo"}, {"kind": "undo"})
    assert timeline.keyframes[-1][0] == 3.777
    send(timeline, step("remove_look", 0.0))  # its keyframes go with it
    assert [values[0][0] for _, values in timeline.keyframes] == ["other"]
    assert timeline.sequence().looks[0] == own["other"]
    send(timeline, {"kind": "undo"})
    assert len(timeline.keyframes) == 3


def test_a_keyframe_on_a_boundary_moves_along_with_it_and_names_its_section(timeline):
    send(timeline, step("place_look", 0.0, "obsidian"), step("split_section", 5.0, "Chorus"))
    send(timeline, step("add_keyframe", 5.0))
    send(timeline, step("move_section", 5.0, 5.5))
    assert [time for time, _ in timeline.keyframes] == [5.5]
    assert timeline.sequence().looks[0].keyframes[0].at == "section chorus"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (step("add_keyframe", 99.0), "a keyframe at 99.00 s: allowed are 0 to 20.00 s"),
        (step("add_keyframe", 2.0, "gaim"), "keyframes cannot move 'gaim'; did you mean 'gain'"),
        (step("set_keyframe", 2.0, "mine", "gain", 500), "gain: got 500; allowed: 0"),
        (step("set_keyframe", 2.0, "mine", "gain", "<b>"), "gain: got '<b>'; give a number"),
        (step("set_keyframe", 2.0, "nobody's", "gain", 1), 'there is no look "nobody\'s" on the timeline'),
        (step("move_keyframe", 3.0, 4.5), "a keyframe cannot pass its neighbor"),
        (step("remove_keyframe", 7.0), "there is no keyframe at 7.00 s"),
    ],
)
def test_a_keyframe_that_breaks_a_rule_is_an_error_line(timeline, message, error):
    timeline._fields["mine"] = ex.CPPN(hidden=8, layers=2)
    send(timeline, step("add_keyframe", 1.0))
    assert timeline.error == "keyframes move settings of looks; drop a look first"
    timeline.step("place_look", 0.0, "mine")
    send(timeline, step("add_keyframe", 3.0, "gain"), step("add_keyframe", 4.0, "gain"))
    before = timeline.keyframes
    send(timeline, message)
    assert error in timeline.error
    assert timeline.keyframes == before


def test_taps_and_tempo(timeline):
    times, _ = beats_on_page(timeline)
    send(timeline, step("double_tempo"))
    assert len(beats_on_page(timeline)[0]) == 2 * len(times) - 1
    send(timeline, step("halve_tempo"))
    assert np.array_equal(beats_on_page(timeline)[0], times)
    send(timeline, step("tap_beats", [3.1, 3.5, 3.9]), step("set_meter", times[0], 3))
    after, flags = beats_on_page(timeline)
    assert {3.1, 3.5, 3.9} <= {*after}
    assert np.flatnonzero(flags & DOWNBEAT).tolist()[:3] == [0, 3, 6]


def test_the_page_gets_sound_outline_spectrum_and_single_samples(timeline, monkeypatch):
    sent = []
    monkeypatch.setattr(timeline, "send", lambda message, buffers=(): sent.append((message, buffers)))
    send(timeline, {"kind": "ready"}, {"kind": "samples", "start": 0.5, "end": 0.6})
    assert timeline.wait(60)
    kinds = {message["kind"]: (message, buffers[0]) for message, buffers in sent}
    assert kinds.keys() == {"outline", "onsets", "spectrogram", "sound", "samples"}
    samples = np.frombuffer(kinds["samples"][1], np.int16)
    assert (kinds["samples"][0]["rate"], len(samples)) == (22050, 2205)
    assert len(kinds["outline"][1]) == 2 * 20 * pictures.OUTLINE_RATE


def test_a_tone_is_a_bright_row_at_its_frequency(tmp_path):
    path = write_wav(tmp_path / "tone.wav", tone(1000, 2.0, 22050), 22050)
    image = Image.open(io.BytesIO(pictures.spectrogram(ex.audio.open_sound(path), 2.0)))
    assert image.size == (86, pictures.SPECTRUM_ROWS)
    rows = np.asarray(image).mean(axis=1)
    mel = 2595 * np.log10(1 + np.array([1000, *pictures.SPECTRUM_HERTZ]) / 700)
    share = (mel[0] - mel[1]) / (mel[2] - mel[1])
    assert rows.argmax() == pytest.approx(
        (1 - share) * pictures.SPECTRUM_ROWS, abs=6
    )  # Slaney's mels differ a little
    values = pictures.samples(ex.audio.open_sound(path), 0.5, 0.51)
    assert values / 32767 == pytest.approx(tone(1000, 2.0, 22050)[11025:11246][: len(values)], abs=1e-3)
