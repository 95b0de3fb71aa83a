// The page of a run, the index of all, and the start of every page; after report_elements.js and report_sweep.js.
"use strict";
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
