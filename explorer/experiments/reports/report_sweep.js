// The page of a sweep: its points, filters, the dialog of a point, the baseline, ranges on axes.
"use strict";
// ---- the points of a sweep, which lie in the page as columns: of values, or of places among a few values
function pointsOf(data) {
  const columns = data.columns.map((column) => (Array.isArray(column) ? column : column.places.map((place) => column.values[place])));
  const { params, metrics, ...held } = data.points, column = (number) => columns[number];
  const keys = column(held.key), numbers = new Map(keys.map((key, n) => [key, n]));
  const pick = (numbered, n) => Object.fromEntries(Object.entries(numbered).map(([name, number]) => [name, column(number)[n]]));
  // a form of words with a slot for each number, and the numbers
  const text = ([form, figures], n) => {
    const parts = column(figures)[n].split(" ");
    return column(form)[n].split("\0").map((part, slot) => (slot ? parts[slot - 1] : "") + part).join("");
  };
  const label = (n) => (column(held.named)[n] ? Object.entries(pick(params, n)).map(([name, value]) => `${name.split(".").at(-1)} ${words(value, 4)}`).join(", ") : keys[n]);
  function recipe(n) {
    if (!column(held.has_recipe)[n]) return null;
    const whole = structuredClone(held.recipe);
    held.recipe_parts.forEach(([path, number]) => {
      const part = path.slice(0, -1).reduce((inner, name) => inner[name], whole);
      part[path.at(-1)] = column(number)[n];
    });
    return whole;
  }
  const files = (names, n) => names.map((name) => `points/${keys[n]}/${name}`);
  const read = (n) => ({
    n, key: keys[n], params: pick(params, n), metrics: pick(metrics, n), label: label(n),
    state: column(held.state)[n], starred: column(held.starred)[n], seconds: column(held.seconds)[n],
    sentence: text(held.sentence, n), error: text(held.error, n),
    frames: files(column(held.frames)[n], n), moments: column(held.moments)[n], clip: files(column(held.clip)[n], n)[0],
  });
  const states = column(held.state), parameter = (name) => column(params[name]), measure = (name) => column(metrics[name]);
  return {
    keys, states, parameter, measure, recipe, at: read, count: keys.length, thumbs: column(held.thumb),
    number: (key) => numbers.get(key), get: (key) => read(numbers.get(key)), bins: (name) => column(data.bins[name]),
    byHeading: [  // of the table: picture, parameters, verdict, seconds, measures
      null, ...data.names.map((name) => () => parameter(name)), () => states.map((state) => data.states.indexOf(state)),
      () => column(held.seconds), ...data.measures.map((name) => () => measure(name)),
    ],
  };
}

