"""The sweep tab: choose what to vary, see what it will cost, watch the points arrive, load one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.audio import open_sound
from explorer.errors import SettingsError, Stopped
from explorer.experiments import Point, Recipe, Sweep, sweep
from explorer.experiments.runs.sound_input import SoundInput
from explorer.experiments.sweeps.cost import sweep_cost, with_cost
from explorer.experiments.sweeps.eta import SweepPlan
from explorer.experiments.sweeps.options import SweepOptions, small_frames, specify
from explorer.experiments.sweeps.point_set import DEFAULT_SAMPLES, RANDOM_SAMPLERS, draw_points
from explorer.experiments.sweeps.scheduler import POINTS_STEP
from explorer.fields import FieldSettings
from explorer.formatting import count_text
from explorer.notebook.live.moving_thumbnails import MovingThumbnails
from explorer.notebook.sweep.sweep_axis import SweepAxis, sweepable_knobs
from explorer.notebook.sweep.sweep_progress import SweepProgress
from explorer.notebook.widgets.background_job import STOPPED, BackgroundJob, JobState
from explorer.notebook.widgets.boxes import card, progress_bar, push_button
from explorer.notebook.widgets.file_links import saved_links
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.notebook.widgets.markup import error_html, muted, warning
from explorer.notebook.widgets.panel_context import PanelContext
from explorer.notebook.widgets.thumbnail_grid import ThumbnailCard, ThumbnailGrid, ThumbnailItem
from explorer.progress import Progress
from explorer.rendering import resolve

KNOBS = SweepOptions.knobs()
MAX_AXES, CARDS_PER_PAGE = 3, 12
SAMPLERS = [
    ("every combination", "grid"), ("one at a time", "oat"), ("random", "random"), ("Latin hypercube", "lhs"),
]  # fmt: skip
CHOOSE = "choose a setting to vary"
ESTIMATING = "estimating what that takes"

EstimateRequest = tuple[FieldSettings, dict[str, Any]]  # a field, and the options of its sweep


class SweepTab:
    """One sweep at a time, in the background."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self.estimator = LatestWorker[EstimateRequest | None](self._estimate, context.fail, "explorer-cost")
        self.job: BackgroundJob | None = None
        self._progress = SweepProgress(context.explorations)
        self._visible_share = -1.0  # of the points whose pictures are on screen
        self._make_widgets()
        self.refresh()

    def refresh(self) -> None:
        """Offer the settings of the field on screen, and update the estimate."""
        knobs = sweepable_knobs(self._base())
        for axis in self.axes:
            axis.set_options(knobs)
        self._update_estimate()

    def run(self) -> BackgroundJob:
        """Start the sweep; returns at once. Raises SettingsError for what cannot be varied so."""
        base, options = self._base(), self._options()
        if not options["vary"]:
            raise SettingsError(f"{CHOOSE}, and give its values")
        draw_points(base, **options)
        return self._start(None, field=base.field, clips=self.clips.value, **options)

    def resume(self) -> BackgroundJob:
        """Draw the points that are left of a stopped sweep."""
        return self._start(self._progress.folder)

    def stop(self) -> None:
        """Stop the sweep; finished points stay."""
        if self.job:
            self.job.stop()

    def close(self) -> None:
        """Stop the sweep and wait until it has cleaned up."""
        self.estimator.close()
        self.moving.close()
        self.stop()
        if self.job:
            self.job.wait()

    def _start(self, folder: Path | None, **options: Any) -> BackgroundJob:
        if self.job and self.job.running:
            raise SettingsError("a sweep is under way; wait for it or press Stop")
        context = self._context
        sweep_progress = self._progress = SweepProgress(context.explorations, folder)
        if folder is None:
            options |= {"analysis": context.track.settings.model_dump()}

        def work(progress: Progress) -> Sweep:
            return sweep(
                audio=context.track, explorations=context.explorations, device=context.device, resume=folder,
                announce=sweep_progress.set_plan, progress=progress, **options,
            )  # fmt: skip

        self._visible_share = -1.0
        self._show(JobState())
        self.job = BackgroundJob(work, self._report)
        return self.job

    def _report(self, state: JobState) -> None:
        """Show a state, from the job's thread."""
        try:
            self._show(state)
        except Exception as error:
            self._context.fail(error)

    def _show(self, state: JobState) -> None:
        self.run_button.disabled = not state.ended
        self.stop_button.disabled = state.ended
        self.stop_button.layout.display = self.bar.layout.display = "none" if state.ended else ""
        self.bar.value = state.share if state.step == POINTS_STEP else 0.0
        self.line.value = self._state_html(state)
        if state.ended or (state.step == POINTS_STEP and state.share != self._visible_share):
            self._visible_share = state.share
            self.thumbnails.show(self._progress.items())
        unfinished = bool(state.error and self._progress.folder)
        self.resume_button.layout.display = "" if unfinished else "none"

    def _state_html(self, state: JobState) -> str:
        if state.error:
            return muted(state.error) if state.error == STOPPED else error_html(state.error)
        if state.result:
            return saved_links(state.result.folder, {"open the report": state.result.report})
        return muted(self._progress.text(state))

    def _open(self, item: ThumbnailItem) -> None:
        """Load a point into the controls, at the moment of its picture."""
        self._context.load(item.payload.field, _moment(item.payload), as_reset_point=True)

    def _base(self) -> Recipe:
        field = self._context.field
        return Recipe.for_track(self._context.track, field=field, frames=small_frames(field))

    def _options(self) -> dict[str, Any]:
        """What the widgets say, as options of `sweep`. Raises SettingsError."""
        vary: dict[str, Any] = {}
        for axis in self.axes:
            name = axis.vary.keys()
            if name & vary.keys():
                raise SettingsError(f"{', '.join(name)} is chosen twice; list all its values in one line")
            vary |= axis.vary
        sampler = self.sampler.value
        samples = self.samples.value if sampler in RANDOM_SAMPLERS else None
        return {"vary": vary, "sampler": sampler, "samples": samples}

    def _update_estimate(self) -> None:
        """The number of points, then what they take; or what is wrong with the choice."""
        self.estimator.submit(None)  # what it works on is no longer of interest
        self.samples.layout.display = "" if self.sampler.value in RANDOM_SAMPLERS else "none"
        try:
            options = self._options()
            if not options["vary"]:
                self.estimate.value = muted(CHOOSE)
                return
            base = self._base()
            count = len(draw_points(base, **options).points)
        except SettingsError as error:
            self.estimate.value = warning(str(error))
            return
        self.estimate.value = muted(f"{count_text(count, 'point')}: {ESTIMATING}")
        self.estimator.submit((base.field, {**options, "clips": self.clips.value}))

    def _estimate(self, request: EstimateRequest | None, stale: StaleCheck) -> None:
        """Measure what a sweep takes, and show it."""
        if request is None:
            return

        def progress(step: str, done: float, total: float) -> None:
            if stale():
                raise Stopped("the choice has changed")

        (field, options), context = request, self._context
        track, audio = context.track, SoundInput.of(context.track)
        analysis = track.settings.model_dump()
        spec = specify(
            field, options["vary"], SweepOptions.of({**options, "analysis": analysis}), audio,
            lambda _: track.duration,
        )  # fmt: skip
        device = resolve(context.device, field=field)
        cost = sweep_cost(spec, spec.keys, lambda _: track, device, open_sound(audio.path), progress)
        count = len(spec.keys)
        plan = with_cost(SweepPlan(count, count, ()), cost, device.request, None)
        progress("", 1, 1)
        self.estimate.value = muted(f"{count_text(count, 'point')}: {plan.cost or 'a moment'}")

    def _make_widgets(self) -> None:
        handler = self._context.handler
        self.axes = [SweepAxis(number, handler(self._update_estimate)) for number in range(1, MAX_AXES + 1)]
        self.sampler = widgets.Dropdown(
            options=SAMPLERS, value="grid", tooltip=KNOBS["sampler"].help, layout={"width": "168px"}
        )
        self.samples = widgets.BoundedIntText(
            DEFAULT_SAMPLES, min=KNOBS["samples"].low, max=KNOBS["samples"].high, description="points",
            tooltip=KNOBS["samples"].help,
            style={"description_width": "42px"}, layout={"width": "112px", "display": "none"},
        )  # fmt: skip
        self.clips = widgets.Checkbox(
            False, description="clips", indent=False, tooltip=KNOBS["clips"].help,
            layout={"width": "auto"},
        )  # fmt: skip
        for widget in (self.sampler, self.samples, self.clips):
            widget.observe(handler(self._update_estimate), "value")
        self.estimate, self.line = widgets.HTML(), widgets.HTML()
        self.run_button = push_button("Run sweep", "th", "draw all of these", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "stop the sweep; finished points stay", disabled=True)
        self.resume_button = push_button(
            "Resume", "play", "draw the points that are left of the stopped sweep"
        )
        self.stop_button.layout.display = self.resume_button.layout.display = "none"
        for button, action in (
            (self.run_button, self.run), (self.stop_button, self.stop), (self.resume_button, self.resume),
        ):  # fmt: skip
            button.on_click(handler(action))
        self.bar = progress_bar()
        cards = [ThumbnailCard(self._open, handler) for _ in range(CARDS_PER_PAGE)]
        self.thumbnails = ThumbnailGrid(cards, handler)
        self.moving = MovingThumbnails(self.thumbnails, self._context, lambda p: (p.field, _moment(p) or 0.0))
        choices = widgets.HBox([self.sampler, self.samples, self.clips])
        buttons = widgets.HBox([self.run_button, self.stop_button, self.resume_button])
        axes = [axis.widget for axis in self.axes]
        rest = (choices, self.estimate, buttons, self.bar, self.line, self.moving.widget)
        self.widget = card("vary", *axes, *rest)


def _moment(point: Point) -> float | None:
    """The moment that the picture of a point shows."""
    moments = point.log.get("moments") or [None]
    return moments[len(moments) // 2]  # type: ignore[no-any-return]
