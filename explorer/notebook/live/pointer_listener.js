// Tells the kernel which picture of the thumbnails around this widget is pointed at, or has the focus, and shows the moving
// one of a FieldGrid over it as soon as that has drawn the field of that picture.
const REST_MS = 150; // that a pointer rests on a picture

function render({ model, el }) {
  let root, thumbnail, timer;
  let generation = 0; // of the fields of the grid, for this picture; 0: not known yet
  const grid = () => root.querySelector(".explorer-grid");

  function point(next) {
    if (next === thumbnail) return;
    clearTimeout(timer);
    [thumbnail, generation] = [next, 0];
    if (grid()) grid().style.visibility = "hidden";
    if (!next || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const index = [...root.querySelectorAll(".explorer-thumb")].indexOf(next);
    timer = setTimeout(() => model.send({ index }), REST_MS);
  }

  function show(expected) {
    if (expected !== generation) return; // another picture
    const moving = grid();
    if (moving && moving.parentElement !== thumbnail) thumbnail.append(moving);
    const isDrawn = moving?.dataset.drawn === String(expected);
    if (moving) moving.style.visibility = isDrawn ? "visible" : "hidden";
    if (!isDrawn) requestAnimationFrame(() => show(expected));
  }

  function attach() {
    root = el.closest(".explorer-thumbnails");
    if (!root) return void requestAnimationFrame(attach);
    const over = ({ target }) => point(target.closest?.(".explorer-thumb") ?? null);
    root.addEventListener("pointerover", over);
    root.addEventListener("focusin", over);
    for (const name of ["pointerleave", "focusout"]) root.addEventListener(name, () => point(null));
  }

  model.on("msg:custom", (message) => {
    if (!thumbnail) return;
    generation = message.generation;
    show(generation);
  });
  attach();
}

export default { render };
