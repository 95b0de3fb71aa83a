// Train a model on a folder of sounds: settings from the server's schema, progress and loss as they come.

import { useEffect, useState, type FormEvent } from "react";
import {
  describeSettings, fetchHistory, startTraining, stopTraining,
  type History, type Setting, type TrainingStatus,
} from "../api";
import { LossChart } from "./LossChart";

const FIRST = ["epochs", "batch_size", "learning_rate", "window_frames", "include_delta", "include_delta_delta"];
const GOING = ["starting", "running", "stopping"];
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
  const going = GOING.includes(status?.status ?? "");

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
      <h2>Training</h2>
      <p className="quiet">A model learns to move the picture with the music: loud is bright, change is motion.</p>
      {status && <Progress status={status} />}
      <LossChart history={history} />
      {history.length > 0 && <p className="quiet">Lower is better: the loss falls below zero as the picture follows.</p>}
      {wrong && <p className="wrong" role="alert">{wrong}</p>}
      {going ? (
        <button type="button" className="wide" disabled={status?.status === "stopping"} onClick={() => carry(stopTraining())}>
          Stop and keep what it learned
        </button>
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

const sentence = (text: string) => text[0]!.toUpperCase() + text.slice(1);

const ENDING: Record<string, string> = { proving: "proving what it learned", writing: "drawing what it learned" };

/** What a training that goes on is doing. */
export function doing({ status, phase, epoch, epochs }: Pick<TrainingStatus, "status" | "phase" | "epoch" | "epochs">) {
  const ending = ENDING[phase ?? ""];
  if (ending) return `${status === "stopping" ? `Stopped in epoch ${epoch}; ${ending}` : sentence(ending)}…`;
  const now = phase === "training" ? `Training: epoch ${epoch} of ${epochs}` : `${sentence(phase ?? "starting")}…`;
  return status === "stopping" ? `Stopping. ${now}` : now;
}

function Progress({ status }: { status: TrainingStatus }) {
  const { loss, seconds_left, error, run } = status;
  const words = {
    idle: "Nothing was trained yet.",
    starting: "Starting…",
    running: doing(status),
    stopping: doing(status),
    done: `Done: ${run}`,
    stopped: run ? `Stopped: ${run}` : "Stopped before anything was learned.",
    failed: `Failed: ${error ?? "no reason was given"}`,
  }[status.status];
  return (
    <div className="progress" data-status={status.status} role="status">
      <p className={status.status === "failed" ? "wrong" : ""}>{words}</p>
      {status.status !== "idle" && <progress value={status.share} aria-label="progress of training" />}
      {GOING.includes(status.status) && (
        <p className="quiet">
          {[loss !== null && `loss ${loss.toFixed(3)}`, seconds_left !== null && `${duration(seconds_left)} left`]
            .filter(Boolean).join(", ")}
        </p>
      )}
      {status.notes.map((note) => <p className="quiet" key={note}>{sentence(note)}</p>)}
    </div>
  );
}
