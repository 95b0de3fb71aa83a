// The model in the browser: from windows of features to visual parameters.

import * as ort from "onnxruntime-web/wasm";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { WindowSettings } from "../audio/windows";

/** Metadata of a model: the fields of model.json that the page uses. */
export interface Metadata extends WindowSettings {
  input_dim: number;
  features: string[];
  parameters: { name: string; low: number; high: number; rest: number }[];
}

/** A model that is ready to run. */
export class Model {
  private constructor(
    readonly metadata: Metadata,
    private readonly session: ort.InferenceSession,
  ) {}

  /** Load the bytes of a .onnx file. Throws an Error if it does not match its metadata. */
  static async load(metadata: Metadata, bytes: ArrayBuffer): Promise<Model> {
    ort.env.wasm.numThreads = 1; // more would need cross-origin isolation, and the network is small
    ort.env.wasm.wasmPaths = { wasm: new URL(wasm, location.href).href };
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    const model = new Model(metadata, session);
    await model.run([new Float32Array(metadata.input_dim)]); // a wrong width fails here, and the first run is slow
    return model;
  }

  /** The parameters of each window: a row of `metadata.parameters` numbers. */
  async run(windows: Float32Array[]): Promise<Float32Array[]> {
    const width = this.metadata.input_dim;
    const rows = new Float32Array(windows.length * width);
    windows.forEach((window, n) => rows.set(window, n * width));
    const input = new ort.Tensor("float32", rows, [windows.length, width]);
    const results = await this.session.run({ [this.session.inputNames[0]]: input });
    const output = results[this.session.outputNames[0]].data as Float32Array;
    const count = this.metadata.parameters.length;
    if (output.length !== windows.length * count) {
      throw new Error(`the model returns ${output.length / windows.length} numbers, its description names ${count}`);
    }
    return windows.map((_, n) => output.slice(n * count, (n + 1) * count));
  }

  close(): Promise<void> {
    return this.session.release();
  }
}
