// Before there is a sound: the one of the server, and three ways to choose another.

import type { SoundKind } from "../audio/sound";
import { Icon, type IconName } from "./icons";
import type { ServedSound } from "./hooks/useServedSound";
import type { SoundState } from "./hooks/useSound";

const SOURCES: { kind: SoundKind; icon: IconName; name: string; note: string }[] = [
  { kind: "microphone", icon: "microphone", name: "Microphone", note: "the sound around you" },
  { kind: "file", icon: "file", name: "Sound file", note: "or drop one anywhere" },
  { kind: "tab", icon: "tab", name: "Browser tab", note: "the sound of another tab" },
];

interface WelcomeProps {
  sound: SoundState;
  served: ServedSound | null;
  chooseFile: () => void;
}

export function Welcome({ sound, served, chooseFile }: WelcomeProps) {
  const canShare = Boolean((navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia);
  return (
    <main className="welcome">
      <h1>Choose a sound</h1>
      <div className="ways">
        {served && (
          <button type="button" disabled={sound.opening !== null} onClick={served.open}>
            <Icon name="play" />
            <strong>{served.name}</strong>
            <small>{sound.opening === "file" ? "opening…" : "play it"}</small>
          </button>
        )}
        {SOURCES.filter(({ kind }) => kind !== "tab" || canShare).map(({ kind, icon, name, note }) => (
          <button
            key={kind} type="button" disabled={sound.opening !== null}
            onClick={() => (kind === "file" ? chooseFile() : sound.open(kind))}
          >
            <Icon name={icon} />
            <strong>{name}</strong>
            <small>{sound.opening === kind ? "waiting…" : note}</small>
          </button>
        ))}
      </div>
      {sound.error && <p className="wrong" role="alert">{sound.error}</p>}
      <p className="quiet">The sound stays in this browser. Nothing is sent to a server.</p>
    </main>
  );
}
