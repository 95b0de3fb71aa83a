// The page's half of the live view (the kernel's half and the messages: live_view.py). The clock of the audio element
// leads. A painter of this browser draws the moment that is heard; where there is none, or none that can draw the
// field, frames of the kernel are requested. At rest the exact frame of the kernel follows.
// Plain JavaScript in one module: where the front end could not be built, this file runs as it is, without a painter.

const UNBUILT = "the front end was not built when explorer was installed"; // a reason for frames of the kernel
const KERNEL_TIMEOUT = 6000; // ms without a first message of the kernel
const NO_KERNEL = "no answer from the kernel: it is busy, or it has ended and this cell must run again";
const MAX_PENDING = 2; // requests without an answer: one is drawn while the other travels
const ANSWER_TIMEOUT = 1000; // ms without an answer until the requests count as lost
const SAME_MOMENT = 1e-4; // s: the audio element rounds its position
const MAX_LOOKAHEAD = 0.25; // s: a moment is requested at most so far ahead, to be on time when its frame arrives
const REPORT_INTERVAL = 250; // ms between two reports of the position, and two of the numbers
const PLAYHEAD_STEPS = 2000; // the playhead moves only when it can be seen
const MAX_HEIGHT_VH = 60; // of the picture, in percent of the window's height
const MAX_BAR_LINES = 160; // on the outline: of more bars every second, fourth, ... has a line
const ARROW_STEP = 1, SHIFT_STEP = 5; // s: an arrow key, and with shift

const ICONS = {
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  sound: "M2 6v4h3l4 3V3L5 6zM11 5a4 4 0 0 1 0 6M12.5 3a7 7 0 0 1 0 10l-.8-.9a5.6 5.6 0 0 0 0-8.2z",
  muted: "M2 6v4h3l4 3V3L5 6zM10.5 6.5l1-1L13 7l1.5-1.5 1 1L14 8l1.5 1.5-1 1L13 9l-1.5 1.5-1-1L12 8z",
};

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

export function formatTime(seconds, digits = 1) {
  const rounded = Number(seconds.toFixed(digits)); // or 59.96 would read 0:60.0
  const minutes = Math.floor(rounded / 60);
  return `${minutes}:${(rounded - 60 * minutes).toFixed(digits).padStart(digits ? 3 + digits : 2, "0")}`;
}

// The place of the last of some rising times that is not after t; -1 before the first.
function lastAt(times, t) {
  let low = -1, high = times.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t + 0.005) low = middle;
    else high = middle;
  }
  return low;
}

export function element(kind, attributes = {}, ...children) {
  const node = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  drawing.firstChild.setAttribute("d", ICONS[name]);
  return drawing;
}

function button(label, title, pressed) {
  const node = element("button", { type: "button", title });
  if (label) node.append(label);
  else node.setAttribute("aria-label", title.split(" (")[0]);
  node.setAttribute("aria-keyshortcuts", title.match(/\((.*)\)/)?.[1] ?? "");
  if (pressed !== undefined) node.setAttribute("aria-pressed", pressed);
  return node;
}

// The position in the music: that of the audio element, or of the page's own clock while there is no sound.
export class Clock {
  constructor(duration) {
    this.duration = duration;
    this.audio = new Audio();
    this.audible = false;
    this.base = 0; // of the own clock: the position at `startTime`
    this.startTime = 0; // 0: not running
  }
  get t() {
    const own = this.base + (this.startTime && (performance.now() - this.startTime) / 1000);
    return clamp(this.audible ? this.audio.currentTime : own, 0, this.duration);
  }
  seek(t) {
    this.base = clamp(t, 0, this.duration);
    if (this.startTime) this.startTime = performance.now();
    if (this.audible) this.audio.currentTime = this.base;
  }
  async play() {
    if (this.audible) await this.audio.play();
    else [this.base, this.startTime] = [this.t, performance.now()];
  }
  pause() {
    if (this.audible) this.audio.pause();
    else [this.base, this.startTime] = [this.t, 0];
  }
  load(blob) {
    this.unload();
    this.audio.src = URL.createObjectURL(blob);
    return new Promise((resolve, reject) => {
      this.audio.oncanplay = resolve;
      this.audio.onerror = () => reject(new Error(this.audio.error?.message || "this browser cannot play it"));
    }).then(() => {
      this.audio.oncanplay = this.audio.onerror = null;
      this.audible = true;
      this.audio.currentTime = this.base;
    });
  }
  unload() {
    if (this.audio.src) URL.revokeObjectURL(this.audio.src);
  }
}

