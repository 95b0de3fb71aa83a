// What the pages of reports share: elements, numbers as words, copying, clips, tables that sort, long lists.
// Text from files goes through textContent alone; nothing here makes HTML from strings.
"use strict";
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
function short(value, digits = 3) {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size >= 1000 && size < 1e6) return value.toFixed(0);
  const cut = Number(value.toPrecision(digits));
  return size >= 1e-4 && size < 1e6 ? String(cut) : cut.toExponential().replace("e+", "e");
}
const signed = (value) => (value === 0 ? "=" : (value > 0 ? "+" : "-") + short(Math.abs(value)));
// A parameter: whole numbers, such as a seed, in full
const words = (value, digits) => (value === null ? "none" : typeof value !== "number" || Number.isInteger(value) ? String(value) : short(value, digits));

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

// ---- a clip in place of a picture; when it is not beside this file the picture returns
function film(source, picture, name, missing) {
  const video = make("video", { controls: true, loop: true, playsInline: true, preload: "none", src: source });
  video.setAttribute("aria-label", name);
  if (picture) Object.assign(video, { poster: picture.src, width: picture.width, height: picture.height });
  video.addEventListener("error", () => missing(video));
  return video;
}

// ---- tables that sort: points without a value stay last, equal ones keep their order; numbers before words
function sortable(table, valuesOf, changed) {
  const heads = all("thead th", table), { compare: alphabetical } = new Intl.Collator();
  heads.forEach((head, column) => one("button", head)?.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending", values = valuesOf(column);
    heads.forEach((other) => other.hasAttribute("aria-sort") && other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const compare = (x, y) => {
      if (x === null || y === null) return (x === null) - (y === null);
      const text = typeof x === "string", order = text - (typeof y === "string") || (text ? alphabetical(x, y) : x - y);
      return up ? order : -order;
    };
    changed((a, b) => compare(values[a], values[b]));
    announce(`Sorted by ${head.textContent}, ${up ? "ascending" : "descending"}`);
  }));
}

// ---- a list that holds the elements in view and a margin around them, all of one height, several in a line.
// Tab reaches the buttons of one of them; the arrow keys, Page Up and Down, Home and End move on from there.
function drawnList(body, makeElement) {
  const inTable = body.tagName === "TBODY", spacer = () => make(inTable ? "tr" : "div", { className: "spacer", hidden: true });
  const scroller = body.closest(".scroll"), before = spacer(), after = spacer();
  let items = [], drawn = new Map(), height = 0, gap = 0, perLine = 1, current = 0;
  body.append(before, after);

  function measure() {
    const element = before.nextElementSibling, style = getComputedStyle(body);
    if (element === after) return;
    gap = inTable ? 0 : parseFloat(style.rowGap);
    height = element.getBoundingClientRect().height + gap;
    perLine = inTable ? 1 : style.gridTemplateColumns.split(" ").length;
  }

  function fill(space, lines) {
    space.hidden = lines <= 0;
    space.style.height = `${lines * height - gap}px`;
  }

  function draw() {
    const margin = scroller.clientHeight, lines = Math.ceil(items.length / perLine);
    const line = (y) => Math.min(Math.max(height && Math.floor(y / height), 0), lines);
    const from = line(scroller.scrollTop - margin), to = line(scroller.scrollTop + 2 * margin) + 1;
    const wanted = new Map(items.slice(from * perLine, to * perLine).map((n) => [n, drawn.get(n) ?? makeElement(n)]));
    const focused = body.contains(document.activeElement);
    drawn.forEach((element, n) => wanted.has(n) || element.remove());
    let next = before.nextElementSibling, index = from * perLine;
    wanted.forEach((element) => {
      if (element === next) next = next.nextElementSibling; else body.insertBefore(element, next);
      index += 1;
      if (inTable) element.ariaRowIndex = index + 1;  // the headings are the first row
    });
    drawn = wanted;
    fill(before, from);
    fill(after, lines - to);
    stop(drawn.has(items[current]) ? items[current] : items[Math.min(line(scroller.scrollTop) * perLine, items.length - 1)]);
    if (focused && !body.contains(document.activeElement)) scroller.focus({ preventScroll: true });
  }

  function stop(number) {
    drawn.forEach((element, n) => all("button", element).forEach((button) => { button.tabIndex = n === number ? 0 : -1; }));
  }

  function show(numbers) {
    items = numbers;
    current = 0;
    scroller.scrollTop = 0;
    if (!height) { draw(); measure(); }
    draw();
  }

  function reach(index) {
    current = Math.min(Math.max(index, 0), items.length - 1);
    const top = Math.floor(current / perLine) * height, headings = one("thead", scroller)?.offsetHeight ?? 0;
    scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, top + height + headings - scroller.clientHeight), top);
    draw();
    one("button", drawn.get(items[current])).focus({ preventScroll: true });
  }

  body.addEventListener("focusin", (event) => {
    current = items.findIndex((n) => drawn.get(n)?.contains(event.target));
    stop(items[current]);
  });
  body.addEventListener("keydown", (event) => {
    const page = perLine * Math.max(Math.floor(scroller.clientHeight / height) - 1, 1);
    const by = { ArrowUp: -perLine, ArrowDown: perLine, ArrowLeft: -1, ArrowRight: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("video")) return;
    event.preventDefault();
    reach(current + by);
  });
  scroller.addEventListener("scroll", draw);
  new ResizeObserver(() => { measure(); draw(); }).observe(scroller);
  function clear() {
    drawn.forEach((element) => element.remove());
    drawn = new Map();
  }

  return { show, clear };
}
