// The whole page: the picture fills the window, with controls over it that fade out without input.

import { useCallback, useEffect, useRef, useState, type DragEvent, type FormEvent } from "react";
import { watchTraining, type TrainingStatus } from "../api";
import { canRecord, record } from "../videoRecorder";
import { OFF, type Surface } from "../picture/light";
import { LOOK, PRESETS, type LitLook } from "../picture/motion";
import { Scene } from "../scene";
import { SoundBar } from "./SoundBar";
import { parseField, fieldFromJulia, juliaFromField, sliderKey, type Settings } from "./field";
import { useReducedMotion, useIdle, useStoredState, useShortcuts } from "./hooks/browser";
import { Shortcuts } from "./Shortcuts";
import { ControllerList } from "./controllers/ControllerList";
import { juliaRanges, LookSliders, nextOf } from "./LookSliders";
import { Meters } from "./Meters";
import { PictureMenu } from "./PictureMenu";
import { Training } from "./Training";
import { FieldSliders, withSetting, withValue } from "./FieldSliders";
import { useContextLoss } from "./hooks/useContextLoss";
import { useControllers } from "./controllers/useControllers";
import { useModels } from "./hooks/useModels";
import { looksOfKind, PROBE, useField } from "./hooks/useField";
import { NOTEBOOK_ORIGIN, useNotebook } from "./hooks/useNotebook";
import { useServedSound } from "./hooks/useServedSound";
import { useSound } from "./hooks/useSound";
import { Welcome } from "./Welcome";
import { IconButton } from "./icons";

type Panel = "meters" | "training" | "shortcuts" | null;
const FADE_SECONDS = 3.5; // without input
const SERVER_LOST = NOTEBOOK_ORIGIN === null // the server of a cell ends with its kernel, and never returns at that address
  ? "The server does not respond. The picture continues; the page reconnects by itself."
  : "The kernel was restarted or stopped: run this cell again.";

