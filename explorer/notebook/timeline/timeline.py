"""`ex.timeline`: beats, bars, sections, looks and keyframes of a song, edited by hand. The kernel's half.

The page draws and sends steps; the rules are the kernel's (`steps`), and the page shows what it answers.

    page -> kernel   {kind: "ready"}, {kind: "step", name, arguments, joins}, {kind: "undo"}, {kind: "redo"},
                     {kind: "save"}, {kind: "samples", start, end}
    kernel -> page   {kind: "outline", peak} + int8 pairs, {kind: "spectrogram"} + PNG,
                     {kind: "onsets"} + float32, {kind: "sound", part, parts, type} + MP3, {kind: "silent"},
                     {kind: "samples", start, rate} + int16
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from explorer.audio import FeatureTrack, analyze, open_sound
from explorer.audio.edits import Edits
from explorer.audio.saved_edits import SAVED, edits_of, load_saved, saved_path
from explorer.audio.structure import misfits_text
from explorer.audio.structure.edited_beats import SAME_SECONDS
from explorer.audio.structure.moments import moment_seconds
from explorer.audio.structure.track_structure import TrackStructure
from explorer.errors import ExplorerError, SettingsError, error_text, warn
from explorer.experiments.library.look import Look
from explorer.experiments.library.look_folder import own_looks
from explorer.experiments.library.looks import load_look
from explorer.experiments.runs.sound_input import AudioInput, SoundInput
from explorer.fields import FieldSettings, Sequence
from explorer.fields.base import check_field
from explorer.fields.presets import OFFERED
from explorer.formatting import clock_text
from explorer.notebook.live import sound as page_sound
from explorer.notebook.live.live_view import MESSAGE_BYTES, MODULE
from explorer.notebook.timeline import pictures
from explorer.notebook.timeline.keyframe_lane import KeyframePlace
from explorer.notebook.timeline.musical_moments import (
    current_value,
    own_keyframes,
    section_moment,
    settings_in_words,
    with_keyframes,
)
from explorer.notebook.timeline.steps import History, Snapshot
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.latest_worker import LatestWorker, StaleCheck
from explorer.progress import Progress, silent

GROUPS = ("beats", "bars", "sections")
UNBUILT_MODULE = """export default { render({ el }) {
  el.textContent = "the timeline was not built when explorer was installed";
} };"""
DOWNBEAT, MOVED, ADDED = 1, 2, 4  # flags of a beat

Looks = Sequence | Mapping[str, FieldSettings] | Iterable[tuple[Any, Any]]


def timeline(
    audio: AudioInput,
    *,
    edits: Any = SAVED,
    looks: Looks = (),
    progress: Progress = silent,
    **analysis: Any,
) -> Timeline:
    """A timeline of a song, on which beats, bars and sections are corrected and looks are placed.

    `edits` are those that it begins with: by default the saved ones of this song if there are any, None for
    none, else what `analyze` takes. `looks` are looks to begin with: a `Sequence`, or pairs of a moment and a
    look (a field, or a name); a dict of fields by name offers them for placing. `analysis` holds settings of
    `analyze`, such as `tempo_hint`. Running the cell again closes the previous one. Raises ExplorerError.
    """
    cells.prepare()
    sound = SoundInput.of(audio)
    settings = sound.analysis.replace(**analysis, structure=2).with_extras(GROUPS)
    stored = settings.edits
    track = analyze(sound.path, progress=progress, **settings.replace(edits=None).model_dump())
    if isinstance(edits, str) and edits == SAVED:
        edits = stored or load_saved(track.sha256)
    view = Timeline(track, edits_of(edits, track.name, track.sha256), looks)
    cells.register(view)
    return view


class Timeline(anywidget.AnyWidget):
    """The result of `timeline`: `edits`, `track` and `sequence()` say what was edited, `save()` keeps it.

    `looks` are the looks of the lane, pairs of seconds and a name; `keyframes` move settings of theirs. `t`
    is the position in seconds: it follows the page and may be set. `error` says what could not be done.
    `close` ends the threads.
    """

    _esm = MODULE if MODULE.is_file() else UNBUILT_MODULE
    _css = Path(__file__).with_name("timeline.css")

    view = traitlets.Unicode("timeline").tag(sync=True)  # which of the module's views this is
    name = traitlets.Unicode().tag(sync=True)
    duration = traitlets.Float().tag(sync=True)
    sample_rate = traitlets.Int().tag(sync=True)
    beats = traitlets.Bytes().tag(sync=True)  # float64 seconds
    flags = traitlets.Bytes().tag(sync=True)  # one byte a beat: DOWNBEAT, MOVED, ADDED
    sections: Any = traitlets.List().tag(sync=True)  # [start, name]
    looks: Any = traitlets.List().tag(sync=True)  # [start, name]
    keyframes: Any = traitlets.List().tag(sync=True)  # [seconds, [[look, setting, value], ...]]
    look_settings: Any = traitlets.Dict().tag(sync=True)  # by look: what `settings_in_words` says
    look_names = traitlets.List(traitlets.Unicode()).tag(sync=True)  # that can be placed
    steps = traitlets.Tuple(traitlets.Bool(), traitlets.Bool(), default_value=(False, False)).tag(sync=True)
    summary = traitlets.Unicode("no edits").tag(sync=True)
    saved = traitlets.Bool(True).tag(sync=True)  # whether the edits are those of the saved file
    error = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    t = traitlets.Float(0.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    answers = traitlets.Int(0).tag(sync=True)  # to messages of the page

    def __init__(self, track: FeatureTrack, edits: Edits | None = None, looks: Looks = ()) -> None:
        if track.source is None:
            raise SettingsError(f"the track of {track.name} does not say where its sound is")
        self._measured, self._path = track, Path(track.source)
        self._fields: dict[str, FieldSettings] = {}
        self._lock = threading.RLock()
        self._mp3 = b""
        self._track: FeatureTrack | None = None
        structure, misfits = TrackStructure.of(self._path, track).with_edits(edits)
        self._saved_edits = load_saved(track.sha256)
        super().__init__(
            name=track.name,
            duration=track.duration,
            sample_rate=open_sound(self._path).sample_rate,
            note=misfits_text(track.name, misfits) if misfits else "",
        )
        if misfits:
            warn(self.note)
        self._history = History(Snapshot(structure))
        self._history.now = self._begin(looks)
        self._sound_worker: LatestWorker[None] = LatestWorker(
            self._send_sound, self._play_silently, name="explorer-timeline-sound"
        )
        self._sample_worker: LatestWorker[tuple[float, float]] = LatestWorker(
            self._send_samples, lambda _: None, name="explorer-timeline-samples"
        )
        self._show()
        self.on_msg(lambda _, message, buffers: self._receive(message))
        cells.reply_from_any_subshell(self)

    @property
    def structure(self) -> TrackStructure:
        """Beats and sections as they are now."""
        return self._history.now.structure

    @property
    def edits(self) -> Edits:
        """What was edited, for `analyze(path, edits=...)`."""
        return self.structure.edits

    @property
    def track(self) -> FeatureTrack:
        """The track of the song with the edits, for `render`, `explore` and all others that take one."""
        with self._lock:
            edits = self.edits or None
            if self._track is None or self._track.settings.edits != edits:
                settings = self._measured.settings.replace(edits=edits)
                self._track = analyze(self._path, **settings.model_dump())
            return self._track

    def sequence(self, fade: float = 2.0) -> Sequence:
        """The looks of the lane as a field: render it with `timeline.track`.

        A look that starts with a section has its name for a moment (`section chorus`), another one seconds.
        The looks have the keyframes of the lane, at a section, a bar or a beat where they lie on one.
        """
        if not self._history.now.looks:
            raise SettingsError(
                "there are no looks on the timeline; choose one and drop it on the lane of looks"
            )
        pairs = [
            (section_moment(start, self.track), self._with_keyframes(name))
            for start, name in self._history.now.looks
        ]
        return Sequence([(0.0, pairs[0][1]), *pairs[1:]], fade=fade)

    def field(self, name: str) -> FieldSettings:
        """The field of a look of the lane."""
        return self._fields[name] if name in self._fields else load_look(name)

    def save(self, path: str | Path | None = None) -> Path:
        """Write the edits; to the file that `edits="saved"` reads, unless another path is given."""
        edits = self.edits
        target = edits.save(saved_path(edits.sha256) if path is None else path)
        if path is None:
            self._saved_edits = edits
        self._show()
        return target

    def step(self, name: str, *arguments: Any) -> None:
        """One step as the page does it, such as `step("move_beat", 1.5, 1.52)`. Raises SettingsError."""
        with self._lock:
            self._take(name, list(arguments), joins=False)
            self._show()

    def undo(self) -> None:
        """Take the last step back."""
        with self._lock:
            self._history.undo()
            self._show()

    def redo(self) -> None:
        """Do again what was taken back."""
        with self._lock:
            self._history.redo()
            self._show()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything is sent; false when it took too long."""
        return all(worker.wait(timeout) for worker in (self._sound_worker, self._sample_worker))

    def close(self) -> None:
        """End the threads and the widget. May be called twice."""
        self._sound_worker.close()
        self._sample_worker.close()
        super().close()
        cells.unregister(self)

    def _begin(self, looks: Looks) -> Snapshot:
        """The looks to begin with, in seconds and by name; fields get a name."""
        if isinstance(looks, Mapping):
            for name, field in looks.items():
                check_field(field)
                self._fields[str(name)] = field
            looks = ()
        pairs = zip(looks.at, looks.looks, strict=True) if isinstance(looks, Sequence) else looks
        snapshot = self._history.now
        for number, (moment, look) in enumerate(pairs, start=1):
            if isinstance(look, str):
                name, field = look, self.field(look)
            else:
                check_field(look)
                name, field = _preset_name(look) or f"look {number}", look
            self._fields[name] = field
            time = moment_seconds(moment, self._measured)
            snapshot = snapshot.place_look(time, name, self._own_keyframes(name))
        own = [look.name for _, look in own_looks() if isinstance(look, Look)]
        shipped = [name for names in OFFERED.values() for name in names]
        self.look_names = list(dict.fromkeys([*self._fields, *own, *shipped]))
        return snapshot

    def _receive(self, message: Any) -> None:
        """A message of the page. Malformed messages are ignored."""
        kind = message.get("kind") if isinstance(message, dict) else None
        try:
            with self._lock:
                if kind == "ready":
                    self._sound_worker.submit(None)
                    return
                if kind == "samples":
                    start, end = float(message["start"]), float(message["end"])
                    self._sample_worker.submit((start, end))
                    return
                if kind == "step":
                    self._take_from_page(message)
                elif kind == "undo":
                    self._history.undo()
                elif kind == "redo":
                    self._history.redo()
                elif kind == "save":
                    self.save()
                    self.note = f"saved for {self.name}: analyze({self.name!r}, edits='saved')"
                else:
                    return
                self.error = ""
        except ExplorerError as error:
            self.error = error_text(error)
        except (KeyError, TypeError, ValueError):
            return
        self._show()
        self.answers += 1

    def _take_from_page(self, message: dict[str, Any]) -> None:
        name, arguments = str(message["name"]), list(message["arguments"])
        if name == "place_look" and arguments[1] not in self.look_names:
            raise SettingsError(f"there is no look {str(arguments[1])[:60]!r}")
        self._take(name, arguments, bool(message.get("joins")))

    def _take(self, name: str, arguments: list[Any], joins: bool) -> None:
        if name == "add_keyframe":
            time, *setting = arguments
            name, arguments = "set_keyframe", self._keyframe_arguments(float(time), *map(str, setting))
        if name == "place_look":
            time, look = arguments
            arguments = [time, look, self._own_keyframes(look)]  # and the field is there before it is placed
        elif name == "set_keyframe":
            time, look, setting, value = arguments
            if look in self.look_settings:
                self.field(look).replace(keyframes=((time, {setting: value}),))  # within the bounds
        self._history.take(name, arguments, joins)

    def _show(self) -> None:
        """Bring the traits of the page up to date."""
        snapshot, structure = self._history.now, self.structure
        edits = self.edits
        flags = [
            beat.is_downbeat * DOWNBEAT
            + (ADDED if beat.origin is None else MOVED * self._is_moved(beat.origin, beat.time))
            for beat in structure.beats
        ]
        with self.hold_sync():
            self.beats = np.array([beat.time for beat in structure.beats], np.float64).tobytes()
            self.flags = bytes(flags)
            self.sections = [[start, name] for start, name in structure.sections]
            self.looks = [[start, name] for start, name in snapshot.looks]
            self.keyframes = [
                [time, [[*each] for each in values]] for time, values in snapshot.keyframes.places
            ]
            self.look_settings = {name: settings_in_words(self.field(name)) for _, name in snapshot.looks}
            self.steps = (self._history.can_undo, self._history.can_redo)
            self.summary = edits.summary
            self.saved = (edits or None) == self._saved_edits

    def _own_keyframes(self, name: str) -> tuple[KeyframePlace, ...]:
        field = self.field(name)
        is_musical = any(isinstance(keyframe.at, str) for keyframe in field.keyframes)
        return own_keyframes(name, field, self.track if is_musical else self._measured).places

    def _with_keyframes(self, name: str) -> FieldSettings:
        return with_keyframes(name, self.field(name), self._history.now.keyframes, self.track)

    def _keyframe_arguments(self, time: float, setting: str = "") -> list[Any]:
        """Those of `set_keyframe`: the look at a time, and the value that its setting has there anyway."""
        look = self._history.now.look_at(time)
        names = [name for name, _, _ in self.look_settings[look]]
        if not names:
            raise SettingsError(f"the look {look} has no setting that keyframes can move")
        setting = setting or ("audio_gain" if "audio_gain" in names else names[0])
        return [time, look, setting, current_value(self._with_keyframes(look), setting, time, self.track)]

    def _is_moved(self, origin: int, time: float) -> bool:
        return abs(float(self.structure.base.beats[origin]) - time) > SAME_SECONDS

    def _send_sound(self, _: None, stale: StaleCheck) -> None:
        """Send outline, onsets, spectrum and sound to a page that has just opened."""
        source = open_sound(self._path)
        outline, peak = pictures.outline(source, self.duration)
        self.send({"kind": "outline", "peak": peak}, [outline.tobytes()])
        self.send({"kind": "onsets"}, [page_sound.onsets(self._measured).tobytes()])
        self.send({"kind": "spectrogram"}, [pictures.spectrogram(source, self.duration)])
        if self.duration > page_sound.MAX_SECONDS:
            limit = clock_text(page_sound.MAX_SECONDS)
            raise ExplorerError(f"the sound is longer than {limit}, which is too much to send to a page")
        self._mp3 = self._mp3 or page_sound.encode_mp3(source, self.duration, stale)
        parts = range(0, len(self._mp3), MESSAGE_BYTES)
        for part, first in enumerate(parts):
            if stale():
                return
            message = {"kind": "sound", "part": part, "parts": len(parts), "type": page_sound.MIME_TYPE}
            self.send(message, [self._mp3[first : first + MESSAGE_BYTES]])

    def _play_silently(self, error: Exception) -> None:
        """Let the page play without sound, and say why."""
        self.note = f"plays without sound: {error_text(error)}"
        self.send({"kind": "silent"})

    def _send_samples(self, span: tuple[float, float], stale: StaleCheck) -> None:
        start, end = max(0.0, span[0]), min(self.duration, span[1])
        if not start < end:
            return
        sound = open_sound(self._path)
        data = pictures.samples(sound, start, end)
        if not stale():
            message = {"kind": "samples", "start": start, "rate": sound.sample_rate}
            self.send(message, [data.tobytes()])


def _preset_name(field: FieldSettings) -> str | None:
    """The name of the preset that a field is; None of any other."""
    return next((name for name, preset in type(field).presets().items() if preset == field), None)
