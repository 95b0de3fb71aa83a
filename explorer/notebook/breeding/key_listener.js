// Sends the keys of its list that are pressed while the focus is in the view around this widget.
const TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable=true]";

function render({ model, el }) {
  const keys = new Set(model.get("key_names"));
  const attach = () => {
    const root = el.closest(".explorer-keys");
    if (!root) return requestAnimationFrame(attach);
    root.tabIndex = 0;
    root.dataset.lmSuppressShortcuts = "true"; // or JupyterLab takes 1 to 6 for headings and b for a new cell
    root.addEventListener("click", (event) => {
      // a button that is switched off while it works would take the focus, and the keys, away
      if (event.detail && event.target.closest("button")) root.focus({ preventScroll: true });
    });
    root.addEventListener("keydown", (event) => {
      const isButton = event.target.closest("button") && (event.key === "Enter" || event.key === " ");
      if (event.ctrlKey || event.metaKey || event.altKey || isButton) return;
      if (event.target.closest(TYPING) || !keys.has(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      model.send({ key: event.key });
    });
    return undefined;
  };
  attach();
}

export default { render };