// Requests and answers: how many may be sent, which frame is the newest, how fast it goes.
class FrameExchange {
  constructor(model, onFrame) {
    this.model = model;
    this.onFrame = onFrame; // called with the message of a frame and its bitmap
    this.pending = 0; // requests without an answer
    this.id = 0;
    this.newest = 0; // the sequence number of the frame on screen
    this.sendTimes = new Map(); // by id
    this.latencies = [];
    this.frameTimes = []; // of the latest second
    this.lastAnswer = 0;
  }
  // Request a moment if there is credit, and a draft of it first; returns whether it was sent.
  request(t, moving, draft = true) {
    const now = performance.now();
    if (this.pending && now - this.lastAnswer > ANSWER_TIMEOUT) this.reset();
    if (this.pending >= MAX_PENDING) return false;
    if (!this.pending) this.lastAnswer = now;
    this.pending += 1;
    this.sendTimes.set(++this.id, now);
    this.model.send({ kind: "frame", t, id: this.id, moving, draft });
    return true;
  }
  reset() {
    this.pending = 0;
    this.sendTimes.clear();
  }
  async receive(message, buffers) {
    this.lastAnswer = performance.now();
    try {
      if (message.kind !== "frame" || message.seq <= this.newest) return;
      const bitmap = await createImageBitmap(new Blob([buffers[0]], { type: "image/jpeg" }));
      if (message.seq > this.newest) {
        this.newest = message.seq;
        this.measure(message);
        this.onFrame(message, bitmap);
      }
      bitmap.close();
    } finally {
      this.pending = Math.max(0, this.pending - message.consumed);
    }
  }
  measure(message) {
    const now = performance.now();
    const sent = message.consumed ? this.sendTimes.get(message.id) : undefined;
    for (const id of this.sendTimes.keys()) if (id <= message.id) this.sendTimes.delete(id);
    if (sent) this.latencies = [...this.latencies.slice(-14), now - sent];
    this.countFrame();
  }
  countFrame() {
    const now = performance.now();
    this.frameTimes = [...this.frameTimes.filter((time) => now - time < 1000), now];
  }
  get latency() {
    return median(this.latencies); // ms from the request to the screen
  }
  get fps() {
    const { length, [0]: first, [length - 1]: last } = this.frameTimes;
    return length > 1 && performance.now() - last < 500 ? (1000 * (length - 1)) / (last - first) : 0;
  }
}

class Player {
  constructor(model, painter) {
    this.model = model;
    this.painter = painter; // null: the kernel draws everything
    this.clock = new Clock(model.get("duration"));
    this.clock.seek(model.get("t"));
    this.exchange = new FrameExchange(model, (message, bitmap) => this.show(message, bitmap));
    this.playing = this.dragging = false;
    this.loop = null; // [from, to] in seconds; to is null while only its start is chosen
    this.snaps = true; // the loop begins and ends with bars, where there are some
    this.needsStill = true; // a still picture was not requested yet
    this.needsPaint = false; // the painter has something newer than what is on screen
    this.announced = false; // the kernel knows that it need not draw
    this.parts = [];
    this.build();
    this.listen();
    this.report({ playing: false }); // an earlier page may have left it playing
    if (painter) painter.onChange = () => this.painterChanged();
    model.send({ kind: "ready", draws: Boolean(painter), no_webgpu: painter?.noWebGpu ?? "" });
    this.tick();
    this.awaitKernel();
  }

