// The page's half of a timeline (the kernel's half and the messages: explorer/notebook/timeline/timeline.py).
// The page draws and turns the pointer and keys into steps; whether a step is allowed, the kernel says.

import { Clock, element, formatTime } from "../../unbuilt/player.js";
import { type Colors, Drawing, GUTTER, layOut, type Row, type RowName, type Selection } from "./drawing";
import { commandOf, type Command } from "./keys";
import { barNumbers, type LaneName, lanesOf, limits, lookAt, momentsOf, nearest, readSong, snapped, snapTo, type Song } from "./song";
import { SoundData } from "./soundData";
import { Toolbar } from "./toolbar";
import { Viewport } from "./viewport";

export interface TimelineModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(message: unknown): void;
  on(names: string, listener: (...values: never[]) => void): void;
}

const GRAB = 7; // pixels around a beat or boundary that can be grabbed
const SNAP = 9; // pixels
const DRAG = 3; // pixels that the pointer moves before a click becomes a drag
const TAP_PAUSE = 1600; // ms without a tap until the taps become beats
const TAP_SNAP = 0.07; // s: people tap so early or late
const REPORT_INTERVAL = 250; // ms
const SONG_TRAITS = "change:beats change:flags change:sections change:looks change:keyframes change:look_settings";

interface Drag {
  kind: "item" | "seek" | "overview";
  lane: LaneName;
  from: number;
  to: number;
  x: number;
  hasMoved: boolean;
}

export class TimelineView {
  readonly root: HTMLElement;
  private readonly canvas = document.createElement("canvas");
  private readonly error = element("div", { class: "explorer-timeline-error", role: "alert", hidden: "" });
  private readonly note = element("div", { class: "explorer-timeline-note", role: "status", hidden: "" });
  private readonly toolbar: Toolbar;
  private readonly clock: Clock;
  private readonly viewport: Viewport;
  private readonly sound: SoundData;
  private song: Song;
  private rows: Row[] = [];
  private lane: LaneName = "beats";
  private selection: Selection | null = null;
  private drag: Drag | null = null;
  private pending: Drag | null = null; // what was dropped, until the kernel answers
  private awaited = 0; // the number of the answer to the last message
  private snap = true;
  private taps: number[] = [];
  private tapTimer = 0;
  private playing = false;
  private reported = 0;
  private reportTime = 0;
  private parts: DataView[] = [];
  private frame = 0;
  private readonly observer: ResizeObserver;

