// The buttons above a timeline, and the line below it that says what is selected and what can be done with it.

import { element } from "../../unbuilt/player.js";
import type { Keyframe, LaneName, SettingInWords } from "./song";

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
  setValue(value: number): void;
  focus(): void;
}

const HELP: [string, string][] = [
  ["space", "play"], ["↑ ↓", "lane"], ["← →", "previous, next"], ["shift ← →", "move"], ["a", "add"], ["del", "delete, merge"], ["t", "tap"],
  ["d", "downbeat"], ["2–9", "beats of a bar"], ["s", "split"], ["r", "rename"], ["l", "drop look"], ["k", "keyframe"], ["n", "snap"], ["+ − 0", "zoom"],
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
  readonly setting = element("select", { "aria-label": "setting that the keyframe moves", title: "the setting that a keyframe moves" }) as HTMLSelectElement;
  private readonly value = element("input", { type: "number", step: "any", "aria-label": "value of the setting" }) as HTMLInputElement;
  private keyframe: Keyframe | null = null;
  private look = "";
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
    this.value.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") this.actions.focus(); // the change follows
    };
    this.value.onchange = () => this.value.value !== "" && actions.setValue(Number(this.value.value));
    this.setting.onchange = () => this.showValue();
    this.selection = element("div", { class: "explorer-timeline-selection" }, this.text, this.name, this.setting, this.value, ...Object.values(this.buttons));
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
    add.textContent = { beats: "add beat", sections: "split at playhead", looks: "drop look", keyframes: "add keyframe" }[lane];
    add.title = "at the playhead (a)";
    add.hidden = lane === "sections";
    split.hidden = lane !== "sections";
    downbeat.hidden = !(lane === "beats" && isSelected);
    remove.hidden = !isSelected || (lane === "sections" && isFirst);
    remove.textContent = { beats: "delete", sections: "merge with the one before", looks: "remove", keyframes: "delete" }[lane];
    remove.title = "(delete)";
    this.name.hidden = !(lane === "sections" && isSelected);
    if (document.activeElement !== this.name) this.name.value = name;
  }

  /** The settings that a keyframe of a look may move, and their values in the selected keyframe. */
  showKeyframe(isActive: boolean, look: string, settings: SettingInWords[], keyframe: Keyframe | null): void {
    const hasChanged = keyframe?.time !== this.keyframe?.time || look !== this.look;
    [this.keyframe, this.look] = [keyframe, look];
    this.setting.hidden = !isActive;
    this.value.hidden = !(isActive && keyframe);
    if (!isActive) return;
    const before = this.setting.value, own = this.ownValues();
    const options = settings.map(([name, words, allowed]) => element("option", { value: name, title: allowed }, own.has(name) ? `${words} \u25c6` : words));
    this.setting.replaceChildren(...options);
    const isKept = settings.some(([name]) => name === before) && (!hasChanged || !own.size || own.has(before));
    this.setting.value = isKept ? before : (own.keys().next().value ?? settings.find(([name]) => name === "audio_gain")?.[0] ?? settings[0]?.[0] ?? "");
    this.showValue();
  }

  private ownValues(): Map<string, number> {
    return new Map(this.keyframe?.values.filter(([look]) => look === this.look).map(([, setting, value]) => [setting, value]));
  }

  private showValue(): void {
    const value = this.ownValues().get(this.setting.value);
    this.value.title = this.setting.selectedOptions[0]?.title ?? "";
    this.value.placeholder = "not set here";
    if (document.activeElement !== this.value) this.value.value = value === undefined ? "" : String(value);
  }

  editName(): void {
    const field = this.name.hidden ? this.value : this.name;
    field.focus();
    field.select();
  }
}
