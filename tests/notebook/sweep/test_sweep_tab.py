"""The sweep tab: its estimate, points as they arrive, one of them loaded; stopped and resumed."""

import html
import threading

import pytest

import explorer.notebook.sweep.sweep_tab as tab_module
import explorer.notebook.widgets.background_job as job_module
from explorer.experiments import Sweep
from explorer.experiments.sweeps import scheduler
from explorer.experiments.sweeps.cost import SweepCost
from explorer.experiments.sweeps.eta import SweepPlan
from explorer.experiments.sweeps.scheduler import POINTS_STEP
from explorer.notebook.sweep import sweep_progress
from explorer.notebook.sweep.sweep_tab import SweepTab
from explorer.notebook.widgets.background_job import JobState
from tests.notebook.browser_messages import drag
from tests.notebook.fake_context import FIELD, FakeContext

PATIENCE = 120


@pytest.fixture
def context(tmp_path):
    return FakeContext(tmp_path)


@pytest.fixture
def tab(context, monkeypatch):
    monkeypatch.setattr(job_module, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(scheduler, "MIN_PARALLEL_SECONDS", float("inf"))  # or a busy machine starts workers
    monkeypatch.setattr(
        tab_module, "sweep_cost", lambda spec, keys, *_: SweepCost(2.0, 2.0, 10**6) * len(keys)
    )
    tab = SweepTab(context)
    yield tab
    tab.close()


def choose(tab, **values):
    for axis, (name, text) in zip(tab.axes, values.items(), strict=False):
        axis.setting.value = name
        drag(axis.values, text)


def visible_items(tab):
    return [card.item for card in tab.thumbnails.cards if card.widget.layout.display == ""]


def test_it_estimates_points_time_and_disk_space_before_anything_is_drawn(tab, context):
    assert "choose a setting" in tab.estimate.value
    choose(tab, gain="1, 2, 5", layers="2, 3")
    assert "6 points: " in tab.estimate.value
    assert tab.estimator.wait(PATIENCE)
    assert "6 points: about 12 s and 6 MB on disk" in tab.estimate.value
    tab.sampler.value = "lhs"
    assert tab.samples.layout.display == ""
    drag(tab.axes[0].values, "1..5")
    drag(tab.samples, 9)
    assert "9 points" in tab.estimate.value
    assert not context.explorations.exists()


def test_an_estimate_that_is_no_longer_of_interest_is_not_shown(tab, monkeypatch):
    started, go_on = threading.Event(), threading.Event()

    def slow_cost(*_):
        started.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(tab_module, "sweep_cost", slow_cost)
    choose(tab, gain="1, 2, 5")
    assert started.wait(PATIENCE)
    drag(tab.axes[0].values, "99")
    go_on.set()
    assert tab.estimator.wait(PATIENCE)
    assert "allowed: 0.01 to 50" in tab.estimate.value


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"gain": "1, many"}, "gain: got &#x27;many&#x27;; allowed: 0.01 to 50"),
        ({"gain": "99"}, "allowed: 0.01 to 50"),
        ({"gain": "1..5"}, "choose the sampler random or lhs"),
        ({"gain": "1", "layers": ""}, "layers: give values"),
    ],
)
def test_bad_values_are_reported_at_once_and_not_run(tab, context, values, message):
    choose(tab, **values)
    assert message in tab.estimate.value
    tab.run_button.click()
    assert html.escape(context.messages[0]) in tab.estimate.value
    assert tab.job is None


def test_a_setting_cannot_be_chosen_twice(tab):
    for axis in tab.axes[:2]:
        axis.setting.value = "gain"
    assert "chosen twice" in tab.estimate.value


def test_nothing_to_vary_is_refused(tab, context):
    tab.run_button.click()
    assert context.messages == ["choose a setting to vary, and give its values"]


