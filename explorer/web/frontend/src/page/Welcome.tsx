// Before anything is heard: three ways to begin.

import type { SoundKind } from "../audio/sound";
import { Icon, type IconName } from "./icons";
import type { Hearing } from "./useSound";

const WAYS: { kind: SoundKind; icon: IconName; name: string; note: string }[] = [
  { kind: "microphone", icon: "microphone", name: "Microphone", note: "what sounds around you" },
  { kind: "file", icon: "file", name: "Sound file", note: "or drop one anywhere" },
  { kind: "tab", icon: "tab", name: "Browser tab", note: "what plays in another" },
];

export function Welcome({ sound, choose }: { sound: Hearing; choose: () => void }) {
  const canShare = Boolean((navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia);
  return (
    <main className="welcome">
      <h1>Let it hear something</h1>
      <div className="ways">
        {WAYS.filter(({ kind }) => kind !== "tab" || canShare).map(({ kind, icon, name, note }) => (
          <button
            key={kind} type="button" disabled={sound.opening !== null}
            onClick={() => (kind === "file" ? choose() : sound.open(kind))}
          >
            <Icon name={icon} />
            <strong>{name}</strong>
            <small>{sound.opening === kind ? "waiting…" : note}</small>
          </button>
        ))}
      </div>
      {sound.wrong && <p className="wrong" role="alert">{sound.wrong}</p>}
      <p className="quiet">The sound stays in this browser. Nothing is sent anywhere.</p>
    </main>
  );
}
