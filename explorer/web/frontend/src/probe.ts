// The parts of the page in the hands of its tests, at the address #probe.

import { LiveAnalysis } from "./audio/features";
import { Windows } from "./audio/windows";
import { Model } from "./model/inference";
import { ShaderCanvas } from "./picture/canvas";
import { JULIA } from "./picture/julia.glsl";
import { uniforms } from "./picture/motion";
import type { Stage } from "./stage";

export function attach(stage: Stage): void {
  Object.assign(window, { probe: { LiveAnalysis, Windows, Model, ShaderCanvas, JULIA, uniforms, stage } });
}
