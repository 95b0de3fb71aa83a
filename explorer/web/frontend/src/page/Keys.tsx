// The keys of the page, each with what it does.

const KEYS: Record<string, string> = {
  m: "microphone on and off",
  o: "a sound file, or a recipe",
  space: "pause and go on",
  i: "what is heard, and the look",
  l: "the next look",
  t: "training",
  r: "record to a file, and end that",
  f: "full screen",
  esc: "close this",
  "?": "these keys",
};

export function Keys() {
  return (
    <div>
      <h2>Keys</h2>
      <dl className="keys">
        {Object.entries(KEYS).map(([key, does]) => (
          <div key={key}><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>
        ))}
      </dl>
    </div>
  );
}
