// Names the controls of a panel for screen readers. ipywidgets writes labels and tooltips beside a control,
// where screen readers do not find them; here each control gets the same text as its own name.

const CONTROLS = "input, select, textarea, .noUi-handle, .explorer-thumb button";

function textOf(element) {
  return element.textContent.replace(/[\s\u200b]+/g, " ").trim();
}

function nameOf(control) {
  const widget = control.closest(".jupyter-widgets");
  const label = widget.querySelector(".widget-label");
  return (label && textOf(label)) || control.title || (label && label.title) || widget.title;
}

function nameAll(panel) {
  for (const control of panel.querySelectorAll(CONTROLS)) {
    const name = control.closest(".jupyter-widgets") && nameOf(control);
    if (name && control.getAttribute("aria-label") !== name && !control.closest(".explorer-live, .explorer-code"))
      control.setAttribute("aria-label", name);
  }
  for (const fold of panel.querySelectorAll(".explorer-fold"))
    fold.setAttribute("aria-expanded", fold.classList.contains("mod-active"));
  for (const picture of panel.querySelectorAll("img:not([alt])"))
    picture.alt = picture.classList.contains("explorer-picture") ? "the picture" : ""; // the others have buttons
}

export default {
  render({ el }) {
    let observer = null;
    let removed = false;
    function start() {
      const panel = el.closest(".explorer-panel");
      if (removed) return;
      if (!panel) return void requestAnimationFrame(start); // it is put into the page after it was rendered
      observer = new MutationObserver(() => nameAll(panel));
      observer.observe(panel, { childList: true, subtree: true, attributeFilter: ["title"] });
      panel.addEventListener("click", () => nameAll(panel));
      nameAll(panel);
    }
    start();
    return () => {
      removed = true;
      observer?.disconnect();
    };
  },
};