  build() {
    const { model } = this;
    const name = model.get("name");
    const about = { role: "img", "aria-label": `live picture of ${name}`, title: "click to play or pause" };
    this.canvas = element("canvas", about);
    this.canvas.width = model.get("width");
    this.canvas.height = model.get("height");
    this.canvas.style.width = `min(100%, ${(MAX_HEIGHT_VH * this.canvas.width) / this.canvas.height}vh)`;
    this.playButton = button("", "play (space)");
    this.playButton.className = "explorer-live-play";
    this.playButton.append(icon("play"));
    this.playButton.disabled = true;
    this.time = element("span", { class: "explorer-live-time" });
    this.fromButton = button("loop from here", "the loop starts at this moment (l)", false);
    this.toButton = button("to here", "the loop ends at this moment (l)", false);
    this.clearButton = button("no loop", "play on (l)");
    this.barsButton = button("bars", "the loop snaps to bars (b)", true);
    this.muteButton = button("", "mute (m)", false);
    this.muteButton.append(icon("sound"));
    this.statusText = element("span", { class: "explorer-live-facts" }, "preparing the sound …");
    this.wave = element("div", {
      class: "explorer-live-wave", role: "slider", tabindex: 0, "aria-label": `position in ${name}`,
      "aria-valuemin": 0, "aria-valuemax": this.clock.duration.toFixed(2),
      title: "click or drag to go there; shift-drag to loop a region",
    });
    this.head = element("div", { class: "explorer-live-head" });
    this.region = element("div", { class: "explorer-live-loop", hidden: "" });
    this.barLines = element("div", { class: "explorer-live-bars" });
    this.wave.append(this.barLines, this.region, this.head);
    const hint = element("div", { class: "explorer-live-hint" });
    hint.innerHTML = "<kbd>space</kbd> play &ensp;<kbd>&larr;</kbd> <kbd>&rarr;</kbd> 1 s, with <kbd>shift</kbd> 5 s"
      + " &ensp;<kbd>home</kbd> start &ensp;<kbd>l</kbd> loop from, to, off &ensp;<kbd>b</kbd> by bars &ensp;<kbd>m</kbd> mute";
    this.reason = element("div", { class: "explorer-live-reason", role: "status", hidden: "" });
    this.note = element("div", { class: "explorer-live-note", role: "status", hidden: "" });
    this.error = element("div", { class: "explorer-live-error", role: "alert", hidden: "" });
    const bar = element("div", { class: "explorer-live-bar" }, this.playButton, this.time, this.fromButton,
      this.toButton, this.clearButton, this.barsButton, this.muteButton, this.statusText);
    // JupyterLab would take arrows and letters for commands of the notebook
    const attributes = { class: "explorer-live", role: "group", "aria-label": `live view of ${name}` };
    this.root = element("div", { ...attributes, "data-lm-suppress-shortcuts": "true" });
    const picture = element("div", { class: "explorer-live-picture" }, this.canvas, this.reason);
    picture.style.maxWidth = this.canvas.style.width;
    this.canvas.style.width = "100%";
    this.root.append(picture, bar, this.wave, hint, this.note, this.error);
    this.showLoop();
    this.showBars();
    this.updateText();
  }

  listen() {
    const { model } = this;
    this.playButton.onclick = () => this.toggle();
    this.muteButton.onclick = () => this.mute();
    this.fromButton.onclick = () => this.setLoop(this.clock.t, null);
    this.toButton.onclick = () => this.setLoop(this.loop?.[0] ?? 0, this.clock.t);
    this.clearButton.onclick = () => this.setLoop();
    this.barsButton.onclick = () => this.toggleBars();
    this.root.onkeydown = (event) => this.key(event);
    this.wave.onpointerdown = (event) => this.drag(event);
    this.canvas.onclick = () => {
      this.wave.focus({ preventScroll: true }); // so that the keys work
      this.toggle();
    };
    this.clock.audio.onended = () => (this.loop?.[1] ? this.restartLoop() : this.pause());
    this.clock.audio.ontimeupdate = () => this.checkEnd(); // in a hidden tab nothing ticks
    model.on("msg:custom", (message, buffers) => this.receive(message, buffers));
    model.on("change:t", () => model.get("t") !== this.reported && this.seek(model.get("t")));
    model.on("change:playing", () => model.get("playing") !== this.playing && this.toggle());
    model.on("change:bars change:beats", () => this.showBars());
    model.on("change:error change:note", () => this.showProblem());
    this.showProblem();
  }

