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

// The address of the page as this browser reaches it: itself, or through jupyter-server-proxy; null where it cannot.
async function reached(address) {
  if (HERE.includes(location.hostname)) return address;
  const { port, pathname } = new URL(address);
  const proxied = `${jupyter()}proxy/${port}${pathname}`;
  const answer = await fetch(`${proxied}api/health`).catch(() => null);
  return answer?.ok ? proxied : null;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// What to do where the page runs on a machine that this browser does not reach.
function advice(address) {
  const { port } = new URL(address);
  const command = `ssh -L ${port}:127.0.0.1:${port} ${HERE.includes(location.hostname) ? "USER@MACHINE" : location.hostname}`;
  return [
    element("strong", {}, "The live page is not reached from this browser."),
    " It runs beside the kernel; if that is another machine, run this on yours and open the page there: ",
    element("code", {}, command), " ",
    element("a", { href: address, target: "_blank", rel: "noopener" }, address),
    ". Or install jupyter-server-proxy beside Jupyter, and reload. If it ran before, run the cell again.",
  ];
}

export default {
  render({ model, el }) {
    const frame = element("iframe", { allow: ALLOWED, title: "live page", class: "explorer-live-page" });
    const note = element("p", { role: "status", class: "explorer-live-page-note" });
    Object.assign(frame.style, { width: "100%", height: `${model.get("height")}px`, border: 0, borderRadius: "8px", background: "#05060a", display: "block" });
    note.hidden = true;
    el.append(frame, note);
    let origin = null; // of the page, once its address is known
    let late = 0;

    const tell = (settings) => origin && frame.contentWindow?.postMessage({ kind: "show", settings }, origin);
    const complain = () => {
      note.replaceChildren(...advice(model.get("address")));
      note.hidden = false;
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
      const address = await reached(model.get("address"));
      if (!address) return complain();
      origin = new URL(address).origin;
      late = setTimeout(complain, PATIENCE);
      frame.src = `${address}?notebook=${encodeURIComponent(location.origin)}`;
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
