"""The panel without a browser: messages are driven by hand, from several threads."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

import explorer.notebook.preview as preview_module
from explorer.errors import SoundError
from explorer.fields import CPPN
from explorer.fields.cppn import DEFAULT_PRESET, PRESETS
from explorer.notebook import Panel, cells, explore
from explorer.notebook.names import Names
from explorer.rendering import Renderer, render_frame
from tests import signals
from tests.notebook.test_controls import drag

PATIENCE = 60
SIZE = (96, 54)
FIELD = CPPN(hidden=8, layers=2, gain=4.0, seed=3)


@pytest.fixture
def sound(tmp_path):
    return signals.write_wav(tmp_path / "music.wav", signals.music(2.0))


@pytest.fixture
def panel(sound, tmp_path):
    with explore(sound, FIELD, size=SIZE, explorations=tmp_path / "runs") as panel:
        assert panel.wait(PATIENCE)
        yield panel


def expected(panel):
    return render_frame(panel.field, panel.track, panel.t, SIZE)


def shown(panel):
    return np.asarray(Image.open(io.BytesIO(panel.screen.image.value)).convert("RGB"))


def explorer_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("explorer")]


class CountingRenderer(Renderer):
    """Counts frames in flight; draws only when `gate` lets it, where there is one."""

    running = most = begun = 0
    gate = None
    entered = threading.Semaphore(0)

    def frame(self, t, stopped=lambda: False):
        cls = type(self)
        cls.running += 1
        cls.begun += 1
        cls.most = max(cls.most, cls.running)
        try:
            cls.entered.release()
            if cls.gate:
                assert cls.gate.acquire(timeout=PATIENCE)
            return super().frame(t, stopped)
        finally:
            cls.running -= 1


@pytest.fixture
def counting(monkeypatch):
    class Counting(CountingRenderer):
        entered = threading.Semaphore(0)

    monkeypatch.setattr(preview_module, "Renderer", Counting)
    return Counting


def test_it_shows_the_frame_that_render_frame_draws(panel):
    assert np.array_equal(panel.frame, expected(panel))
    assert np.array_equal(shown(panel), panel.frame)
    assert panel.screen.image.format == "png"
    assert panel.error == ""


def test_it_starts_with_a_look_for_newcomers(sound):
    with explore(sound, size=SIZE) as panel:
        assert panel.field == PRESETS[DEFAULT_PRESET]
        assert panel.head.preset.value == DEFAULT_PRESET


def test_after_wild_dragging_it_shows_what_the_controls_say(counting, panel):
    gain, time, seed = panel.form.controls["gain"], panel.time, panel.form.controls["seed"]

    def drag_all(widget, values):
        for value in values:
            drag(widget, value)

    moves = [(gain.slider, range(5, 70)), (time, np.linspace(0, 1.5, 65)), (seed.slider, range(65))]
    threads = [threading.Thread(target=drag_all, args=move) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert panel.wait(PATIENCE)
    assert (panel.field.seed, panel.t) == (64, 1.5)
    assert panel.field.gain == gain.grid[69]
    assert np.array_equal(shown(panel), expected(panel))
    assert counting.most == 1


def test_200_moves_while_one_frame_is_drawn_queue_only_one(counting, panel):
    counting.gate = threading.Semaphore(0)
    drag(panel.time, 0.1)
    assert counting.entered.acquire(timeout=PATIENCE)
    for t in np.linspace(0.2, 1.2, 200):
        drag(panel.time, float(t))
    begun = counting.begun
    counting.gate.release(1000)
    assert panel.wait(PATIENCE)
    assert counting.begun - begun <= 2  # a draft and the full frame of the last request
    assert panel.t == 1.2
    assert np.array_equal(shown(panel), expected(panel))


def test_an_older_reading_of_the_controls_never_overtakes_a_newer_one(panel, monkeypatch):
    read, newer_is_asked = threading.Event(), threading.Event()
    request = panel._request

    def read_slowly():
        asked = request()
        if not read.is_set():
            read.set()
            newer_is_asked.wait(0.3)  # in vain when the handlers wait for each other, as they should
        return asked

    monkeypatch.setattr(panel, "_request", read_slowly)
    older = threading.Thread(target=drag, args=(panel.time, 0.1))
    older.start()
    assert read.wait(PATIENCE)
    drag(panel.time, 1.9)
    newer_is_asked.set()
    older.join()
    assert panel.wait(PATIENCE)
    assert np.array_equal(shown(panel), render_frame(FIELD, panel.track, 1.9, SIZE))


def test_a_slow_field_is_drafted_first(monkeypatch, panel):
    drawn = []
    monkeypatch.setattr(panel.screen, "show_draft", lambda frame: drawn.append(frame.shape))
    monkeypatch.setattr(preview_module, "QUICK", 0.0)
    panel.preview._quick = False
    drag(panel.time, 1.0)
    assert panel.wait(PATIENCE)
    assert drawn == [(16, 24, 3)]
    assert panel.screen.image.format == "png"


def test_a_diagnosis_is_made_for_every_field_but_not_for_every_moment(monkeypatch, panel):
    calls = []
    measure = preview_module.diagnose

    def count(field, *rest, **settings):
        calls.append(field)
        return measure(field, *rest, **settings)

    monkeypatch.setattr(preview_module, "suggest", lambda *_: None)  # which makes diagnoses of its own

    monkeypatch.setattr(preview_module, "diagnose", count)
    drag(panel.time, 1.0)
    assert panel.wait(PATIENCE)
    assert calls == []
    panel.load(FIELD.replace(gain=0.5))
    assert panel.wait(PATIENCE)
    assert calls == [panel.field]
    assert panel.screen.diagnosis.value.count("<em>static</em>") == 3
    assert '<b class="explorer-badge explorer-static">static</b>' in panel.screen.diagnosis.value


def test_presets_reset_and_new_seed(panel):
    name = next(name for name in PRESETS if PRESETS[name].hidden <= 32)
    panel.head.reset.click()
    assert panel.field == FIELD
    panel.head.preset.value = name
    assert panel.field == PRESETS[name]
    panel.head.another.click()
    assert panel.field.replace(seed=0) == PRESETS[name].replace(seed=0)
    panel.head.reset.click()
    assert panel.field == PRESETS[name]


def test_an_error_while_drawing_appears_and_goes(monkeypatch, panel):
    def fail(*_):
        raise RuntimeError("no <picture>")

    with monkeypatch.context() as broken:
        broken.setattr(preview_module.Renderer, "frame", fail)
        drag(panel.time, 1.0)
        assert panel.wait(PATIENCE)
        assert "RuntimeError: no &lt;picture&gt;" in panel.error
    drag(panel.time, 1.1)
    assert panel.wait(PATIENCE)
    assert panel.error == ""


def test_an_error_in_a_handler_appears(monkeypatch, panel):
    monkeypatch.setattr(panel.form, "load", lambda *_: 1 / 0)
    panel.head.reset.click()
    assert "ZeroDivisionError" in panel.error


def test_closing_leaves_no_thread_and_no_widget(sound):
    before = explorer_threads()
    panel = explore(sound, FIELD, size=SIZE)
    assert panel.wait(PATIENCE)
    assert len(explorer_threads()) > len(before)
    widgets = list(cells.tree(panel.widget))
    panel.close()
    panel.close()
    assert explorer_threads() == before
    assert all(widget.comm is None for widget in widgets)


def test_closing_in_the_middle_of_a_frame(sound):
    panel = explore(sound, CPPN(hidden=128, layers=6), size="360p")
    panel.close()
    assert explorer_threads() == []


def test_a_cell_that_runs_again_closes_its_panel(sound, monkeypatch):
    monkeypatch.setattr(cells, "_cell", lambda: "cell 1")
    first = explore(sound, FIELD, size=SIZE)
    second = explore(sound, FIELD, size=SIZE)
    assert first.widget.comm is None
    assert second.widget.comm is not None
    with pytest.raises(SoundError):
        explore(sound.with_name("missing.wav"))
    assert second.widget.comm is None
    assert explorer_threads() == []


def test_panels_of_two_cells_live_side_by_side(sound, monkeypatch):
    monkeypatch.setattr(cells, "_cell", lambda: "cell 1")
    first = explore(sound, FIELD, size=SIZE)
    monkeypatch.setattr(cells, "_cell", lambda: "cell 2")
    with explore(sound, FIELD, size=SIZE):
        assert first.widget.comm is not None
    first.close()


def test_every_channel_lets_the_front_end_choose_the_shell(sound, monkeypatch):
    class Channel:
        def _reply_subshell_for(self, data, default):
            return "the shell of the last message"

    class Hooked:
        comm, children = Channel(), ()

    class Plain:
        comm, children = object(), ()

    class Root:
        comm, children = Channel(), (Hooked(), Plain())

    cells.answer_in_any_shell(Root())
    assert Root.comm._reply_subshell_for({}, "chosen") == "chosen"
    assert Hooked.comm._reply_subshell_for({}, "chosen") == "chosen"


def test_bad_audio_is_one_line(tmp_path):
    with pytest.raises(SoundError) as caught:
        explore(tmp_path / "missing.ogg")
    assert caught.value._render_traceback_() == [f"SoundError: {caught.value}"]
    assert "\n" not in str(caught.value)
    assert explorer_threads() == []


def test_the_bundle_holds_a_view_a_picture_and_a_line(panel):
    bundle = panel._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.widget.model_id
    assert bundle["text/plain"].startswith("Panel on music.wav at 0.50 s: CPPN(")
    assert "image/jpeg" in bundle


def test_displaying_gives_a_still_picture_and_then_the_view(panel, monkeypatch):
    published = []
    monkeypatch.setattr("explorer.notebook.still.display", lambda data, **how: published.append((data, how)))
    monkeypatch.setattr(
        "explorer.notebook.still.update_display", lambda data, **how: published.append((data, how))
    )
    monkeypatch.setattr("explorer.notebook.panel.display", lambda data, **how: published.append((data, how)))
    panel._ipython_display_()
    (still, how), (view, _) = published
    assert set(still) == {"image/jpeg", "text/plain"}
    assert "application/vnd.jupyter.widget-view+json" in view
    drag(panel.time, 1.25)
    assert panel.wait(PATIENCE)
    update, again = published[-1]
    assert again["display_id"] == how["display_id"]
    assert "at 1.25 s" in update["text/plain"]


def test_settings_that_do_not_go_together_are_told(panel, monkeypatch):
    assert isinstance(panel, Panel)
    monkeypatch.setattr(type(panel.form), "field", property(lambda self: CPPN(gain=float("nan"))))
    drag(panel.time, 0.9)
    assert "gain" in panel.error


def settle(panel):
    assert panel.wait(PATIENCE)


def test_undo_and_redo_go_through_what_came_to_rest(panel):
    steps = panel.steps
    assert (steps.undo.disabled, steps.redo.disabled) == (True, True)
    for gain in (2.0, 3.0):
        drag(panel.form.controls["gain"].box, gain)
        settle(panel)
    drag(panel.time, 1.0)  # a moment is no step
    settle(panel)
    for expected in (2.0, 4.0):
        steps.undo.click()
        settle(panel)
        assert panel.field.gain == expected
        assert np.array_equal(shown(panel), render_frame(panel.field, panel.track, 1.0, SIZE))
    assert (steps.undo.disabled, steps.redo.disabled) == (True, False)
    steps.redo.click()
    steps.redo.click()
    settle(panel)
    assert panel.field.gain == 3.0


def test_undo_in_the_middle_of_drawing_makes_no_step_of_what_was_not_finished(counting, panel):
    drag(panel.form.controls["gain"].box, 2.0)
    settle(panel)
    counting.gate = threading.Semaphore(0)
    drag(panel.form.controls["gain"].box, 3.0)
    assert counting.entered.acquire(timeout=PATIENCE)
    panel.steps.undo.click()
    counting.gate.release(1000)
    settle(panel)
    assert panel.field == FIELD
    panel.steps.redo.click()
    settle(panel)
    assert panel.field.gain == 2.0
    assert panel.steps.redo.disabled


def test_a_step_counts_as_soon_as_its_picture_is_shown(panel, monkeypatch):
    searching, go = threading.Event(), threading.Event()

    def search(*_):
        searching.set()
        assert go.wait(PATIENCE)

    monkeypatch.setattr(preview_module, "suggest", search)
    drag(panel.form.controls["gain"].box, 0.5)
    assert searching.wait(PATIENCE)
    assert not panel.steps.undo.disabled
    go.set()
    settle(panel)


def test_undone_settings_are_drawn_from_memory(counting, panel):
    drag(panel.form.controls["gain"].box, 2.0)
    settle(panel)
    begun = counting.begun
    panel.steps.undo.click()
    settle(panel)
    panel.steps.redo.click()
    settle(panel)
    assert counting.begun == begun
    assert np.array_equal(shown(panel), expected(panel))


def test_two_looks_can_be_compared(panel):
    steps = panel.steps
    assert steps.swap.disabled
    steps.keep.click()
    drag(panel.form.controls["gain"].box, 2.0)
    steps.swap.click()
    assert (panel.field, steps.swap.description) == (FIELD, "Show B")
    steps.swap.click()
    assert (panel.field.gain, steps.swap.description) == (2.0, "Show A")


def test_the_code_draws_what_is_shown_and_follows_it(panel):
    panel.steps.copy.value = True
    drag(panel.form.controls["gain"].box, 2.0)
    drag(panel.time, 1.25)
    settle(panel)
    names = {}
    exec(panel.steps.code.text, names)
    assert names["field"] == panel.field
    assert np.array_equal(names["image"], panel.frame)
    panel.steps.copy.value = False
    assert panel.steps.code.widget.layout.display == "none"


def test_a_suggestion_is_offered_and_applied(panel):
    panel.load(FIELD.replace(gain=0.5))
    settle(panel)
    suggestion = panel.screen.suggestion
    assert suggestion is not None
    panel.screen.apply.click()
    settle(panel)
    assert panel.field == FIELD.replace(**{"gain": 0.5, suggestion.setting: suggestion.value})
    assert "explorer-alive" in panel.screen.diagnosis.value
    assert panel.screen.apply.layout.display == "none"


def test_calibrating_loads_scales_that_the_form_names_and_can_drop(panel):
    panel.screen.calibrate.click()
    assert panel.repair.wait(PATIENCE)
    settle(panel)
    assert len(panel.field.layer_scales) == 3
    assert panel.form.others == {"layer_scales": panel.field.layer_scales}
    panel.form.drop_others()
    assert panel.field.layer_scales is None


def test_opening_a_tab_brings_it_up_to_date(panel):
    panel.tabs.selected_index = 2
    assert panel.gallery.wait(PATIENCE)
    assert "nothing is kept yet" in panel.gallery.line.value
    assert panel.exporter.save().wait(PATIENCE)
    assert panel.gallery.wait(PATIENCE)  # a new run appears by itself
    card = panel.gallery.shelf.cards[0]
    panel.load(FIELD.replace(gain=9.0), t=1.5)
    card.button.click()
    settle(panel)
    assert (panel.field, panel.t) == (FIELD, 0.5)
    panel.load(panel.field.replace(layers=3))
    panel.tabs.selected_index = 1
    panel.sweeps.axes[0].setting.value = "gain"
    assert "4 points" in panel.sweeps.estimate.value


def test_loading_anew_is_what_reset_comes_back_to(panel):
    look = FIELD.replace(gain=2.0)
    panel.load(look, anew=True)
    drag(panel.form.controls["gain"].box, 3.0)
    panel.head.reset.click()
    assert panel.field == look
    assert panel.head.preset.value == ""


def test_help_shows_what_every_setting_does(panel):
    panel.head.help.value = True
    assert "explorer-helping" in panel.widget._dom_classes
    panel.head.help.value = False
    assert "explorer-helping" not in panel.widget._dom_classes


def test_every_button_and_field_has_a_name(panel):
    for widget in cells.tree(panel.widget):
        name = type(widget).__name__
        if name in ("Button", "ToggleButton", "Text", "Dropdown", "Checkbox", "IntSlider", "FloatSlider"):
            assert widget.description or widget.tooltip, widget


def test_names_for_screen_readers_travel_with_the_panel(panel):
    (names,) = [widget for widget in cells.tree(panel.widget) if isinstance(widget, Names)]
    assert "aria-label" in names._esm
    assert names.layout.display == "none"


def test_every_handler_tells_its_errors(panel, monkeypatch):
    for button in (panel.gallery.loader.button, panel.sweeps.run_button):
        panel._errors.widget.value = ""
        button.click()
        assert "explorer-error" in panel.error
    monkeypatch.setattr("explorer.notebook.repair.calibrate", lambda *_, **__: 1 / 0)
    panel._errors.widget.value = ""
    panel.screen.calibrate.click()
    assert panel.repair.wait(PATIENCE)
    assert "ZeroDivisionError" in panel.error


def test_the_live_view_takes_over_and_gives_back_the_moment(panel, counting):
    begun = counting.begun
    panel.stage.button.value = True
    settle(panel)
    panel.stage.view.t = 1.0
    panel.load(FIELD.replace(gain=2.0))
    settle(panel)
    assert (counting.begun, panel.t, panel.stage.view.field) == (begun, 1.0, panel.field)
    panel.stage.button.value = False
    settle(panel)
    assert panel.t == panel.time.value == 1.0
    assert np.array_equal(shown(panel), expected(panel))


def test_closing_ends_the_live_view_too(sound):
    panel = explore(sound, FIELD, size=SIZE)
    panel.stage.button.value = True
    assert any("live" in name for name in explorer_threads())
    panel.close()
    assert explorer_threads() == []


def test_a_feature_that_was_not_heard_yet_is_listened_for(panel):
    told = []
    panel.screen.caption.observe(lambda change: told.append(change["new"]), "value")
    panel.form.controls["features"].checks["percussive"].value = True
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    assert "percussive" in panel.field.features
    assert panel.track.settings.extras == ("separation",)
    assert any("separating" in words for words in told)
    np.testing.assert_array_equal(shown(panel), expected(panel))
    assert "extras=('separation',)" in panel.code
    assert panel.wait(PATIENCE)


def test_listening_ends_when_it_is_no_longer_wanted_and_goes_on_while_sliders_move(panel, monkeypatch):
    listening, go_on = threading.Event(), threading.Event()
    told = panel.screen.show_hearing

    def show_hearing(step, done, total):
        told(step, done, total)
        listening.set()
        assert go_on.wait(PATIENCE)

    monkeypatch.setattr(panel.screen, "show_hearing", show_hearing)
    check = panel.form.controls["features"].checks["percussive"]
    check.value = True
    assert listening.wait(PATIENCE)
    panel.load(panel.field.replace(gain=2.5))
    go_on.set()
    assert panel.wait(PATIENCE)
    assert panel.track.settings.extras == ("separation",)
    go_on.clear(), listening.clear()
    tempo = panel.form.controls["features"].checks["tempo"]
    tempo.value = True
    assert listening.wait(PATIENCE)
    tempo.value = False
    go_on.set()
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    np.testing.assert_array_equal(shown(panel), expected(panel))


def test_the_live_view_draws_a_feature_once_it_is_heard(panel):
    panel.stage.button.value = True
    panel.form.controls["features"].checks["harmonic"].value = True
    assert panel.wait(PATIENCE)
    view = panel.stage.view
    assert "harmonic" in view.field.features
    view._hear({"kind": "frame", "t": 0.5, "id": 1, "moving": False})
    assert view.wait(PATIENCE)
    assert view.error == ""
