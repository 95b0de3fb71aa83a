// The keys of a timeline, by what they do.

export type Command =
  | { kind: "toggle" | "tap" | "add" | "remove" | "downbeat" | "split" | "rename" | "look" | "keyframe" | "snap" | "undo" | "redo" | "save" | "all" | "start" | "end" | "none" }
  | { kind: "lane" | "select" | "nudge" | "zoom" | "scroll"; amount: number }
  | { kind: "meter"; beats: number };

interface Pressed {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const LARGE = 10; // times as far, with shift and alt

/** The command of a key; null for one that is not of the timeline. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Pressed): Command | null {
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) {
    if (name === "z") return { kind: shiftKey ? "redo" : "undo" };
    if (name === "y") return { kind: "redo" };
    return name === "s" ? { kind: "save" } : null;
  }
  const amount = altKey ? LARGE : 1;
  switch (name) {
    case "ArrowLeft": return { kind: shiftKey ? "nudge" : "select", amount: -amount };
    case "ArrowRight": return { kind: shiftKey ? "nudge" : "select", amount };
    case "ArrowUp": return { kind: "lane", amount: -1 };
    case "ArrowDown": return { kind: "lane", amount: 1 };
    case "PageUp": return { kind: "scroll", amount: -0.8 };
    case "PageDown": return { kind: "scroll", amount: 0.8 };
    case "+": case "=": return { kind: "zoom", amount: 1 / 1.6 };
    case "-": case "_": return { kind: "zoom", amount: 1.6 };
    case "0": return { kind: "all" };
    case "Home": return { kind: "start" };
    case "End": return { kind: "end" };
    case " ": return { kind: "toggle" };
    case "Delete": case "Backspace": return { kind: "remove" };
    case "Enter": case "F2": case "r": return { kind: "rename" };
    case "Escape": return { kind: "none" };
  }
  if (altKey) return null;
  const letters: Record<string, Command> = {
    a: { kind: "add" }, t: { kind: "tap" }, d: { kind: "downbeat" }, s: { kind: "split" }, m: { kind: "remove" }, l: { kind: "look" }, k: { kind: "keyframe" }, n: { kind: "snap" },
  };
  return /^[2-9]$/.test(name) ? { kind: "meter", beats: Number(name) } : (letters[name] ?? null);
}
