// The list of keyboard shortcuts.

const SHORTCUTS: Record<string, string> = {
  m: "microphone on or off",
  o: "open a sound file or a recipe",
  space: "pause or play",
  i: "audio features and look",
  l: "the next look",
  t: "training",
  r: "start or stop recording",
  f: "full screen",
  esc: "close the panel",
  "?": "keyboard shortcuts",
};

export function Shortcuts() {
  return (
    <div>
      <h2>Keyboard shortcuts</h2>
      <dl className="keys">
        {Object.entries(SHORTCUTS).map(([key, action]) => (
          <div key={key}><dt><kbd>{key}</kbd></dt><dd>{action}</dd></div>
        ))}
      </dl>
    </div>
  );
}
