// Below the picture: the current sound, its position, and buttons for another one.

import { useEffect, useState } from "react";
import { IconButton } from "./icons";
import type { SoundState } from "./hooks/useSound";

const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export function SoundBar({ sound, chooseFile }: { sound: SoundState; chooseFile: () => void }) {
  const { player, kind, name } = sound.sound!;
  return (
    <footer className="dock fades">
      {player && (
        <IconButton icon={sound.playing ? "pause" : "play"} label={sound.playing ? "Pause" : "Play"} shortcut="Space" onClick={sound.toggle} />
      )}
      <div className="now">
        <span className="name">{kind === "file" ? name : `listening to the ${kind}`}</span>
        {player && <Position player={player} />}
      </div>
      <IconButton icon="microphone" label="Microphone" shortcut="m" pressed={kind === "microphone"} onClick={() => sound.open("microphone")} />
      <IconButton icon="file" label="Sound file" shortcut="o" pressed={kind === "file"} onClick={chooseFile} />
      <IconButton icon="stop" label="Stop listening" onClick={sound.close} />
    </footer>
  );
}

function Position({ player }: { player: HTMLAudioElement }) {
  const [time, setTime] = useState(player.currentTime);
  useEffect(() => {
    const update = () => setTime(player.currentTime);
    player.addEventListener("timeupdate", update);
    return () => player.removeEventListener("timeupdate", update);
  }, [player]);
  const length = Number.isFinite(player.duration) ? player.duration : 0;
  return (
    <>
      <input
        type="range" className="position" aria-label="position" min="0" max={length} step="any" value={time}
        onChange={(event) => (player.currentTime = Number(event.target.value))}
      />
      <span className="clock">{clock(time)} / {clock(length)}</span>
    </>
  );
}
