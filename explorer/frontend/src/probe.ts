// Gives the tests access to the parts of the page, at the address #probe.

import { LiveAnalysis, RATE } from "./audio/features";
import { FeatureWindows } from "./audio/windows";
import worklet from "./audio/worklet.ts?worker&url";
import type { AudioFrames } from "./audio/sound";
import { ComputedNetwork } from "./compute/computedNetwork";
import { openDevice } from "./compute/device";
import { texelShader } from "./compute/texelShader";
import { cppnShader } from "./cppn/cppn.glsl";
import { firstBias, momentUniforms, networkLight, packWeights } from "./cppn/network";
import { Model } from "./model/inference";
import { ShaderCanvas } from "./picture/shaderCanvas";
import { luminance, cellLuminances } from "./picture/flashLimiter";
import { JULIA, juliaShader } from "./picture/julia.glsl";
import { surfaceUniforms } from "./picture/light";
import { soundCurve } from "./program/graphMotion";
import { shareInputs } from "./program/patternMotion";
import { packPalettes, programShader, programUniforms } from "./program/programField";
import { accent, Motion, uniforms } from "./picture/motion";
import type { Scene } from "./scene";

/** The frames that the AudioWorklet posts for these samples, in a context faster than real time. */
async function analyzeOffline(samples: Float32Array<ArrayBuffer>): Promise<Float32Array[]> {
  const context = new OfflineAudioContext(1, samples.length, RATE);
  await context.audioWorklet.addModule(worklet);
  const buffer = context.createBuffer(1, samples.length, RATE);
  buffer.copyToChannel(samples, 0);
  const node = new AudioWorkletNode(context, "features");
  const frames: Float32Array[] = [];
  const expected = new LiveAnalysis().push(samples).length;
  const all = new Promise<void>((resolve) => {
    node.port.onmessage = ({ data }: MessageEvent<AudioFrames>) => {
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

/** Publish the parts as `window.probe`. */
export function attach(scene: Scene): void {
  Object.assign(window, {
    probe: {
      LiveAnalysis, FeatureWindows, Model, ShaderCanvas, JULIA, Motion, uniforms, luminance, cellLuminances, analyzeOffline, scene, cppnShader, momentUniforms, networkLight, packWeights,
      juliaShader, accent, surfaceUniforms, packPalettes, programShader, programUniforms, soundCurve, shareInputs,
      ComputedNetwork, openDevice, texelShader, firstBias,
    },
  });
}
