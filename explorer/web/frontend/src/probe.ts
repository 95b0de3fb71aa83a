// The parts of the page in the hands of its tests, at the address #probe.

import { LiveAnalysis, RATE } from "./audio/features";
import { Windows } from "./audio/windows";
import ear from "./audio/worklet.ts?worker&url";
import type { Heard } from "./audio/sound";
import { cppnShader } from "./cppn/cppn.glsl";
import { moment, packed } from "./cppn/network";
import { Model } from "./model/inference";
import { ShaderCanvas } from "./picture/canvas";
import { luminance, meanLight } from "./picture/flashes";
import { JULIA } from "./picture/julia.glsl";
import { Motion, uniforms } from "./picture/motion";
import type { Stage } from "./stage";

/** The frames that the AudioWorklet tells of these samples, in a context that need not wait for time to pass. */
async function hearOffline(samples: Float32Array<ArrayBuffer>): Promise<Float32Array[]> {
  const context = new OfflineAudioContext(1, samples.length, RATE);
  await context.audioWorklet.addModule(ear);
  const buffer = context.createBuffer(1, samples.length, RATE);
  buffer.copyToChannel(samples, 0);
  const node = new AudioWorkletNode(context, "ear");
  const frames: Float32Array[] = [];
  const expected = new LiveAnalysis().hear(samples).length;
  const all = new Promise<void>((resolve) => {
    node.port.onmessage = ({ data }: MessageEvent<Heard>) => {
      frames.push(...data.frames);
      if (frames.length >= expected) resolve();
    };
  });
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  await context.startRendering();
  await all;
  return frames.slice(0, expected);
}

export function attach(stage: Stage): void {
  Object.assign(window, {
    probe: {
      LiveAnalysis, Windows, Model, ShaderCanvas, JULIA, Motion, uniforms, luminance, meanLight, hearOffline, stage, cppnShader, moment, packed,
    },
  });
}
