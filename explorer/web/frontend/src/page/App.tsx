// The whole page: the picture fills the window, controls lie over it and fade while nobody touches them.

import { useCallback, useEffect, useRef, useState, type DragEvent } from "react";
import { watchTraining, type TrainingStatus } from "../api";
import { canRecord, record } from "../recorder";
import { LOOK, PRESETS } from "../picture/motion";
import { Stage } from "../stage";
import { Dock } from "./Dock";
import { fieldOf, juliaField, juliaOf, type Settings } from "./field";
import { useCalm, useIdle, useKept, useKeys } from "./hooks";
import { Keys } from "./Keys";
import { LookSliders, nextOf } from "./LookSliders";
import { Meters } from "./Meters";
import { Models } from "./Models";
import { Training } from "./Training";
import { NetworkSliders } from "./NetworkSliders";
import { useLostPicture } from "./useLostPicture";
import { useModels } from "./useModels";
import { PROBE, useNetwork } from "./useNetwork";
import { NOTEBOOK, useNotebook } from "./useNotebook";
import { useSound } from "./useSound";
import { Welcome } from "./Welcome";
import { IconButton } from "./icons";

type Panel = "meters" | "training" | "keys" | null;
const FADE = 3.5; // seconds without a touch
const GONE = NOTEBOOK === null // the server of a cell ends with its kernel, and never comes back at that address
  ? "The server is gone. What plays goes on; the page looks for it again by itself."
  : "The kernel was restarted or stopped: run this cell again.";

