// What TypeScript's library leaves out of WebGPU: its constants.

declare const GPUBufferUsage: Readonly<Record<"MAP_READ" | "COPY_SRC" | "COPY_DST" | "STORAGE" | "UNIFORM", number>>;
declare const GPUMapMode: Readonly<Record<"READ", number>>;
