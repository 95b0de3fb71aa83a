// MIDI controllers that move settings: what they move is learned, and stored by this browser.

import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { listenToMidi } from "../../../unbuilt/midi.js";
import { EMPTY_MAP, movedValues, settingsOf, withController, withoutController, type SettingRange } from "./controllerMap";
import { settingLabel } from "../FieldSliders";
import { useStoredState } from "../hooks/browser";

export const LEARNING = "touch a slider, then turn a knob of the controller";

export interface Controllers {
  listening: boolean;
  learning: boolean;
  map: [controller: string, setting: string][];
  message: string;
  problem: string; // a device that vanished, or why there is no MIDI
  toggle(): void;
  toggleLearning(): void;
  touch(setting: string): void; // a person moved it
  free(controller: string): void;
}

/** Controllers for the settings in `ranges`; `change` gets several at once. */
export function useControllers(ranges: SettingRange[], change: (values: [string, unknown][]) => void): Controllers {
  const [listening, setListening] = useStoredState("midi", false);
  const [map, setMap] = useStoredState("controllers", EMPTY_MAP);
  const [learning, setLearning] = useState(false);
  const [message, setMessage] = useState("");
  const [problem, setProblem] = useState("");
  const target = useRef(""); // the setting that was touched last, while learning

  const receive = (moves: [string, number][]) => {
    let current = map;
    const [controller] = moves[0];
    if (learning && target.current) {
      current = withController(map, controller, target.current);
      setMap(current);
      setMessage(`${controller} moves ${settingLabel(target.current)}; ${LEARNING}, or press Learn again`);
      target.current = "";
    } else if (learning) setMessage(`${controller}: first touch the slider that it is to move`);
    else if (!settingsOf(current).some(([name]) => name === controller)) setMessage(`${controller} moves nothing yet: press Learn`);
    const values = movedValues(current, ranges, moves);
    if (values.length) change(values);
  };
  const latest = useRef(receive);
  latest.current = receive;

  useEffect(() => {
    setProblem("");
    if (!listening) return;
    // at once, since the next moves build on the settings that these leave
    return listenToMidi((moves) => flushSync(() => latest.current(moves)), (words, isProblem) => {
      setMessage(words);
      setProblem(isProblem ? words : "");
    });
  }, [listening]);

  const toggle = useCallback(() => {
    setMessage("");
    setListening(!listening);
  }, [listening]);
  const toggleLearning = () => {
    target.current = "";
    setMessage(learning ? "" : LEARNING);
    setLearning(!learning);
  };
  const touch = (setting: string) => {
    if (!learning) return;
    target.current = setting;
    setMessage(`turn a knob of the controller: it will move ${settingLabel(setting)}`);
  };
  return { listening, learning, map: settingsOf(map), message, problem, toggle, toggleLearning, touch, free: (controller) => setMap(withoutController(map, controller)) };
}
