// The controls of an exported page: a welcome, and a bar that fades without input.

const FADE_MS = 3000; // without input

/** An element with a class, text and children. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...content);
  return node;
}

export function button(label: string, title: string, onClick: () => void): HTMLButtonElement {
  const node = element("button", "", label);
  node.type = "button";
  node.title = title;
  node.addEventListener("click", onClick);
  return node;
}

/** Mark the page as idle while nobody moves the mouse or presses a key. */
export function watchInput(): void {
  let timer = 0;
  const wake = () => {
    clearTimeout(timer);
    document.body.classList.remove("idle");
    timer = window.setTimeout(() => document.body.classList.add("idle"), FADE_MS);
  };
  for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) addEventListener(name, wake);
  wake();
}

export function toggleFullscreen(): void {
  void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
}