export function App() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [blind, setBlind] = useState(""); // why there can be no picture
  const [trouble, setTrouble] = useState("");
  const [fileWrong, setFileWrong] = useState(""); // of a recipe
  const [panel, setPanel] = useState<Panel>(null);
  const [training, setTraining] = useState<TrainingStatus | null>(null);
  const [lost, setLost] = useState(false);
  const [smoothing, setSmoothing] = useKept("smoothing", 0.2);
  const [automatic, setAutomatic] = useState(false); // a field was shown that leaves its smoothing open
  const [limiting, setLimiting] = useState(true); // flashes: not remembered when off, whoever comes next should be safe
  const [look, setLook] = useKept("look", LOOK);
  const [finish, setFinish] = useState<(() => Promise<unknown>) | null>(null); // ends the recording
  const calm = useCalm();
  const sound = useSound(stage);
  const models = useModels(stage);
  const network = useNetwork(stage);
  const [filmed, setFilmed] = useState(""); // what is being recorded
  const idle = useIdle(FADE) && sound.sound !== null && panel === null;

  useEffect(() => {
    let made: Stage;
    try {
      made = new Stage(canvas.current!);
    } catch (error) {
      return setBlind((error as Error).message);
    }
    made.onTrouble = setTrouble;
    setStage(made);
    if (location.hash === PROBE) void import("../probe").then(({ attach }) => attach(made));
    return () => made.close();
  }, []);
  const picture = useLostPicture(stage, canvas);
  useEffect(() => {
    if (!stage) return;
    Object.assign(stage, { smoothing, calm, limiting });
    Object.assign(stage.motion.look, look);
  }, [stage, smoothing, look, calm, limiting]);

  const { refresh } = models;
  useEffect(() => {
    let before: string | undefined;
    return watchTraining((status) => {
      setLost(status === null);
      if (!status) return;
      setTraining(status);
      if (before === undefined || before !== `${status.run} ${status.status}`) refresh(); // also after the server was lost
      before = `${status.run} ${status.status}`;
    });
  }, [refresh]);

  /** Show a field of Python's: from a recipe, or from the notebook around. */
  const showField = (field: Settings) => {
    setFileWrong("");
    if (field.kind === "cppn") return network.choose(field);
    const julia = juliaOf(field, look);
    network.choose(null);
    setLook(julia.look);
    if (julia.smoothing !== null) setSmoothing(julia.smoothing);
    setAutomatic(julia.smoothing === null);
    models.choose(julia.model);
  };
  const smooth = (seconds: number) => {
    setAutomatic(false);
    setSmoothing(seconds);
  };
  const model = models.asked === "none" ? "none" : models.chosen || "none";
  const seen = network.settings ? network.drawn : models.list && juliaField({ look, smoothing: automatic ? null : smoothing, model });
  useNotebook(seen, showField);

  const toggleRecord = useCallback(() => {
    if (finish) {
      void finish();
      setFinish(null);
    } else if (stage && canRecord()) {
      const { end, width, height } = record(stage, sound.sound?.stream() ?? null, new Date());
      const drawn = stage.numbers;
      const coarser = drawn.width < width ? `, enlarged from ${drawn.width}×${drawn.height}` : "";
      setFilmed(`Recording at ${width}×${height}${coarser}.`);
      setFinish(() => end);
    }
  }, [finish, sound.sound, stage]);
  const toggleFull = () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  const show = (wanted: Panel) => setPanel((shown) => (shown === wanted ? null : wanted));
  const choose = () => chooser.current!.click();

  useKeys({
    m: () => (sound.sound?.kind === "microphone" ? sound.close() : sound.open("microphone")),
    o: choose,
    " ": sound.toggle,
    f: toggleFull,
    r: toggleRecord,
    l: () => network.settings ? network.choose(nextOf(network.offered?.looks ?? {}, network.settings)) : setLook(nextOf(PRESETS, look)),
    i: () => show("meters"),
    t: () => show("training"),
    "?": () => show("keys"),
    escape: () => setPanel(null),
  });

  const open = (file?: File) => {
    if (file?.name.endsWith(".json"))
      file.text().then(fieldOf).then(showField, ({ message }: Error) => setFileWrong(`${file.name} cannot be shown: ${message}.`));
    else if (file) sound.open("file", file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  };
  const wrong = sound.wrong || trouble || models.wrong;

  return (
    <div className={`page ${idle ? "idle" : ""}`} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <canvas key={picture.key} ref={canvas} className={`picture ${picture.lost ? "lost" : ""}`} aria-label="a Julia set that moves with the sound" role="img" />
      <input
        ref={chooser} type="file" accept="audio/*,video/*,.json" hidden aria-label="sound file"
        onChange={(event) => {
          open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {blind ? <Blind reason={blind} /> : !sound.sound && <Welcome sound={sound} choose={choose} />}
      <header className="bar-top fades">
        <Models models={models} network={network} />
        <span className="spring" />
        <IconButton icon="meters" label="What is heard, and the look" shortcut="i" pressed={panel === "meters"} onClick={() => show("meters")} />
        <IconButton icon="train" label="Training" shortcut="t" pressed={panel === "training"} className={training?.status === "running" ? "busy" : ""} onClick={() => show("training")} />
        <IconButton icon="record" label={finish ? "End the recording" : "Record"} shortcut="r" pressed={finish !== null} className="record" disabled={!canRecord()} onClick={toggleRecord} />
        <IconButton icon="full" label="Full screen" shortcut="f" onClick={toggleFull} />
        <IconButton icon="keys" label="Keys" shortcut="?" pressed={panel === "keys"} className="keyboard" onClick={() => show("keys")} />
      </header>
      {stage && panel && (
        <aside className="panel" aria-label={panel}>
          <IconButton icon="close" label="Close" shortcut="Escape" className="small" onClick={() => setPanel(null)} />
          {panel === "meters" && (
            <>
              <Meters stage={stage} parameters={network.settings === null} />
              <label className="field" title="what would flash more than three times a second is dimmed as it happens">
                <span>limit flashes</span>
                <input type="checkbox" checked={limiting} onChange={(event) => setLimiting(event.target.checked)} />
              </label>
              {network.settings
                ? <NetworkSliders sliders={network.offered?.sliders ?? []} settings={network.settings} change={network.choose} />
                : <LookSliders look={look} change={setLook} smoothing={smoothing} smooth={smooth} />}
            </>
          )}
          {panel === "keys" && <Keys />}
          {panel === "training" && <Training status={training} />}
        </aside>
      )}
      {sound.sound && <Dock sound={sound} choose={choose} />}
      <div className="notices" aria-live="polite">
        {lost && <p className="notice">{GONE}</p>}
        {models.list?.length === 0 && !network.settings && <p className="notice">There is no model yet, so the picture only rests. Train one (t).</p>}
        {wrong && sound.sound && <p className="notice wrong">{wrong}</p>}
        {picture.lost && (
          <p className="notice">
            The graphics of this browser dropped the picture. <button type="button" onClick={picture.again}>Draw again</button>
          </p>
        )}
        {network.building && <p className="notice">Building the picture…</p>}
        {network.wrong && <p className="notice wrong">{network.wrong}</p>}
        {finish && <p className="notice fades">{filmed}</p>}
        {fileWrong && <p className="notice wrong">{fileWrong}</p>}
        {models.missing && !network.settings && <p className="notice wrong">The model {models.missing} is not here, so another one moves this Julia set.</p>}
        {models.wrong && !sound.sound && !lost && <p className="notice wrong">{models.wrong}</p>}
      </div>
    </div>
  );
}

function Blind({ reason }: { reason: string }) {
  return (
    <main className="welcome">
      <h1>No picture here</h1>
      <p>
        This browser gives the page no WebGL2 ({reason}), and that is what draws. Turn hardware acceleration on in its
        settings, or open the page in a current Chrome, Edge, Firefox or Safari.
      </p>
    </main>
  );
}
