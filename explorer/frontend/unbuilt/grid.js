// The page's half of FieldGrid (the kernel's half and the messages: explorer/notebook/live/field_grid.py). A painter of
// this browser draws the fields; where there is none, or it cannot draw some, small frames of the kernel are shown.
// Plain JavaScript in one module, since it also runs as it is where the front end could not be built.

const FRAMES_TIMEOUT = 8000; // ms without the end of an answer until frames are requested again
const GAP = 4; // pixels between two pictures
const UNBUILT = "frames from the kernel: the front end was not built";

class Grid {
  constructor(model, painter) {
    this.model = model;
    this.painter = painter; // null: the kernel draws everything
    this.frames = []; // of the kernel, by index
    this.id = 0; // of the fields
    this.requestTime = 0; // of frames that have not come yet
    this.root = document.createElement("div");
    this.root.className = "explorer-grid";
    this.root.dataset.lmSuppressShortcuts = "true";
    this.canvas = document.createElement("canvas");
    this.tiles = document.createElement("div");
    this.tiles.className = "explorer-grid-tiles";
    this.root.append(this.canvas, this.tiles);
    this.tiles.onpointerleave = () => this.set("hovered", -1);
    model.on("msg:custom", (message, buffers) => this.receive(message, buffers));
    model.on("change:selected", () => this.showSelection());
    model.on("change:count change:columns change:width change:height", () => this.arrange());
    this.arrange();
    this.observer = new IntersectionObserver((entries) => (this.isVisible = entries.at(-1).isIntersecting)); // several on a busy page
    this.observer.observe(this.root);
    model.send({ kind: "ready", draws: Boolean(painter), no_webgpu: painter?.noWebGpu ?? "" });
    this.tick = this.tick.bind(this);
    this.frame = requestAnimationFrame(this.tick);
  }

  /** The rectangle of a picture: [left, top]. */
  place(n) {
    const { columns } = this;
    return [(n % columns) * (this.width + GAP), Math.floor(n / columns) * (this.height + GAP)];
  }

  arrange() {
    const { model } = this, count = model.get("count");
    [this.width, this.height] = [model.get("width"), model.get("height")];
    this.columns = Math.min(model.get("columns"), count);
    this.rows = Math.ceil(count / this.columns);
    this.canvas.width = this.columns * (this.width + GAP) - GAP;
    this.canvas.height = this.rows * (this.height + GAP) - GAP;
    Object.assign(this.tiles.style, { gridTemplateColumns: `repeat(${this.columns}, 1fr)`, gap: `${GAP}px` });
    this.frames = [];
    this.tiles.replaceChildren(...Array.from({ length: count }, (_, n) => this.tile(n)));
    this.showSelection();
  }

  tile(n) {
    const tile = document.createElement("button");
    tile.type = "button";
    tile.setAttribute("aria-label", `picture ${n + 1}`);
    tile.append(document.createElement("small"));
    tile.onpointerenter = () => this.set("hovered", n);
    tile.onclick = () => {
      const selected = this.model.get("selected");
      this.set("selected", selected.includes(n) ? selected.filter((other) => other !== n) : [...selected, n]);
    };
    if (!this.painter) tile.firstChild.textContent = UNBUILT;
    return tile;
  }

  set(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
    if (name === "selected") this.showSelection();
  }

  showSelection() {
    const selected = this.model.get("selected");
    [...this.tiles.children].forEach((tile, n) => tile.setAttribute("aria-pressed", selected.includes(n)));
  }

  receive(message, buffers) {
    if (message.id > this.id) [this.id, this.frames] = [message.id, []];
    if (message.kind === "field") {
      this.painter?.receive(message, buffers[0]).then(() => this.showReason(message.index), (error) => this.showReason(message.index, error.message));
    } else if (message.kind === "done") this.requestTime = 0;
    else if (message.kind === "frame") void this.decodeFrame(message, buffers[0]);
  }

  showReason(n, reason = this.painter.reasonOf(n)) {
    const note = this.tiles.children[n]?.firstChild;
    if (!note) return;
    note.textContent = reason && "kernel";
    note.title = reason && `frames from the kernel: ${reason}`;
  }

  async decodeFrame({ id, index }, data) {
    const bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" }));
    if (id !== this.id) return bitmap.close();
    this.frames[index]?.close();
    this.frames[index] = bitmap;
  }

  tick(now) {
    this.frame = requestAnimationFrame(this.tick);
    if (!this.isVisible || document.hidden) return;
    const [start, seconds] = this.model.get("loop"), t = start + ((now / 1000) % seconds);
    const context = this.canvas.getContext("2d"), { width, height } = this, count = this.tiles.children.length;
    const missing = [];
    const painted = this.painter?.draw(t, now, count, width, height) ?? [];
    for (let n = 0; n < count; n++) {
      const [left, top] = this.place(n);
      if (painted[n]) context.drawImage(this.painter.canvas, ...painted[n], left, top, width, height);
      else if (this.frames[n]) context.drawImage(this.frames[n], left, top, width, height);
      if (!painted[n] && (!this.painter || this.painter.reasonOf(n))) missing.push(n);
    }
    this.canvas.style.opacity = this.painter?.gain ?? 1; // by the flash limiter, before a black background
    if (painted.some(Boolean) || this.frames.some(Boolean)) this.root.dataset.drawn = this.id;
    this.root.dataset.painted = painted.filter(Boolean).length;
    this.root.dataset.frames = Number(this.root.dataset.frames ?? 0) + 1;
    if (!missing.length || (this.requestTime && now - this.requestTime < FRAMES_TIMEOUT)) return;
    this.requestTime = now;
    this.model.send({ kind: "frames", t, indexes: missing });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.painter?.close();
    this.root.remove();
  }
}

/** @param {() => object | null} makePainter a painter of this browser, if there is one */
export const gridView = (makePainter = () => null) => () => {
  let grid;
  return {
    initialize({ model }) {
      grid = new Grid(model, makePainter());
      return () => grid.close();
    },
    render({ el }) {
      el.append(grid.root);
      return () => {};
    },
  };
};

export default gridView();
