// The map of an atlas: the pointer or the arrow keys hover, a click or Enter opens, a box or the space bar selects.
const DRAG = 6; // pixels that the pointer moves before a click becomes a box
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function render({ model, el }) {
  const root = document.createElement("div");
  const image = document.createElement("img");
  const layer = document.createElement("span");
  const name = (text) => Object.assign(document.createElement("span"), { className: "explorer-atlas-axis", textContent: text });
  root.className = "explorer-atlas-map";
  root.tabIndex = 0;
  root.setAttribute("role", "application");
  image.draggable = false;
  image.alt = "";
  root.append(image, layer);
  const words = model.get("axes").map((axis) => axis.replace("_", " "));
  el.append(name(`\u2191 ${words[1]}`), document.createElement("br"), root, document.createElement("br"), name(`${words[0]} \u2192`));
  root.setAttribute("aria-label", `map of looks: ${words[0]} to the right, ${words[1]} upwards; arrow keys move, Enter opens, space selects`);

  let hovered = null, start = null, end = null, url = "";
  const same = (a, b) => a && b && a[0] === b[0] && a[1] === b[1];
  const known = (cell) => model.get("filled").some((other) => same(cell, other));
  const cellAt = (event) => {
    const area = root.getBoundingClientRect(), count = model.get("cells");
    const place = (share) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return [place((event.clientX - area.left) / area.width), place(1 - (event.clientY - area.top) / area.height)];
  };
  const outline = (kind, [left, bottom], [right, top]) => {
    const share = 100 / model.get("cells"), mark = document.createElement("div");
    mark.className = `explorer-atlas-${kind}`;
    mark.style.left = `${left * share}%`;
    mark.style.bottom = `${bottom * share}%`;
    mark.style.width = `${(right - left + 1) * share}%`;
    mark.style.height = `${(top - bottom + 1) * share}%`;
    return mark;
  };
  const corners = () => [0, 1].map((n) => [Math.min(start[0], end[0]), Math.min(start[1], end[1])].map((low, axis) => (n ? Math.max(start[axis], end[axis]) : low)));
  const draw = () => {
    const marks = model.get("selected").map((cell) => outline("selected", cell, cell));
    if (hovered) marks.push(outline("hovered", hovered, hovered));
    if (start && end) marks.push(outline("box", ...corners()));
    layer.replaceChildren(...marks);
  };
  const show = () => {
    URL.revokeObjectURL(url);
    url = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/jpeg" }));
    image.src = url;
    draw();
  };
  const hover = (cell) => {
    if (same(cell, hovered)) return;
    hovered = cell;
    if (known(cell)) model.send({ kind: "hover", cell });
    draw();
  };
  let origin = null;
  root.addEventListener("pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    origin = [event.clientX, event.clientY];
    start = cellAt(event);
    end = null;
  });
  root.addEventListener("pointermove", (event) => {
    const isDrag = origin && (end || Math.hypot(event.clientX - origin[0], event.clientY - origin[1]) > DRAG);
    if (!isDrag) return hover(cellAt(event));
    end = cellAt(event);
    return draw();
  });
  root.addEventListener("pointerup", (event) => {
    if (!origin) return;
    const cell = cellAt(event);
    if (start && end) {
      const [low, high] = corners();
      const cells = model.get("filled").filter((each) => each.every((place, axis) => place >= low[axis] && place <= high[axis]));
      model.send({ kind: "select", cells });
    } else if (known(cell)) model.send({ kind: "open", cell });
    origin = start = end = null;
    draw();
  });
  root.addEventListener("pointercancel", () => {
    origin = start = end = null;
    draw();
  });
  root.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key], last = model.get("cells") - 1;
    if (step) hover((hovered ?? [0, 0]).map((place, axis) => Math.min(last, Math.max(0, place + step[axis]))));
    else if (event.key === "Enter" && hovered && known(hovered)) model.send({ kind: "open", cell: hovered });
    else if (event.key === " " && hovered && known(hovered)) {
      const others = model.get("selected").filter((cell) => !same(cell, hovered));
      const cells = others.length < model.get("selected").length ? others : [...others, hovered];
      model.send({ kind: "select", cells });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  model.on("change:picture", show);
  model.on("change:selected change:filled", draw);
  show();
  return () => URL.revokeObjectURL(url);
}

export default { render };
