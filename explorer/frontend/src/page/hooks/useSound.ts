// The current sound, from its selection to its end.

import { useCallback, useEffect, useRef, useState } from "react";
import { Sound, type SoundKind } from "../../audio/sound";
import type { Scene } from "../../scene";

export interface SoundState {
  sound: Sound | null;
  opening: SoundKind | null;
  playing: boolean; // of a file
  error: string;
  open(kind: SoundKind, file?: File | Promise<File>): void;
  close(): void;
  toggle(): void;
}

export function useSound(scene: Scene | null): SoundState {
  const [sound, setSound] = useState<Sound | null>(null);
  const [opening, setOpening] = useState<SoundKind | null>(null);
  const [playing, setPlaying] = useState(false);
  const [error, setError] = useState("");
  const current = useRef<Sound | null>(null);

  const close = useCallback(() => {
    void current.current?.close();
    current.current = null;
    setSound(null);
    scene?.endSound();
  }, [scene]);

  const open = useCallback((kind: SoundKind, file?: File | Promise<File>) => {
    if (!scene) return;
    close();
    setError("");
    setOpening(kind);
    const onEnd = (reason: string) => {
      if (reason) {
        close();
        setError(`${reason[0].toUpperCase()}${reason.slice(1)}.`);
      }
    };
    Promise.resolve(file)
      .then((file) => Sound.open(kind, { onFrames: (frames) => scene.pushFrames(frames), onEnd }, file))
      .then((sound) => {
        current.current = sound;
        setSound(sound);
        const { player } = sound;
        setPlaying(true);
        if (player) player.onplay = player.onpause = () => setPlaying(!player.paused);
      })
      .catch((error: Error) => setError(error.message))
      .finally(() => setOpening(null));
  }, [scene, close]);

  const toggle = useCallback(() => {
    const player = current.current?.player;
    if (player) void (player.paused ? player.play() : player.pause());
  }, []);

  useEffect(() => () => void current.current?.close(), []);
  return { sound, opening, playing, error, open, close, toggle };
}