  constructor(private readonly model: TimelineModel) {
    const duration = model.get("duration") as number, name = model.get("name") as string;
    this.clock = new Clock(duration);
    this.viewport = new Viewport(duration, model.get("sample_rate") as number);
    this.viewport.left = GUTTER;
    this.sound = new SoundData((start, end) => model.send({ kind: "samples", start, end }));
    this.song = readSong(model);
    this.toolbar = new Toolbar({
      toggle: () => this.toggle(), undo: () => this.request({ kind: "undo" }), redo: () => this.request({ kind: "redo" }),
      zoom: (factor) => this.zoom(factor), zoomAll: () => this.zoom(Infinity), setSnap: (on) => this.setSnap(on),
      halve: () => this.step("halve_tempo"), double: () => this.step("double_tempo"), dropLook: () => this.dropLook(this.clock.t), save: () => this.request({ kind: "save" }),
      remove: () => this.remove(), add: () => this.add(), toggleDownbeat: () => this.run({ kind: "downbeat" }), split: () => this.run({ kind: "split" }),
      rename: (text) => this.rename(text), setValue: (value) => this.setValue(value), focus: () => this.canvas.focus({ preventScroll: true }),
    });
    const attributes = { class: "explorer-timeline", role: "group", "aria-label": `timeline of ${name}` };
    // JupyterLab would take letters for commands of the notebook
    this.root = element("div", { ...attributes, "data-lm-suppress-shortcuts": "true" });
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `beats, sections, looks and keyframes of ${name}; arrow keys select, shift with arrow keys moves`);
    this.root.append(this.toolbar.bar, this.canvas, this.toolbar.selection, this.error, this.note, this.toolbar.help);
    this.listen();
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.root);
    this.showState();
    model.send({ kind: "ready" });
  }

  private listen(): void {
    const { model, canvas } = this;
    this.root.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("pointerdown", (event) => this.pointerDown(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    canvas.addEventListener("pointerup", () => this.pointerUp());
    canvas.addEventListener("pointercancel", () => this.cancelDrag());
    canvas.addEventListener("dblclick", (event) => this.doubleClick(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("focus", () => this.requestDraw());
    canvas.addEventListener("blur", () => this.requestDraw());
    this.clock.audio.onended = () => this.pause();
    model.on("msg:custom", (message: { kind: string } & Record<string, number>, buffers: DataView[]) => void this.receive(message, buffers));
    model.on(SONG_TRAITS, () => {
      this.song = readSong(model);
      this.showState();
    });
    model.on("change:answers", () => {
      this.pending = null;
      this.showState();
    });
    model.on("change:steps change:summary change:saved change:error change:note change:look_names", () => this.showState());
    model.on("change:t", () => model.get("t") !== this.reported && this.seek(model.get("t") as number));
    model.on("change:playing", () => model.get("playing") !== this.playing && this.toggle());
  }

  private async receive(message: { kind: string } & Record<string, number>, buffers: DataView[]): Promise<void> {
    if (message.kind === "sound") {
      if (message.part === 0) this.parts = [];
      this.parts.push(buffers[0]);
      if (this.parts.length < message.parts) return;
      const blob = new Blob(this.parts as BlobPart[], { type: String(message.type) });
      this.parts = [];
      try {
        await this.clock.load(blob);
      } catch (error) {
        this.showText(this.note, `plays without sound: ${(error as Error).message}`);
      }
      this.root.dataset.sound = this.clock.audible ? "yes" : "no";
    } else if (message.kind === "silent") this.root.dataset.sound = "no";
    else {
      await this.sound.receive(message as never, buffers[0]);
      this.root.dataset[message.kind] = "here";
    }
    this.requestDraw();
  }

  // what is shown

  private resize(): void {
    const { rows, height } = layOut(this.song), width = this.root.clientWidth, ratio = window.devicePixelRatio || 1;
    this.rows = rows;
    if (!width) return;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.viewport.width = Math.max(1, width - GUTTER);
    this.draw();
  }

  private requestDraw(): void {
    this.frame ||= requestAnimationFrame(() => this.tick());
  }

  private tick(): void {
    this.frame = 0;
    if (this.playing) {
      this.viewport.follow(this.clock.t);
      this.reportPosition();
      this.requestDraw();
    }
    this.draw();
  }

  private draw(): void {
    const context = this.canvas.getContext("2d"), { clock, viewport, lane, selection, taps, song, sound } = this;
    if (!context || !this.canvas.width) return;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const moving = this.drag ?? this.pending, isFocused = document.activeElement === this.canvas;
    const drag = moving?.kind === "item" && moving.hasMoved ? moving : null;
    const picture = { song, sound, viewport, t: clock.t, lane, selection, drag, taps, isFocused };
    new Drawing(context, this.colors(), picture, this.rows).draw(this.canvas.width / ratio, this.canvas.height / ratio);
    this.toolbar.showTime(`${formatTime(clock.t, 2)} / ${formatTime(clock.duration, 1)}`, this.playing);
  }

  private colors(): Colors {
    const style = getComputedStyle(this.root), value = (name: string) => style.getPropertyValue(`--${name}`).trim();
    return { ink: style.color, muted: value("muted"), line: value("line"), paper: value("row"), accent: value("accent"), edited: value("edited") };
  }

  private showState(): void {
    const { model } = this, [canUndo, canRedo] = model.get("steps") as [boolean, boolean];
    const isAnswered = (model.get("answers") as number) >= this.awaited; // else what is selected may be on its way
    if (isAnswered && this.selection && this.index(this.selection) < 0) this.selection = null;
    if (!lanesOf(this.song).includes(this.lane)) this.lane = "looks";
    this.toolbar.showState(canUndo, canRedo, this.snap, model.get("summary") as string, model.get("saved") as boolean);
    this.toolbar.showLooks(model.get("look_names") as string[]);
    this.showText(this.error, model.get("error") as string);
    this.showText(this.note, model.get("note") as string);
    this.showSelection();
    if (layOut(this.song).rows.length !== this.rows.length) this.resize();
    this.requestDraw();
  }

  private showText(node: HTMLElement, text: string): void {
    node.textContent = text;
    node.hidden = !text;
  }

  private showSelection(): void {
    const { selection, lane, song } = this, index = selection ? this.index(selection) : -1;
    let text = `${lane}: ${momentsOf(song, lane).length}`, name = "";
    if (selection && index >= 0 && lane === "beats") {
      const [bar, place] = barNumbers(song.beats)[index];
      text = `beat ${index + 1}${bar ? `, bar ${bar}.${place}` : ""} at ${selection.time.toFixed(3)} s`;
    } else if (selection && index >= 0 && lane === "keyframes") {
      const words = song.keyframes[index].values.map(([look, setting, value]) => `${look}: ${setting.replaceAll("_", " ")} ${Number(value.toPrecision(4))}`);
      text = `keyframe at ${selection.time.toFixed(3)} s, ${words.join(", ")}`;
    } else if (selection && index >= 0) {
      const part = song[lane as "sections" | "looks"][index];
      name = part.name;
      text = `${lane === "looks" ? `look ${name}` : `section ${index}`} from ${formatTime(part.start, 2)} to ${formatTime(part.end, 2)}`;
    }
    this.toolbar.showSelection(lane, text, index >= 0, name, index === 0);
    const keyframe = lane === "keyframes" && index >= 0 ? song.keyframes[index] : null, look = keyframe?.values[0][0] ?? lookAt(song, this.clock.t);
    this.toolbar.showKeyframe(lane === "keyframes", look, song.settings[look] ?? [], keyframe);
  }

  private index({ lane, time }: Selection): number {
    const moments = momentsOf(this.song, lane);
    const index = moments.length ? nearest(moments, time) : -1;
    return index >= 0 && Math.abs(moments[index] - time) < 2e-3 ? index : -1;
  }

  private select(lane: LaneName, time: number | null): void {
    this.lane = lane;
    this.selection = time === null ? null : { lane, time };
    this.showSelection();
    this.requestDraw();
  }

  // steps

  private step(name: string, argumentList: unknown[] = [], joins = false): void {
    this.request({ kind: "step", name, arguments: argumentList, joins });
  }

  private request(message: object): void {
    this.awaited = Math.max(this.awaited, this.model.get("answers") as number) + 1;
    this.model.send(message);
  }

  private add(): void {
    const { lane, clock } = this;
    if (lane === "looks") this.dropLook(clock.t);
    else if (lane === "keyframes") this.addKeyframe(clock.t);
    else this.addAt(lane, clock.t);
  }

  private addAt(lane: "beats" | "sections", time: number): void {
    const target = this.snapTime(lane, time);
    this.step(lane === "beats" ? "add_beat" : "split_section", lane === "beats" ? [target] : [target, ""]);
    this.select(lane, target);
  }

  private dropLook(time: number): void {
    const target = this.snapTime("looks", this.song.looks.length ? time : 0);
    this.step("place_look", [target, this.toolbar.looks.value]);
    this.select("looks", target);
  }

  private addKeyframe(time: number): void {
    const target = this.snapTime("keyframes", time), { setting } = this.toolbar;
    const isOfLook = this.song.settings[lookAt(this.song, target)]?.some(([name]) => name === setting.value);
    this.step("add_keyframe", [target, isOfLook && this.lane === "keyframes" ? setting.value : ""]);
    this.select("keyframes", target);
  }

  private setValue(value: number): void {
    const keyframe = this.selection?.lane === "keyframes" ? this.song.keyframes[this.index(this.selection)] : undefined;
    if (keyframe) this.step("set_keyframe", [keyframe.time, keyframe.values[0][0], this.toolbar.setting.value, value]);
  }

  private remove(): void {
    if (!this.selection) return;
    const { lane, time } = this.selection, index = this.index(this.selection);
    this.step({ beats: "delete_beat", sections: "merge_section", looks: "remove_look", keyframes: "remove_keyframe" }[lane], [time]);
    const rest = momentsOf(this.song, lane).filter((_, n) => n !== index);
    this.select(lane, rest[Math.min(index, rest.length - 1)] ?? null);
  }

  private rename(text: string): void {
    const { selection } = this;
    if (selection?.lane !== "sections") return;
    const part = this.song.sections[this.index(selection)];
    if (part && part.name !== text.trim()) this.step("rename_section", [selection.time, text]);
  }

  private snapTime(lane: LaneName, time: number): number {
    const target = this.snap ? snapped(this.song, this.sound.onsets, lane, time, SNAP * this.viewport.secondsPerPixel) : time;
    return Math.min(Math.max(target, 0), this.clock.duration - 1e-3);
  }

  private move(selection: Selection, target: number, joins: boolean): void {
    const name = { beats: "move_beat", sections: "move_section", looks: "move_look", keyframes: "move_keyframe" }[selection.lane];
    this.step(name, [selection.time, target], joins);
  }

  /** A tap becomes a beat where the sound has an onset, or exactly there. */
  private tap(): void {
    if (!this.playing) return this.addAt("beats", this.clock.t);
    const { t } = this.clock;
    this.taps = [...this.taps, this.snap ? (snapTo(this.sound.onsets, t, TAP_SNAP) ?? t) : t];
    clearTimeout(this.tapTimer);
    this.tapTimer = window.setTimeout(() => this.endTaps(), TAP_PAUSE);
    this.lane = "beats";
    this.requestDraw();
  }

  private endTaps(): void {
    clearTimeout(this.tapTimer);
    if (this.taps.length) this.step("tap_beats", [this.taps]);
    this.taps = [];
  }

  private setSnap(on: boolean): void {
    this.snap = on;
    this.showState();
  }

  private zoom(factor: number): void {
    const { clock, viewport, selection } = this;
    const isVisible = (t: number) => t >= viewport.start && t <= viewport.end;
    const middle = (viewport.start + viewport.end) / 2;
    const at = selection && isVisible(selection.time) ? selection.time : isVisible(clock.t) ? clock.t : middle;
    viewport.zoom(factor === Infinity ? 1e12 : factor, at);
    this.requestDraw();
  }

  // sound

  private toggle(): void {
    if (this.playing) return this.pause();
    if (this.clock.t >= this.clock.duration - 0.05) this.clock.seek(0);
    this.playing = true;
    this.clock.play().catch((error: Error) => {
      this.pause();
      this.showText(this.error, error.message);
    });
    this.reportPosition(true);
    this.requestDraw();
  }

  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    this.clock.pause();
    this.endTaps();
    this.reportPosition(true);
    this.requestDraw();
  }

  private seek(t: number): void {
    this.clock.seek(t);
    if (this.lane === "keyframes") this.showSelection();
    this.reportPosition();
    this.requestDraw();
  }

  private reportPosition(now = false): void {
    if (!now && performance.now() - this.reportTime < REPORT_INTERVAL) return;
    this.reportTime = performance.now();
    this.reported = Math.round(this.clock.t * 1000) / 1000;
    this.model.set("t", this.reported);
    this.model.set("playing", this.playing);
    this.model.save_changes();
  }

  // keys

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest("input, select") || (target.closest("button") && [" ", "Enter"].includes(event.key))) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (target !== this.canvas) this.canvas.focus({ preventScroll: true });
    if (event.repeat && ["toggle", "tap", "downbeat", "add", "split", "look", "keyframe"].includes(command.kind)) return;
    this.run(command, event.repeat);
  }

  private run(command: Command, isRepeat = false): void {
    const { lane, selection, clock, viewport } = this;
    switch (command.kind) {
      case "toggle": return this.toggle();
      case "tap": return this.tap();
      case "undo": case "redo": case "save": return this.request({ kind: command.kind });
      case "snap": return this.setSnap(!this.snap);
      case "none": return this.drag ? this.cancelDrag() : this.select(lane, null);
      case "lane": {
        const lanes = lanesOf(this.song);
        return this.select(lanes[(lanes.indexOf(lane) + command.amount + lanes.length) % lanes.length], null);
      }
      case "select": return this.selectNext(command.amount);
      case "nudge": return this.nudge(command.amount, isRepeat);
      case "zoom": return this.zoom(command.amount);
      case "all": return this.zoom(Infinity);
      case "scroll": viewport.scroll(command.amount * viewport.span); return this.requestDraw();
      case "start": case "end": this.seek(command.kind === "start" ? 0 : clock.duration); viewport.reveal(clock.t); return this.requestDraw();
      case "add": return this.add();
      case "remove": return this.remove();
      case "split": return this.addAt("sections", clock.t);
      case "look": return this.dropLook(clock.t);
      case "keyframe": return this.addKeyframe(clock.t);
      case "rename": return this.startRename();
      case "downbeat": if (selection?.lane === "beats") this.step("toggle_downbeat", [selection.time]); return;
      case "meter": if (selection?.lane === "beats") this.step("set_meter", [selection.time, command.beats]); return;
    }
  }

  private startRename(): void {
    if (this.selection?.lane === "keyframes") return this.toolbar.editName();
    if (this.selection?.lane !== "sections") {
      const { sections } = this.song, at = sections.findLastIndex((part) => part.start <= this.clock.t);
      this.select("sections", sections[Math.max(0, at)].start);
    }
    this.toolbar.editName();
  }

  /** The next beat, boundary, look or keyframe; the playhead goes there while nothing plays. */
  private selectNext(amount: number): void {
    const moments = momentsOf(this.song, this.lane);
    if (!moments.length) return;
    const index = this.selection ? this.index(this.selection) : -1;
    const near = nearest(moments, this.clock.t), isBefore = moments[near] < this.clock.t;
    const from = index >= 0 ? index : amount > 0 ? near - (isBefore ? 0 : 1) : near + (isBefore ? 1 : 0);
    const time = moments[Math.min(Math.max(from + amount, 0), moments.length - 1)];
    this.select(this.lane, time);
    this.viewport.reveal(time);
    if (!this.playing) this.seek(time);
  }

  /** Move what is selected by so many pixels of this zoom, at least a sample. */
  private nudge(pixels: number, joins: boolean): void {
    if (!this.selection) return;
    const index = this.index(this.selection), { viewport } = this;
    if (index < 0) return;
    const [low, high] = limits(this.song, this.selection.lane, index, this.clock.duration);
    const size = Math.max(viewport.secondsPerPixel, 1 / viewport.sampleRate);
    const target = Math.round(Math.min(Math.max(this.selection.time + pixels * size, low), high) * 1e6) / 1e6;
    this.move(this.selection, target, joins);
    this.select(this.selection.lane, target);
    if (!this.playing) this.seek(target);
  }

  // pointer

  private rowAt(y: number): RowName | undefined {
    return this.rows.find((row) => y >= row.top && y < row.top + row.height + 3)?.name;
  }

  private place(event: MouseEvent): { x: number; y: number } {
    const area = this.canvas.getBoundingClientRect();
    return { x: event.clientX - area.left, y: event.clientY - area.top };
  }

  /** What can be grabbed at a place of a lane: its time. */
  private itemAt(lane: LaneName, x: number): number | null {
    const reach = GRAB * this.viewport.secondsPerPixel;
    const moments = momentsOf(this.song, lane).slice(lane === "sections" ? 1 : 0);
    return snapTo(moments, this.viewport.t(x), reach);
  }

  private pointerDown(event: PointerEvent): void {
    const { x, y } = this.place(event), row = this.rowAt(y);
    this.canvas.focus({ preventScroll: true });
    if (!row || x < GUTTER) {
      if (row && lanesOf(this.song).includes(row as LaneName)) this.select(row as LaneName, null);
      return;
    }
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const lane = lanesOf(this.song).includes(row as LaneName) ? (row as LaneName) : null;
    const item = lane && this.itemAt(lane, x);
    if (lane && item !== null) {
      this.select(lane, item);
      this.drag = { kind: "item", lane, from: item, to: item, x, hasMoved: false };
      return;
    }
    if (lane === "sections" || lane === "looks") {
      const part = this.song[lane].findLast((each) => each.start <= this.viewport.t(x));
      this.select(lane, part ? part.start : null);
    } else if (lane) this.select(lane, null);
    this.drag = { kind: row === "overview" ? "overview" : "seek", lane: this.lane, from: 0, to: 0, x, hasMoved: false };
    this.pointerMove(event);
  }

  private pointerMove(event: PointerEvent): void {
    const { x, y } = this.place(event), { drag, viewport } = this;
    if (!drag) {
      const row = this.rowAt(y), lane = lanesOf(this.song).find((name) => name === row);
      this.canvas.style.cursor = lane && x >= GUTTER && this.itemAt(lane, x) !== null ? "ew-resize" : x < GUTTER ? "default" : "crosshair";
      this.canvas.title = row === "keyframes" ? this.keyframeAt(x) : "";
      return;
    }
    if (Math.abs(x - drag.x) > DRAG) drag.hasMoved = true;
    if (drag.kind === "seek") this.seek(viewport.t(x));
    else if (drag.kind === "overview") viewport.scroll(((x - GUTTER) / viewport.width) * viewport.duration - viewport.span / 2 - viewport.start);
    else if (drag.hasMoved) {
      const index = this.index({ lane: drag.lane, time: drag.from });
      const [low, high] = limits(this.song, drag.lane, index, this.clock.duration);
      const time = viewport.t(x), isFree = event.shiftKey || !this.snap;
      drag.to = Math.min(Math.max(isFree ? time : this.snapTime(drag.lane, time), low), high);
    }
    this.requestDraw();
  }

  private pointerUp(): void {
    const { drag } = this;
    this.drag = null;
    if (drag?.kind === "item" && drag.hasMoved && drag.to !== drag.from) {
      this.pending = drag;
      const target = Math.round(drag.to * 1e6) / 1e6;
      this.move({ lane: drag.lane, time: drag.from }, target, false);
      this.select(drag.lane, drag.from);
      this.selection = { lane: drag.lane, time: target };
    } else if (drag?.kind === "item" && !this.playing) this.seek(drag.from);
    this.requestDraw();
  }

  private cancelDrag(): void {
    this.drag = this.pending = null;
    this.requestDraw();
  }

  private doubleClick(event: MouseEvent): void {
    const { x, y } = this.place(event), row = this.rowAt(y);
    if (x < GUTTER) return;
    if (row === "sections") this.startRename();
    else if (row === "beats" && this.itemAt("beats", x) === null) this.addAt("beats", this.viewport.t(x));
    else if (row === "looks" && this.itemAt("looks", x) === null) this.dropLook(this.viewport.t(x));
    else if (row === "keyframes" && this.itemAt("keyframes", x) === null) this.addKeyframe(this.viewport.t(x));
  }

  private keyframeAt(x: number): string {
    const reach = GRAB * this.viewport.secondsPerPixel, time = this.viewport.t(x);
    const near = this.song.keyframes.filter((keyframe) => Math.abs(keyframe.time - time) <= reach);
    return near.flatMap(({ values }) => values.map(([look, setting, value]) => `${look}: ${setting}=${Number(value.toPrecision(6))}`)).join("\n");
  }

  /** The wheel scrolls the notebook; with ctrl or alt it zooms, sideways or with shift it scrolls the timeline. */
  private wheel(event: WheelEvent): void {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.altKey || event.metaKey) this.viewport.zoom(Math.exp(event.deltaY / 300), this.viewport.t(this.place(event).x));
    else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) this.viewport.scroll(sideways * this.viewport.secondsPerPixel);
    else return;
    event.preventDefault();
    this.requestDraw();
  }

  close(): void {
    this.pause();
    this.observer.disconnect();
    this.clock.unload();
    this.sound.close();
    cancelAnimationFrame(this.frame); // last: what stops may ask for a picture
    this.root.remove();
  }
}

// One view per widget, in the cell where the widget was displayed last: two would play over each other.
export const timelineView = () => {
  let view: TimelineView;
  const places: HTMLElement[] = [];
  return {
    initialize({ model }: { model: TimelineModel }) {
      view = new TimelineView(model);
      return () => view.close();
    },
    render({ el }: { el: HTMLElement }) {
      places.push(el);
      el.append(view.root);
      return () => {
        places.splice(places.indexOf(el), 1);
        if (places.length) places[places.length - 1].append(view.root);
        else view.pause();
      };
    },
  };
};