// ---- a sweep. Of a large one the pictures lie beside this file, and rows and cards are made as they scroll into view
function sweep(data) {
  const points = pointsOf(data), viewer = one("#viewer"), table = one("table[data-sortable]"), ranges = new Map(), axisPlaces = new Map();
  const sheet = one("#sprites"), sprites = new Map((data.sprites?.keys ?? []).map((key, place) => [key, place]));
  let baseline = data.baseline, current = null, visible = new Set(points.keys), beside = true;
  let sequence = points.keys.map((_, n) => n);  // all points, as sorted

  function sprite(key) {
    const { columns, width, height } = data.sprites, place = sprites.get(key), canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage(sheet, (place % columns) * width, Math.floor(place / columns) * height, width, height, 0, 0, width, height);
    return { src: canvas.toDataURL("image/jpeg", 0.9), width, height };
  }

  function pictureOf(key) {
    if (!data.large) return one(`.shot[data-key="${CSS.escape(key)}"] img`);
    if (!beside) return sprites.has(key) ? sprite(key) : null;
    return points.thumbs[points.number(key)] ? { src: `points/${key}/thumb.jpg`, width: data.sprites?.width, height: data.sprites?.height } : null;
  }

  function mark(state) {
    const drawing = one(".chip .mark").cloneNode(true);
    one("use", drawing).setAttribute("href", `#mark-${state === "stopped" ? "interrupted" : state}`);
    return drawing;
  }

  function withState(element, state) {
    element.dataset.state = state;
    return element;
  }

  const badge = (state) => withState(make("span", { className: "badge" }, mark(state), state), state);
  const blank = (state) => make("span", { className: "blank" }, mark(state), make("span", { textContent: state }));

  function opener(point, className, ...children) {
    const button = make("button", { type: "button", className, ariaLabel: `Enlarge ${point.label}: ${point.state}` }, ...children);
    button.dataset.open = point.key;
    return button;
  }

  function image(point, missing) {
    const picture = pictureOf(point.key);
    if (!picture) return missing;
    const element = make("img", { src: picture.src, alt: "" });
    element.addEventListener("error", () => element.replaceWith(missing));
    return element;
  }

  function makeRow(n) {
    const point = points.at(n), none = () => make("td", { className: "none", textContent: "-" });
    const plain = (value) => (value === null ? none() : make("td", { textContent: words(value) }));
    const row = make("tr", {},
      make("th", { scope: "row" }, opener(point, "mini", image(point, ""))),
      ...data.names.map((name) => plain(point.params[name])),
      make("td", {}, badge(point.state)),
      plain(point.seconds),
      ...data.measures.map((name, measure) => {
        if (point.metrics[name] === null) return none();
        const cell = make("td", { textContent: short(point.metrics[name]) }, make("small"));
        cell.dataset.measure = measure;
        return cell;
      }));
    row.dataset.key = point.key;
    compareRow(row);
    return row;
  }

  function makeCard(n) {
    const point = points.at(n), frame = make("div", { className: "frame" }, opener(point, "enlarge", image(point, blank(point.state))));
    if (point.clip) {
      const button = make("button", { type: "button", className: "play", ariaLabel: `Play the clip of ${point.label}` }, mark("running"));
      button.dataset.play = point.key;
      frame.append(button);
    }
    const star = point.starred ? make("span", { className: "star", role: "img", ariaLabel: "starred", textContent: "\u2605" }) : "";
    const values = data.names.map((name) => words(point.params[name])).join(" \u00b7 ");  // names stand in the page's heading
    const card = withState(make("figure", { className: "shot" }, frame,
      make("figcaption", {}, make("span", { className: "label", title: point.label, textContent: values || point.label }), badge(point.state), star)), point.state);
    card.dataset.key = point.key;
    compareShot(card);
    return card;
  }

  // widths of columns that do not change with the rows in view
  function fixColumns() {
    const heads = all("thead th", table), step = Math.ceil(points.count / 50);
    const rows = sequence.filter((n) => n % step === 0).map(makeRow);
    table.style.width = "max-content";
    one("tbody", table).append(...rows);
    const widths = heads.map((head) => head.offsetWidth);
    rows.forEach((row) => row.remove());
    heads.forEach((head, column) => { head.style.width = `${widths[column]}px`; });
    Object.assign(table.style, { width: "", tableLayout: "fixed", minWidth: `${widths.reduce((sum, width) => sum + width)}px` });
  }

  if (data.large) fixColumns();
  const rowList = data.large && drawnList(one("tbody", table), makeRow), cardList = data.large && drawnList(one(".cards"), makeCard);

  function showLists() {
    const shown = sequence.filter((n) => visible.has(points.keys[n]));
    table.ariaRowCount = shown.length + 1;
    rowList.show(shown);
    cardList.show(beside ? shown : shown.filter((n) => sprites.has(points.keys[n])));
  }

  // without its folder a large report shows the pictures inside it
  if (sheet) {
    sheet.hidden = true;
    const probe = make("img", { src: pictureOf(data.sprites.keys[0]).src });
    probe.addEventListener("error", async () => {
      await sheet.decode();
      beside = false;
      one(".cards").toggleAttribute("data-alone", true);
      one("#beside").textContent = `This file is not beside its folder points: ${sprites.size} of the pictures are in it, chosen at random.`;
      rowList.clear();
      cardList.clear();
      showLists();
    });
  }

  if (!data.large) {
    all("tr[data-key]", table).forEach((row) => {
      const picture = pictureOf(row.dataset.key);
      one(".mini", row).append(picture ? make("img", { src: picture.src, alt: "" }) : "");
    });
  }

  sortable(table, (column) => points.byHeading[column](), (compareNumbers) => {
    sequence.sort(compareNumbers);
    if (data.large) { showLists(); return; }
    const inOrder = (elements) => elements.sort((a, b) => places.get(a.dataset.key) - places.get(b.dataset.key));
    const places = new Map(sequence.map((n, place) => [points.keys[n], place]));
    one("tbody", table).append(...inOrder(all("tr[data-key]", table)));
    one(".cards")?.append(...inOrder(all(".cards .shot")));
  });

  // the places of all points on an axis of the parallel coordinates, 0 to 1; as `Scale.position` in numbers.py
  function placesOn(index) {
    if (!axisPlaces.has(index)) {
      const axis = data.axes[index], { length } = axis.values, line = axis.logarithmic ? Math.log : Number;
      const [low, high] = axis.values.map((value) => line(value));
      const place = (value) => (axis.numeric ? (high > low ? (line(value) - low) / (high - low) : 0.5) : length > 1 ? axis.values.indexOf(value) / (length - 1) : 0.5);
      axisPlaces.set(index, (axis.measure ? points.measure : points.parameter)(axis.name).map((value) => (axis.measure && value === null ? null : place(value))));
    }
    return axisPlaces.get(index);
  }

  function filter() {
    const states = new Set(all("input[name=state]:checked").map((box) => box.value));
    const chosen = all("select[data-name]").filter((select) => select.value).map((select) => [points.bins(select.dataset.name), Number(select.value)]);
    const limits = [...ranges].map(([axis, [low, high]]) => [placesOn(axis), low, high]);
    visible = new Set(points.keys.filter((_, n) => states.has(points.states[n])
      && chosen.every(([bins, bin]) => bins[n] === bin)
      && limits.every(([places, low, high]) => places[n] !== null && places[n] >= low && places[n] <= high)));
    if (data.large) showLists();
    all("[data-key]").forEach((element) => element.toggleAttribute("data-out", !visible.has(element.dataset.key)));
    one("#count").textContent = `${visible.size.toLocaleString("en")} of ${points.count.toLocaleString("en")} points`;
  }

  // the points that the arrow keys step through, in the order of the pictures
  function order() {
    const keys = data.large ? sequence.map((n) => points.keys[n]) : [...new Set(all(".shot").map((shot) => shot.dataset.key))];
    return keys.filter((key) => visible.has(key) || key === current);
  }

  function compareRow(row) {
    const n = points.number(row.dataset.key), base = points.number(baseline);
    row.toggleAttribute("data-baseline", n === base);
    all("[data-measure]", row).forEach((cell) => {
      const values = points.measure(data.measures[cell.dataset.measure]), other = values[base] ?? null;
      one("small", cell).textContent = n !== base && other !== null ? signed(values[n] - other) : "";
    });
  }

  function compareShot(shot) {
    const isBaseline = shot.dataset.key === baseline;
    shot.toggleAttribute("data-baseline", isBaseline);
    one(".base", shot)?.remove();
    if (isBaseline) one(".frame", shot).append(make("span", { className: "base", textContent: "baseline" }));
  }

  function compare(key) {
    const select = one("#baseline"), { label } = points.get(key);
    baseline = key;
    all(".shot").forEach(compareShot);
    all("tr[data-key]", table).forEach(compareRow);
    if (![...select.options].some((option) => option.value === key)) select.add(new Option(label, key), 0);
    select.value = key;
    announce(`The baseline is ${label}`);
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

  const measured = (point) => Object.values(point.metrics).some((value) => value !== null);

  function measures(point) {
    const base = baseline ? points.get(baseline).metrics : {}, has = (name) => (base[name] ?? null) !== null;
    one("#viewer-measures").replaceChildren(...data.measures.filter((name) => point.metrics[name] !== null).map((name) => make("tr", {},
      make("th", { scope: "row", textContent: name.replaceAll("_", " ") }),
      make("td", { textContent: short(point.metrics[name]) }),
      make("td", { textContent: has(name) ? short(base[name]) : "-" }),
      make("td", { textContent: has(name) ? signed(point.metrics[name] - base[name]) : "-" }))));
    one("#viewer-measures").closest("table").hidden = !measured(point);
  }

  function open(key) {
    const point = points.get(key), keys = ((current = key), order());
    one("#viewer-name").textContent = point.label;
    one("#viewer-place").textContent = `${(keys.indexOf(key) + 1).toLocaleString("en")} of ${keys.length.toLocaleString("en")}`;
    one("#viewer-state").replaceChildren(badge(point.state), key === baseline ? " the baseline" : "");
    one("#viewer-sentence").textContent = point.sentence;
    Object.assign(one("#viewer-error"), { textContent: point.error, hidden: !point.error });
    moments(key);
    measures(point);
    const beside = baseline && baseline !== key && pictureOf(baseline);
    one("#viewer-compare").hidden = !beside;
    one("#viewer-baseline").replaceChildren(beside ? make("img", { src: beside.src, alt: `The baseline: ${points.get(baseline).label}` }) : "");
    one("#viewer-use").hidden = key === baseline || !measured(point);
    const recipe = points.recipe(point.n);
    all("#viewer .copyable").forEach((block) => { block.hidden = recipe === null; });
    one("#viewer-command").textContent = `explorer render --recipe points/${key}/recipe.json`;
    one("#viewer-recipe").textContent = JSON.stringify(recipe, null, 2);
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
