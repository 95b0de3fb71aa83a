// WebGPU: one device for everything that this page computes, and its compiled programs.

const WIDE = "a network this large needs WebGPU";
const LOSS_MS = 200; // until a lost device is known to be lost

/** An open device; `lost` says why it can compute no more. */
export class ComputeDevice {
  lost = "";
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>(); // by code

  constructor(readonly device: GPUDevice) {}

  /** Why it can compute no more, which becomes known a moment after the first failure; empty where it can. */
  async lossReason(): Promise<string> {
    await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, LOSS_MS))]);
    return this.lost;
  }

  /** A compiled program. Throws an Error with the compiler's first words. */
  pipeline(code: string): Promise<GPUComputePipeline> {
    let pipeline = this.pipelines.get(code);
    if (!pipeline) this.pipelines.set(code, (pipeline = this.compile(code)));
    return pipeline;
  }

  private async compile(code: string): Promise<GPUComputePipeline> {
    const module = this.device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    const error = messages.find(({ type }) => type === "error");
    if (error) throw new Error(`the shader does not compile: ${error.message}`);
    try {
      return await this.device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
    } catch (error) {
      if (await this.lossReason()) throw new Error(this.lost);
      throw new Error(`the shader does not compile: ${(error as Error).message.split("\n")[0]}`);
    }
  }
}

let opening: Promise<ComputeDevice> | null = null;

/** The device of this page; after a loss another one. Throws an Error that says why there is none. */
export function openDevice(): Promise<ComputeDevice> {
  opening ??= request().catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** Why this page has no WebGPU, as far as it is known without asking for a device; empty where it may have it. */
export function missingWebGpu(): string {
  if (navigator.gpu) return "";
  return `${WIDE}, which ${isSecureContext ? "this browser does not have" : "browsers have on https and localhost alone"}`;
}

async function request(): Promise<ComputeDevice> {
  if (missingWebGpu()) throw new Error(missingWebGpu());
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error(`${WIDE}, and this browser has no GPU for it`);
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits; // workgroups keep to what every adapter has
  const opened = new ComputeDevice(await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } }));
  void opened.device.lost.then(({ message }) => {
    opened.lost = `this browser lost its GPU${message ? `: ${message.split("\n")[0].replace(/\.$/, "")}` : ""}`;
    opening = null;
  });
  return opened;
}
