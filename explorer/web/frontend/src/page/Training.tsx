// Train a model on a folder of sounds: settings from the server's schema, progress and loss as they come.

import { useEffect, useState, type FormEvent } from "react";
import {
  describeSettings, fetchHistory, startTraining, stopTraining,
  type History, type Setting, type TrainingStatus,
} from "../api";
import { LossChart } from "./LossChart";

const FIRST = ["epochs", "batch_size", "learning_rate", "window_frames", "include_delta", "include_delta_delta"];
const WORDS: Record<string, string> = {
  epochs: "rounds (epochs)", batch_size: "sequences a step", window_frames: "frames heard at once",
  include_delta: "hears changes, too", include_delta_delta: "and how those change",
  sequence: "moments in a sequence", held_out: "share held out", patience: "patience, in rounds",
  made_clips: "generated clips besides", seed: "seed of chance",
};
const words = (name: string) => WORDS[name] ?? name.replaceAll("_", " ");

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function Training({ status }: { status: TrainingStatus | null }) {
  const [settings, setSettings] = useState<Record<string, Setting>>({});
  const [history, setHistory] = useState<History>([]);
  const [wrong, setWrong] = useState("");
  const going = status?.status === "running" || status?.status === "starting";

  useEffect(() => void describeSettings().then(setSettings, (error: Error) => setWrong(error.message)), []);
  useEffect(() => void fetchHistory().then(setHistory, () => {}), [status?.epoch, status?.status, status?.run]);

  const carry = (work: Promise<unknown>) =>
    void work.then(() => setWrong(""), (error: Error) => setWrong(error.message));

  function start(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    carry(startTraining(body(new FormData(event.currentTarget), settings)));
  }

  const rest = Object.keys(settings).filter((name) => name !== "data_dir" && !FIRST.includes(name));
  return (
    <div className="training">
      <p className="quiet">A model learns to move the picture with the music: loud is bright, change is motion.</p>
      {status && <Progress status={status} />}
      <LossChart history={history} />
      {wrong && <p className="wrong" role="alert">{wrong}</p>}
      {going ? (
        <button type="button" className="wide" onClick={() => carry(stopTraining())}>Stop and keep what it learned</button>
      ) : (
        <form onSubmit={start}>
          <label className="field">
            <span>folder of sounds</span>
            <input name="data_dir" required placeholder="data/audio" autoComplete="off" spellCheck={false} />
          </label>
          {FIRST.map((name) => settings[name] && <Field key={name} name={name} setting={settings[name]} />)}
          {rest.length > 0 && (
            <details>
              <summary>More settings</summary>
              {rest.map((name) => <Field key={name} name={name} setting={settings[name]} />)}
            </details>
          )}
          <button type="submit" className="wide main">Train</button>
        </form>
      )}
    </div>
  );
}

function Field({ name, setting }: { name: string; setting: Setting }) {
  const { type, minimum, maximum, description } = setting;
  if (type === "boolean") {
    return (
      <label className="field" title={description}>
        <span>{words(name)}</span>
        <input type="checkbox" name={name} defaultChecked={setting.default === true} />
      </label>
    );
  }
  if (type !== "integer" && type !== "number") return null;
  return (
    <label className="field" title={description}>
      <span>{words(name)}</span>
      <input
        type="number" name={name} min={minimum} max={maximum} step={type === "integer" ? 1 : "any"}
        defaultValue={String(setting.default)} required
      />
    </label>
  );
}

/** The request for what the form says. */
export function body(form: FormData, settings: Record<string, Setting>): Record<string, unknown> {
  const told: Record<string, unknown> = { data_dir: form.get("data_dir") };
  for (const [name, { type }] of Object.entries(settings)) {
    if (type === "boolean") told[name] = form.has(name);
    else if (form.has(name) && name !== "data_dir") told[name] = Number(form.get(name));
  }
  return told;
}

function Progress({ status }: { status: TrainingStatus }) {
  const { epoch, epochs, step, loss, seconds_left, error, run } = status;
  if (status.status === "stopped" && !run) return null; // before there was anything to tell of
  const words = {
    idle: "Nothing was trained yet.",
    starting: "Starting: listening to the sounds…",
    running: !epoch && !step ? "Listening to the sounds…" : `Epoch ${epoch} of ${epochs}`,
    done: `Done: ${run}`,
    stopped: `Stopped: ${run}`,
    failed: `Failed: ${error ?? "no reason was given"}`,
  }[status.status];
  const share = status.status === "done" ? 1 : (epoch ?? 0) / (epochs || 1);
  return (
    <div className="progress" data-status={status.status} role="status">
      <p className={status.status === "failed" ? "wrong" : ""}>{words}</p>
      {status.status !== "idle" && <progress value={share} aria-label="progress of training" />}
      {status.status === "running" && (
        <p className="quiet">
          {loss !== null && `loss ${loss.toFixed(3)}`}
          {seconds_left !== null && `, ${duration(seconds_left)} left`}
        </p>
      )}
    </div>
  );
}
