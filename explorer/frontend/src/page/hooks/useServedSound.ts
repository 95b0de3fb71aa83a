// The sound that the server was started with: the page begins with it.

import { useEffect, useState } from "react";
import { fetchSound, nameOfSound } from "../../api";
import type { Scene } from "../../scene";
import type { SoundState } from "./useSound";

export interface ServedSound {
  name: string;
  open(): void;
}

/** Opens the served sound once there is a scene, unless another sound is open; null without one. */
export function useServedSound(scene: Scene | null, sound: SoundState): ServedSound | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => void nameOfSound().then(setName, () => {}), []); // a server that is lost has its own notice

  const open = () => sound.open("file", fetchSound(name!));
  useEffect(() => {
    if (name && scene && !sound.sound && !sound.opening) open();
  }, [name, scene]);
  return name === null ? null : { name, open };
}
