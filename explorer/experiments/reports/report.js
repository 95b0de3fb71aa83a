// What a report can do beyond being read: sort, filter, enlarge, play, compare, copy.
// Text from files goes through textContent alone; nothing here makes HTML from strings.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const announce = (text) => { one("#announcement").textContent = text; };
  const read = (id) => { const block = document.getElementById(id); return block && JSON.parse(block.textContent); };
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // As `short_text` and `signed_text` in numbers.py
  function short(value) {
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e6) return String(value);
    if (size >= 1000 && size < 1e6) return value.toFixed(0);
    const cut = Number(value.toPrecision(3));
    return size >= 1e-4 && size < 1e6 ? String(cut) : cut.toExponential().replace("e+", "e");
  }
  const signed = (value) => (value === 0 ? "=" : (value > 0 ? "+" : "-") + short(Math.abs(value)));

  // ---- copy: through the clipboard where it is allowed, else the text is selected for Ctrl+C
  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    let done = false;
    try {
      await navigator.clipboard.writeText(source.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(source);
      try { done = document.execCommand("copy"); } catch { /* an old browser: the selection remains */ }
    }
    button.textContent = done ? "Copied" : "Selected";
    announce(done ? "Copied" : "Selected; press Ctrl+C to copy");
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  }

  // ---- tables that sort: cells without a value stay last, equal ones keep their order
  function sortable(table, changed) {
    const heads = all("thead th", table), body = one("tbody", table);
    heads.forEach((head, column) => one("button", head)?.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.hasAttribute("aria-sort") && other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => row.cells[column].dataset.sort;
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        const numbers = [Number(x), Number(y)];
        const order = numbers.some(Number.isNaN) ? x.localeCompare(y) : numbers[0] - numbers[1];
        return up ? order : -order;
      });
      body.append(...rows);
      announce(`Sorted by ${head.textContent}, ${up ? "ascending" : "descending"}`);
      changed?.(rows);
    }));
  }

  // ---- a clip in place of a picture; when it is not beside this file the picture returns
  function film(source, picture, name, missing) {
    const video = make("video", { controls: true, loop: true, playsInline: true, preload: "none", src: source });
    video.setAttribute("aria-label", name);
    if (picture) Object.assign(video, { poster: picture.src, width: picture.width, height: picture.height });
    video.addEventListener("error", () => missing(video));
    return video;
  }

  // ---- a sweep
  function sweep(data) {
    const points = new Map(data.points.map((point) => [point.key, point]));
    const rows = new Map(all(".numbers[data-sortable] tbody tr").map((row) => [row.dataset.key, row]));
    const shots = all(".shot"), viewer = one("#viewer"), ranges = new Map();
    const pictureOf = (key) => one(`.shot[data-key="${CSS.escape(key)}"] img`);
    let baseline = data.baseline, current = null, visible = new Set(points.keys());

    rows.forEach((row, key) => {
      const picture = pictureOf(key);
      one(".mini", row).append(picture ? make("img", { src: picture.src, alt: "" }) : "");
    });
    sortable(one("table[data-sortable]"), (sorted) => {
      const cards = one(".cards");
      if (cards) cards.append(...sorted.map((row) => one(`.shot[data-key="${CSS.escape(row.dataset.key)}"]`)));
    });

    function filter() {
      const states = new Set(all("input[name=state]:checked").map((box) => box.value));
      const bins = all("select[data-name]").map((select) => select.value);
      const inRanges = (places) => [...ranges].every(([axis, [low, high]]) => places[axis] !== null && places[axis] >= low && places[axis] <= high);
      visible = new Set();
      points.forEach((point, key) => {
        const wanted = bins.every((bin, n) => bin === "" || Number(bin) === point.bins[n]);
        if (states.has(point.state) && wanted && inRanges(point.places)) visible.add(key);
      });
      all("[data-key]").forEach((element) => element.toggleAttribute("data-out", !visible.has(element.dataset.key)));
      one("#count").textContent = `${visible.size} of ${points.size} points`;
    }

    // the points that the arrow keys step through, in the order of the pictures
    const order = () => [...new Set(all(".shot").map((shot) => shot.dataset.key))].filter((key) => visible.has(key) || key === current);

    function compare(key) {
      baseline = key;
      const base = points.get(key).metrics;
      all("[data-baseline]").forEach((element) => element.removeAttribute("data-baseline"));
      all(".shot .base").forEach((word) => word.remove());
      shots.filter((shot) => shot.dataset.key === key).forEach((shot) => {
        shot.setAttribute("data-baseline", "");
        one(".frame", shot).append(make("span", { className: "base", textContent: "baseline" }));
      });
      rows.forEach((row, other) => {
        row.toggleAttribute("data-baseline", other === key);
        all("[data-measure]", row).forEach((cell) => {
          const name = data.measures[cell.dataset.measure];
          const differs = other !== key && name in base;
          one("small", cell).textContent = differs ? signed(points.get(other).metrics[name] - base[name]) : "";
        });
      });
      one("#baseline").value = key;
      announce(`The baseline is ${points.get(key).label}`);
    }

    function still(key, note = "") {
      const picture = pictureOf(key);
      const placeholder = picture ? make("img", { src: picture.src, alt: points.get(key).label }) : make("p", { className: "blank", textContent: points.get(key).state });
      one("#viewer-view").replaceChildren(placeholder);
      one("#viewer-note").textContent = note;
      return placeholder;
    }

    // a frame in full size, when it is beside this file; the thumbnail shows until then and instead
    function frame(key, index, button) {
      all("#viewer-moments button").forEach((other) => other.setAttribute("aria-pressed", other === button));
      const placeholder = still(key), full = new Image();
      full.alt = `${points.get(key).label}, ${button.textContent}`;
      full.onload = () => { if (placeholder.isConnected) placeholder.replaceWith(full); };
      full.onerror = () => {
        if (!placeholder.isConnected) return;
        one("#viewer-note").textContent = "The frames are not beside this file; its thumbnail is shown.";
        all("#viewer-moments button[data-frame]").forEach((other) => { other.disabled = true; });
      };
      full.src = points.get(key).frames[index];
    }

    function moments(key) {
      const point = points.get(key), bar = one("#viewer-moments");
      bar.replaceChildren();
      point.frames.forEach((_, index) => {
        const time = point.moments[index];
        const button = make("button", { type: "button", textContent: time == null ? `frame ${index + 1}` : `${short(time)} s` });
        button.dataset.frame = index;
        button.addEventListener("click", () => frame(key, index, button));
        bar.append(button);
      });
      if (point.clip) {
        const button = make("button", { type: "button", className: "clip", textContent: "Play clip" });
        button.addEventListener("click", () => {
          const video = film(point.clip, pictureOf(key), `Clip of ${point.label}`, () => still(key, "The clip is not beside this file; its thumbnail is shown."));
          one("#viewer-note").textContent = "";
          one("#viewer-view").replaceChildren(video);
          video.play().catch(() => {});
        });
        bar.append(button);
      }
      const middle = all("button[data-frame]", bar)[Math.floor((point.frames.length - 1) / 2)];
      if (middle) frame(key, Number(middle.dataset.frame), middle); else still(key);
    }

    function measures(point) {
      const base = points.get(baseline)?.metrics ?? {};
      one("#viewer-measures").replaceChildren(...data.measures.filter((name) => name in point.metrics).map((name) => make("tr", {},
        make("th", { scope: "row", textContent: name.replaceAll("_", " ") }),
        make("td", { textContent: short(point.metrics[name]) }),
        make("td", { textContent: name in base ? short(base[name]) : "-" }),
        make("td", { textContent: name in base ? signed(point.metrics[name] - base[name]) : "-" }))));
      one("#viewer-measures").closest("table").hidden = !Object.keys(point.metrics).length;
    }

    function open(key) {
      const point = points.get(key), keys = ((current = key), order());
      one("#viewer-name").textContent = point.label;
      one("#viewer-place").textContent = `${keys.indexOf(key) + 1} of ${keys.length}`;
      const badge = one(`tr[data-key="${CSS.escape(key)}"] .badge`).cloneNode(true);
      one("#viewer-state").replaceChildren(badge, key === baseline ? " the baseline" : "");
      one("#viewer-sentence").textContent = point.sentence;
      Object.assign(one("#viewer-error"), { textContent: point.error, hidden: !point.error });
      moments(key);
      measures(point);
      const beside = baseline && baseline !== key && pictureOf(baseline);
      one("#viewer-compare").hidden = !beside;
      one("#viewer-baseline").replaceChildren(beside ? make("img", { src: beside.src, alt: `The baseline: ${points.get(baseline).label}` }) : "");
      one("#viewer-use").hidden = key === baseline || !Object.keys(point.metrics).length;
      all("#viewer .copyable").forEach((block) => { block.hidden = point.recipe === null; });
      one("#viewer-command").textContent = `explorer render --recipe points/${key}/recipe.json`;
      one("#viewer-recipe").textContent = JSON.stringify({ ...data.recipe, ...point.recipe }, null, 2);
      if (!viewer.open) viewer.showModal();
    }

    function step(by) {
      const keys = order(), next = keys[(keys.indexOf(current) + by + keys.length) % keys.length];
      open(next);
      announce(`${points.get(next).label}: ${points.get(next).state}`);
    }

    function play(button) {
      const key = button.dataset.play, box = button.closest(".frame");
      const back = () => { video.remove(); box.removeAttribute("data-playing"); };
      const video = film(points.get(key).clip, pictureOf(key), `Clip of ${points.get(key).label}`, () => {
        back();
        button.remove();
        box.append(make("span", { className: "away", textContent: "clip not beside this file" }));
        announce("The clip is not beside this file; its thumbnail is shown");
      });
      box.setAttribute("data-playing", "");
      box.append(video);
      video.focus();
      video.play().catch(() => {});
    }

    // ranges on the axes of the parallel coordinates; the selects above do the same from the keyboard
    function brush(axis) {
      const area = one(".brush", axis), mark = one(".range", axis), index = Number(axis.dataset.axis);
      const line = one("line", axis), top = line.y1.baseVal.value, bottom = line.y2.baseVal.value;
      const place = (event) => {
        const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(area.getScreenCTM().inverse()).y;
        return Math.min(Math.max(at, top), bottom);
      };
      let from = null;
      const draw = (to) => {
        mark.setAttribute("y", Math.min(from, to));
        mark.setAttribute("height", Math.abs(to - from));
        const value = (y) => (bottom - y) / (bottom - top);
        if (Math.abs(to - from) < 4) ranges.delete(index); else ranges.set(index, [value(Math.max(from, to)) - 0.005, value(Math.min(from, to)) + 0.005]);
        filter();
      };
      area.addEventListener("pointerdown", (event) => { from = place(event); area.setPointerCapture(event.pointerId); draw(from); });
      area.addEventListener("pointermove", (event) => { if (from !== null) draw(place(event)); });
      area.addEventListener("pointerup", () => { from = null; });
    }

    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-open]"), player = event.target.closest("[data-play]");
      if (opener) open(opener.dataset.open);
      if (player) play(player);
      const stepper = event.target.closest("[data-step]");
      if (stepper) step(Number(stepper.dataset.step));
    });
    document.addEventListener("pointerover", (event) => {
      const key = event.target.closest?.("[data-key]")?.dataset.key;
      all(".hot").forEach((element) => element.classList.remove("hot"));
      if (key) all(`:is(.lines path, .plot circle, .heat td, tr)[data-key="${CSS.escape(key)}"]`).forEach((element) => element.classList.add("hot"));
    });
    document.addEventListener("keydown", (event) => {
      const by = viewer.open && { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("video, pre")) return;
      event.preventDefault();
      step(by);
    });
    viewer.addEventListener("close", () => one("#viewer-view").replaceChildren());  // a clip goes silent
    all(".axis").forEach(brush);
    all("input[name=state], select[data-name]").forEach((control) => control.addEventListener("change", filter));
    one(".tools").addEventListener("reset", () => setTimeout(() => {
      all("input[name=state]").forEach((box) => { box.checked = true; });
      ranges.clear();
      all(".range").forEach((mark) => mark.setAttribute("height", 0));
      if (baseline) one("#baseline").value = baseline;
      filter();
    }));
    one("#baseline")?.addEventListener("change", (event) => compare(event.target.value));
    one("#viewer-use").addEventListener("click", () => { compare(current); open(current); one("[data-step='1']").focus(); });
    one("#deltas")?.addEventListener("change", (event) => one("table[data-sortable]").toggleAttribute("data-plain", !event.target.checked));
    filter();  // a browser that reloads may restore choices
  }

  // ---- a run
  function run() {
    const video = one(".theatre video"), dialog = one("#picture");
    video?.addEventListener("error", () => {
      const alone = one("[data-alone]");
      alone.hidden = false;
      alone.nextElementSibling.hidden = true;
      if (video.poster) video.replaceWith(make("img", { src: video.poster, alt: "One frame of the video", width: video.width, height: video.height }));
      announce(alone.textContent);
    });
    one("[data-picture]")?.addEventListener("click", (event) => {
      const picture = one("img", event.currentTarget);
      one(".view", dialog).replaceChildren(make("img", { src: picture.src, alt: picture.alt }));
      dialog.showModal();
    });
  }

  // ---- the index
  function shelf(entries) {
    const list = one(".shelf"), cards = all(".entry"), form = one(".tools"), value = form.elements.value;

    function values() {
      const name = form.elements.param.value, previous = value.value;
      const values = new Set(entries.flatMap((entry) => entry.params[name] ?? []));
      const sorted = [...values].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      value.replaceChildren(new Option("any", ""), ...sorted.map((word) => new Option(word, word)));
      value.disabled = !name;
      value.value = values.has(previous) ? previous : "";
    }

    function fits(entry) {
      const { kind, state, param } = form.elements;
      const words = one("#search").value.toLowerCase().split(/\s+/).filter(Boolean);
      return words.every((word) => entry.text.includes(word))
        && (!kind.value || entry.kind === kind.value)
        && (!state.value || entry.states.includes(state.value))
        && (!param.value || (entry.params[param.value] ?? []).some((taken) => !value.value || taken === value.value));
    }

    function filter() {
      const matching = cards.filter((card) => {
        card.hidden = !fits(entries[card.dataset.index]);
        return !card.hidden;
      });
      one("#count").textContent = `${matching.length} of ${cards.length}`;
      one("#empty").hidden = matching.length > 0;
    }

    function arrange() {
      const by = form.elements.order.value, of = (card) => entries[card.dataset.index];
      const newest = (a, b) => of(b).started.localeCompare(of(a).started);
      const orders = { newest, oldest: (a, b) => newest(b, a), audio: (a, b) => of(a).audio.localeCompare(of(b).audio) || newest(a, b) };
      list.append(...[...cards].sort(orders[by]));
    }

    form.addEventListener("input", (event) => {
      if (event.target === form.elements.param) values();
      if (event.target === form.elements.order) arrange();
      filter();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { values(); arrange(); filter(); }));
    values();
    arrange();
    filter();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-close]") || event.target.matches("dialog")) event.target.closest("dialog").close();
  });
  const data = read("data"), entries = read("shelf");
  if (data) sweep(data); else if (entries) shelf(entries); else run();
  if (calm.matches) all("video").forEach((video) => { video.autoplay = false; });
})();
