// The live page in a cell: an iframe of it, messages between it and the kernel, and advice when it is not reached.

const READY_TIMEOUT = 15000; // ms until a page that sends no message counts as unreachable
const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]; // of the machine that the browser runs on
const ALLOWED = "microphone; display-capture; autoplay; fullscreen; clipboard-write; midi";

// The base URL of Jupyter, as its own pages state it.
function jupyterUrl() {
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  return new URL(base ?? "/", location.origin).href;
}

// The address of the page through jupyter-server-proxy; null where there is none.
async function proxyAddress(address) {
  const { port, pathname } = new URL(address);
  const other = `${jupyterUrl()}proxy/${port}${pathname}`;
  const answer = await fetch(`${other}api/health`).catch(() => null);
  return answer?.ok ? other : null;
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// What to do when the page cannot be reached.
function advice(address) {
  const { port } = new URL(address);
  const machine = LOCAL_NAMES.includes(location.hostname) ? "USER@MACHINE" : location.hostname;
  return [
    element("strong", {}, "The live page is not reached from this browser."),
    " It runs beside the kernel. If that is another machine, run ",
    element("code", {}, `ssh -L ${port}:127.0.0.1:${port} ${machine}`),
    " on yours, and open ",
    element("a", { href: address, target: "_blank", rel: "noopener" }, address),
    "; or install jupyter-server-proxy beside Jupyter and restart Jupyter. If it is this machine, run the cell again.",
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
    const addresses = LOCAL_NAMES.includes(location.hostname) ? [() => address, proxyAddress] : [proxyAddress];
    let origin = null; // of the page, once an address is tried
    let timeout = 0;

    const sendField = (settings) => origin && frame.contentWindow?.postMessage({ kind: "show", settings }, origin);
    const showAdvice = () => {
      note.replaceChildren(...advice(address));
      note.hidden = false;
      frame.style.display = origin ? "block" : "none"; // the address that was tried may still answer
    };
    const receive = ({ source, origin: from, data }) => {
      if (source !== frame.contentWindow || from !== origin) return;
      if (data?.kind === "ready") {
        clearTimeout(timeout);
        note.hidden = true;
        sendField(model.get("settings"));
      } else if (data?.kind === "field") model.send({ kind: "field", settings: data.settings });
    };
    const show = (message) => message.kind === "show" && sendField(message.settings);
    const open = async () => {
      const next = addresses.shift();
      if (!next) return showAdvice();
      const reached = await next(address);
      if (!reached) return open();
      origin = new URL(reached).origin;
      timeout = setTimeout(open, READY_TIMEOUT);
      frame.src = `${reached}?notebook=${encodeURIComponent(location.origin)}`;
    };

    addEventListener("message", receive);
    model.on("msg:custom", show);
    void open();
    return () => {
      clearTimeout(timeout);
      removeEventListener("message", receive);
      model.off("msg:custom", show);
    };
  },
};
