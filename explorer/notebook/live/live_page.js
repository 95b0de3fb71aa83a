// The live page in a cell: an iframe of it, messages between it and the kernel, and a word when it is not reached.

const PATIENCE = 15000; // ms until a page that says nothing is missed
const HERE = ["localhost", "127.0.0.1", "[::1]"]; // names of the machine before which one sits
const ALLOWED = "microphone; display-capture; autoplay; fullscreen; clipboard-write";

// Where Jupyter's own pages begin, as they say it themselves.
function jupyter() {
  const told = document.getElementById("jupyter-config-data");
  const base = told ? JSON.parse(told.textContent).baseUrl : document.body.dataset.baseUrl;
  return new URL(base ?? "/", location.origin).href;
}

// The address of the page through jupyter-server-proxy; null where there is none.
async function proxied(address) {
  const { port, pathname } = new URL(address);
  const other = `${jupyter()}proxy/${port}${pathname}`;
  const answer = await fetch(`${other}api/health`).catch(() => null);
  return answer?.ok ? other : null;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// What to do where no way leads to the page.
function advice(address) {
  const { port } = new URL(address);
  const machine = HERE.includes(location.hostname) ? "USER@MACHINE" : location.hostname;
  return [
    element("strong", {}, "The live page is not reached from this browser."),
    " It runs beside the kernel. If that is another machine, run ",
    element("code", {}, `ssh -L ${port}:127.0.0.1:${port} ${machine}`),
    " on yours, and open ",
    element("a", { href: address, target: "_blank", rel: "noopener" }, address),
    "; or install jupyter-server-proxy beside Jupyter and start that anew. If it is this machine, run the cell again.",
  ];
}

export default {
  render({ model, el }) {
    const frame = element("iframe", { allow: ALLOWED, title: "live page", class: "explorer-live-page" });
    const note = element("p", { role: "status", class: "explorer-live-page-note" });
    Object.assign(frame.style, { width: "100%", height: `${model.get("height")}px`, border: 0, borderRadius: "8px", background: "#05060a", display: "block" });
    note.hidden = true;
    el.append(note, frame);
    const address = model.get("address");
    const ways = HERE.includes(location.hostname) ? [() => address, proxied] : [proxied];
    let origin = null; // of the page, once a way to it is tried
    let late = 0;

    const tell = (settings) => origin && frame.contentWindow?.postMessage({ kind: "show", settings }, origin);
    const complain = () => {
      note.replaceChildren(...advice(address));
      note.hidden = false;
      frame.style.display = origin ? "block" : "none"; // what was tried may yet come
    };
    const hear = ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin) return;
      if (data?.kind === "ready") {
        clearTimeout(late);
        note.hidden = true;
        tell(model.get("settings"));
      } else if (data?.kind === "field") model.send({ kind: "field", settings: data.settings });
    };
    const show = (message) => message.kind === "show" && tell(message.settings);
    const open = async () => {
      const way = ways.shift();
      if (!way) return complain();
      const reached = await way(address);
      if (!reached) return open();
      origin = new URL(reached).origin;
      late = setTimeout(open, PATIENCE);
      frame.src = `${reached}?notebook=${encodeURIComponent(location.origin)}`;
    };

    addEventListener("message", hear);
    model.on("msg:custom", show);
    void open();
    return () => {
      clearTimeout(late);
      removeEventListener("message", hear);
      model.off("msg:custom", show);
    };
  },
};
