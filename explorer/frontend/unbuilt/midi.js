// MIDI controllers of this computer, for the panel of a notebook and for the live page: what they move, as shares of
// their range. Plain JavaScript in one module, since the panel takes it as it is.

const FLUSH_MS = 16; // at most one report in this time

/** @param {number} status */
const channel = (status) => `channel ${(status & 15) + 1}`;

/**
 * The controller's name and its share from 0 to 1; null for anything else.
 * @param {ArrayLike<number>} message
 * @returns {[string, number] | null}
 */
function parse({ 0: status, 1: first, 2: second }) {
  switch (status & 0xf0) {
    case 0x80:
      return [`note ${first}, ${channel(status)}`, 0];
    case 0x90:
      return [`note ${first}, ${channel(status)}`, second / 127];
    case 0xb0:
      return [`cc ${first}, ${channel(status)}`, second / 127];
    case 0xe0:
      return [`pitch bend, ${channel(status)}`, (first + 128 * second) / 16383];
    default:
      return null;
  }
}

/** Why this page has no MIDI. */
const missing = () =>
  isSecureContext ? "this browser has no Web MIDI; Chrome, Edge and Firefox have" : "browsers allow it at https and localhost addresses alone";

/** @param {string[]} names */
const listed = (names) => names.map((name) => name.slice(0, 60)).join(", ");

/**
 * Listen until the returned function is called. `onMoves` gets the latest share of each controller that moved,
 * `onStatus` one line: the devices, or, with true, which vanished or why there are none.
 * @param {(moves: [string, number][]) => void} onMoves
 * @param {(words: string, isProblem: boolean) => void} onStatus
 * @returns {() => void}
 */
export function listenToMidi(onMoves, onStatus) {
  const moves = new Map();
  let access = null, names = [], closed = false, timer = 0;
  const flush = () => {
    timer = 0;
    onMoves([...moves]);
    moves.clear();
  };
  const receive = (event) => {
    const move = parse(event.data);
    if (!move) return;
    moves.set(...move);
    timer ||= setTimeout(flush, FLUSH_MS);
  };
  const list = () => {
    const inputs = [...access.inputs.values()].filter((input) => input.state !== "disconnected");
    for (const input of inputs) input.onmidimessage = closed ? null : receive;
    if (closed) return;
    const before = names;
    names = inputs.map((input) => input.name ?? "without a name");
    const gone = before.filter((name) => !names.includes(name));
    const present = names.length ? listed(names) : "no device is plugged in";
    if (gone.length) onStatus(`MIDI: ${listed(gone)} is gone, the sliders work as before; ${present}`, true);
    else onStatus(`MIDI: ${present}`, false);
  };
  const open = async () => {
    try {
      if (!navigator.requestMIDIAccess) throw new Error(missing());
      access = await navigator.requestMIDIAccess();
      if (closed) return;
      access.onstatechange = list;
      list();
    } catch (error) {
      if (!closed) onStatus(`no MIDI: ${String(error.message ?? error)}`, true);
    }
  };
  void open();
  return () => {
    closed = true;
    clearTimeout(timer);
    if (access) list();
  };
}

export default {
  render: ({ model }) => listenToMidi((moves) => model.send({ kind: "moves", moves }), (words) => model.send({ kind: "status", words })),
};