def test_points_arrive_and_a_click_loads_one(tab, context, monkeypatch):
    counts, show = [], tab._show

    def show_and_count(state):
        show(state)
        counts.append(len(visible_items(tab)))

    monkeypatch.setattr(tab, "_show", show_and_count)
    choose(tab, gain="1, 3", layers="2, 3")
    tab.run_button.click()
    assert tab.job.wait(PATIENCE)
    assert counts == sorted(counts)
    assert {0, 1, 4} <= set(counts)  # the first one is drawn alone, others may finish together
    (folder,) = context.explorations.glob("sweep_*")
    assert folder.name in tab.line.value
    assert (tab.stop_button.disabled, tab.run_button.disabled) == (True, False)
    swept = Sweep(folder)
    assert swept.specification.base.field == FIELD
    assert swept.specification.clip is None
    card = tab.thumbnails.cards[2]
    assert card.item.picture == swept.points[2].thumb
    assert card.item.tooltip == "load gain 3, layers 2"
    card.button.click()
    (loaded,) = context.loaded
    assert loaded == (FIELD.replace(gain=3, layers=2), swept.points[2].log["moments"][1], True)


def test_stopping_keeps_what_is_finished_and_it_can_go_on(tab, context, monkeypatch):
    stopped, show = threading.Event(), tab._show

    def show_and_stop(state):
        show(state)
        if state.step == POINTS_STEP and state.share >= 0.25 and not stopped.is_set():
            stopped.set()
            tab.stop_button.click()

    monkeypatch.setattr(tab, "_show", show_and_stop)
    choose(tab, gain="1, 2, 3, 4")
    tab.run_button.click()
    assert tab.job.wait(PATIENCE)
    assert "stopped" in tab.line.value
    assert 1 <= len(visible_items(tab)) < 4
    assert tab.resume_button.layout.display == ""
    tab.resume_button.click()
    assert tab.job.wait(PATIENCE)
    assert len(visible_items(tab)) == 4
    assert len(list(context.explorations.glob("sweep_*"))) == 1
    assert tab.resume_button.layout.display == "none"


def test_only_one_sweep_at_a_time_and_closing_stops_it(tab, context, monkeypatch):
    started = threading.Event()

    def endless(progress, **_):
        while True:
            progress(POINTS_STEP, 0, 4)
            started.set()

    monkeypatch.setattr(tab_module, "sweep", endless)
    choose(tab, gain="1, 2")
    tab.run_button.click()
    assert started.wait(PATIENCE)
    tab.run_button.click()
    assert "under way" in context.messages[0]
    tab.close()
    assert not tab.job.running


def test_a_field_with_other_settings_offers_those(tab, context, monkeypatch):
    choose(tab, gain="1, 2")
    monkeypatch.setattr(tab_module, "sweepable_knobs", lambda recipe: {})
    tab.refresh()
    assert [label for label, _ in tab.axes[0].setting.options] == ["\N{EM DASH}"]
    assert tab.axes[0].vary == {}


def test_a_state_in_words_has_points_time_left_and_the_measured_plan(context, monkeypatch):
    class Clock(sweep_progress.RemainingTime):
        def __init__(self, total, workers):
            self.now = 0.0
            super().__init__(total, workers, lambda: self.now)

    monkeypatch.setattr(sweep_progress, "RemainingTime", Clock)
    progress = sweep_progress.SweepProgress(context.explorations)
    assert progress.text(JobState("analyzing", 0.5)) == "analyzing 50%"
    progress.set_plan(SweepPlan(10, 10, []))
    assert progress.text(JobState(POINTS_STEP, 0.0)) == "0 of 10 points"
    progress._remaining.now = 2.0
    assert progress.text(JobState(POINTS_STEP, 0.1)) == "1 of 10 points, 18 s left"
    progress.set_plan(SweepPlan(10, 10, [], workers=1, seconds=18.0, bytes=2_000_000))
    assert "about 18 s and 2 MB on disk" in progress.text(JobState(POINTS_STEP, 0.1))


def test_the_sweep_of_another_process_is_not_taken_for_ours(context):
    progress = sweep_progress.SweepProgress(context.explorations)
    for name, process in (("sweep_20260102T030405Z_aaaaaa", 1), ("sweep_20260102T030406Z_bbbbbb", None)):
        folder = context.explorations / name
        folder.mkdir(parents=True)
        if process:
            (folder / "manifest.json").write_text(f'{{"process": {process}}}')
    assert progress.items() == []


def test_an_error_while_it_updates_its_widgets_appears(tab, context, monkeypatch):
    monkeypatch.setattr(tab, "_show", lambda state: 1 / 0)
    tab._report(JobState())
    assert context.messages == ["division by zero"]