export function App() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const [scene, setScene] = useState<Scene | null>(null);
  const [webglError, setWebglError] = useState(""); // then there is no picture
  const [sceneError, setSceneError] = useState("");
  const [recipeError, setRecipeError] = useState("");
  const [panel, setPanel] = useState<Panel>(null);
  const [training, setTraining] = useState<TrainingStatus | null>(null);
  const [serverLost, setServerLost] = useState(false);
  const [smoothing, setSmoothing] = useStoredState("smoothing", 0.2);
  const [autoSmoothing, setAutoSmoothing] = useState(false); // the field does not set its smoothing
  const [limitFlashes, setLimitFlashes] = useState(true); // not stored, so that the next visitor is safe
  const [look, setLook] = useStoredState("look", LOOK);
  const [surface, setSurface] = useStoredState("surface", OFF); // light and finish of the Julia set
  const [stopRecording, setStopRecording] = useState<(() => Promise<unknown>) | null>(null);
  const reducedMotion = useReducedMotion();
  const sound = useSound(scene);
  const served = useServedSound(scene, sound);
  const models = useModels(scene);
  const fieldState = useField(scene);
  const [recordingNote, setRecordingNote] = useState("");
  const idle = useIdle(FADE_SECONDS) && sound.sound !== null && panel === null;

  useEffect(() => {
    let scene: Scene;
    try {
      scene = new Scene(canvas.current!);
    } catch (error) {
      return setWebglError((error as Error).message);
    }
    scene.onError = setSceneError;
    setScene(scene);
    if (location.hash === PROBE) void import("../probe").then(({ attach }) => attach(scene));
    return () => scene.close();
  }, []);
  const contextLoss = useContextLoss(scene, canvas);
  useEffect(() => {
    scene?.setJuliaSurface(surface).catch((error: Error) => setSceneError(`The light cannot be drawn: ${error.message}`));
  }, [scene, surface]);
  useEffect(() => {
    if (!scene) return;
    Object.assign(scene, { smoothing, reducedMotion, limitFlashes });
    Object.assign(scene.motion.look, look);
  }, [scene, smoothing, look, reducedMotion, limitFlashes]);

  const { refresh } = models;
  useEffect(() => {
    let previous: string | undefined;
    return watchTraining((status) => {
      setServerLost(status === null);
      if (!status) return;
      setTraining(status);
      if (previous !== `${status.run} ${status.status}`) refresh(); // also at first
      previous = `${status.run} ${status.status}`;
    });
  }, [refresh]);

  /** Draw a field from a recipe or from the notebook. */
  const showField = (field: Settings) => {
    setRecipeError("");
    if (field.kind !== "julia") return fieldState.choose(field);
    const julia = juliaFromField(field, look);
    fieldState.choose(null);
    setLook(julia.look);
    setSurface(julia.surface);
    if (julia.smoothing !== null) setSmoothing(julia.smoothing);
    setAutoSmoothing(julia.smoothing === null);
    models.choose(julia.model);
  };
  const chooseLook = ({ values, light, finish }: LitLook) => {
    setLook(values);
    setSurface({ light, finish });
  };
  const changeSmoothing = (seconds: number) => {
    setAutoSmoothing(false);
    setSmoothing(seconds);
  };
  /** Change settings of the picture: of the field, or of the Julia set. */
  const changeSettings = (values: [string, unknown][]) => {
    const { settings } = fieldState;
    if (settings) return fieldState.choose(values.reduce((changed, [name, value]) => withSetting(changed, name, value), settings));
    const [ofSurface, others] = [values.filter(([name]) => name.includes(".")), values.filter(([name]) => !name.includes("."))];
    if (ofSurface.length) setSurface(ofSurface.reduce((changed, [name, value]) => withValue(changed, name, value), { ...surface } as Settings) as unknown as Surface);
    const { motion_smoothing: seconds, ...ofLook } = Object.fromEntries(others) as Record<string, number>;
    if (seconds !== undefined) changeSmoothing(seconds);
    if (Object.keys(ofLook).length) setLook({ ...look, ...ofLook });
  };
  const sliders = fieldState.available?.sliders ?? {};
  const controllers = useControllers(fieldState.settings ? (sliders[sliderKey(fieldState.settings)] ?? []) : juliaRanges(sliders.cppn ?? []), changeSettings);
  const touch = ({ target }: FormEvent) => {
    const { setting } = (target as HTMLElement).closest<HTMLElement>("[data-setting]")?.dataset ?? {};
    if (setting) controllers.touch(setting);
  };
  const model = models.requested === "none" ? "none" : models.current || "none";
  const currentField = fieldState.settings ? fieldState.displayed : models.list && fieldFromJulia({ look, surface, smoothing: autoSmoothing ? null : smoothing, model });
  useNotebook(currentField, showField);

  const toggleRecord = useCallback(() => {
    if (stopRecording) {
      void stopRecording();
      setStopRecording(null);
    } else if (scene && canRecord()) {
      const { stop, width, height } = record(scene, sound.sound?.stream() ?? null, new Date());
      const drawing = scene.stats;
      const coarser = drawing.width < width ? `, enlarged from ${drawing.width}×${drawing.height}` : "";
      setRecordingNote(`Recording at ${width}×${height}${coarser}.`);
      setStopRecording(() => stop);
    }
  }, [stopRecording, sound.sound, scene]);
  const toggleFullscreen = () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  const togglePanel = (name: Panel) => setPanel((current) => (current === name ? null : name));
  const chooseFile = () => fileInput.current!.click();

  useShortcuts({
    m: () => (sound.sound?.kind === "microphone" ? sound.close() : sound.open("microphone")),
    o: chooseFile,
    " ": sound.toggle,
    f: toggleFullscreen,
    r: toggleRecord,
    l: () => fieldState.settings ? fieldState.choose(nextOf(looksOfKind(fieldState), fieldState.settings)) : chooseLook(nextOf(PRESETS, { values: look, ...surface })),
    i: () => togglePanel("meters"),
    t: () => togglePanel("training"),
    "?": () => togglePanel("shortcuts"),
    escape: () => setPanel(null),
  });

  const open = (file?: File) => {
    if (file?.name.endsWith(".json"))
      file.text().then(parseField).then(showField, ({ message }: Error) => setRecipeError(`${file.name} cannot be drawn: ${message}.`));
    else if (file) sound.open("file", file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  };
  const error = sound.error || sceneError || models.error;

  return (
    <div className={`page ${idle ? "idle" : ""}`} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <canvas key={contextLoss.key} ref={canvas} className={`picture ${contextLoss.lost ? "lost" : ""}`} aria-label="a picture that moves with the sound" role="img" />
      <input
        ref={fileInput} type="file" accept="audio/*,video/*,.json" hidden aria-label="sound file"
        onChange={(event) => {
          open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {webglError ? <NoWebGL reason={webglError} /> : !sound.sound && <Welcome sound={sound} served={served} chooseFile={chooseFile} />}
      <header className="bar-top fades">
        <PictureMenu models={models} fieldState={fieldState} />
        <span className="spring" />
        <IconButton icon="meters" label="Audio features and look" shortcut="i" pressed={panel === "meters"} onClick={() => togglePanel("meters")} />
        <IconButton icon="train" label="Training" shortcut="t" pressed={panel === "training"} className={training?.status === "running" ? "busy" : ""} onClick={() => togglePanel("training")} />
        <IconButton icon="record" label={stopRecording ? "Stop recording" : "Record"} shortcut="r" pressed={stopRecording !== null} className="record" disabled={!canRecord()} onClick={toggleRecord} />
        <IconButton icon="full" label="Full screen" shortcut="f" onClick={toggleFullscreen} />
        <IconButton icon="keys" label="Keyboard shortcuts" shortcut="?" pressed={panel === "shortcuts"} className="keyboard" onClick={() => togglePanel("shortcuts")} />
      </header>
      {scene && panel && (
        <aside className="panel" aria-label={panel} onInput={touch}>
          <IconButton icon="close" label="Close" shortcut="Escape" className="small" onClick={() => setPanel(null)} />
          {panel === "meters" && (
            <>
              <Meters scene={scene} parameters={fieldState.settings === null} />
              <label className="field" title="the picture is dimmed before it flashes more than three times a second">
                <span>limit flashes</span>
                <input type="checkbox" checked={limitFlashes} onChange={(event) => setLimitFlashes(event.target.checked)} />
              </label>
              {fieldState.settings
                ? <FieldSliders sliders={sliders[sliderKey(fieldState.settings)] ?? []} settings={fieldState.settings} change={fieldState.choose} />
                : <LookSliders look={look} change={setLook} surface={surface} changeSurface={setSurface} choose={chooseLook} sliders={sliders.cppn ?? []} smoothing={smoothing} changeSmoothing={changeSmoothing} />}
              <ControllerList controllers={controllers} />
            </>
          )}
          {panel === "shortcuts" && <Shortcuts />}
          {panel === "training" && <Training status={training} />}
        </aside>
      )}
      {sound.sound && <SoundBar sound={sound} chooseFile={chooseFile} />}
      <div className="notices" aria-live="polite">
        {serverLost && <p className="notice">{SERVER_LOST}</p>}
        {models.list?.length === 0 && !fieldState.settings && <p className="notice">There is no model yet, so the picture does not follow the sound. Train one (t).</p>}
        {error && sound.sound && <p className="notice wrong">{error}</p>}
        {contextLoss.lost && (
          <p className="notice">
            The browser lost the graphics context. <button type="button" onClick={contextLoss.retry}>Draw again</button>
          </p>
        )}
        {fieldState.building && <p className="notice">Building the picture…</p>}
        {fieldState.error && <p className="notice wrong">{fieldState.error}</p>}
        {stopRecording && <p className="notice fades">{recordingNote}</p>}
        {controllers.problem && panel !== "meters" && <p className="notice">{controllers.problem}</p>}
        {recipeError && <p className="notice wrong">{recipeError}</p>}
        {models.missing && !fieldState.settings && <p className="notice wrong">The model {models.missing} is not here, so another one drives this Julia set.</p>}
        {sceneError && !sound.sound && <p className="notice wrong">{sceneError}</p>}
        {models.error && !sound.sound && !serverLost && <p className="notice wrong">{models.error}</p>}
      </div>
    </div>
  );
}

function NoWebGL({ reason }: { reason: string }) {
  return (
    <main className="welcome">
      <h1>No picture here</h1>
      <p>
        This browser does not provide WebGL2 ({reason}), which draws the picture. Turn on hardware acceleration in its
        settings, or open the page in a current Chrome, Edge, Firefox or Safari.
      </p>
    </main>
  );
}