  receive(message, buffers) {
    if (this.kernelTimer) this.kernelAnswered();
    if (message.kind === "field" || message.kind === "limits") {
      this.painter?.receive(message, buffers[0]).catch((error) => this.showProblem(error));
    } else if (message.kind === "outline") this.drawOutline(message.onsets, buffers[0]);
    else if (message.kind === "sound") this.collectSound(message, buffers[0]);
    else if (message.kind === "silent") this.enablePlay();
    else this.exchange.receive(message, buffers).catch((error) => this.showProblem(error));
  }

  // Say so when nothing comes.
  awaitKernel() {
    this.kernelTimer ||= setTimeout(() => this.showProblem(null, NO_KERNEL), KERNEL_TIMEOUT);
  }

  kernelAnswered() {
    clearTimeout(this.kernelTimer);
    this.kernelTimer = 0;
    this.showProblem();
  }

  collectSound(message, part) {
    if (message.part === 0) this.parts = [];
    this.parts.push(part);
    if (this.parts.length < message.parts) return;
    const sound = new Blob(this.parts, { type: message.type });
    this.parts = [];
    this.clock.load(sound).then(() => this.enablePlay(), (error) => {
      this.enablePlay();
      this.showProblem(null, `plays without sound: ${error.message}`);
    });
  }

  enablePlay() {
    this.playButton.disabled = false;
    this.muteButton.disabled = !this.clock.audible;
    this.root.dataset.sound = this.clock.audible ? "yes" : "no";
    this.updateText();
    if (!this.model.get("autoplay")) return;
    this.report({ autoplay: false }); // once: another page that shows this view waits for a click
    if (!this.playing) this.toggle();
  }

  showProblem(error = null, note = this.model.get("note")) {
    const text = error ? String(error.message ?? error) : this.model.get("error");
    this.error.textContent = text;
    this.error.hidden = !text;
    this.note.textContent = note;
    this.note.hidden = !note;
  }

  // Whether the painter draws, or will as soon as the kernel has described the field.
  get paints() {
    return Boolean(this.painter && !this.painter.reason);
  }

  // Whether the exact frame of this field and moment is on screen: at rest it stays.
  get isExact() {
    const { lastFrame, painter, clock } = this;
    const isFinal = lastFrame?.label === "final" && lastFrame.field >= painter.field;
    return isFinal && Math.abs(lastFrame.t - clock.t) < SAME_MOMENT;
  }

  // The painter has another field or limit, or cannot draw.
  painterChanged() {
    if (this.painter.isReady) this.needsPaint = true;
    else this.needsStill = true;
    this.tick();
    this.updateText();
  }

