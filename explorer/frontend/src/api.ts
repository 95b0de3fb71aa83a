// Requests to the server; the page was loaded from it, so every address is relative.

import type { Metadata } from "./model/inference";
import type { Description } from "./scene";

export interface ModelSummary {
  id: string;
  shipped: boolean;
  initial: boolean; // the page begins with it
  finished: boolean; // false: its training was stopped early, or is running
  created: string | null;
  hidden: number[] | null;
  trained_on: string[];
  damaged: string | null; // why its model.json cannot be read
}

export interface TrainingStatus {
  status: "idle" | "starting" | "running" | "stopping" | "done" | "stopped" | "failed";
  run: string | null;
  phase: string | null;
  share: number;
  epoch: number | null;
  epochs: number | null;
  step: number | null;
  loss: number | null;
  validation: Record<string, number | null>;
  seconds_left: number | null;
  error: string | null;
  left_out: string[];
  notes: string[]; // sounds that were not used and why, in words
}

/** A setting in the JSON schema of training. */
export interface Setting {
  type?: "integer" | "number" | "boolean" | "string" | "array";
  default?: unknown;
  minimum?: number;
  maximum?: number;
  description?: string;
}

/** A setting of a field: a range, a list of choices, or a switch. */
export interface FieldSlider {
  name: string;
  low: number | null;
  high: number | null;
  step: number | null;
  choices: string[];
  switch: boolean;
  help: string;
  value: unknown; // the default
}

export interface Fields {
  looks: Record<string, Record<string, unknown>>;
  runs: string[];
  sliders: Record<string, FieldSlider[]>; // by kind, those of a sketch by its text
}

export type History = Record<string, number | null>[];

/** The server cannot be reached, as opposed to an error response. */
export class ServerUnreachableError extends Error {}

async function request(path: string, options?: RequestInit): Promise<Response> {
  const response = await fetch(`api/${path}`, options).catch(() => {
    throw new ServerUnreachableError("The server cannot be reached.");
  });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  throw new Error((body as { detail?: string } | null)?.detail ?? `The server answers ${response.status}.`);
}

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const json = async <T>(path: string, options?: RequestInit) => (await (await request(path, options)).json()) as T;

export const listModels = () => json<ModelSummary[]>("models");
export const describeModel = async (id: string) =>
  (await json<{ metadata: Metadata }>(`models/${encodeURIComponent(id)}`)).metadata;
export const fetchNetwork = async (id: string) =>
  (await request(`models/${encodeURIComponent(id)}/onnx`)).arrayBuffer();
export const describeSettings = async () =>
  (await json<{ properties: Record<string, Setting> }>("train/settings")).properties;
export const fetchHistory = () => json<History>("train/history");
export const stopTraining = () => json<TrainingStatus>("train/stop", { method: "POST" });
export const startTraining = (body: Record<string, unknown>) => json<TrainingStatus>("train/start", post(body));
/** The name of the sound that the server was started with; null without one. */
export const nameOfSound = async () => (await json<{ name: string | null }>("sound")).name;
export const fetchSound = async (name: string) => new File([await (await request("sound/file")).blob()], name);
export const listFields = () => json<Fields>("fields");
export const fieldOfRun = (run: string) => json<Description>(`fields/${encodeURIComponent(run)}`);
export const buildField = (settings: Record<string, unknown>) => json<Description>("fields", post({ settings }));

/** Watch training until the returned function is called; `onStatus` gets null while the server cannot be reached. */
export function watchTraining(onStatus: (status: TrainingStatus | null) => void): () => void {
  const source = new EventSource("api/train/events");
  source.onmessage = ({ data }: MessageEvent<string>) => onStatus(JSON.parse(data) as TrainingStatus);
  source.onerror = () => onStatus(null); // the browser tries again by itself
  return () => source.close();
}
