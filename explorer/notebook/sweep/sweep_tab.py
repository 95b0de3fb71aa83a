"""The sweep tab: choose what to vary, see what it will take, watch the points arrive, load one."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from explorer.errors import SettingsError
from explorer.experiments import Recipe, Sweep, sweep
from explorer.experiments.sweeps.options import DEFAULT_MOMENTS, small_frames
from explorer.experiments.sweeps.point_set import DEFAULT_SAMPLES, RANDOM_SAMPLERS, draw_points
from explorer.experiments.sweeps.specification import Clip
from explorer.formatting import count_text, duration_text, size_text
from explorer.notebook.panel.panel_context import Desk
from explorer.notebook.sweep.sweep_axis import Axis, offered
from explorer.notebook.sweep.sweep_progress import POINTS, Arrival
from explorer.notebook.widgets.background_job import STOPPED, Job, State
from explorer.notebook.widgets.error_line import error_html
from explorer.notebook.widgets.file_links import saved_in
from explorer.notebook.widgets.layout import card, push_button
from explorer.notebook.widgets.thumbnail_grid import Card, Item, Shelf, muted
from explorer.progress import Progress

AXES, PAGE = 3, 12
SAMPLERS = [
    ("every combination", "grid"), ("one at a time", "oat"), ("random", "random"), ("Latin hypercube", "lhs"),
]  # fmt: skip
CHOOSE = "choose a setting to vary"
MEASURING = 0.3  # seconds of a point's diagnosis and files, for the first rough guess
CLIP_SHARE = 0.25  # of a frame's pixels in a frame of a clip
FRAME_BYTES, CLIP_BYTES = 30_000, 400_000


class SweepTab:
    """One sweep at a time, in the background. `pace` gives the seconds that a frame takes to draw now."""

    def __init__(self, desk: Desk, pace: Callable[[], float]) -> None:
        self._desk, self._pace = desk, pace
        self.job: Job | None = None
        self._arrival = Arrival(desk.explorations)
        self._shown = -1.0  # the share of the points whose pictures are shown
        self._make_widgets()
        self.refresh()

    def refresh(self) -> None:
        """Offer the settings of the field that is shown, and foretell anew."""
        settings = offered(self._base())
        for axis in self.axes:
            axis.offer(settings)
        self._foretell()

    def run(self) -> Job:
        """Start the sweep; returns at once. Raises SettingsError for what cannot be varied so."""
        base, asked = self._base(), self._asked()
        if not asked["vary"]:
            raise SettingsError(f"{CHOOSE}, and give its values")
        draw_points(base, **asked)
        return self._start(None, field=base.field, clips=self.clips.value, **asked)

    def go_on(self) -> Job:
        """Do what is left of a sweep that was stopped."""
        return self._start(self._arrival.folder)

    def stop(self) -> None:
        """End the sweep; what is finished stays."""
        if self.job:
            self.job.stop()

    def close(self) -> None:
        """End the sweep and wait until it has cleaned up."""
        self.stop()
        if self.job:
            self.job.wait()

    def _start(self, folder: Path | None, **asked: Any) -> Job:
        if self.job and self.job.running:
            raise SettingsError("a sweep is under way; wait for it or press Stop")
        desk = self._desk
        arrival = self._arrival = Arrival(desk.explorations, folder)
        if folder is None:
            asked |= {"analysis": desk.track.settings.model_dump()}

        def work(progress: Progress) -> Sweep:
            return sweep(
                audio=desk.audio, explorations=desk.explorations, device=desk.device, resume=folder,
                announce=arrival.announce, progress=progress, **asked,
            )  # fmt: skip

        self._shown = -1.0
        self._show(State())
        self.job = Job(work, self._tell)
        return self.job

    def _tell(self, state: State) -> None:
        """Show a state, from the job's thread."""
        try:
            self._show(state)
        except Exception as error:
            self._desk.fail(error)

    def _show(self, state: State) -> None:
        self.run_button.disabled = not state.ended
        self.stop_button.disabled = state.ended
        self.stop_button.layout.display = self.bar.layout.display = "none" if state.ended else ""
        self.bar.value = state.share if state.step == POINTS else 0.0
        self.line.value = self._line(state)
        if state.ended or (state.step == POINTS and state.share != self._shown):
            self._shown = state.share
            self.shelf.show(self._arrival.items())
        unfinished = bool(state.error and self._arrival.folder)
        self.go_on_button.layout.display = "" if unfinished else "none"

    def _line(self, state: State) -> str:
        if state.error:
            return muted(state.error) if state.error == STOPPED else error_html(state.error)
        if state.result:
            return saved_in(state.result.folder, {"open the report": state.result.report})
        return muted(self._arrival.told(state))

    def _pick(self, item: Item) -> None:
        """Load a point into the controls, at the moment of its picture."""
        moments = item.thing.log.get("moments") or [None]
        self._desk.load(item.thing.field, moments[len(moments) // 2], anew=True)

    def _base(self) -> Recipe:
        field = self._desk.field
        return Recipe.for_track(self._desk.track, field=field, frames=small_frames(field))

    def _asked(self) -> dict[str, Any]:
        """What the tab says, as `sweep` takes it. Raises SettingsError."""
        vary: dict[str, Any] = {}
        for axis in self.axes:
            said = axis.said
            if said.keys() & vary.keys():
                raise SettingsError(f"{', '.join(said)} is chosen twice; list all its values in one line")
            vary |= said
        sampler = self.sampler.value
        samples = self.samples.value if sampler in RANDOM_SAMPLERS else None
        return {"vary": vary, "sampler": sampler, "samples": samples}

    def _foretell(self) -> None:
        """Points, and roughly time and disk, of what is chosen; or what is wrong with it."""
        self.samples.layout.display = "" if self.sampler.value in RANDOM_SAMPLERS else "none"
        try:
            asked = self._asked()
            if not asked["vary"]:
                self.estimate.value = muted(CHOOSE)
                return
            count = len(draw_points(self._base(), **asked).points)
        except SettingsError as error:
            self.estimate.value = f'<span class="explorer-wrong">{html.escape(str(error))}</span>'
            return
        seconds, bytes_each = rough_cost(self._pace(), self.clips.value)
        cost = f"{duration_text(count * seconds)} and {size_text(count * bytes_each)} on disk"
        self.estimate.value = muted(f"{count_text(count, 'point')}: roughly {cost}")

    def _make_widgets(self) -> None:
        guarded = self._desk.guarded
        self.axes = [Axis(number, guarded(self._foretell)) for number in range(1, AXES + 1)]
        self.sampler = widgets.Dropdown(
            options=SAMPLERS, value="grid", tooltip="which combinations", layout={"width": "168px"}
        )
        self.samples = widgets.BoundedIntText(
            DEFAULT_SAMPLES, min=1, max=10_000, description="points", tooltip="how many points are drawn",
            style={"description_width": "42px"}, layout={"width": "112px", "display": "none"},
        )  # fmt: skip
        self.clips = widgets.Checkbox(
            False, description="clips", indent=False, tooltip="a short video with sound of every point",
            layout={"width": "auto"},
        )  # fmt: skip
        for widget in (self.sampler, self.samples, self.clips):
            widget.observe(guarded(self._foretell), "value")
        self.estimate, self.line = widgets.HTML(), widgets.HTML()
        self.run_button = push_button("Run sweep", "th", "draw all of these", button_style="primary")
        self.stop_button = push_button("Stop", "stop", "end the sweep; what is finished stays", disabled=True)
        self.go_on_button = push_button("Go on", "play", "do what is left of the stopped sweep")
        self.stop_button.layout.display = self.go_on_button.layout.display = "none"
        for button, action in (
            (self.run_button, self.run), (self.stop_button, self.stop), (self.go_on_button, self.go_on),
        ):  # fmt: skip
            button.on_click(guarded(action))
        self.bar = widgets.FloatProgress(0.0, max=1.0, layout={"width": "auto", "display": "none"})
        self.bar.add_class("explorer-bar")
        self.shelf = Shelf([Card(self._pick, guarded) for _ in range(PAGE)], guarded)
        how = widgets.HBox([self.sampler, self.samples, self.clips])
        buttons = widgets.HBox([self.run_button, self.stop_button, self.go_on_button])
        axes = [axis.widget for axis in self.axes]
        rest = (how, self.estimate, buttons, self.bar, self.line, self.shelf.widget)
        self.widget = card("vary", *axes, *rest)


def rough_cost(frame_seconds: float, clips: bool) -> tuple[float, float]:
    """Seconds and bytes of a point, before one was measured: its pictures, its diagnosis, its clip."""
    filmed = Clip().duration * 30 * CLIP_SHARE if clips else 0.0
    seconds = frame_seconds * (DEFAULT_MOMENTS + filmed) + MEASURING
    return seconds, DEFAULT_MOMENTS * FRAME_BYTES + (CLIP_BYTES if clips else 0)