  // Once per picture of the screen: move the playhead, and draw or request the frame at its position.
  tick() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
    const moving = this.playing || this.dragging;
    this.checkEnd();
    if (this.paints) this.paint(moving);
    else if (moving && this.exchange.request(this.upcoming(), true)) this.needsStill = true;
    if (!moving && this.needsStill && this.exchange.request(this.clock.t, false, !this.painter?.isReady)) {
      this.needsStill = false;
      this.awaitKernel();
    }
    this.movePlayhead();
    if (moving || this.needsStill) this.frame = requestAnimationFrame(() => this.tick());
  }

  paint(moving) {
    const { painter, clock } = this;
    if (moving && !this.announced) {
      this.exchange.reset();
      this.model.send({ kind: "moving" });
    }
    this.announced = moving;
    if (moving) this.needsStill = true;
    if (!moving && (!this.needsPaint || this.isExact)) return;
    const { t } = clock, [width, height] = [this.canvas.width, this.canvas.height];
    if (!painter.draw(t, width, height, moving)) return;
    this.needsPaint = false;
    if (moving) this.exchange.countFrame();
    const { canvas } = painter;
    this.showPicture(canvas, { t, label: "this browser", width: canvas.width, height: canvas.height, field: painter.field });
  }

  // The moment that will be heard when its frame is on the screen.
  upcoming() {
    if (!this.playing || this.dragging) return this.clock.t;
    const t = this.clock.t + Math.min(this.exchange.latency / 1000, MAX_LOOKAHEAD);
    const [from, to] = this.loop ?? [];
    return to && t >= to ? from + (t - to) : Math.min(t, this.clock.duration);
  }

  // A frame of the kernel; what was requested before the picture moved is late.
  show(message, bitmap) {
    if (this.paints && (this.playing || this.dragging)) return;
    this.showPicture(bitmap, { ...message, label: message.draft ? "kernel" : "final" });
  }

  showPicture(picture, frame) {
    const context = this.canvas.getContext("2d");
    context.imageSmoothingQuality = "high"; // small pictures are enlarged
    context.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    this.lastFrame = frame;
    const { dataset } = this.canvas;
    dataset.t = frame.t;
    dataset.quality = frame.label;
    dataset.behind = Math.round(1000 * (this.clock.t - frame.t)); // ms between the sound and the picture
    if (!this.playing) this.updateText();
  }

  movePlayhead() {
    const { t, duration } = this.clock;
    const share = duration ? Math.round((PLAYHEAD_STEPS * t) / duration) / PLAYHEAD_STEPS : 0;
    if (share !== this.share) this.wave.style.setProperty("--share", (this.share = share));
    if (performance.now() - (this.textTime ?? 0) > REPORT_INTERVAL) this.updateText();
  }

  // The numbers, and the position for the kernel: a few times per second are enough.
  updateText() {
    this.textTime = performance.now();
    const { t, duration } = this.clock;
    const bar = this.barText(t);
    this.time.innerHTML = `${formatTime(t)} <small>/ ${formatTime(duration)}</small>`
      + (bar && ` <span class="explorer-live-position">${bar}</span>`);
    this.wave.setAttribute("aria-valuenow", t.toFixed(2));
    this.wave.setAttribute("aria-valuetext", `${formatTime(t, 0)} of ${formatTime(duration, 0)}`);
    this.report({ t: Math.round(t * 1000) / 1000 });
    const reason = this.painter ? this.painter.reason : UNBUILT;
    this.reason.textContent = reason && `frames from the kernel: ${reason}`;
    this.reason.hidden = !reason;
    if (this.playButton.disabled) return;
    if (!this.lastFrame) return void (this.statusText.textContent = "drawing …");
    const { fps, latency } = this.exchange;
    const { width, height, label } = this.lastFrame;
    const delay = label === "this browser" ? "" : `${latency.toFixed(0)} ms · `;
    const speed = this.playing ? `${fps.toFixed(0)} fps · ${delay}` : "";
    this.statusText.innerHTML = `${speed}${width} × ${height} <b>${label}</b>`;
  }

  report(values) {
    if ("t" in values) this.reported = values.t;
    const changes = Object.entries(values).filter(([name, value]) => this.model.get(name) !== value);
    for (const [name, value] of changes) this.model.set(name, value);
    if (changes.length) this.model.save_changes();
  }

  async toggle() {
    if (this.playing) return this.pause();
    if (this.playButton.disabled) return this.report({ playing: false });
    if (this.clock.t > this.clock.duration - 0.05) this.clock.seek(this.loop?.[1] ? this.loop[0] : 0);
    try {
      await this.clock.play();
      this.setPlaying(true);
    } catch (error) {
      this.pause();
      if (error.name !== "AbortError") this.showProblem(error); // paused before it started
    }
  }

  pause() {
    this.clock.pause();
    this.setPlaying(false);
  }

  setPlaying(playing) {
    this.playing = playing;
    this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
    this.playButton.setAttribute("aria-label", playing ? "pause" : "play");
    this.playButton.title = playing ? "pause (space)" : "play (space)";
    this.needsStill = true;
    this.report({ playing });
    this.tick();
    this.updateText();
  }

  mute() {
    const { audio } = this.clock;
    audio.muted = !audio.muted;
    this.muteButton.replaceChildren(icon(audio.muted ? "muted" : "sound"));
    this.muteButton.setAttribute("aria-pressed", audio.muted);
  }

  seek(t) {
    this.clock.seek(t);
    this.needsStill = this.needsPaint = true;
    this.tick();
    this.updateText();
  }

  restartLoop() {
    this.clock.seek(this.loop[0]);
    this.clock.play().catch((error) => this.showProblem(error));
  }

  // At the end of the loop back to its start; without sound, stop at the end.
  checkEnd() {
    const { t, duration, audible } = this.clock;
    if (!this.playing || this.dragging) return;
    if (this.loop?.[1] && t >= this.loop[1]) this.clock.seek(this.loop[0]);
    else if (!audible && t >= duration) this.pause();
  }

  setLoop(from, to) {
    const exists = from !== undefined;
    this.loop = exists ? (to === null ? [from, null] : [Math.min(from, to), Math.max(from, to)]) : null;
    if (this.loop) this.loop = this.snapped(...this.loop);
    if (to != null && this.loop[1] - this.loop[0] < 0.05) this.loop = null; // a slip of the hand
    this.showLoop();
    const outside = this.loop?.[1] && (this.clock.t < this.loop[0] || this.clock.t >= this.loop[1]);
    if (outside) this.seek(this.loop[0]);
  }

  showLoop() {
    const [from, to] = this.loop ?? [];
    const percent = (t) => `${(100 * t) / (this.clock.duration || 1)}%`;
    this.region.hidden = !this.loop;
    if (this.loop) Object.assign(this.region.style, { left: percent(from), width: percent((to ?? from) - from) });
    this.fromButton.setAttribute("aria-pressed", Boolean(this.loop));
    this.toButton.setAttribute("aria-pressed", Boolean(to));
    this.clearButton.hidden = !this.loop;
  }

  get bars() {
    return this.model.get("bars") ?? [];
  }

  // Lines where bars begin.
  showBars() {
    const { bars } = this, { duration } = this.clock;
    let step = 1;
    while (bars.length / step > MAX_BAR_LINES) step *= 2;
    this.barLines.replaceChildren(...bars.filter((_, n) => n % step === 0).map((t) => {
      const line = element("i");
      line.style.left = `${(100 * t) / (duration || 1)}%`;
      return line;
    }));
    this.barsButton.hidden = bars.length < 2;
    this.updateText();
  }

  // "bar 17.3" is the third beat of bar 17; nothing before the first bar.
  barText(t) {
    const { bars } = this, bar = lastAt(bars, t);
    if (bar < 0) return "";
    const beats = this.model.get("beats") ?? [];
    const beat = lastAt(beats, t) - lastAt(beats, bars[bar]) + 1;
    return `bar ${bar + 1}${beat > 0 && beats.length ? `.${beat}` : ""}`;
  }

  toggleBars() {
    this.snaps = !this.snaps;
    this.barsButton.setAttribute("aria-pressed", this.snaps);
    if (this.snaps && this.loop) this.setLoop(...this.loop);
  }

  // A loop that begins and ends with the nearest bars, and has at least one; where no bar is near it stays.
  snapped(from, to) {
    const { bars } = this;
    if (!this.snaps || bars.length < 2) return [from, to];
    const lengths = bars.slice(1).map((bar, n) => bar - bars[n]);
    const usual = median(lengths), edges = [...bars, bars.at(-1) + usual].filter((edge) => edge <= this.clock.duration);
    const nearest = (t) => edges.reduce((best, edge) => (Math.abs(edge - t) < Math.abs(best - t) ? edge : best));
    const snap = (t) => (Math.abs(nearest(t) - t) <= usual / 2 + 0.01 ? nearest(t) : t);
    const start = snap(from);
    if (to === null) return [start, null];
    const end = snap(to);
    return end > start ? [start, end] : [start, edges[edges.indexOf(start) + 1] ?? to];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? SHIFT_STEP : ARROW_STEP;
    const { t, duration } = this.clock;
    const [from, to] = this.loop ?? [];
    const actions = {
      ArrowLeft: () => this.seek(t - step),
      ArrowRight: () => this.seek(t + step),
      ArrowDown: () => this.seek(t - step),
      ArrowUp: () => this.seek(t + step),
      Home: () => this.seek(0),
      End: () => this.seek(duration),
      l: () => (to ? this.setLoop() : this.loop ? this.setLoop(from, t) : this.setLoop(t, null)),
      b: () => this.bars.length > 1 && this.toggleBars(),
      m: () => this.mute(),
    };
    // on a button the space bar presses that button
    if (event.target.tagName !== "BUTTON") actions[" "] = () => event.repeat || this.toggle();
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  drag(down) {
    if (down.button) return;
    const box = this.wave.getBoundingClientRect();
    const at = (event) => clamp((event.clientX - box.left) / box.width, 0, 1) * this.clock.duration;
    const start = at(down);
    const move = down.shiftKey ? (event) => this.setLoop(start, at(event)) : (event) => this.seek(at(event));
    this.wave.setPointerCapture(down.pointerId);
    this.dragging = !down.shiftKey;
    move(down);
    this.wave.onpointermove = move;
    this.wave.onpointerup = this.wave.onpointercancel = () => {
      this.wave.onpointermove = this.wave.onpointerup = this.wave.onpointercancel = null;
      this.dragging = false;
      this.needsStill = true;
      this.tick();
    };
  }

  // The outline twice: the played part lies in the accent color over the rest.
  drawOutline(onsets, data) {
    const values = new Int8Array(data.buffer, data.byteOffset, data.byteLength);
    const columns = values.length >> 1;
    const rows = Array.from({ length: columns }, (_, n) => [values[2 * n], values[2 * n + 1]]);
    const up = rows.map(([, high], n) => `L${n} ${-Math.max(high, 1)}`).join("");
    const down = rows.map(([low], n) => `L${n} ${-Math.min(low, -1)}`).reverse().join("");
    const marks = onsets.map((t) => `M${((t / this.clock.duration) * columns).toFixed(2)} 132v-18`).join("");
    const drawing = `<svg viewBox="0 -134 ${columns} 268" preserveAspectRatio="none" `
      + `aria-hidden="true"><path class="outline" d="M0 0${up}${down}Z"/><path class="onsets" d="${marks}"/></svg>`;
    this.wave.querySelectorAll("svg, .played").forEach((old) => old.remove());
    this.wave.insertAdjacentHTML("afterbegin", `${drawing}<div class="played">${drawing}</div>`);
  }

  close() {
    this.pause();
    clearTimeout(this.kernelTimer);
    this.painter?.close();
    cancelAnimationFrame(this.frame);
    this.clock.unload();
    this.root.remove();
  }
}

// One player per widget, in the cell where the widget was displayed last: two would play over each other.
/** @param {() => object | null} makePainter a painter of this browser, if there is one */
export const liveView = (makePainter = () => null) => () => {
  let player;
  const places = [];
  return {
    initialize({ model }) {
      player = new Player(model, makePainter());
      return () => player.close();
    },
    render({ el }) {
      places.push(el);
      el.append(player.root);
      return () => {
        places.splice(places.indexOf(el), 1);
        if (places.length) places.at(-1).append(player.root);
        else player.pause();
      };
    },
  };
};

export default liveView();
