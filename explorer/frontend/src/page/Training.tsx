// Trains a model on a folder of sounds: settings from the server's schema, progress and losses.

import { useEffect, useState, type FormEvent } from "react";
import {
  describeSettings, fetchHistory, startTraining, stopTraining,
  type History, type Setting, type TrainingStatus,
} from "../api";
import { LossChart } from "./LossChart";

const MAIN_SETTINGS = ["epochs", "batch_size", "learning_rate", "window_frames", "include_delta", "include_delta_delta"];
const ACTIVE = ["starting", "running", "stopping"];
const LABELS: Record<string, string> = {
  data_dir: "folder of sounds",
  batch_size: "sequences per step", window_frames: "frames per window",
  include_delta: "include changes", include_delta_delta: "include changes of changes",
  sequence: "moments per sequence", held_out: "share held out",
  made_clips: "generated clips", seed: "random seed",
};
const labelOf = (name: string) => LABELS[name] ?? name.replaceAll("_", " ");

/** An error of the server with the name of a setting as the form shows it. */
export const withLabels = (error: string) => error.replace(/^([a-z]+(?:_[a-z]+)*): /, (_, name: string) => `${labelOf(name)}: `);

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function Training({ status }: { status: TrainingStatus | null }) {
  const [settings, setSettings] = useState<Record<string, Setting>>({});
  const [history, setHistory] = useState<History>([]);
  const [error, setError] = useState("");
  const active = ACTIVE.includes(status?.status ?? "");

  useEffect(() => void describeSettings().then(setSettings, (error: Error) => setError(error.message)), []);
  useEffect(() => void fetchHistory().then(setHistory, () => {}), [status?.epoch, status?.status, status?.run]);

  const send = (request: Promise<unknown>) =>
    void request.then(() => setError(""), (error: Error) => setError(withLabels(error.message)));

  function start(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    send(startTraining(requestBody(new FormData(event.currentTarget), settings)));
  }

  const rest = Object.keys(settings).filter((name) => name !== "data_dir" && !MAIN_SETTINGS.includes(name));
  return (
    <div className="training">
      <h2>Training</h2>
      <p className="quiet">A model learns to move the picture with the music: loud means bright, change means motion.</p>
      {status && <Progress status={status} />}
      <LossChart history={history} />
      {history.length > 0 && <p className="quiet">Lower is better: the loss falls below zero as the picture follows the music.</p>}
      {error && <p className="wrong" role="alert">{error}</p>}
      {active ? (
        <button type="button" className="wide" disabled={status?.status === "stopping"} onClick={() => send(stopTraining())}>
          Stop and keep the model
        </button>
      ) : (
        <form onSubmit={start}>
          <label className="field">
            <span>{labelOf("data_dir")}</span>
            <input name="data_dir" required placeholder="data/audio" autoComplete="off" spellCheck={false} />
          </label>
          {MAIN_SETTINGS.map((name) => settings[name] && <Field key={name} name={name} setting={settings[name]} />)}
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
        <span>{labelOf(name)}</span>
        <input type="checkbox" name={name} defaultChecked={setting.default === true} />
      </label>
    );
  }
  if (type !== "integer" && type !== "number") return null;
  return (
    <label className="field" title={description}>
      <span>{labelOf(name)}</span>
      <input
        type="number" name={name} min={minimum} max={maximum} step={type === "integer" ? 1 : "any"}
        defaultValue={String(setting.default)} required
      />
    </label>
  );
}

/** The request with the values of the form. */
export function requestBody(form: FormData, settings: Record<string, Setting>): Record<string, unknown> {
  const values: Record<string, unknown> = { data_dir: form.get("data_dir") };
  for (const [name, { type }] of Object.entries(settings)) {
    if (type === "boolean") values[name] = form.has(name);
    else if (form.has(name) && name !== "data_dir") values[name] = Number(form.get(name));
  }
  return values;
}

const sentence = (text: string) => text[0]!.toUpperCase() + text.slice(1);

const FINAL_PHASES: Record<string, string> = { proving: "evaluating the model", writing: "drawing the results" };

/** The current phase of a running training in words. */
export function phaseText({ status, phase, epoch, epochs }: Pick<TrainingStatus, "status" | "phase" | "epoch" | "epochs">) {
  const finalPhase = FINAL_PHASES[phase ?? ""];
  if (finalPhase) return `${status === "stopping" ? `Stopped in epoch ${epoch}; ${finalPhase}` : sentence(finalPhase)}…`;
  const text = phase === "training" ? `Training: epoch ${epoch} of ${epochs}` : `${sentence(phase ?? "starting")}…`;
  return status === "stopping" ? `Stopping. ${text}` : text;
}

function Progress({ status }: { status: TrainingStatus }) {
  const { loss, seconds_left, error, run } = status;
  const text = {
    idle: "No training yet.",
    starting: "Starting…",
    running: phaseText(status),
    stopping: phaseText(status),
    done: `Done: ${run}`,
    stopped: run ? `Stopped: ${run}` : "Stopped before anything was learned.",
    failed: `Failed: ${error ?? "no reason was given"}`,
  }[status.status];
  return (
    <div className="progress" data-status={status.status} role="status">
      <p className={status.status === "failed" ? "wrong" : ""}>{text}</p>
      {status.status !== "idle" && <progress value={status.share} aria-label="progress of training" />}
      {ACTIVE.includes(status.status) && (
        <p className="quiet">
          {[loss !== null && `loss ${loss.toFixed(3)}`, seconds_left !== null && `${duration(seconds_left)} left`]
            .filter(Boolean).join(", ")}
        </p>
      )}
      {status.notes.map((note) => <p className="quiet" key={note}>{sentence(note)}</p>)}
    </div>
  );
}
