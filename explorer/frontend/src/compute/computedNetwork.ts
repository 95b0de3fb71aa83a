// A network that WebGPU computes, by the same shader that Python's engine runs: its numbers at the points of a picture.

import type { Network } from "../cppn/network";
import { NEUTRAL } from "../picture/light";
import type { TextureData } from "../picture/shaderCanvas";
import { openDevice, type ComputeDevice } from "./device";
import { pixelRows, pointGrid, type PointGrid } from "./pixelRows";

const ALIGNMENT = 256; // of calls, points
const COLOR_BYTES = 3, TEXEL_BYTES = 16; // of a point, without and with light

/** A compute shader as the server describes it: points of a workgroup and of a call, and its constants. */
export interface ComputeProgram {
  code: string;
  group_points: number;
  call_points: number;
  constants: number[];
}

export type WideNetwork = Network & { program: ComputeProgram };

export const isWide = (network: { kind: string }): network is WideNetwork => Boolean((network as Partial<WideNetwork>).program);

/** Samples of its points to a side of a pixel; 0 where its colors are the picture. */
const samplesOf = ({ light, finish }: Network) => (light || finish ? (finish ?? NEUTRAL).samples : 0);

/** A network on a device. */
export class ComputedNetwork {
  private points: Promise<Points> | null = null; // of the latest size
  private grid: PointGrid | null = null;

  private constructor(private readonly gpu: ComputeDevice, private readonly pipeline: GPUComputePipeline, private readonly network: WideNetwork, private readonly constants: GPUBuffer) {}

  /** Compile a network and upload it. Throws an Error that says why this page cannot compute it. */
  static async open(network: WideNetwork): Promise<ComputedNetwork> {
    const gpu = await openDevice(), pipeline = await gpu.pipeline(network.program.code);
    const numbers = Float32Array.from(network.program.constants);
    const constants = gpu.device.createBuffer({ size: numbers.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    gpu.device.queue.writeBuffer(constants, 0, numbers);
    return new ComputedNetwork(gpu, pipeline, network, constants);
  }

  get code(): string {
    return this.network.program.code;
  }

  /** Its numbers for a picture of a size, from the bias of a moment: bytes of colors, or color and height as texels. */
  async compute(bias: Float32Array<ArrayBuffer>, width: number, height: number): Promise<TextureData> {
    const { gpu, network } = this, samples = samplesOf(network), grid = pointGrid(width, height, samples);
    if (gpu.lost) throw new Error(gpu.lost);
    const { columns, rows } = grid;
    if (this.grid?.columns !== columns || this.grid.rows !== rows) {
      this.grid = grid;
      this.retire();
      this.points = checked(gpu.device, () => new Points(gpu.device, this.pipeline, network, this.constants, grid));
    }
    try {
      const bytes = await (await this.points!).compute(bias);
      return { width: columns, height: rows, data: network.light ? new Float32Array(bytes) : new Uint8Array(bytes) };
    } catch (error) {
      throw new Error((await gpu.lossReason()) || (error as Error).message);
    }
  }

  close(): void {
    this.retire();
    this.constants.destroy();
  }

  private retire(): void {
    void this.points?.then((points) => points.retire(), () => {}); // why it failed was said then
    this.points = null;
  }
}

/** What is made on a device. Throws an Error where it does not have the memory. */
async function checked<T>(device: GPUDevice, make: () => T): Promise<T> {
  const filters = ["validation", "out-of-memory"] as const;
  filters.forEach((filter) => device.pushErrorScope(filter));
  const made = make();
  for (const error of await Promise.all(filters.map(() => device.popErrorScope()))) {
    if (error) throw new Error(`this browser's GPU cannot draw a picture of this size: ${error.message.split("\n")[0]}`);
  }
  return made;
}

/** The points of a picture of one size: inputs and results on the device, computed a part at a time. */
class Points {
  private readonly bias: GPUBuffer;
  private readonly results: GPUBuffer;
  private readonly calls: { group: GPUBindGroup; workgroups: number }[] = [];
  private readonly buffers: GPUBuffer[] = [];
  private readonly size: number; // of the results, bytes
  private readonly copies: GPUBuffer[] = []; // of results, that can be read
  private readonly free: GPUBuffer[] = []; // those of them that are not being read
  private pending = 0;
  private retired = false;

  constructor(private readonly device: GPUDevice, private readonly pipeline: GPUComputePipeline, network: WideNetwork, constants: GPUBuffer, readonly grid: PointGrid) {
    const { program, pixel_inputs, settings } = network, count = grid.columns * grid.rows;
    const stride = Math.ceil(count / ALIGNMENT) * ALIGNMENT, pointBytes = network.light ? TEXEL_BYTES : COLOR_BYTES;
    const { STORAGE, COPY_DST, COPY_SRC, UNIFORM } = GPUBufferUsage;
    const rows = this.buffer(4 * pixel_inputs * stride, STORAGE | COPY_DST);
    this.size = Math.ceil((pointBytes * count) / 16) * 16;
    this.results = this.buffer(pointBytes * stride, STORAGE | COPY_SRC);
    this.bias = this.buffer(16 * Math.ceil(network.shapes[0][0] / 4), STORAGE | COPY_DST);
    device.queue.writeBuffer(rows, 0, pixelRows(grid, stride, pixel_inputs, settings));
    for (let start = 0; start < count; start += program.call_points) {
      const points = Math.min(program.call_points, count - start), part = this.buffer(16, UNIFORM | COPY_DST);
      device.queue.writeBuffer(part, 0, new Uint32Array([stride, points, 0, 0]));
      const resources = [{ buffer: part }, { buffer: rows, offset: 4 * start }, { buffer: constants }, { buffer: this.bias }, { buffer: this.results, offset: pointBytes * start }];
      const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: resources.map((resource, binding) => ({ binding, resource })) });
      this.calls.push({ group, workgroups: Math.ceil(points / program.group_points) });
    }
  }

  /** The results for a bias of the first layer. */
  async compute(bias: Float32Array<ArrayBuffer>): Promise<ArrayBuffer> {
    this.pending += 1;
    try {
      return await this.run(bias);
    } finally {
      this.pending -= 1;
      this.release();
    }
  }

  /** Free the memory as soon as nothing is being computed. */
  retire(): void {
    this.retired = true;
    this.release();
  }

  private release(): void {
    if (this.retired && !this.pending) [...this.buffers, ...this.copies].forEach((buffer) => buffer.destroy());
  }

  private async run(bias: Float32Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const { device, results, size } = this, { queue } = device;
    const copy = this.free.pop() ?? this.readable();
    queue.writeBuffer(this.bias, 0, bias);
    for (const { group, workgroups } of this.calls) { // each on its own, so that the screen need not wait for all
      const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
      pass.setPipeline(this.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(workgroups);
      pass.end();
      queue.submit([encoder.finish()]);
    }
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(results, 0, copy, 0, size);
    queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ);
    const bytes = copy.getMappedRange().slice(0);
    copy.unmap();
    this.free.push(copy);
    return bytes;
  }

  private readable(): GPUBuffer {
    const copy = this.device.createBuffer({ size: this.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    this.copies.push(copy);
    return copy;
  }

  private buffer(size: number, usage: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage });
    this.buffers.push(buffer);
    return buffer;
  }
}
