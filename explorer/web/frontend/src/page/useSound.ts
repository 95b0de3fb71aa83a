// The sound that is heard, from the choice to the end.

import { useCallback, useEffect, useRef, useState } from "react";
import { Sound, type SoundKind } from "../audio/sound";
import type { Stage } from "../stage";

export interface Hearing {
  sound: Sound | null;
  opening: SoundKind | null;
  playing: boolean; // of a file
  wrong: string;
  open(kind: SoundKind, file?: File): void;
  close(): void;
  toggle(): void;
  forgive(): void;
}

export function useSound(stage: Stage | null): Hearing {
  const [sound, setSound] = useState<Sound | null>(null);
  const [opening, setOpening] = useState<SoundKind | null>(null);
  const [playing, setPlaying] = useState(false);
  const [wrong, setWrong] = useState("");
  const current = useRef<Sound | null>(null);

  const close = useCallback(() => {
    void current.current?.close();
    current.current = null;
    setSound(null);
    stage?.rest();
  }, [stage]);

  const open = useCallback((kind: SoundKind, file?: File) => {
    if (!stage) return;
    close();
    setWrong("");
    setOpening(kind);
    const ended = (reason: string) => {
      if (reason) {
        close();
        setWrong(`${reason[0].toUpperCase()}${reason.slice(1)}.`);
      }
    };
    Sound.open(kind, { heard: (heard) => stage.hear(heard), ended }, file)
      .then((opened) => {
        current.current = opened;
        setSound(opened);
        const { player } = opened;
        setPlaying(true);
        if (player) player.onplay = player.onpause = () => setPlaying(!player.paused);
      })
      .catch((error: Error) => setWrong(error.message))
      .finally(() => setOpening(null));
  }, [stage, close]);

  const toggle = useCallback(() => {
    const player = current.current?.player;
    if (player) void (player.paused ? player.play() : player.pause());
  }, []);

  useEffect(() => () => void current.current?.close(), []);
  return { sound, opening, playing, wrong, open, close, toggle, forgive: () => setWrong("") };
}
