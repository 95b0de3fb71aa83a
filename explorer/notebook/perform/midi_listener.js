// Sends what MIDI controllers do, as shares of their range; at most one message of a controller per frame.
const CHANNEL = (status) => `channel ${(status & 15) + 1}`;

// The controller's name and its share from 0 to 1; null for anything else.
function parse([status, first, second]) {
  switch (status & 0xf0) {
    case 0x80:
      return [`note ${first}, ${CHANNEL(status)}`, 0];
    case 0x90:
      return [`note ${first}, ${CHANNEL(status)}`, second / 127];
    case 0xb0:
      return [`cc ${first}, ${CHANNEL(status)}`, second / 127];
    case 0xe0:
      return [`pitch bend, ${CHANNEL(status)}`, (first + 128 * second) / 16383];
    default:
      return null;
  }
}

function render({ model }) {
  const moves = new Map();
  let access = null, closed = false, timer = 0;
  const flush = () => {
    timer = 0;
    model.send({ kind: "moves", moves: [...moves] });
    moves.clear();
  };
  const receive = (event) => {
    const move = parse(event.data);
    if (!move) return;
    moves.set(...move);
    timer ||= setTimeout(flush, 16);
  };
  const list = () => {
    const inputs = [...access.inputs.values()].filter((input) => input.state !== "disconnected");
    for (const input of inputs) input.onmidimessage = closed ? null : receive;
    if (!closed) model.send({ kind: "devices", names: inputs.map((input) => input.name ?? "without a name") });
  };
  const open = async () => {
    try {
      if (!navigator.requestMIDIAccess) throw new Error("this browser has no Web MIDI; Chrome, Edge and Firefox have");
      access = await navigator.requestMIDIAccess();
      access.onstatechange = list;
      list();
    } catch (error) {
      model.send({ kind: "failed", reason: String(error.message ?? error) });
    }
  };
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    if (access) list();
  };
}

export default { render };
