// The buttons above a timeline, and the line below it that says what is selected and what can be done with it.

import { element } from "../../unbuilt/player.js";
import type { LaneName } from "./song";

export interface Actions {
  toggle(): void;
  undo(): void;
  redo(): void;
  zoom(factor: number): void;
  zoomAll(): void;
  setSnap(on: boolean): void;
  halve(): void;
  double(): void;
  dropLook(): void;
  save(): void;
  remove(): void;
  add(): void;
  toggleDownbeat(): void;
  split(): void;
  rename(name: string): void;
  focus(): void;
}

const HELP: [string, string][] = [
  ["space", "play"], ["↑ ↓", "lane"], ["← →", "previous, next"], ["shift ← →", "move"], ["a", "add"], ["del", "delete, merge"], ["t", "tap"],
  ["d", "downbeat"], ["2–9", "beats of a bar"], ["s", "split"], ["r", "rename"], ["l", "drop look"], ["n", "snap"], ["+ − 0", "zoom"],
  ["page ↑ ↓", "scroll"], ["ctrl z", "undo"], ["ctrl s", "save"],
];

function button(text: string, title: string, action: () => void): HTMLButtonElement {
  const node = element("button", { type: "button", title }, text) as HTMLButtonElement;
  if (/^[^a-z]*$/i.test(text)) node.setAttribute("aria-label", title.split(" (")[0]);
  node.onclick = action;
  return node;
}

export class Toolbar {
  readonly bar: HTMLElement;
  readonly selection: HTMLElement;
  readonly help: HTMLElement;
  readonly looks = element("select", { "aria-label": "look to drop", title: "the look that is dropped on the lane of looks" }) as HTMLSelectElement;
  private readonly playButton: HTMLButtonElement;
  private readonly undoButton: HTMLButtonElement;
  private readonly redoButton: HTMLButtonElement;
  private readonly snapButton: HTMLButtonElement;
  private readonly saveButton: HTMLButtonElement;
  private readonly time = element("span", { class: "explorer-timeline-time" });
  private readonly summary = element("span", { class: "explorer-timeline-summary", role: "status" });
  private readonly text = element("span", { class: "explorer-timeline-selected", "aria-live": "polite" });
  private readonly name = element("input", { type: "text", maxlength: 60, "aria-label": "name of the section", placeholder: "name of the section" }) as HTMLInputElement;
  private readonly buttons: Record<"downbeat" | "split" | "remove" | "add", HTMLButtonElement>;

  constructor(private readonly actions: Actions) {
    const { snap } = { snap: button("snap", "snap to onsets, beats and bars (n)", () => this.actions.setSnap(this.snapButton.ariaPressed !== "true")) };
    this.snapButton = snap;
    this.playButton = button("▶", "play (space)", () => actions.toggle());
    this.playButton.className = "explorer-timeline-play";
    this.undoButton = button("↶", "undo (ctrl z)", () => actions.undo());
    this.redoButton = button("↷", "redo (ctrl shift z)", () => actions.redo());
    this.saveButton = button("Save", "keep the edits for this song: analyze(song, edits='saved') (ctrl s)", () => actions.save());
    this.saveButton.className = "explorer-timeline-save";
    const group = (...nodes: HTMLElement[]) => element("span", { class: "explorer-timeline-group" }, ...nodes);
    this.bar = element(
      "div", { class: "explorer-timeline-bar" }, this.playButton, this.time,
      group(this.undoButton, this.redoButton),
      group(button("−", "zoom out (-)", () => actions.zoom(1.6)), button("+", "zoom in (+)", () => actions.zoom(1 / 1.6)), button("all", "the whole song (0)", () => actions.zoomAll())),
      snap,
      group(button("÷2", "every second beat: half the tempo", () => actions.halve()), button("×2", "a beat between every two: twice the tempo", () => actions.double())),
      group(this.looks, button("drop look", "place this look at the playhead (l)", () => actions.dropLook())),
      this.summary, this.saveButton,
    );
    this.buttons = {
      add: button("", "", () => actions.add()),
      downbeat: button("downbeat", "this beat begins a bar, or no more (d)", () => actions.toggleDownbeat()),
      split: button("split at playhead", "a new section begins at the playhead (s)", () => actions.split()),
      remove: button("", "", () => actions.remove()),
    };
    this.name.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.actions.rename(this.name.value);
      if (event.key === "Enter" || event.key === "Escape") this.actions.focus();
    };
    this.name.onchange = () => actions.rename(this.name.value);
    this.selection = element("div", { class: "explorer-timeline-selection" }, this.text, this.name, ...Object.values(this.buttons));
    this.help = element("div", { class: "explorer-timeline-help" });
    for (const [keys, words] of HELP) this.help.append(element("span", {}, element("kbd", {}, keys), ` ${words}`));
  }

  showTime(text: string, isPlaying: boolean): void {
    this.time.textContent = text;
    this.playButton.textContent = isPlaying ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-pressed", String(isPlaying));
  }

  showState(canUndo: boolean, canRedo: boolean, snap: boolean, summary: string, saved: boolean): void {
    this.undoButton.disabled = !canUndo;
    this.redoButton.disabled = !canRedo;
    this.snapButton.ariaPressed = String(snap);
    this.summary.textContent = summary;
    this.saveButton.disabled = saved;
    this.saveButton.textContent = saved ? "Saved" : "Save";
  }

  showLooks(names: string[]): void {
    const before = this.looks.value;
    this.looks.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    if (names.includes(before)) this.looks.value = before;
  }

  /** What is selected in words, with the buttons that go with it. */
  showSelection(lane: LaneName, text: string, isSelected: boolean, name: string, isFirst: boolean): void {
    const { add, downbeat, split, remove } = this.buttons;
    this.text.textContent = text;
    add.textContent = { beats: "add beat", sections: "split at playhead", looks: "drop look" }[lane];
    add.title = "at the playhead (a)";
    add.hidden = lane === "sections";
    split.hidden = lane !== "sections";
    downbeat.hidden = !(lane === "beats" && isSelected);
    remove.hidden = !isSelected || (lane === "sections" && isFirst);
    remove.textContent = { beats: "delete", sections: "merge with the one before", looks: "remove" }[lane];
    remove.title = "(delete)";
    this.name.hidden = !(lane === "sections" && isSelected);
    if (document.activeElement !== this.name) this.name.value = name;
  }

  editName(): void {
    this.name.focus();
    this.name.select();
  }
}
